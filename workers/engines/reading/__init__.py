"""Reading: names, places, plates, dates, weapons … in what was said. Rules first, a small trained model beside them."""

from collections.abc import Sequence

from workers.engines.info import EngineInfo
from workers.engines.reading import model
from workers.engines.reading.found import Context, Found, settle
from workers.engines.reading.identifiers import identifiers
from workers.engines.reading.names import names
from workers.engines.reading.text import Kind, Line, Mention, Reading, Role
from workers.engines.reading.things import objects
from workers.engines.reading.when import moments

__all__ = ["Kind", "Line", "Mention", "Reading", "Role", "engines", "read"]

RULES_VERSION = "0.1.0"


def engines() -> tuple[EngineInfo, ...]:
    """What reads, whether or not it finds anything."""
    return (EngineInfo(name="blotter-rules", model="reading", version=RULES_VERSION, parameters={}), model.engine())


def read(lines: Sequence[Line]) -> Reading:
    """All mentions in the lines. Confidence is the rule's (or the model's measured precision) times the line's own.

    A rule's confidence is set by hand. Where candidates overlap the surest stays. Time grows linearly with the text.
    """
    seen = model.names_in([line.text for line in lines])
    before, mentions = "", []
    for line, by_model in zip(lines, seen, strict=True):
        context = Context(line.text, before)
        candidates = [*identifiers(context), *moments(context), *objects(context), *names(context), *by_model]
        mentions += [_mention(line, found) for found in settle(candidates, len(line.text))]
        before = line.text
    return Reading(engines(), tuple(mentions))


def _mention(line: Line, found: Found) -> Mention:
    sure = max(0.0, min(1.0, found.sure * line.confidence))
    text = line.text[found.start : found.end]
    return Mention(found.kind, text, found.value, line.index, found.start, found.end, round(sure, 4), found.method)
