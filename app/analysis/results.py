"""Keeping what a step said. Called while the step is held; a step that runs twice replaces its own rows only."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis.mentions import carrying as mentions_carrying
from app.analysis.models import Mention, Step, Tag, Transcript, Utterance
from app.analysis.tags import carrying as tags_carrying
from app.core.clock import now
from app.core.db import session
from app.core.outbox import enqueue
from app.evidence.models import Evidence

Row = Mapping[str, Any]


def keep_transcript(
    step: Step, *, engine: Row, speaker_engine: Row, language: str, duration_s: float, utterances: Sequence[Row]
) -> Transcript:
    """Keeps what was heard. Each utterance: start, end, text, words [(text, start, end, confidence)], confidence,
    speaker, role, speaker_confidence, and where known voice and channel; times in seconds, confidences 0 to 1."""
    _forget(Transcript, step)
    transcript = Transcript(
        id=uuid.uuid4(),
        evidence_id=step.evidence_id,
        step_id=step.id,
        engine=dict(engine),
        speaker_engine=dict(speaker_engine),
        language=language,
        duration_s=duration_s,
        created_at=now(),
    )
    session().add(transcript)
    session().flush()
    session().add_all(
        Utterance(
            transcript_id=transcript.id,
            position=position,
            start_s=row["start"],
            end_s=row["end"],
            text=row["text"],
            words=[list(word) for word in row["words"]],
            confidence=row["confidence"],
            speaker=row["speaker"],
            role=row["role"],
            speaker_confidence=row["speaker_confidence"],
            voice=dict(row.get("voice") or {}),
            channel=row.get("channel"),
        )
        for position, row in enumerate(utterances)
    )
    enqueue("gather_moments", evidence_id=step.evidence_id)
    return transcript


def keep_tags(step: Step, tags: Sequence[Row]) -> int:
    """Keeps what was seen; each tag: kind, label, start, end, best_at, count, confidence, box, method, detail. What
    people decided on an earlier reading goes over to these."""
    _forget(Tag, step)
    session().add_all(
        Tag(
            evidence_id=step.evidence_id,
            step_id=step.id,
            kind=row["kind"],
            label=row["label"][:200],
            start_s=row["start"],
            end_s=row["end"],
            best_s=row["best_at"],
            count=row["count"],
            confidence=row["confidence"],
            box=list(row["box"]) if row["box"] else None,
            method=row["method"],
            detail=dict(row["detail"]),
        )
        for row in tags
    )
    session().flush()
    tags_carrying.carry(step)
    enqueue("gather_moments", evidence_id=step.evidence_id)
    return len(tags)


def keep_mentions(step: Step, mentions: Sequence[Row]) -> int:
    """Keeps what was read; each mention: utterance_id, kind, text, value, start_char, end_char, start, end,
    confidence, method, engine, and `detail` where the value has parts. What people decided on an earlier reading goes
    over to these, and the incident's findings are put together anew."""
    _forget(Mention, step)
    session().add_all(
        Mention(
            evidence_id=step.evidence_id,
            step_id=step.id,
            utterance_id=row["utterance_id"],
            kind=row["kind"],
            text=row["text"][:400],
            value=row["value"][:400],
            start_char=row["start_char"],
            end_char=row["end_char"],
            start_s=row["start"],
            end_s=row["end"],
            confidence=row["confidence"],
            method=row["method"],
            engine=dict(row["engine"]),
            detail=dict(row.get("detail") or {}),
        )
        for row in mentions
    )
    session().flush()
    mentions_carrying.carry(step)
    incident_id = session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == step.evidence_id))
    enqueue("join_mentions", incident_id=incident_id)
    return len(mentions)


def _forget(kind: type[Transcript] | type[Tag] | type[Mention], step: Step) -> None:
    """A step saves in the transaction that ends it, so rows of its own are there only if that changes one day."""
    if kind is Transcript:
        old = sa.select(Transcript.id).where(Transcript.step_id == step.id)
        session().execute(sa.delete(Utterance).where(Utterance.transcript_id.in_(old)))
    session().execute(sa.delete(kind).where(kind.step_id == step.id))
