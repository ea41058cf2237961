"""Whisper by faster-whisper (CTranslate2), from an installed pack; nothing is fetched."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from workers.engines.hearing.guards import PRESSED, believable, spoken, unlooped
from workers.engines.hearing.pieces import speech
from workers.engines.hearing.results import HearingError, Progress, Samples, Utterance, Word
from workers.engines.hearing.sound import RATE
from workers.engines.info import EngineInfo

MOST_HINTS = 40
AT_ONCE = 8  # stretches decoded together on a GPU; one processor gains nothing from it


class Whisper:
    """Whisper with word times and voice detection; earlier text is not fed back, so that one error stays one."""

    def __init__(self, folder: Path, *, device: str = "cpu", batched: bool | None = None) -> None:
        kind = "float16" if device == "cuda" else "int8"
        self._model: Any = WhisperModel(
            str(folder), device=device, compute_type=kind, cpu_threads=2, local_files_only=True
        )
        self._batched = device == "cuda" if batched is None else batched
        self._parameters: dict[str, Any] = {
            "beam_size": 5,
            "vad_filter": True,
            "word_timestamps": True,
            "condition_on_previous_text": False,
            "compression_ratio_threshold": PRESSED,
        }
        told = {**self._parameters, "compute_type": kind, "batch": AT_ONCE if self._batched else 1}
        self.info = EngineInfo("faster-whisper", folder.name, importlib.metadata.version("faster-whisper"), told)

    def transcribe(
        self, sound: Samples, *, progress: Progress, hints: Sequence[str] = (), language: str = ""
    ) -> tuple[str, list[Utterance]]:
        """(language, utterances); `hints` are given to the decoder as words to expect. A language it does not know, or
        other than English where the pack is an English one, is a HearingError."""
        self._check(language)
        stretches = speech(sound)
        if not stretches:
            return language, []
        length = len(sound) / RATE
        segments, facts = self._decode(sound, hints, language)
        heard: list[Utterance] = []
        reached = 0.0
        for segment in segments:
            utterance = _utterance(segment, stretches)
            if utterance is not None:
                heard.append(utterance)
            reached = max(reached, float(segment.end))
            progress(min(reached / length, 1.0))
        return str(facts.language), heard

    def _decode(self, sound: Samples, hints: Sequence[str], language: str) -> tuple[Any, Any]:
        asked = {
            **self._parameters,
            "hotwords": ", ".join(list(hints)[:MOST_HINTS]) or None,
            "language": language or None,
        }
        wave = sound.astype(np.float32) / 32768
        if self._batched:
            return tuple(BatchedInferencePipeline(self._model).transcribe(wave, batch_size=AT_ONCE, **asked))
        return tuple(self._model.transcribe(wave, hallucination_silence_threshold=2.0, **asked))

    def _check(self, language: str) -> None:
        known = set(self._model.supported_languages) if self._model.model.is_multilingual else {"en"}
        if language and language not in known:
            raise HearingError(
                f"{self.info.model} does not know this language ({language}): "
                "install a pack of many languages (blotter models list), or write the transcript by hand."
            )


def _utterance(segment: Any, stretches: Sequence[tuple[int, int]]) -> Utterance | None:
    if not believable(
        no_speech=float(segment.no_speech_prob),
        likelihood=float(segment.avg_logprob),
        pressed=float(segment.compression_ratio),
    ):
        return None
    said = [
        Word(
            word.word.strip(), round(float(word.start), 2), round(float(word.end), 2), round(float(word.probability), 3)
        )
        for word in segment.words or ()
        if word.word.strip()
    ]
    words = unlooped(spoken(said, stretches))
    if not words:
        return None
    text = segment.text.strip() if len(words) == len(said) else " ".join(word.text for word in words)
    sure = sum(word.confidence for word in words) / len(words)
    return Utterance(words[0].start, words[-1].end, text, words, round(sure, 3))
