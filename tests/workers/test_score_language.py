"""Scoring a recording's language as the back room does it: events with how they were found, exposure with its respect."""

from collections.abc import Callable
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import StepState
from app.core.db import session
from app.core.ledger import Event
from app.earlywarning.models import Exposure, LanguageEvent
from tests.app.desk.scene import heard, item, step, stop
from tests.people import People
from workers.engines.language import engine

TaskRoom = Callable[[str], ModuleType]
SAID = ("good evening sir", "why did you stop me", "shut up you idiot", "why", "copy you dumb ass that was my call")


@pytest.fixture
def scored(app: Flask, people: People, task_room: TaskRoom) -> tuple[list[LanguageEvent], Exposure]:
    officer = people.one()
    recording = item(stop(officer), officer)
    heard(step(recording, "transcribe"), *SAID)
    waiting = step(recording, "score_language", StepState.QUEUED)
    task_room("score_language").score_language(str(waiting.id))
    events = list(session().scalars(sa.select(LanguageEvent).order_by(LanguageEvent.start_s)))
    return events, session().scalars(sa.select(Exposure)).one()


def test_each_event_keeps_every_doubt_and_how_it_was_found(scored: tuple[list[LanguageEvent], Exposure]) -> None:
    """W3: word and speaker confidence, version, rule, classifier."""
    events, _ = scored
    [insult] = [event for event in events if event.category == "insult"]
    assert insult.found_by in {"rule+confirmed", "rule+unsure"}
    assert insult.probability is not None
    assert 0 < insult.probability < 1
    assert 0 < insult.word_confidence < 1
    assert 0 < insult.confidence < 0.9 * insult.word_confidence
    assert insult.engine["version"] == engine().version
    assert insult.respect is not None
    assert insult.respect < 0
    [greeting] = [event for event in events if event.category == "greeting"]
    assert (greeting.found_by, greeting.probability, greeting.scope) == ("rule", None, "")


def test_talk_by_radio_is_kept_as_such(scored: tuple[list[LanguageEvent], Exposure]) -> None:
    events, _ = scored
    assert {event.scope for event in events if event.polarity == "aggressive"} <= {"", "radio"}
    assert "radio" in {event.scope for event in events}


def test_the_respect_of_all_utterances_stands_beside_the_time_spoken(
    scored: tuple[list[LanguageEvent], Exposure],
) -> None:
    _, exposure = scored
    assert exposure.respect is not None
    assert exposure.utterances >= 2


def test_the_ledger_holds_no_word_of_it(scored: tuple[list[LanguageEvent], Exposure]) -> None:
    events, _ = scored
    [kept] = session().scalars(sa.select(Event).where(Event.act == "earlywarning:recording:scored"))
    assert kept.details["events"] == len(events)
    assert not any(word in str(kept.details) for word in ("idiot", "evening"))
