"""What people do to the lines of a transcript: words, splits, joins, what was missed, redactions; done, and taken back."""

import enum
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis import service as steps
from app.analysis.models import Step, Transcript, Utterance
from app.analysis.transcripts import bringing, versions
from app.analysis.transcripts.models import Part, Revision, TranscriptVersion, VersionKind
from app.analysis.transcripts.words import LONGEST, cleaned, confidence, moved, timed
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.verifier import sha256_hex
from app.evidence.models import Evidence

LEAST_S = 0.5  # a line that a person adds is at least this long


class RedactionReason(enum.StrEnum):
    """Why words are left out of what is given away. The words themselves stay in the record."""

    MINOR = "minor"
    VICTIM = "victim"
    MEDICAL = "medical"
    PERSONAL_DATA = "personal_data"
    INFORMANT = "informant"
    ATTORNEY = "attorney"
    COURT_ORDER = "court_order"
    OTHER = "other"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.replace("_", " ").capitalize()


def correct(line: Utterance, transcript: Transcript, item: Evidence, *, text: str, edition: int, actor: Actor) -> None:
    """Puts a person's words in the place of what stood. Words that stayed keep their time and the machine's doubt.

    `edition` is the one the person saw: versions.Changed when somebody saved since. Invalid for no words at all.
    """
    words = _words(text)
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    if words == line.text:
        return
    version = versions.sitting(transcript, actor, line)
    before = line.text
    reword(version, [(line, words)])
    _note("correct", line, transcript, item, actor, version, before=sha256_hex(before.encode()))


def reword(version: TranscriptVersion, lines: Sequence[tuple[Utterance, str]]) -> None:
    """New words for these lines in `version`, timed by what stood; redactions go with the words they covered."""
    worded: list[versions.Change] = []
    hidden: list[versions.Change] = []
    for line, text in lines:
        words, pairs = timed(line.words, text, start=line.start_s, end=line.end_s)
        worded.append((line, {"text": text, "words": words, "confidence": confidence(words)}))
        if line.redactions:
            hidden.append((line, {"redactions": moved(line.redactions, pairs, len(words))}))
    versions.put(version, Part.WORDS, worded)
    versions.put(version, Part.REDACTED, hidden)


def check(line: Utterance, transcript: Transcript, item: Evidence, *, edition: int, actor: Actor) -> None:
    """A person listened and says that every word of the line is right: none is doubted any more."""
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    version = versions.sitting(transcript, actor, line)
    timed_words = line.words or timed([], line.text, start=line.start_s, end=line.end_s)[0]
    words = [[*word[:3], None] for word in timed_words]
    versions.put(version, Part.WORDS, [(line, {"words": words, "confidence": 1.0})])
    _note("check", line, transcript, item, actor, version)


def split(line: Utterance, transcript: Transcript, item: Evidence, *, at: int, edition: int, actor: Actor) -> Utterance:
    """Cuts the line before its word number `at` (from 0); returns the new second half, of the same speaker for now."""
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    words = line.words or timed([], line.text, start=line.start_s, end=line.end_s)[0]
    if not 0 < at < len(words):
        raise Invalid(
            "Cut between two words.", field="at", remedy="Put the cursor before the word the new line begins with."
        )
    version = versions.sitting(transcript, actor, line)
    second = born(version, line, words[at:], end=line.end_s, redactions=_cut(line.redactions, at, len(words)))
    first = {"text": _text(words[:at]), "words": words[:at], "confidence": confidence(words[:at])}
    hidden = _cut(line.redactions, 0, at)
    versions.put(version, Part.WORDS, [(line, first | {"end_s": float(words[at - 1][2])})])
    if hidden != line.redactions:
        versions.put(version, Part.REDACTED, [(line, {"redactions": hidden})])
    _note("split", line, transcript, item, actor, version, second=second.id)
    return second


def join(line: Utterance, transcript: Transcript, item: Evidence, *, edition: int, actor: Actor) -> Utterance:
    """Makes one line of this and the next. Conflict at the last line; returns the line that is gone."""
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    following = _next(line)
    if following is None:
        raise Conflict("This is the last line: there is none to join.")
    version = versions.sitting(transcript, actor, line, following)
    words = [*line.words, *following.words]
    text = cleaned(f"{line.text} {following.text}")
    if len(text) > LONGEST:
        raise Invalid("The two lines together are too long.", field="text", remedy="Leave them as two.")
    whole = {"text": text, "words": words, "confidence": confidence(words), "end_s": max(line.end_s, following.end_s)}
    shift = len(line.words)
    hidden = [*line.redactions, *([a + shift, b + shift, why] for a, b, why in following.redactions)]
    versions.put(version, Part.WORDS, [(line, whole)])
    if hidden != line.redactions:
        versions.put(version, Part.REDACTED, [(line, {"redactions": hidden})])
    versions.put(version, Part.STANDS, [(following, {"gone": True})])
    _note("join", line, transcript, item, actor, version, second=following.id)
    return following


