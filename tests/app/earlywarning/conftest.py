"""Officers who were heard: recordings with seconds of own speech and moments, kept through the room's own verb."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Officer
from app.analysis.models import Step, Transcript
from app.core.actor import machine
from app.core.db import transaction
from app.earlywarning import service
from app.earlywarning.models import LanguageEvent
from app.evidence.models import Evidence
from tests.app.desk.scene import heard, item, step, stop

RULES = {"name": "blotter-language", "model": "rules", "version": "1"}


def event(transcript: Transcript, phrase: str = "you idiot", *, start: float = 1.0, **given: Any) -> dict[str, Any]:
    """A moment as the language step gives it."""
    return {
        "utterance_id": given.pop("utterance_id"),
        "category": "insult",
        "polarity": "aggressive",
        "phrase": phrase,
        "rule": "insult-called",
        "directed": True,
        "start": start,
        "end": start + 1,
        "confidence": 0.9,
        "word_confidence": 0.8,
        "speaker_confidence": 0.8,
        **given,
    }


@pytest.fixture
def spoke(app: Flask) -> Callable[..., Evidence]:
    """`spoke(officer, minutes=30, moments=["you idiot"])`: one recording of an officer, read once."""

    def record(officer: Officer, *, minutes: float = 30, moments: list[Any] | None = None) -> Evidence:
        recording = item(stop(officer), officer)
        read(recording, minutes=minutes, moments=moments or [])
        return recording

    return record


def read(recording: Evidence, *, minutes: float, moments: list[Any], generation: int = 1) -> Step:
    """A reading of a recording by the language step; `moments` are phrases or (phrase, changes)."""
    scored = step(recording, "score_language", generation=generation)
    transcript = heard(step(recording, "transcribe", generation=generation), "good evening sir", "good evening")
    with transaction():
        utterance = transcript.utterances[0].id
        rows = []
        for place, moment in enumerate(moments):
            phrase, changes = moment if isinstance(moment, tuple) else (moment, {})
            rows.append(event(transcript, phrase, start=5.0 * (place + 1), utterance_id=utterance, **changes))
        service.keep_language(
            scored,
            recording,
            engine=RULES,
            events=rows,
            speech_s=minutes * 60,
            utterances=10,
            actor=machine("score_language"),
        )
    return scored


def only_moment(officer: Officer) -> LanguageEvent:
    """The single moment of an officer."""
    from app.earlywarning import queries

    [one] = queries.moments_of(officer.id)
    return one
