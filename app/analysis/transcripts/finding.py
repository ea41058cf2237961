"""Where words were spoken, and finding and replacing them: by PostgreSQL's full-text index over what stands."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.models import Step, Transcript, Utterance
from app.analysis.transcripts import versions
from app.analysis.transcripts.correcting import reword
from app.analysis.transcripts.models import TranscriptVersion, VersionKind
from app.analysis.transcripts.words import LONGEST, cleaned
from app.core import cursors
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.incidents.queries import visibility

FOUND_AT_ONCE = 50
LONGEST_QUERY = 200
_ENGLISH: sa.ColumnElement[str] = sa.literal_column("'english'::regconfig")
_OPEN, _CLOSE = "\ue000", "\ue001"  # private signs, so that what is marked can be told from any text


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that has the words: where it is, its text cut into (is it one of the words, text), and the cursor that goes on
    behind it."""

    line: Utterance
    item: Evidence
    pieces: list[tuple[bool, str]]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A line as it is, as it would be, and how often the words are in it."""

    line: Utterance
    after: str
    times: int


def spoken(actor: Actor, text: str, *, limit: int = FOUND_AT_ONCE, cursor: str = "") -> list[Spoken]:
    """Lines of every recording the actor may see that have these words, best first: what stands now, not what stood.

    "double quotes" keep words together, OR widens, - leaves out (PostgreSQL's websearch). Invalid for no words, and for a
    cursor that none gave out.
    """
    asked = _asked(text)
    rank = sa.func.ts_rank(_vector(), asked, type_=sa.REAL)
    keys: list[cursors.Key] = [
        (rank, True),
        (Evidence.received_at.expression, True),
        (Utterance.start_s.expression, False),
        (Utterance.id.expression, False),
    ]
    newer = orm.aliased(Step)
    stands = sa.and_(
        Step.finished_at.is_not(None),
        Step.failure.is_(None),
        ~sa.select(newer.id)
        .where(
            newer.evidence_id == Step.evidence_id,
            newer.name == Step.name,
            newer.generation > Step.generation,
            newer.finished_at.is_not(None),
            newer.failure.is_(None),
        )
        .exists(),
    )
    query = (
        _with_words(asked)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .join(Step, Step.id == Transcript.step_id)
        .join(Evidence, Evidence.id == Transcript.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .add_columns(Evidence, rank)
        .where(visibility(actor), Evidence.state == EvidenceState.SEALED, stands)
        .order_by(*cursors.in_order(keys))
        .options(orm.joinedload(Evidence.incident))
    )
    if cursor:
        first, *others = cursors.read(cursor, float, cursors.moment, float, uuid.UUID)
        query = query.where(cursors.behind(keys, [sa.cast(sa.literal(first), sa.REAL), *others]))
    return [
        Spoken(line, item, _pieces(marked), cursors.write(weight, item.received_at, line.start_s, line.id))
        for line, marked, item, weight in session().execute(query.limit(limit))
    ]


def within(transcript: Transcript, item: Evidence, text: str) -> list[Spoken]:
    """Lines of one transcript that have these words, by time."""
    query = _with_words(_asked(text)).where(Utterance.transcript_id == transcript.id)
    rows = session().execute(query.order_by(Utterance.position, Utterance.start_s).limit(500))
    return [Spoken(row[0], item, _pieces(row[1])) for row in rows]


def preview(transcript: Transcript, *, find: str, put: str, case: bool = False) -> list[Replacement]:
    """What a replacement would change. Whole words; case counts only where asked. Invalid when nothing is looked for."""
    pattern, words = _pattern(find, case=case), cleaned(put)
    query = sa.select(Utterance).where(
        Utterance.transcript_id == transcript.id,
        Utterance.gone.is_(False),
        Utterance.text.icontains(cleaned(find), autoescape=True),
    )
    found = []
    for line in session().scalars(query.order_by(Utterance.position, Utterance.start_s)):
        after, times = pattern.subn(lambda _: words, line.text)
        after = cleaned(after)
        if times and after != line.text:
            found.append(Replacement(line, after, times))
    return found


def replace(
    transcript: Transcript,
    item: Evidence,
    *,
    find: str,
    put: str,
    case: bool,
    chosen: Sequence[uuid.UUID],
    actor: Actor,
) -> TranscriptVersion:
    """Replaces in the chosen lines of the preview, as one version that can be taken back. Conflict when none has it now."""
    versions.open_for(transcript, item, actor)
    wanted = set(chosen)
    found = [one for one in preview(transcript, find=find, put=put, case=case) if one.line.id in wanted]
    if not found:
        raise Conflict("None of the chosen lines has these words any more.", remedy="Look at the preview again.")
    if any(not one.after or len(one.after) > LONGEST for one in found):
        raise Invalid("A line would be empty or too long.", field="put", remedy="Change or remove that line by itself.")
    version = versions.begin(transcript, VersionKind.REPLACE, actor)
    reword(version, [(one.line, one.after) for one in found])
    versions.record("replace", transcript, item, actor, version=version.number, lines=len(found))
    return version


def _asked(text: str) -> sa.ColumnElement[str]:
    words = cleaned(text)
    if not words or len(words) > LONGEST_QUERY:
        raise Invalid(
            "Type the words to find.",
            field="q",
            remedy=f"At most {LONGEST_QUERY} characters; “double quotes” keep words together.",
        )
    return sa.func.websearch_to_tsquery(_ENGLISH, words.translate(str.maketrans("“”„«»", '"""""')))


def _vector() -> sa.ColumnElement[str]:
    return sa.func.to_tsvector(_ENGLISH, Utterance.text)


def _with_words(asked: sa.ColumnElement[str]) -> sa.Select[Any]:
    marks = f"StartSel={_OPEN}, StopSel={_CLOSE}, HighlightAll=true"
    marked = sa.func.ts_headline(_ENGLISH, Utterance.text, asked, marks)
    return sa.select(Utterance, marked).where(_vector().op("@@")(asked), Utterance.gone.is_(False))


def _pieces(marked: str) -> list[tuple[bool, str]]:
    pieces = []
    for n, part in enumerate(re.split(f"{_OPEN}(.*?){_CLOSE}", marked, flags=re.DOTALL)):
        if part:
            pieces.append((n % 2 == 1, part))
    return pieces


def _pattern(find: str, *, case: bool) -> re.Pattern[str]:
    words = cleaned(find)
    if not words:
        raise Invalid("Type what to find.", field="find", remedy="A word, or several in a row.")
    left = r"(?<!\w)" if words[0].isalnum() else ""
    right = r"(?!\w)" if words[-1].isalnum() else ""
    return re.compile(left + re.escape(words) + right, 0 if case else re.IGNORECASE)
