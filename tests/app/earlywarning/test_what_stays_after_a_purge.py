"""When a recording is purged: undecided moments go, decided ones stay without their words, and counts stay fair."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import Decision, Step, StepState, Transcript, Utterance
from app.core.clock import now
from app.core.db import session, transaction
from app.earlywarning.models import Exposure, LanguageEvent, Polarity
from app.evidence.models import Evidence
from app.evidence.retention import keeping
from tests.app.analysis.items import sealed_item
from tests.people import People


@pytest.fixture
def item(app: Flask, people: People) -> Evidence:
    """A recording in which two things were marked."""
    return sealed_item(people.one())


def heard(item: Evidence, *decisions: Decision) -> None:
    """One moment for each decision, and the time spoken."""
    with transaction() as current:
        step = Step(id=uuid.uuid4(), evidence_id=item.id, name="transcribe", state=StepState.DONE, queue="hearing", input_hash="x")  # fmt: skip
        current.add(step)
        current.flush()
        said = Transcript(id=uuid.uuid4(), evidence_id=item.id, step_id=step.id, engine={}, duration_s=9.0, created_at=now())  # fmt: skip
        current.add(said)
        current.flush()
        words = Utterance(id=uuid.uuid4(), transcript_id=said.id, position=0, start_s=0, end_s=1, text="You idiot", words=[], confidence=1)  # fmt: skip
        current.add(words)
        current.flush()
        for decision in decisions:
            current.add(
                LanguageEvent(
                    officer_id=item.officer_id, evidence_id=item.id, step_id=step.id, utterance_id=words.id,
                    category="insult", polarity=Polarity.AGGRESSIVE, phrase="you idiot", rule="insult-1", directed=True,
                    start_s=0, end_s=1, confidence=1, word_confidence=1, speaker_confidence=1, engine={}, said_at=now(),
                    decision=decision,
                )
            )  # fmt: skip
        current.add(Exposure(officer_id=item.officer_id, evidence_id=item.id, step_id=step.id, speech_s=60, utterances=1, said_at=now()))  # fmt: skip


def test_decided_moments_stay_without_words_and_with_the_time_they_are_measured_by(item: Evidence) -> None:
    heard(item, Decision.PROPOSED, Decision.CONFIRMED, Decision.REJECTED)
    with transaction():
        gone = keeping.remove(item.id)
    assert (gone["language_moments"], gone["language_moments_without_words"], gone["utterances"]) == (1, 2, 1)
    left = session().scalars(sa.select(LanguageEvent)).all()
    assert {(one.decision, one.phrase, one.utterance_id, one.rule) for one in left} == {
        (Decision.CONFIRMED, "", None, "insult-1"),
        (Decision.REJECTED, "", None, "insult-1"),
    }
    assert session().scalar(sa.select(sa.func.count()).select_from(Exposure)) == 1


def test_a_recording_nobody_decided_about_leaves_the_figures_whole(item: Evidence) -> None:
    heard(item, Decision.PROPOSED)
    with transaction():
        keeping.remove(item.id)
    for table in (LanguageEvent, Exposure):
        assert session().scalar(sa.select(sa.func.count()).select_from(table)) == 0
