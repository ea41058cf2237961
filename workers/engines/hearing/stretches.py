"""A recording read once, in flat memory: each stretch of speech is described by a few hundred numbers and let go.

The descriptions live as long as the call that asks for them; nothing here is written anywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.acoustics import (
    BANDS,
    CLEAR,
    FRAMES_PER_S,
    HOP,
    PEAK_EVERY,
    PITCH_EVERY,
    WINDOW,
    Table,
    band_centres,
    bands_of,
    cepstra_of,
    decibels,
    peaks_of,
    pitch_of,
)
from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE

CHUNK_S, KEPT_S, LONGEST_S = 5.0, 70.0, 30.0
AFTER_S = 0.25  # how long a stretch is listened to after its end: its room is in there
QUIET = 0.12  # the share of frames, the quietest over KEPT_S, that are taken for noise
SPEECH_DB, RANGE_DB = 4.0, 28.0  # a frame of speech is so far over the noise, and within this of the loudest
LEAST_FRAMES = 12
QUIETEST_DB = (
    -60.0
)  # of full scale, the noise of a good microphone: what is quieter was silenced, and says nothing of a room
CLIPPED = 32_500


@dataclass(frozen=True, slots=True)
class Shape:
    """A Gaussian over frames of speech: how many, their mean and covariance (loudness, then cepstra)."""

    frames: int
    mean: NDArray[np.float32]
    covariance: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of speech, of the span numbered `job`. Powers are those of speech less the noise around it."""

    job: int
    start: float
    end: float
    shape: Shape
    level_db: float  # 250 Hz to 4 kHz; full scale is 0
    depth_db: float  # how far it falls between its sounds: less in a room, and far away
    peaked: float  # how far its pulses stand out (log of the kurtosis of its louder half): less with every echo
    emphasis_db: float  # 1 to 4 kHz against 100 Hz to 1 kHz where it is voiced: rises with effort
    pitch_hz: float  # median; 0.0 where no pitch is clear
    vector: NDArray[np.float32] | None = None  # by the speaker pack, where there is one

    @property
    def frames(self) -> int:
        """Frames of speech in it, 100 a second."""
        return self.shape.frames


@dataclass(frozen=True, slots=True)
class Heard:
    """One span while its frames are there: `bands` go on AFTER_S behind its `frames` frames."""

    start: float
    samples: Samples
    bands: Table
    frames: int
    floor: Table

    def speech(self, first: int = 0, last: int | None = None) -> NDArray[np.bool_]:
        """Which of the frames first to last hold speech."""
        loud = decibels(_middle(self.bands[first : self.frames if last is None else last]))
        if not len(loud):
            return np.zeros(0, dtype=bool)
        noise = decibels(_middle(self.floor[None]))[0]
        return np.asarray((loud > noise + SPEECH_DB) & (loud > np.percentile(loud, 95) - RANGE_DB))


Splitter = Callable[[int, Heard, Table], Sequence[int]]
Embedder = Callable[[Samples], NDArray[np.float32] | None]


def listen(
    sound: Iterable[tuple[float, Samples]],
    spans: Sequence[tuple[float, float]],
    split: Splitter,
    embed: Embedder | None = None,
) -> Iterator[Stretch]:
    """The stretches of each span (seconds), in the order the spans end; what holds too little speech gives none.

    `sound` is what `sound.blocks` gives. `split` says at which frames of a span it is to be cut. A span longer than
    LONGEST_S is described in parts.
    """
    jobs = sorted(
        (end, start, number)
        for number, (first, last) in enumerate(spans)
        for start, end in _parts(first, last)
        if end > start
    )
    tape, done = _Tape(), 0
    for samples in _chunks(sound):
        tape.take(samples)
        while done < len(jobs) and jobs[done][0] + AFTER_S <= tape.end:
            end, start, number = jobs[done]
            yield from _described(number, tape.cut(start, end), split, embed)
            done += 1
    for end, start, number in jobs[done:]:
        yield from _described(number, tape.cut(start, end), split, embed)


def _parts(first: float, last: float) -> Iterator[tuple[float, float]]:
    parts = max(1, int(np.ceil((last - first) / LONGEST_S)))
    step = (last - first) / parts
    return ((first + index * step, first + (index + 1) * step) for index in range(parts))


def _chunks(sound: Iterable[tuple[float, Samples]]) -> Iterator[Samples]:
    held: list[Samples] = []
    size = 0
    for _, samples in sound:
        held.append(samples)
        size += len(samples)
        if size >= CHUNK_S * RATE:
            yield np.concatenate(held)
            held, size = [], 0
    if held:
        yield np.concatenate(held)


