"""Diarization error rate: NIST's definition (md-eval), as pyannote.metrics computes it with collar 2 x 0.25 s."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

COLLAR_S = 0.25


@dataclass(frozen=True, slots=True)
class Turn:
    """Who spoke from when to when, in seconds."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds of speech (counted once a speaker), and of it missed, said where nobody spoke, and given to another."""

    speech: float = 0.0
    missed: float = 0.0
    false: float = 0.0
    confused: float = 0.0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(
            self.speech + other.speech,
            self.missed + other.missed,
            self.false + other.false,
            self.confused + other.confused,
        )

    def rate(self) -> float:
        """(missed + false + confused) / speech."""
        return (self.missed + self.false + self.confused) / self.speech if self.speech else 0.0

    def parts(self) -> dict[str, float]:
        """The rate and its three parts, each as a share of the speech."""
        whole = self.speech or 1.0
        return {
            "der": round(self.rate(), 4),
            "missed": round(self.missed / whole, 4),
            "false_alarm": round(self.false / whole, 4),
            "confusion": round(self.confused / whole, 4),
            "speech_s": round(self.speech, 1),
        }


def errors(
    said: Sequence[Turn], found: Sequence[Turn], *, length: float, collar: float = COLLAR_S, overlap: bool = True
) -> Errors:
    """The errors of one recording under the best one-to-one naming of speakers (Hungarian method).

    Within `collar` seconds of either side of each true boundary nothing is scored; with overlap=False nor is it where
    two or more people truly speak at once.
    """
    spans = _spans(said, found, length, collar, overlap)
    names = {one: index for index, one in enumerate(dict.fromkeys(turn.speaker for turn in said))}
    others = {one: index for index, one in enumerate(dict.fromkeys(turn.speaker for turn in found))}
    together = np.zeros((len(names), len(others)))
    for seconds, true, guessed in spans:
        for one in true:
            for other in guessed:
                together[names[one], others[other]] += seconds
    rows, columns = linear_sum_assignment(together, maximize=True)
    named = {(row, column) for row, column in zip(rows, columns, strict=True) if together[row, column] > 0}
    total = Errors()
    for seconds, true, guessed in spans:
        right = sum((names[one], others[other]) in named for one in true for other in guessed)
        total += Errors(
            seconds * len(true),
            seconds * max(0, len(true) - len(guessed)),
            seconds * max(0, len(guessed) - len(true)),
            seconds * (min(len(true), len(guessed)) - right),
        )
    return total


def read_rttm(path: Path) -> dict[str, list[Turn]]:
    """The turns of each recording of an RTTM file."""
    turns: dict[str, list[Turn]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            start = float(fields[3])
            turns.setdefault(fields[1], []).append(Turn(start, start + float(fields[4]), fields[7]))
    return turns


def _spans(
    said: Sequence[Turn], found: Sequence[Turn], length: float, collar: float, overlap: bool
) -> list[tuple[float, set[str], set[str]]]:
    """(seconds, who truly spoke, who is said to have spoken) of each scored stretch in which nothing changes."""
    edges = [edge for turn in said for edge in (turn.start, turn.end)]
    unscored = [(edge - collar, edge + collar) for edge in edges] if collar else []
    marks = {0.0, length, *edges, *(edge for turn in found for edge in (turn.start, turn.end))}
    marks |= {edge for pair in unscored for edge in pair}
    spans = []
    for start, end in pairwise(sorted(mark for mark in marks if 0 <= mark <= length)):
        middle = (start + end) / 2
        if any(first < middle < last for first, last in unscored):
            continue
        true = _speaking(said, middle)
        if overlap or len(true) < 2:
            spans.append((end - start, true, _speaking(found, middle)))
    return spans


def _speaking(turns: Iterable[Turn], at: float) -> set[str]:
    return {turn.speaker for turn in turns if turn.start <= at < turn.end}
