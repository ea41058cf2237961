"""Keeping what was heard of an officer's language, and what people decide about it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Officer
from app.analysis.models import Decision, Step
from app.core import ledger, outbox
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.earlywarning import circumstances
from app.earlywarning.models import (
    Contest,
    ContestState,
    Disposition,
    Exposure,
    LanguageEvent,
    MomentDecision,
    Outcome,
    Polarity,
)
from app.evidence.models import Evidence

LEAST_REASON = 10
SOON, LATER = timedelta(minutes=5), timedelta(hours=1)  # after a person decided; after something new was heard


def keep_language(
    step: Step,
    evidence: Evidence,
    *,
    engine: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    speech_s: float,
    utterances: int,
    actor: Actor,
    respect: float | None = None,
) -> None:
    """Keeps the events of one recording and the seconds its officer spoke, under the officer who recorded it.

    Each event: utterance_id, category, polarity, phrase, rule, directed, start, end, confidence, word_confidence,
    speaker_confidence; where known found_by, probability, scope and respect of its utterance. `respect` is the mean of all
    the officer's utterances. A later reading of the recording replaces its exposure; events of older readings stay, but
    only those of the present reading are counted. Decisions on the same words at the same second are carried over.
    """
    decided = _decisions(evidence.id)
    carried: list[tuple[uuid.UUID, LanguageEvent]] = []
    for row in events:
        event = _event(row, step, evidence, engine)
        earlier = decided.get((event.category, event.phrase, round(event.start_s)))
        if earlier is not None:
            event.decision, event.decided_by = earlier.decision, earlier.decided_by
            event.decided_at, event.decision_reason = earlier.decided_at, earlier.decision_reason
            carried.append((earlier.id, event))
        session().add(event)
    session().flush()
    _carry(carried)
    _keep_exposure(step, evidence, speech_s, utterances, respect)
    ask_for_patterns(within=SOON if carried else LATER)
    ledger.record(
        "earlywarning:recording:scored",
        actor=actor,
        subject_kind="evidence",
        subject_id=evidence.id,
        incident_id=evidence.incident_id,
        officer=evidence.officer_id,
        events=len(events),
        speech_s=round(speech_s, 2),
    )


def decide_event(event: LanguageEvent, *, decision: Decision, reason: str, actor: Actor) -> LanguageEvent:
    """Confirms or rejects one moment. A rejected one leaves every count (W4). Nobody decides about themselves.

    May be done again, with every decision kept; Conflict while the officer's contest waits for its answer.
    """
    not_about_oneself(event.officer_id, actor)
    if decision is Decision.PROPOSED:
        raise Invalid("Choose confirmed or rejected.", field="decision")
    contested = sa.select(Contest.id).where(Contest.event_id == event.id, Contest.state == ContestState.OPEN)
    if session().scalar(contested) is not None:
        raise Conflict("The officer contests this moment.", field="decision", remedy="Answer the contest.")
    return put_decision(event, decision=decision, reason=reasoned(reason), actor=actor)


def put_decision(event: LanguageEvent, *, decision: Decision, reason: str, actor: Actor) -> LanguageEvent:
    """Keeps a decision that was found in order, and has the patterns computed anew."""
    event.decision, event.decided_by, event.decided_at = decision, actor.id, now()
    event.decision_reason = reason
    session().add(
        MomentDecision(
            event_id=event.id, decision=decision, reason=reason, decided_by=actor.id, decided_at=event.decided_at
        )
    )
    session().flush()
    ask_for_patterns(within=SOON)
    ledger.record(
        "earlywarning:moment:decided",
        actor=actor,
        subject_kind="language_event",
        subject_id=event.id,
        officer=event.officer_id,
        decision=decision.value,
        category=event.category,
    )
    return event


def close_question(
    officer: Officer, *, outcome: Outcome, reason: str, figures: Mapping[str, Any], actor: Actor
) -> Disposition:
    """Answers the question an officer's pattern asked. Nothing follows from it by itself (W7)."""
    not_about_oneself(officer.id, actor)
    disposition = Disposition(
        id=uuid.uuid4(),
        officer_id=officer.id,
        outcome=outcome,
        reason=reasoned(reason),
        figures=dict(figures),
        decided_by=actor.id,
        decided_at=now(),
    )
    session().add(disposition)
    session().flush()
    ledger.record(
        "earlywarning:question:closed",
        actor=actor,
        subject_kind="officer",
        subject_id=officer.id,
        outcome_chosen=outcome.value,
        disposition=disposition.id,
    )
    return disposition


