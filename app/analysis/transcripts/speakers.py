"""Who speaks, as people correct it: renamed, merged, split, given a role. Each act is a version of its own, to be undone."""

import enum
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import versions
from app.analysis.transcripts.models import Part, TranscriptVersion, VersionKind
from app.analysis.transcripts.words import cleaned
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.evidence.models import Evidence

LONGEST_NAME = 80


class SpokenRole(enum.StrEnum):
    """Which side of the camera somebody is on: the wearer, somebody else, or not known."""

    OFFICER = "officer"
    OTHER = "other"
    UNKNOWN = "unknown"


def rename(transcript: Transcript, item: Evidence, *, speaker: str, name: str, actor: Actor) -> TranscriptVersion:
    """Gives a speaker the name they go by here. Conflict when another has it: those two are merged, not renamed."""
    called = _name(name)
    versions.open_for(transcript, item, actor)
    if called != speaker and _of(transcript, called):
        raise Conflict(
            "There is a speaker of that name.", field="name", remedy="If they are the same person, merge them."
        )
    return _say(transcript, item, _spoken(transcript, speaker), {"speaker": called}, "rename", actor)


def merge(transcript: Transcript, item: Evidence, *, speaker: str, into: str, actor: Actor) -> TranscriptVersion:
    """Two were one all along: everything of `speaker` is `into`'s, with the role `into` has."""
    versions.open_for(transcript, item, actor)
    if speaker == into:
        raise Invalid("Choose another speaker.", field="into", remedy="A speaker is merged into somebody else.")
    other = _spoken(transcript, into)
    said = {"speaker": into, "role": _commonest(other)}
    return _say(transcript, item, _spoken(transcript, speaker), said, "merge", actor)


def set_role(transcript: Transcript, item: Evidence, *, speaker: str, role: str, actor: Actor) -> TranscriptVersion:
    """Everything of this speaker is the officer's who wears the camera, somebody else's, or nobody knows whose."""
    versions.open_for(transcript, item, actor)
    return _say(transcript, item, _spoken(transcript, speaker), {"role": _role(role)}, "role", actor)


def split(line: Utterance, transcript: Transcript, item: Evidence, *, name: str, actor: Actor) -> TranscriptVersion:
    """From this line on it is somebody else: it and every later line of its speaker become `name`'s, of unknown role."""
    called = _name(name)
    versions.open_for(transcript, item, actor)
    if _of(transcript, called):
        raise Conflict(
            "There is a speaker of that name.", field="name", remedy="Give the new speaker a name of their own."
        )
    later = [one for one in _spoken(transcript, line.speaker) if _key(one) >= _key(line)]
    said = {"speaker": called, "role": SpokenRole.UNKNOWN.value}
    return _say(transcript, item, later, said, "split", actor)


def assign(
    lines: Sequence[uuid.UUID], transcript: Transcript, item: Evidence, *, speaker: str, role: str, actor: Actor
) -> TranscriptVersion:
    """These lines are this speaker's, in this role."""
    versions.open_for(transcript, item, actor)
    query = sa.select(Utterance).where(
        Utterance.transcript_id == transcript.id, Utterance.id.in_(lines), Utterance.gone.is_(False)
    )
    chosen = list(session().scalars(query))
    if not chosen or len(chosen) != len(set(lines)):
        raise Invalid("Choose lines of this transcript.", field="lines", remedy="Load the page again.")
    said = {"speaker": cleaned(speaker)[:LONGEST_NAME], "role": _role(role)}
    return _say(transcript, item, chosen, said, "assign", actor)


def _say(
    transcript: Transcript, item: Evidence, lines: Sequence[Utterance], said: Mapping[str, Any], act: str, actor: Actor
) -> TranscriptVersion:
    # A person who sets the role that a machine guessed has decided it: from then on it is theirs, and no longer in doubt.
    changed = [
        one
        for one in lines
        if ("role" in said and one.speaker_confidence < 1.0)
        or any(getattr(one, name) != value for name, value in said.items())
    ]
    if not changed:
        raise Conflict("It is so already.")
    version = versions.begin(transcript, VersionKind.SPEAKERS, actor)
    versions.put(version, Part.SPEAKER, [(one, {**said, "speaker_confidence": 1.0}) for one in changed])
    versions.record(
        "speakers",
        transcript,
        item,
        actor,
        version=version.number,
        change=act,
        lines=len(changed),
        role=said.get("role", ""),
    )
    return version


def _of(transcript: Transcript, speaker: str) -> list[Utterance]:
    query = sa.select(Utterance).where(
        Utterance.transcript_id == transcript.id, Utterance.speaker == speaker, Utterance.gone.is_(False)
    )
    return list(session().scalars(query.order_by(Utterance.position, Utterance.start_s)))


def _spoken(transcript: Transcript, speaker: str) -> list[Utterance]:
    found = _of(transcript, speaker)
    if not found:
        raise Conflict("This speaker is not in the transcript any more.", remedy="Load the page again.")
    return found


def _name(name: str) -> str:
    called = cleaned(name)
    if not called:
        raise Invalid("Give the speaker a name.", field="name", remedy="A name, or what they are: Driver, Witness 2.")
    if len(called) > LONGEST_NAME:
        raise Invalid(f"A name holds at most {LONGEST_NAME} characters.", field="name", remedy="Shorten it.")
    return called


def _role(role: str) -> str:
    if role not in set(SpokenRole):
        raise Invalid("Choose a role.", field="role", remedy="One of: " + ", ".join(SpokenRole))
    return SpokenRole(role).value


def _commonest(lines: Sequence[Utterance]) -> str:
    roles = [one.role for one in lines]
    return max(set(roles), key=roles.count)


def _key(line: Utterance) -> tuple[int, float]:
    return line.position, line.start_s
