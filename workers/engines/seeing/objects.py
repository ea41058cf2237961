"""People and vehicles: the best YOLOX whose pack is there, otherwise OpenCV's people detector."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.packs import PackShelf
from workers.engines.seeing.memory import model_options
from workers.engines.seeing.results import Box, Picture, Sighting

SURE = 0.35  # a detection this sure may begin a track
LEAST_CONFIDENCE = 0.15  # one this sure may continue one
CLASSES = Path(__file__).with_name("classes.toml")
PACKS = (
    ("yolox-s", "yolox_s.onnx", 640),
    ("yolox-tiny", "yolox_tiny.onnx", 416),
    ("yolox-nano", "yolox_nano.onnx", 416),
)


@dataclass(frozen=True, slots=True)
class Class:
    """One class of a detector: its number there, the kind and label of its tags, and what was measured (None: nothing)."""

    name: str
    number: int
    kind: str
    label: str
    shown: bool
    precision: float | None
    recall: float | None
    note: str


class Detector(Protocol):
    """Finds things in BGR pictures (height, width, 3)."""

    info: EngineInfo
    side: int

    def find(self, pictures: Sequence[Picture], at: Sequence[float]) -> list[Sighting]:
        """What is on the pictures taken at the seconds `at`; a picture need not be larger than `side` pixels."""
        ...


@cache
def classes_of(pack: str) -> tuple[Class, ...]:
    """Every class listed for a detector, as classes.toml says."""
    listed = tomllib.loads(CLASSES.read_text()).get(pack, {})
    return tuple(
        Class(
            name,
            row["number"],
            row["as"][0],
            row["as"][1],
            row["shown"],
            row.get("precision"),
            row.get("recall"),
            row.get("note", ""),
        )
        for name, row in listed.items()
    )


def best_detector(shelf: PackShelf) -> Detector:
    """The largest YOLOX on the shelf that has classes to show, otherwise the built-in people detector."""
    for name, file, side in PACKS:
        pack = shelf.find(name)
        if pack and any(one.shown for one in classes_of(name)):
            return _yolox(name, pack / file, side)
    return PeopleByHog()


@cache
def _yolox(name: str, model: Path, side: int) -> "Yolox":
    return Yolox(name, model, side)


class PeopleByHog:
    """OpenCV's histogram-of-gradients people detector (Dalal and Triggs 2005); upright whole figures only."""

    side = 640

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector()))
        self.info = EngineInfo("OpenCV HOG", "default people detector", cv2.__version__, {"hit_threshold": 0.4})

    def find(self, pictures: Sequence[Picture], at: Sequence[float]) -> list[Sighting]:
        """People standing or walking."""
        return [one for picture, second in zip(pictures, at, strict=True) for one in self._people(picture, second)]

    def _people(self, picture: Picture, at: float) -> list[Sighting]:
        height, width = picture.shape[:2]
        if height < 128 or width < 64:  # smaller than the detector's window
            return []
        boxes, weights = self._hog.detectMultiScale(picture, hitThreshold=0.4, winStride=(8, 8), scale=1.08)
        return [
            Sighting("person", "person", at, _squash(float(weight)), _fractions(box, width, height))
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
        ]


class Yolox:
    """YOLOX (Ge et al. 2021) by ONNX Runtime: square input, BGR 0 to 255, grids and strides decoded here.

    Pictures go through in one batch where the model takes batches; the published models take one at a time.
    """

    def __init__(self, name: str, model: Path, side: int) -> None:
        self.side = side
        self._session: Any = onnxruntime.InferenceSession(
            str(model), model_options(), providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        self._batch = not isinstance(self._session.get_inputs()[0].shape[0], int)
        self._grid, self._stride = _grids(side)
        self._shown = tuple(one for one in classes_of(name) if one.shown)
        shown = sorted({one.name for one in self._shown})
        self.info = EngineInfo(
            "YOLOX", name, onnxruntime.__version__, {"side": side, "least_confidence": LEAST_CONFIDENCE, "shown": shown}
        )

    def find(self, pictures: Sequence[Picture], at: Sequence[float]) -> list[Sighting]:
        """Every shown class on every picture."""
        scales = [self.side / max(picture.shape[:2]) for picture in pictures]
        fitted = [_fitted(picture, scale, self.side) for picture, scale in zip(pictures, scales, strict=True)]
        step = max(len(fitted), 1) if self._batch else 1
        found: list[Sighting] = []
        for first in range(0, len(fitted), step):
            batch = np.stack(fitted[first : first + step])
            for offset, raw in enumerate(self._session.run(None, {self._input: batch})[0]):
                place = first + offset
                found += self._read(raw, scales[place], pictures[place].shape[:2], at[place])
        return found

    def _read(self, raw: NDArray[np.float32], scale: float, size: tuple[int, ...], at: float) -> list[Sighting]:
        """The detections of one picture; one thing that two classes claim goes to the surer."""
        centres = (raw[:, :2] + self._grid) * self._stride
        sizes = np.exp(raw[:, 2:4]) * self._stride
        boxes = np.concatenate([centres - sizes / 2, sizes], axis=1) / scale
        chances = raw[:, [5 + one.number for one in self._shown]]
        found: list[Sighting] = []
        for kind in dict.fromkeys(one.kind for one in self._shown):
            columns = [column for column, one in enumerate(self._shown) if one.kind == kind]
            best = chances[:, columns].argmax(axis=1)
            either = 1 - np.prod(1 - chances[:, columns], axis=1)  # a car that may be a truck is a vehicle all the more
            for row, confidence in _kept(boxes, raw[:, 4] * either):
                label = self._shown[columns[int(best[row])]].label
                found.append(Sighting(kind, label, at, round(confidence, 4), _fractions(boxes[row], size[1], size[0])))
        return found


def _fitted(picture: Picture, scale: float, side: int) -> NDArray[np.float32]:
    """The picture in the upper left of a grey square, colours first."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (round(width * scale), round(height * scale))) if scale != 1 else picture
    square = np.full((side, side, 3), 114, dtype=np.uint8)
    square[: small.shape[0], : small.shape[1]] = small
    return square.transpose(2, 0, 1).astype(np.float32)


def _kept(boxes: NDArray[np.floating[Any]], scores: NDArray[np.floating[Any]]) -> list[tuple[int, float]]:
    """Rows that stand after non-maximum suppression, with their confidence."""
    rows = np.flatnonzero(scores >= LEAST_CONFIDENCE)
    if not len(rows):
        return []
    kept = cv2.dnn.NMSBoxes(boxes[rows].tolist(), scores[rows].tolist(), LEAST_CONFIDENCE, 0.45)
    return [(int(rows[index]), float(scores[rows[index]])) for index in np.ravel(kept)]


def _grids(side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grids, strides = [], []
    for stride in (8, 16, 32):
        cells = side // stride
        ys, xs = np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij")
        grids.append(np.stack([xs, ys], axis=2).reshape(-1, 2))
        strides.append(np.full((cells * cells, 1), stride))
    return np.concatenate(grids).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _fractions(box: Any, width: int, height: int) -> Box:
    x, y, w, h = (float(one) for one in box)
    left, top = min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)
    return (round(left, 4), round(top, 4), round(min(w / width, 1 - left), 4), round(min(h / height, 1 - top), 4))


def _squash(weight: float) -> float:
    """An SVM margin as something between 0 and 1; not calibrated, and capped because this detector errs often."""
    return round(min(0.8, 1 / (1 + float(np.exp(-2 * (weight - 0.7))))), 3)
