"""A transcript a person wrote elsewhere becomes a version: placed in time by what the machine heard, seen before it stands."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import reads, versions
from app.analysis.transcripts.bringing import replace
from app.analysis.transcripts.cues import Cue, read
from app.analysis.transcripts.models import TranscriptVersion, VersionKind
from app.analysis.transcripts.words import Errors, timed, word_errors
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.verifier import sha256_hex
from app.evidence.models import Evidence

SLACK_S = 2.0  # how far a cue may lie behind the end of the recording: players round up
_EDGE_S = 0.5
_FEW = 0.3  # below this share of shared words the times of an untimed text are guesses
_NAMED = 5  # lines that a warning names


@dataclass(frozen=True, slots=True)
class Placed:
    """The lines an import would bring, what a person should know before, and how far it is from what stands."""

    rows: list[dict[str, Any]]
    warnings: list[str]
    errors: Errors


def offer(transcript: Transcript, item: Evidence, *, name: str, content: bytes, actor: Actor) -> TranscriptVersion:
    """Reads a file and keeps what would come of it, waiting for its person to look and confirm. Invalid names the line."""
    versions.open_for(transcript, item, actor)
    cues = read(name, content)
    _within(cues, transcript)
    made = placed(cues, reads.lines(transcript, limit=None), transcript.duration_s)
    session().execute(sa.delete(TranscriptVersion).where(_waiting(transcript, actor)))
    version = TranscriptVersion(
        id=uuid.uuid4(),
        transcript_id=transcript.id,
        kind=VersionKind.IMPORT,
        made_by=actor.id,
        made_at=now(),
        replaces=True,
        source={
            "format": PurePath(name.lower()).suffix.lstrip("."),
            "sha256": sha256_hex(content),
            "size": len(content),
            "lines": len(made.rows),
        },
        waiting={
            "rows": made.rows,
            "warnings": made.warnings,
            "words": made.errors.words,
            "changed": made.errors.changed,
            "upon": versions.latest_number(transcript),
        },
    )
    session().add(version)
    session().flush()
    versions.record("offer", transcript, item, actor, offer=version.id, **version.source)
    return version


def waiting(transcript: Transcript, version_id: uuid.UUID, actor: Actor) -> TranscriptVersion:
    """The actor's own import that waits. NotFound when there is none, or it was confirmed or replaced."""
    query = sa.select(TranscriptVersion).where(_waiting(transcript, actor), TranscriptVersion.id == version_id)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("This import is not waiting any more.", remedy="Choose the file again.")
    return found


def confirm(version: TranscriptVersion, transcript: Transcript, item: Evidence, *, actor: Actor) -> TranscriptVersion:
    """Makes a waiting import the version that stands. Conflict when somebody changed the transcript since the preview."""
    versions.open_for(transcript, item, actor)
    offered = version.waiting or {}
    latest = versions.latest_number(transcript)
    if offered.get("upon") != latest:
        raise Conflict(
            "Somebody changed the transcript since you looked.", remedy="Choose the file again and compare anew."
        )
    versions.close_sittings(transcript, actor.id)
    source, rows = version.source, offered["rows"]
    session().delete(version)
    session().flush()
    made = versions.begin(transcript, VersionKind.IMPORT, actor, replaces=True, source=source)
    number = made.number
    replace(made, rows)
    versions.record("import", transcript, item, actor, version=number, **source)
    return made


def placed(cues: Sequence[Cue], lines: Sequence[Utterance], duration_s: float) -> Placed:
    """Every cue with seconds and roles. Where the file has none they come from the same words as the machine heard them;
    words nobody heard lie between their neighbours."""
    heard = sorted(((word, line) for line in lines for word in line.words), key=lambda one: float(one[0][1]))
    text = " ".join(cue.text for cue in cues)
    words, pairs = timed([word for word, _ in heard], text, start=0.0, end=duration_s)
    spoken = {there: heard[here][1] for here, there in pairs}
    roles = _roles(cues, spoken)
    rows, at = [], 0
    for cue in cues:
        own = words[at : at + len(cue.text.split())]
        rows.append(_row(cue, own, [spoken[n] for n in range(at, at + len(own)) if n in spoken], roles))
        at += len(own)
    warnings = _warnings(cues, len(pairs) / max(len(words), 1))
    _order(rows, duration_s)
    return Placed(rows, warnings, word_errors(" ".join(line.text for line in lines), text))