def add(
    transcript: Transcript, item: Evidence, *, start_s: float, text: str, speaker: str, role: str, actor: Actor
) -> Utterance:
    """A line the machine missed, at its seconds. Invalid outside the recording or without words."""
    words = _words(text)
    if not 0 <= start_s <= transcript.duration_s:
        raise Invalid(
            "This is not in the recording.", field="start_s", remedy=f"0 to {transcript.duration_s:.0f} seconds."
        )
    versions.open_for(transcript, item, actor)
    version = versions.sitting(transcript, actor)
    end = min(transcript.duration_s, start_s + max(LEAST_S, 0.4 * len(words.split())))
    before = _before(transcript, start_s)
    template = Utterance(
        transcript_id=transcript.id,
        position=before.position if before else -1,
        speaker=cleaned(speaker)[:80],
        role=role,
        speaker_confidence=1.0,
    )
    line = born(version, template, timed([], words, start=start_s, end=end)[0], end=end)
    _note("add", line, transcript, item, actor, version)
    return line


def remove(line: Utterance, transcript: Transcript, item: Evidence, *, edition: int, actor: Actor) -> None:
    """Nothing was said here: the line leaves what stands. Every version before keeps it."""
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    version = versions.sitting(transcript, actor, line)
    versions.put(version, Part.STANDS, [(line, {"gone": True})])
    _note("remove", line, transcript, item, actor, version)


def redact(
    line: Utterance,
    transcript: Transcript,
    item: Evidence,
    *,
    first: int,
    last: int,
    reason: str,
    edition: int,
    actor: Actor,
) -> None:
    """Marks words `first` to `last` (from 0, both in) to be left out of exports; without a reason their marks go away."""
    versions.open_for(transcript, item, actor)
    versions.same_edition(line, edition)
    if not 0 <= first <= last < len(line.words or line.text.split()):
        raise Invalid("Choose which words.", field="first", remedy="Select words of this line, first to last.")
    if reason and reason not in set(RedactionReason):
        raise Invalid("Say why they are left out.", field="reason", remedy="One of: " + ", ".join(RedactionReason))
    others = [span for span in line.redactions if span[1] <= first or span[0] > last]
    spans = sorted([*others, *([[first, last + 1, reason]] if reason else [])])
    if spans == line.redactions:
        raise Conflict("Nothing here is marked.")
    version = versions.sitting(transcript, actor, line)
    versions.put(version, Part.REDACTED, [(line, {"redactions": spans})])
    _note("redact" if reason else "unredact", line, transcript, item, actor, version, reason=reason)


def finish(transcript: Transcript, item: Evidence, *, actor: Actor) -> list[Step]:
    """The person is done: their sitting is a version, and every reading of the words is made again from what stands.

    Nothing is read again when nothing changed since the last time. Conflict where a newer reading stands: then their
    work is kept, and offered beside it.
    """
    versions.open_for(transcript, item, actor)
    versions.close_sittings(transcript, actor.id)
    if not versions.stands(transcript):
        raise Conflict(
            "A newer reading has taken the place of this transcript. Your corrections are kept.",
            remedy="Open the transcript: they are offered there.",
        )
    session().refresh(transcript, ["read_number"])
    number = versions.latest_number(transcript)
    if number <= transcript.read_number:
        return []
    transcript.read_number = number
    session().flush()
    again = steps.redo_after(
        session().get_one(Step, transcript.step_id), made_from=steps.input_hash(transcript.id, number)
    )
    versions.record("done", transcript, item, actor, version=number, again=sorted(step.name for step in again))
    return again


def undo(version: TranscriptVersion, transcript: Transcript, item: Evidence, *, actor: Actor) -> TranscriptVersion:
    """Takes a version back, as a new version. Conflict when a later one changed the same lines, or it is the machine's."""
    versions.open_for(transcript, item, actor)
    if version.number is None or version.number == 1:
        raise Conflict("What the machine heard cannot be taken back; correct it.")
    if version.closed_at is None and version.made_by != actor.id:
        raise Conflict("Somebody is still working on this version.", remedy="Wait until they are done.")
    versions.close_sittings(transcript, actor.id)
    if version.replaces:
        return _undo_whole(version, transcript, item, actor)
    if versions.replaced_since(transcript, version.number):
        raise Conflict("A later version took the place of everything.", remedy="Take that one back first.")
    earlier = _earlier(version)
    back = versions.begin(transcript, VersionKind.UNDO, actor, undoes=version.number)
    for part, changes in earlier.items():
        versions.put(back, part, changes)
    versions.record("undo", transcript, item, actor, version=back.number, undoes=version.number)
    return back


