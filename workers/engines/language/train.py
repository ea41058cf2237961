"""Trains the classifier from the Davidson posts: `python -m workers.engines.language.train DATA`, or `make model-language`.

Row number modulo 10 says the part: 0 development (calibration, thresholds, strength of the penalty), 1 and 2 test, else
training. The posts are read where they lie and never copied. The same input gives the same file.
"""

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy import optimize, sparse

from workers.engines.language.classifier import FILE, Head
from workers.engines.language.features import BUCKETS, hashed, lexicon, written

PENALTIES = (0.3, 1.0, 3.0, 10.0)
SURE, MISSED = 0.95, 0.05  # of the development posts: confirmed ones abusive at even odds; abusive ones doubted


@dataclass(frozen=True)
class Posts:
    """Posts of one part: text, and what most raters called it (0 hateful, 1 offensive, 2 neither)."""

    texts: list[str]
    labels: np.ndarray

    @property
    def truth(self) -> np.ndarray:
        """1 where most raters called it hateful or offensive."""
        return (self.labels != 2).astype(float)


def read(data: Path) -> dict[str, Posts]:
    """The three parts of labeled_data.csv."""
    with (data / "labeled_data.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["tweet"], int(row["class"])) for row in csv.DictReader(file)]
    parts: dict[str, list[tuple[str, int]]] = {"dev": [], "test": [], "train": []}
    for number, row in enumerate(rows):
        parts[{0: "dev", 1: "test", 2: "test"}.get(number % 10, "train")].append(row)
    return {
        name: Posts([text for text, _ in part], np.array([label for _, label in part])) for name, part in parts.items()
    }


def matrix(texts: list[str], *, plain: bool = False) -> sparse.csr_matrix:
    """One row a text, one column a bucket, each row of length one."""
    found = [hashed(text, plain=plain) for text in texts]
    ends = np.cumsum([0, *map(len, found)])
    values = np.repeat([1 / max(1.0, len(row)) ** 0.5 for row in found], [len(row) for row in found])
    return sparse.csr_matrix((values, np.concatenate(found), ends), shape=(len(texts), BUCKETS))


def fit(seen: sparse.csr_matrix, truth: np.ndarray, penalty: float) -> np.ndarray:
    """Weights and, last, the bias: logistic loss with an L2 penalty, by L-BFGS."""
    signs = 2 * truth - 1

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        margin = signs * (seen @ point[:-1] + point[-1])
        pull = -signs / (1 + np.exp(np.clip(margin, -500, 500)))
        slope = np.append(seen.T @ pull + penalty * point[:-1], pull.sum())
        return float(np.logaddexp(0, -margin).sum() + penalty / 2 * (point[:-1] ** 2).sum()), slope

    start = np.zeros(seen.shape[1] + 1)
    return np.asarray(optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


def calibrated(raw: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Slope and offset after Platt (1999), on posts not trained on."""
    hits = truth.sum()
    target = np.where(truth == 1, (hits + 1) / (hits + 2), 1 / (len(truth) - hits + 2))

    def loss(point: np.ndarray) -> float:
        odds = point[0] * raw + point[1]
        return float((np.logaddexp(0, odds) - target * odds).sum())

    slope, offset = optimize.minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return float(slope), float(offset)


def head(parts: dict[str, Posts], *, plain: bool = False) -> Head:
    """One trained, quantised (one byte a weight) and calibrated head; the penalty with the best development loss."""
    seen, held = matrix(parts["train"].texts, plain=plain), matrix(parts["dev"].texts, plain=plain)
    truth, answer = parts["train"].truth, parts["dev"].truth
    tried: list[tuple[float, Head]] = []
    for penalty in PENALTIES:
        point = fit(seen, truth, penalty)
        scale = float(np.abs(point[:-1]).max() / 127)
        weights = np.round(point[:-1] / scale).astype(np.int8)
        raw = held @ (weights * scale) + point[-1]
        slope, offset = calibrated(raw, answer)
        odds = slope * raw + offset
        missed = float((np.logaddexp(0, odds) - answer * odds).mean())
        tried.append((missed, Head(weights, scale, float(point[-1]), slope, offset, float(truth.mean()))))
    return min(tried, key=lambda one: one[0])[1]


def probabilities(one: Head, texts: list[str], *, plain: bool = False, even: bool = False) -> np.ndarray:
    """The head's answer to every text."""
    return np.array([one.probability(hashed(text, plain=plain), even=even) for text in texts])


def thresholds(one: Head, dev: Posts) -> tuple[float, float]:
    """(from where it confirms, below where it doubts), at even odds, from development posts alone."""
    said, truth = probabilities(one, dev.texts, even=True), dev.truth == 1
    doubts = float(np.quantile(said[truth], MISSED))
    for at in np.linspace(0.5, 0.995, 100):
        right, wrong = (said[truth] >= at).mean(), (said[~truth] >= at).mean()
        if right / max(right + wrong, 1e-9) >= SURE:
            break
    return float(max(at, doubts)), doubts


def auc(truth: np.ndarray, said: np.ndarray) -> float:
    """Area under the ROC curve by ranks, ties shared."""
    _, place, count = np.unique(said, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    hits = int(truth.sum())
    return float((ranks[truth == 1].sum() - hits * (hits + 1) / 2) / max(1, hits * (len(truth) - hits)))


def ece(truth: np.ndarray, said: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal bins."""
    box = np.minimum((said * bins).astype(int), bins - 1)
    return float(
        sum((box == b).mean() * abs(truth[box == b].mean() - said[box == b].mean()) for b in set(box.tolist()))
    )


def figures(one: Head, part: Posts, *, plain: bool = False) -> dict[str, float]:
    """precision and recall at one half, auc, ece."""
    said, truth = probabilities(one, part.texts, plain=plain), part.truth
    yes = said >= 0.5
    return {
        "precision": round(float(truth[yes].mean()), 3) if yes.any() else 0.0,
        "recall": round(float(yes[truth == 1].mean()), 3),
        "auc": round(auc(truth, said), 3),
        "ece": round(ece(truth, said), 3),
    }


SPELLED = {"that": "dat", "this": "dis", "the": "da", "they": "dey", "with": "wit", "about": "bout", "them": "dem", "isn't": "ain't", "aren't": "ain't", "not": "ain't", "your": "yo", "you": "u", "because": "cuz", "nothing": "nothin", "going": "gon", "man": "bruh"}  # fmt: skip


def bias(one: Head, part: Posts, *, plain: bool = False) -> dict[str, float]:
    """What African American English does to harmless posts, at even odds and one half.

    `marked`, `other`: share called abusive with and without markers. `respelled`: share that turns abusive, and the mean rise of
    the probability, when the same post is only written in that spelling; `addressed`: when it also says "my nigga" to a friend.
    """
    harmless = [text for text, label in zip(part.texts, part.labels, strict=True) if label == 2]
    marks = np.array([bool(lexicon().markers & set(written(text))) for text in harmless])
    said = probabilities(one, harmless, plain=plain, even=True)
    spelled = [" ".join(SPELLED.get(word, word) for word in written(text)) for text in harmless]
    marked, other = float((said[marks] >= 0.5).mean()), float((said[~marks] >= 0.5).mean())
    found = {"marked": marked, "other": other, "gap": marked - other, "marked_posts": float(marks.sum())}
    plainly = probabilities(one, [" ".join(written(text)) for text in harmless], plain=plain, even=True)
    for name, texts in (("respelled", spelled), ("addressed", [f"{text} my nigga" for text in spelled])):
        after = probabilities(one, texts, plain=plain, even=True)
        found[f"{name}_turned"] = float(((plainly < 0.5) & (after >= 0.5)).mean())
        found[f"{name}_rise"] = float((after - plainly).mean())
    return {name: round(value, 3) for name, value in found.items()}


def train(data: Path) -> dict[str, object]:
    """Writes model.npz and returns the figures of the card: ours, and of the same classifier without the lexicon."""
    parts = read(data)
    ours, unheld = head(parts), head(parts, plain=True)
    limits = thresholds(ours, parts["dev"])
    numbers = np.array([ours.scale, ours.bias, ours.slope, ours.offset, ours.prior])
    version = f"{crc32(ours.weights.tobytes() + numbers.tobytes()):08x}"
    np.savez_compressed(
        FILE, weights=ours.weights, numbers=numbers, thresholds=np.array(limits), version=np.array(version)
    )
    return {
        "version": version,
        "bytes": FILE.stat().st_size,
        "confirms": round(limits[0], 3),
        "doubts": round(limits[1], 3),
        "test": figures(ours, parts["test"]),
        "harmless": bias(ours, parts["test"]),
        "without_lexicon": figures(unheld, parts["test"], plain=True),
        "without_lexicon_harmless": bias(unheld, parts["test"], plain=True),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m workers.engines.language.train FOLDER-WITH-labeled_data.csv")
    print(json.dumps(train(Path(sys.argv[1])), indent=1))
