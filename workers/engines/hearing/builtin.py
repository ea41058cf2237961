"""The built-in recogniser: pocketsphinx with the US English model inside its wheel. It hears clear speech only."""

import importlib.metadata
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pocketsphinx import Decoder, set_loglevel

from workers.engines.hearing.pieces import Piece, pieces
from workers.engines.hearing.restoring import sentence
from workers.engines.hearing.results import Progress, Utterance, Word
from workers.engines.hearing.sound import RATE, duration_of
from workers.engines.info import EngineInfo

FRAMES_PER_S = 100
_FILLER = re.compile(r"^(<.*>|\[.*\]|\+\+.*\+\+)$")
_VARIANT = re.compile(r"\(\d+\)$")


class Pocketsphinx:
    """CMU pocketsphinx, one utterance at a time, with times and posterior probabilities of words."""

    def __init__(self) -> None:
        set_loglevel("FATAL")
        self._decoder: Any = Decoder(samprate=RATE, bestpath=True)
        self.info = EngineInfo(
            "pocketsphinx", "en-us (in its wheel)", importlib.metadata.version("pocketsphinx"), {"bestpath": True}
        )

    def transcribe(self, audio: Path, *, progress: Progress, hints: Sequence[str] = ()) -> tuple[str, list[Utterance]]:
        """The utterances of a recording, in flat memory. `hints` are not used by this engine."""
        length = duration_of(audio)
        heard = []
        for piece in pieces(audio):
            utterance = self._one(piece)
            if utterance is not None:
                heard.append(utterance)
            if length:
                progress(min(piece.end / length, 1.0))
        return "en", heard

    def _one(self, piece: Piece) -> Utterance | None:
        self._decoder.start_utt()
        self._decoder.process_raw(piece.samples.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        words = tuple(
            Word(
                _VARIANT.sub("", segment.word),
                round(piece.start + segment.start_frame / FRAMES_PER_S, 2),
                round(piece.start + (segment.end_frame + 1) / FRAMES_PER_S, 2),
                round(min(max(float(segment.prob), 0.0), 1.0), 3),
            )
            for segment in self._decoder.seg() or ()
            if not _FILLER.match(segment.word)
        )
        if not words:
            return None
        # The geometric mean: an utterance is as sure as its words are together.
        sure = math.exp(sum(math.log(max(word.confidence, 1e-3)) for word in words) / len(words))
        text = sentence([word.text for word in words])
        return Utterance(words[0].start, words[-1].end, text, words, round(sure, 3))
