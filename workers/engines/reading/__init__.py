"""Reading: names, places, plates, dates, weapons … in what was said. Rules first, a small trained model beside them."""

from collections.abc import Sequence

from workers.engines.info import EngineInfo
from workers.engines.packs import PackShelf
from workers.engines.reading import model
from workers.engines.reading.found import BROKEN, Context, Found, settle
from workers.engines.reading.identifiers import identifiers
from workers.engines.reading.model import sentences
from workers.engines.reading.names import names
from workers.engines.reading.offences import offences
from workers.engines.reading.parties import parties, with_names
from workers.engines.reading.text import Detail, Heard, Kind, Line, Mention, Reading, Role
from workers.engines.reading.things import objects
from workers.engines.reading.when import moments

__all__ = ["Detail", "Heard", "Kind", "Line", "Mention", "Reading", "Role", "engines", "read", "sentences"]

RULES_VERSION = "0.3.0"
_RULES = (identifiers, moments, objects, names, parties, offences)


def engines(shelf: PackShelf | None = None) -> tuple[EngineInfo, ...]:
    """What reads, whether or not it finds anything: the rules first, our own model last, a larger pack between them."""
    rules = EngineInfo("blotter-rules", "reading", RULES_VERSION, {"marks": "rule:"})
    return (rules, *(one.info for one in model.models(shelf)))


def read(lines: Sequence[Line], *, shelf: PackShelf | None = None) -> Reading:
    """All mentions in the lines. Confidence is the rule's (or the model's measured precision) times the words' own.

    A rule's confidence is set by hand. Where candidates overlap the surest stays. Time grows linearly with the text.
    `shelf` may hold a larger English pipeline; without it, or for text without capitals, the built-in one reads.
    """
    seen = model.names_in([line.text for line in lines], shelf)
    before, mentions = "", []
    for line, by_model in zip(lines, seen, strict=True):
        context = Context(line.text, before)
        candidates = [*by_model, *(found for rule in _RULES for found in rule(context))]
        kept = with_names(line.text, settle(candidates, len(line.text)), grammar=model.tied)
        mentions += [_mention(line, found) for found in kept]
        before = line.text
    return Reading(engines(shelf), tuple(mentions))


def _mention(line: Line, found: Found) -> Mention:
    """The candidate as a mention. The weakest of its words counts where the words are known, else the whole line."""
    words = [word for word in line.heard if word.start_char < found.end and found.start < word.end_char]
    words_sure = min((word.confidence for word in words), default=line.confidence)
    halved = 0.5 if found.method.endswith(BROKEN) else 1.0
    sure = max(0.0, min(1.0, found.sure * words_sure * halved))
    return Mention(
        kind=found.kind,
        text=line.text[found.start : found.end],
        value=found.value,
        line=line.index,
        start_char=found.start,
        end_char=found.end,
        confidence=round(sure, 4),
        method=found.method,
        detail=dict(found.detail),
        start=words[0].start if words else None,
        end=words[-1].end if words else None,
    )