def _row(cue: Cue, own: list[Any], heard: Sequence[Utterance], roles: Mapping[str, str]) -> dict[str, Any]:
    start = cue.start_s if cue.start_s is not None else float(own[0][1])
    end = cue.end_s if cue.end_s is not None else max(float(own[-1][2]), start)
    inside = all(start - _EDGE_S <= float(w[1]) and float(w[2]) <= end + _EDGE_S for w in own)
    if not inside:
        own = timed([], cue.text, start=start, end=max(end, start))[0]
    nearest = Counter(line.speaker for line in heard).most_common(1)
    speaker = cue.speaker or (nearest[0][0] if nearest else "")
    role = cue.role or roles.get(speaker, "unknown")
    return {
        "start_s": start,
        "end_s": end,
        "text": cue.text,
        "words": [[*word[:3], None] for word in own],
        "confidence": 1.0,
        "speaker": speaker,
        "role": role,
        "speaker_confidence": 1.0 if cue.speaker else 0.5,
    }


def _roles(cues: Sequence[Cue], spoken: Mapping[int, Utterance]) -> dict[str, str]:
    """The role of every speaker of the file: that of most of their words, as they were heard."""
    counts: dict[str, Counter[str]] = {}
    for line in spoken.values():
        counts.setdefault(line.speaker, Counter())[line.role] += 1
    named: dict[str, Counter[str]] = {}
    at = 0
    for cue in cues:
        for n in range(at, at + len(cue.text.split())):
            if cue.speaker and n in spoken:
                named.setdefault(cue.speaker, Counter())[spoken[n].role] += 1
        at += len(cue.text.split())
    return {speaker: count.most_common(1)[0][0] for speaker, count in {**counts, **named}.items()}


def _order(rows: list[dict[str, Any]], duration_s: float) -> None:
    """By time; nothing ends behind the recording, and a line without an end of its own ends where the next begins."""
    rows.sort(key=lambda row: row["start_s"])
    for row in rows:
        row["end_s"] = max(row["start_s"], min(row["end_s"], max(duration_s, row["start_s"])))


def _warnings(cues: Sequence[Cue], shared: float) -> list[str]:
    found = []
    timed_cues = [cue for cue in cues if cue.start_s is not None]
    late = [b.number for a, b in pairwise(timed_cues) if (b.start_s or 0) < (a.start_s or 0)]
    if late:
        found.append(f"{_lines(late)} earlier than the one above. All are put in order of time.")
    over = [b.number for a, b in pairwise(timed_cues) if a.end_s and (a.start_s or 0) <= (b.start_s or 0) < a.end_s]
    if over:
        found.append(f"{_lines(over)} before the one above ends. Both are kept: people speak at once.")
    if len(timed_cues) < len(cues):
        untimed = len(cues) - len(timed_cues)
        found.append(f"{untimed} of {len(cues)} lines have no times: they are placed by the words the machine heard.")
    if shared < _FEW:
        found.append(
            f"Only {shared:.0%} of its words are among those the machine heard. Is it of this recording? Play some lines."
        )
    return found


def _lines(numbers: Sequence[int]) -> str:
    named = ", ".join(str(one) for one in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"Line {named} begins" if len(numbers) == 1 else f"Lines {named}{more} begin"


def _within(cues: Sequence[Cue], transcript: Transcript) -> None:
    for cue in cues:
        if cue.start_s is not None and cue.start_s > transcript.duration_s + SLACK_S:
            raise Invalid(
                f"Line {cue.number}: it begins at {cue.start_s:.0f} s, but the recording ends at {transcript.duration_s:.0f} s.",
                field="file",
                remedy="Look whether the file is of this recording.",
            )


def _waiting(transcript: Transcript, actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(
        TranscriptVersion.transcript_id == transcript.id,
        TranscriptVersion.made_by == actor.id,
        TranscriptVersion.kind == VersionKind.IMPORT,
        TranscriptVersion.number.is_(None),
    )