class _Tape:
    """The last KEPT_S seconds: samples, the power of their bands, and the noise among them."""

    def __init__(self) -> None:
        self._samples: Samples = np.zeros(0, dtype=np.int16)
        self._bands: Table = np.zeros((0, BANDS), dtype=np.float32)
        self._first = 0  # frame at which the tape begins
        self._floor: Table = np.full(BANDS, 1e-10, dtype=np.float32)

    @property
    def end(self) -> float:
        """The last second that is on the tape."""
        return (self._first * HOP + len(self._samples)) / RATE

    def take(self, samples: Samples) -> None:
        """Adds samples, forgets the oldest."""
        self._samples = np.concatenate([self._samples, samples])
        fresh = bands_of(self._samples[len(self._bands) * HOP :])
        self._bands = np.concatenate([self._bands, fresh])
        over = len(self._bands) - int(KEPT_S * FRAMES_PER_S)
        if over > 0:
            self._bands, self._samples = self._bands[over:], self._samples[over * HOP :]
            self._first += over
        sounding = self._bands[self._bands.sum(axis=1) > 1e-9]  # digital silence is not the noise of the place
        if len(sounding):
            power = _middle(sounding)
            self._floor = sounding[power <= np.quantile(power, QUIET)].mean(axis=0)

    def cut(self, start: float, end: float) -> Heard:
        """What is on the tape between two seconds."""
        first = max(0, round(start * FRAMES_PER_S) - self._first)
        last = max(first, round(end * FRAMES_PER_S) - self._first)
        bands = self._bands[first : last + int(AFTER_S * FRAMES_PER_S)]
        return Heard(
            (self._first + first) / FRAMES_PER_S,
            self._samples[first * HOP : last * HOP + WINDOW - HOP],
            bands,
            min(len(bands), last - first),
            self._floor,
        )


def _described(job: int, heard: Heard, split: Splitter, embed: Embedder | None) -> Iterator[Stretch]:
    if heard.frames < LEAST_FRAMES:
        return
    clean = np.maximum(heard.bands - heard.floor, 0.1 * heard.floor)
    loudness = np.log(_middle(clean) + 1e-10)[:, None]
    looks = np.concatenate([loudness, cepstra_of(clean)], axis=1).astype(np.float32)
    tone, peaks = pitch_of(heard.samples), peaks_of(heard.samples)
    for first, last in pairwise([0, *split(job, heard, looks), heard.frames]):
        stretch = _stretch(job, heard, looks, tone, peaks, (first, last))
        if stretch is None:
            continue
        if embed is not None:
            stretch = replace(stretch, vector=embed(heard.samples[first * HOP : last * HOP]))
        yield stretch


def _stretch(
    job: int, heard: Heard, looks: Table, tone: tuple[Table, Table], peaks: tuple[Table, Table], place: tuple[int, int]
) -> Stretch | None:
    first, last = place
    speech = heard.speech(first, last)
    if speech.sum() < LEAST_FRAMES:
        return None
    own = looks[first:last][speech]
    bands = np.maximum(heard.bands[first:last] - heard.floor, 1e-12)
    contour = np.maximum(QUIETEST_DB, decibels(_middle(heard.bands[first : last + int(AFTER_S * FRAMES_PER_S)])))
    pitch, clear = (one[first // PITCH_EVERY : last // PITCH_EVERY] for one in tone)
    sung = (clear > CLEAR) & speech[::PITCH_EVERY][: len(clear)]
    voiced = bands[::PITCH_EVERY][: len(sung)][sung]
    return Stretch(
        job=job,
        start=heard.start + first / FRAMES_PER_S,
        end=heard.start + last / FRAMES_PER_S,
        shape=Shape(len(own), own.mean(axis=0), np.cov(own.T, bias=True).astype(np.float32)),
        level_db=float(decibels(_middle(bands[speech]).mean())),
        depth_db=float(np.percentile(contour, 90) - np.percentile(contour, 5)),
        peaked=_peaked(*(one[first // PEAK_EVERY : last // PEAK_EVERY] for one in peaks)),
        emphasis_db=_emphasis(voiced if len(voiced) > 4 else bands[speech]),
        pitch_hz=float(np.median(pitch[sung])) if sung.sum() > 4 else 0.0,
    )


def _peaked(kurtosis: Table, power: Table) -> float:
    if not len(power):
        return 0.0
    return float(np.median(kurtosis[power >= np.median(power)]))


def _middle(bands: NDArray[np.floating]) -> NDArray[np.float64]:
    """The power between 250 Hz and 4 kHz: where speech is and wind is not."""
    return _between(bands, 250, 4000)


def _between(bands: NDArray[np.floating], low: float, high: float) -> NDArray[np.float64]:
    centres = band_centres()
    return np.asarray(bands[:, (centres >= low) & (centres < high)].sum(axis=1), dtype=np.float64)


def _emphasis(bands: NDArray[np.floating]) -> float:
    high, low = (_between(bands, *edges).mean() for edges in ((1000, 4000), (100, 1000)))
    return float(decibels(high) - decibels(low))
