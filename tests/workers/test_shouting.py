"""Shouting as a language event: by the voice alone, of the wearer alone, and never twice for one line."""

from collections.abc import Callable
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis import results
from app.analysis.models import StepState, Utterance
from app.core.db import session, transaction
from app.earlywarning.models import LanguageEvent
from tests.app.desk.scene import heard, item, step, stop
from tests.people import People
from workers.engines.language import listen_for
from workers.engines.reading import Line

TaskRoom = Callable[[str], ModuleType]


def said(
    text: str = "get over there", *, shouting: float | None = 0.9, role: str = "officer", speaker: float = 0.9
) -> list[tuple[str, float, str]]:
    line = Line(0, 0.0, 2.0, text, role, "S1", 0.5, speaker, shouting)
    return [(event.category, event.confidence, event.found_by) for event in listen_for([line]).events]


def test_a_shouted_line_is_one_event_with_its_confidence_and_how_it_was_found() -> None:
    """The voice's confidence times the speaker's; that the words are doubtful does not matter."""
    assert [one for one in said() if one[0] == "shouting"] == [("shouting", 0.81, "voice")]
    [event] = [
        one for one in listen_for([Line(0, 0, 2, "I told you", "officer", "S1", 0.5, 0.9, 0.9)]).events
        if one.category == "shouting"
    ]  # fmt: skip
    assert (event.polarity, event.rule, event.phrase, event.probability) == (
        "aggressive",
        "shouting-by-voice",
        "I told you",
        0.9,
    )


@pytest.mark.parametrize(
    "line",
    [
        {"shouting": None},
        {"shouting": 0.4},
        {"role": "other"},
        {"role": "unknown"},
        {"speaker": 0.45},  # a raised voice that may be somebody else's
        {"text": "drop the gun"},
        {"text": "get out of the fire"},
        {"text": " "},
    ],
)
def test_what_is_no_shouting_event(line: dict[str, object]) -> None:
    """Not judged, not sure, not the wearer's, not surely the wearer's, urgent, or without a word."""
    assert "shouting" not in [one[0] for one in said(**line)]  # type: ignore[arg-type]


def test_a_line_is_not_counted_twice() -> None:
    """Harsh words at least as sure stand alone; where they are doubtful the voice is kept beside them."""
    sure = Line(0, 0.0, 2.0, "shut up you stupid idiot", "officer", "S1", 0.95, 0.95, 0.6)
    assert "shouting" not in [event.category for event in listen_for([sure]).events]
    doubtful = Line(0, 0.0, 2.0, "shut up you stupid idiot", "officer", "S1", 0.2, 0.95, 0.95)
    assert "shouting" in [event.category for event in listen_for([doubtful]).events]


def test_how_it_was_said_is_kept_and_read(app: Flask, people: People, task_room: TaskRoom) -> None:
    """From a transcript's rows to the event: W3, with the speaker's confidence and the voice's."""
    officer = people.one()
    recording = item(stop(officer), officer)
    heard(step(recording, "transcribe"), "good evening", "hello", "i said walk over there", "okay")
    with transaction():
        loud = session().scalars(sa.select(Utterance).where(Utterance.position == 2)).one()
        loud.voice = {"level_db": -8.0, "loudness_db": 14.0, "pitch_over_st": 6.0, "shouting": 0.92}
    waiting = step(recording, "score_language", StepState.QUEUED)
    task_room("score_language").score_language(str(waiting.id))
    [event] = session().scalars(sa.select(LanguageEvent).where(LanguageEvent.category == "shouting"))
    assert (event.found_by, event.probability, event.utterance_id) == ("voice", 0.92, loud.id)
    assert event.confidence == pytest.approx(0.92 * loud.speaker_confidence)


def test_a_transcript_without_voices_is_as_before(app: Flask, people: People) -> None:
    officer = people.one()
    by = step(item(stop(officer), officer), "transcribe")
    row = {"start": 0.0, "end": 1.0, "text": "x", "words": [], "confidence": 1.0, "speaker": "S1", "role": "other"}
    more = {"voice": {"level_db": -20.0}, "channel": 1}
    rows = [row | {"speaker_confidence": 0.5}, row | {"speaker_confidence": 0.5} | more]
    with transaction():
        results.keep_transcript(by, engine={}, speaker_engine={}, language="en", duration_s=1.0, utterances=rows)
    kept = session().scalars(sa.select(Utterance).order_by(Utterance.position)).all()
    assert [(one.voice, one.channel) for one in kept] == [({}, None), ({"level_db": -20.0}, 1)]