def born(
    version: TranscriptVersion, like: Utterance, words: list[Any], *, end: float, redactions: Sequence[Any] = ()
) -> Utterance:
    """A line that came with `version`, at the place and of the speaker of `like`."""
    line = Utterance(
        id=uuid.uuid4(),
        transcript_id=version.transcript_id,
        position=like.position,
        start_s=float(words[0][1]),
        end_s=max(end, float(words[-1][2])),
        text=_text(words),
        words=words,
        confidence=confidence(words),
        speaker=like.speaker,
        role=like.role,
        speaker_confidence=like.speaker_confidence,
        channel=like.channel,
        born=version.number or 1,
        redactions=list(redactions),
    )
    session().add(line)
    session().flush()
    versions.put(version, Part.STANDS, [(line, {"gone": False})])
    return line


def _undo_whole(version: TranscriptVersion, transcript: Transcript, item: Evidence, actor: Actor) -> TranscriptVersion:
    if versions.latest_number(transcript) != version.number:
        raise Conflict("Later versions rest on this one.", remedy="Take those back first.")
    number = version.number or 1
    back = bringing.bring(transcript, number - 1, VersionKind.UNDO, actor, undoes=number)
    versions.record("undo", transcript, item, actor, version=back.number, undoes=number)
    return back


def _earlier(version: TranscriptVersion) -> Mapping[Part, list[versions.Change]]:
    """What stood in each part before `version` touched it. Conflict when something later touched one of them."""
    mine = list(session().scalars(sa.select(Revision).where(Revision.version_id == version.id)))
    lines = {
        line.id: line
        for line in session().scalars(sa.select(Utterance).where(Utterance.id.in_({r.utterance_id for r in mine})))
    }
    others = session().execute(
        sa.select(Revision, TranscriptVersion.number)
        .join(TranscriptVersion, TranscriptVersion.id == Revision.version_id)
        .where(Revision.utterance_id.in_(lines), Revision.version_id != version.id)
        .order_by(TranscriptVersion.number)
    )
    before: dict[tuple[uuid.UUID, Part], dict[str, Any]] = {}
    later = set()
    for revision, number in others:
        if (number or 0) < (version.number or 0):
            before[revision.utterance_id, revision.part] = revision.content
        elif (revision.utterance_id, revision.part) in {(one.utterance_id, one.part) for one in mine}:
            later.add(revision.utterance_id)
    if later:
        raise Conflict(
            f"{len(later)} of its lines were changed again later.", remedy="Take the later version back first."
        )
    found: dict[Part, list[versions.Change]] = {}
    for one in mine:
        values = before.get((one.utterance_id, one.part), {"gone": True} if one.part is Part.STANDS else {})
        if values:
            found.setdefault(one.part, []).append((lines[one.utterance_id], values))
    return found


def _words(text: str) -> str:
    words = cleaned(text)
    if not any(sign.isalnum() for sign in words):
        raise Invalid("Type what was said.", field="text", remedy="If nothing was said, press Nothing was said.")
    if len(words) > LONGEST:
        raise Invalid(f"A line holds at most {LONGEST} characters.", field="text", remedy="Make several lines of it.")
    return words


def _text(words: Sequence[Sequence[Any]]) -> str:
    return " ".join(str(word[0]) for word in words)


def _cut(spans: Sequence[Sequence[Any]], first: int, behind: int) -> list[list[Any]]:
    """The redactions of the words from `first` to before `behind`, counted from `first`."""
    inside = [[max(a, first) - first, min(b, behind) - first, why] for a, b, why in spans]
    return [span for span in inside if span[1] > span[0] >= 0]


def _next(line: Utterance) -> Utterance | None:
    query = sa.select(Utterance).where(
        Utterance.transcript_id == line.transcript_id,
        Utterance.gone.is_(False),
        sa.tuple_(Utterance.position, Utterance.start_s)
        > sa.tuple_(sa.literal(line.position), sa.literal(line.start_s)),
    )
    return session().scalars(query.order_by(Utterance.position, Utterance.start_s).limit(1)).first()


def _before(transcript: Transcript, start_s: float) -> Utterance | None:
    query = sa.select(Utterance).where(
        Utterance.transcript_id == transcript.id, Utterance.gone.is_(False), Utterance.start_s <= start_s
    )
    return session().scalars(query.order_by(Utterance.start_s.desc(), Utterance.position.desc()).limit(1)).first()


def _note(
    act: str,
    line: Utterance,
    transcript: Transcript,
    item: Evidence,
    actor: Actor,
    version: TranscriptVersion,
    **details: Any,
) -> None:
    sha256 = sha256_hex(line.text.encode())
    versions.record(act, transcript, item, actor, utterance=line.id, version=version.number, sha256=sha256, **details)
