"""The built-in recogniser: pocketsphinx with the US English model inside its wheel, on speech that was made clearer first."""

import importlib.metadata
import math
import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder, set_loglevel

from workers.engines.hearing import policing
from workers.engines.hearing.cepstra import SPREAD, cepstra
from workers.engines.hearing.clearing import STRENGTH, cleared
from workers.engines.hearing.language import arpa, own_lines
from workers.engines.hearing.pieces import Piece, pieces
from workers.engines.hearing.pronouncing import plain_words, pronunciation
from workers.engines.hearing.restoring import restored
from workers.engines.hearing.results import HearingError, Progress, Samples, Utterance, Word
from workers.engines.hearing.sound import RATE
from workers.engines.info import EngineInfo

FRAMES_PER_S = 100
MOST_HINTS = 60
DOUBTED = 0.02  # in an utterance that is doubtful as a whole, a word less sure than this is left out
FOREIGN = (
    0.38  # an utterance less sure than this may be any language (German: 0.27 to 0.36, clear English: 0.49 to 0.69)
)
POLICE = 0.5  # the police reading of an utterance is taken when it is likelier and surer than the general, and at least this sure
SURE = 0.85  # this sure, it is taken without asking the general model
ENOUGH_S = 6.0  # of speech before a language is judged
UNKNOWN = "und"  # BCP 47: the language is not determined
# Chosen on the tuning half of tests/bench/hearing_sets.py: how many phones and words are followed in one frame. Fewer are
# faster, and no worse.
TUNED: dict[str, float] = {"maxhmmpf": 5000, "maxwpf": 20}
_GENERAL, _POLICE = "_default", "police"
_FILLER = re.compile(r"^(<.*>|\[.*\]|\+\+.*\+\+)$")
_VARIANT = re.compile(r"\(\d+\)$")


class Pocketsphinx:
    """CMU pocketsphinx, one utterance at a time, with times and posterior probabilities of words.

    Every utterance is decoded with the police language model, and with the general one too unless the police words are
    very sure; it is taken as the likelier of both.
    Words to expect are in the police model of one recording only, and forgotten after it.
    """

    def __init__(self) -> None:
        set_loglevel("FATAL")
        self._expected: tuple[str, ...] = ()
        self._names: frozenset[str] = frozenset()
        self._decoder: Any = self._fresh(())
        self.info = EngineInfo(
            "pocketsphinx",
            "en-us (in its wheel), police English",
            importlib.metadata.version("pocketsphinx"),
            {"bestpath": True, **TUNED, "cleared": STRENGTH, "spread": SPREAD, "doubted": DOUBTED},
        )

    def transcribe(
        self, sound: Samples, *, progress: Progress, hints: Sequence[str] = (), language: str = ""
    ) -> tuple[str, list[Utterance]]:
        """The utterances of 16 kHz sound. `language` other than English is a HearingError; speech that does not sound like
        English words is given as language `und`."""
        if language not in ("", "en"):
            raise HearingError(
                f"The built-in recogniser knows English only, not {language}: install a Whisper pack of many languages "
                "(blotter models list), or write the transcript by hand."
            )
        self._expect(hints)
        self._decoder.reinit_feat()  # what was heard before must not colour it: a resumed hearing ends alike
        heard, sure = [], _Sureness()
        for piece in pieces(sound):
            words = self._words(piece)
            sure.add(words)
            utterance = _utterance(_written(words), self._names)
            if utterance is not None:
                heard.append(utterance)
            progress(min(piece.end * RATE / len(sound), 1.0))
        return (UNKNOWN if sure.foreign() and not language else "en"), heard

    def _words(self, piece: Piece) -> list[Word]:
        frames = cepstra(cleared(piece.samples))
        as_police, police_words = self._decoded(frames, _POLICE, piece.start)
        police_sure = _together(police_words)
        if police_sure >= SURE:  # the small model is five times as fast
            return police_words
        likely, words = self._decoded(frames, _GENERAL, piece.start)
        # A small model is likelier by its smallness alone: its words must also be surer, and sure.
        better = as_police > likely and police_sure > max(_together(words), POLICE)
        return police_words if better else words

    def _decoded(self, frames: NDArray[np.float32], search: str, start: float) -> tuple[float, list[Word]]:
        """(natural log of how likely, words) of one piece under one language model."""
        self._decoder.activate_search(search)
        self._decoder.start_utt()
        # The decoder takes the mean off in the very bytes it is given: each decoding needs a copy of its own.
        self._decoder.process_cep(frames.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        words = [
            Word(
                _VARIANT.sub("", segment.word),
                round(start + segment.start_frame / FRAMES_PER_S, 2),
                round(start + (segment.end_frame + 1) / FRAMES_PER_S, 2),
                round(min(max(float(segment.prob), 0.0), 1.0), 3),
            )
            for segment in self._decoder.seg() or ()
            if not _FILLER.match(segment.word)
        ]
        return (math.log(best.best_score) if best and best.best_score > 0 else -math.inf), words

    def _expect(self, hints: Sequence[str]) -> None:
        """A decoder that knows these words and none that another recording was expected to hold."""
        plain = (" ".join(plain_words([hint])) for hint in hints)
        wanted = tuple(dict.fromkeys(phrase for phrase in plain if phrase))[:MOST_HINTS]
        if wanted != self._expected:
            self._decoder, self._expected = self._fresh(wanted), wanted
            self._names = frozenset(word for phrase in wanted for word in phrase.split()) - set(policing.DIGITS)

    def _fresh(self, expected: tuple[str, ...]) -> Any:
        decoder: Any = Decoder(samprate=RATE, bestpath=True, **TUNED)
        for word in {*policing.words(), *(word for phrase in expected for word in phrase.split())}:
            if decoder.lookup_word(word) is None:
                decoder.add_word(word, pronunciation(word, decoder.lookup_word), False)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "police.arpa"
            path.write_text(arpa(own_lines(expected)), encoding="utf-8")
            decoder.add_lm_file(_POLICE, str(path))
        return decoder


class _Sureness:
    """How much of the speech sounded like words this engine knows."""

    def __init__(self) -> None:
        self._seconds = self._doubted = 0.0

    def add(self, words: Sequence[Word]) -> None:
        """Counts an utterance in."""
        if words:
            seconds = words[-1].end - words[0].start
            self._seconds += seconds
            self._doubted += seconds * (_together(words) < FOREIGN)

    def foreign(self) -> bool:
        """Whether there was speech enough, and most of it sounded like no words of English."""
        return self._seconds >= ENOUGH_S and self._doubted > self._seconds / 2


def _together(words: Sequence[Word]) -> float:
    """The geometric mean: an utterance is as sure as its words are together."""
    if not words:
        return 0.0
    return math.exp(sum(math.log(max(word.confidence, 1e-3)) for word in words) / len(words))


def _written(words: Sequence[Word]) -> Sequence[Word]:
    """The words that are written. In speech that is clear as a whole all are, the doubtful ones marked: without them a
    date or a number would become another. In speech that is not, a gap is more honest than a guess."""
    if _together(words) >= FOREIGN:
        return words
    return [word for word in words if word.confidence >= DOUBTED]


def _utterance(words: Sequence[Word], names: Collection[str]) -> Utterance | None:
    if not words:
        return None
    text = restored(words, names)
    return Utterance(words[0].start, words[-1].end, text, tuple(words), round(_together(words), 3))
