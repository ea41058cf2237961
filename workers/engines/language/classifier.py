"""The small classifier beside the rules: how a line's listed words compare with posts people called abusive."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from workers.engines.language.features import hashed

FILE = Path(__file__).parent / "model.npz"


@dataclass(frozen=True)
class Head:
    """One question answered: weights by bucket, and the two numbers that make the answer a probability."""

    weights: np.ndarray
    scale: float
    bias: float
    slope: float
    offset: float
    prior: float

    def logit(self, buckets: np.ndarray) -> float:
        """The calibrated log odds among posts like those it was trained on."""
        raw = float(self.weights[buckets].astype(np.float32).sum()) * self.scale / max(1.0, len(buckets)) ** 0.5
        return self.slope * (raw + self.bias) + self.offset

    def probability(self, buckets: np.ndarray, *, even: bool = False) -> float:
        """Calibrated probability; `even`: as if half of all lines were abusive (Saerens et al. 2002), for use elsewhere."""
        odds = self.logit(buckets) - (np.log(self.prior / (1 - self.prior)) if even else 0.0)
        return float(1 / (1 + np.exp(-odds)))


@dataclass(frozen=True)
class Classifier:
    """The weights, and the two probabilities (at even odds) from which it confirms and below which it doubts."""

    abusive: Head
    confirms: float
    doubts: float
    version: str

    def heard(self, text: str) -> float:
        """Probability at even odds that words like these are abuse, to four places."""
        return round(self.abusive.probability(hashed(text), even=True), 4)


@cache
def classifier(path: Path = FILE) -> Classifier:
    """The trained weights, from the repository; nothing is fetched."""
    with np.load(path, allow_pickle=False) as kept:
        abusive = Head(kept["weights"], *map(float, kept["numbers"]))
        confirms, doubts = map(float, kept["thresholds"])
        return Classifier(abusive, confirms, doubts, str(kept["version"]))
