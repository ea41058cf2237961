"""Whisper by faster-whisper (CTranslate2), from an installed pack; nothing is fetched."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel

from workers.engines.hearing.results import Progress, Utterance, Word
from workers.engines.info import EngineInfo

MOST_HINTS = 40


class Whisper:
    """Whisper with word times and voice detection; earlier text is not fed back, so that one error stays one."""

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        kind = "float16" if device == "cuda" else "int8"
        self._model: Any = WhisperModel(
            str(folder), device=device, compute_type=kind, cpu_threads=2, local_files_only=True
        )
        self._parameters: dict[str, Any] = {
            "beam_size": 5,
            "vad_filter": True,
            "word_timestamps": True,
            "condition_on_previous_text": False,
        }
        self.info = EngineInfo(
            "faster-whisper",
            folder.name,
            importlib.metadata.version("faster-whisper"),
            {**self._parameters, "compute_type": kind},
        )

    def transcribe(self, audio: Path, *, progress: Progress, hints: Sequence[str] = ()) -> tuple[str, list[Utterance]]:
        """(language, utterances); `hints` are given to the decoder as words to expect."""
        expected = ", ".join(list(hints)[:MOST_HINTS]) or None
        segments, facts = self._model.transcribe(str(audio), hotwords=expected, **self._parameters)
        heard: list[Utterance] = []
        reached = 0.0
        for segment in segments:
            words = tuple(
                Word(
                    word.word.strip(),
                    round(float(word.start), 2),
                    round(float(word.end), 2),
                    round(float(word.probability), 3),
                )
                for word in segment.words or ()
            )
            text = segment.text.strip()
            if text and words:
                sure = sum(word.confidence for word in words) / len(words)
                heard.append(Utterance(words[0].start, words[-1].end, text, words, round(sure, 3)))
            if facts.duration and segment.end > reached:
                reached = segment.end
                progress(float(min(reached / facts.duration, 1.0)))
        progress(1.0)
        return facts.language, heard