def note_view(officer: Officer | None, *, actor: Actor) -> None:
    """Looking at an officer's page, or at everybody's side by side (None), is itself an act that is kept (W5)."""
    subject_id = officer.id if officer else "all"
    ledger.record("earlywarning:officer:viewed", actor=actor, subject_kind="officer", subject_id=subject_id)


def note_export(officer: Officer | None, *, rows: int, actor: Actor) -> None:
    """Taking figures along, one officer's or everybody's (None), is an act that is kept."""
    subject_id = officer.id if officer else "all"
    ledger.record(
        "earlywarning:officer:exported", actor=actor, subject_kind="officer", subject_id=subject_id, rows=rows
    )


def note_levels_view(*, actor: Actor) -> None:
    """Looking at the levels and what they would have given is kept."""
    ledger.record("earlywarning:levels:viewed", actor=actor, subject_kind="warning_levels", subject_id="all")


def ask_for_patterns(*, within: timedelta = timedelta(), actor: Actor | None = None) -> None:
    """Has the patterns computed anew within that time; one job serves everybody who asked before it began."""
    job = outbox.Job
    waiting = sa.select(job.id).where(job.task == "find_patterns", job.sent_at.is_(None), job.due_at <= now() + within)
    if session().scalar(waiting.limit(1)) is None:
        outbox.enqueue("find_patterns", delay=within)
    if actor is not None:
        ledger.record("earlywarning:pattern:asked", actor=actor, subject_kind="pattern_run", subject_id="next")


def reasoned(text: str, *, field: str = "reason") -> str:
    """The words, trimmed. Invalid when they are too few to say anything."""
    words = text.strip()
    if len(words) < LEAST_REASON:
        raise Invalid(
            "Say why, in a sentence others can follow.", field=field, remedy=f"At least {LEAST_REASON} characters."
        )
    return words


def not_about_oneself(officer_id: uuid.UUID, actor: Actor) -> None:
    """Forbidden to the officer it is about."""
    if actor.officer_id == officer_id:
        raise Forbidden("Nobody decides about themselves.", remedy="Ask a colleague in internal affairs.")


def _keep_exposure(step: Step, evidence: Evidence, speech_s: float, utterances: int, respect: float | None) -> None:
    row = {
        "id": uuid.uuid4(),
        "officer_id": evidence.officer_id,
        "evidence_id": evidence.id,
        "step_id": step.id,
        "speech_s": speech_s,
        "utterances": utterances,
        "respect": respect,
        "said_at": evidence.recorded_at or evidence.received_at,
        **asdict(circumstances.of_recording(evidence)),
    }
    query = insert(Exposure).values(**row)
    newer = {name: query.excluded[name] for name in ("step_id", "speech_s", "utterances", "respect", "said_at")}
    session().execute(query.on_conflict_do_update(index_elements=[Exposure.evidence_id], set_=newer))


def _decisions(evidence_id: uuid.UUID) -> dict[tuple[str, str, int], LanguageEvent]:
    earlier = session().scalars(
        sa.select(LanguageEvent)
        .where(LanguageEvent.evidence_id == evidence_id, LanguageEvent.decision != Decision.PROPOSED)
        .order_by(LanguageEvent.decided_at)
    )
    return {(event.category, event.phrase, round(event.start_s)): event for event in earlier}


def _event(row: Mapping[str, Any], step: Step, evidence: Evidence, engine: Mapping[str, Any]) -> LanguageEvent:
    return LanguageEvent(
        officer_id=evidence.officer_id,
        evidence_id=evidence.id,
        step_id=step.id,
        utterance_id=row["utterance_id"],
        category=row["category"],
        polarity=Polarity(row["polarity"]),
        phrase=row["phrase"][:400],
        rule=row["rule"],
        directed=row["directed"],
        start_s=row["start"],
        end_s=row["end"],
        confidence=row["confidence"],
        word_confidence=row["word_confidence"],
        speaker_confidence=row["speaker_confidence"],
        found_by=row.get("found_by", "rule"),
        probability=row.get("probability"),
        scope=row.get("scope", ""),
        respect=row.get("respect"),
        engine=dict(engine),
        said_at=evidence.recorded_at or evidence.received_at,
    )


def _carry(carried: Sequence[tuple[uuid.UUID, LanguageEvent]]) -> None:
    """What people did on a moment goes on with the same words in the newer reading: decisions and contests."""
    for before, event in carried:
        for kept in (MomentDecision, Contest):
            session().execute(sa.update(kept).where(kept.event_id == before).values(event_id=event.id))
