"""People and vehicles: YOLOX when its pack is there, otherwise OpenCV's people detector."""

from functools import cache
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.packs import PackShelf
from workers.engines.seeing.results import Box, Sighting

Picture = NDArray[np.uint8]
SIDE = 416
LEAST_CONFIDENCE = 0.35
# COCO class -> what is shown. Knives, bags and phones were measured at recall 0 and are not shown.
SHOWN = {
    0: ("person", "person"),
    1: ("vehicle", "bicycle"),
    2: ("vehicle", "car"),
    3: ("vehicle", "motorcycle"),
    5: ("vehicle", "bus"),
    7: ("vehicle", "truck"),
    16: ("object", "dog"),
}


class Detector(Protocol):
    """Finds things in one BGR picture (height, width, 3)."""

    info: EngineInfo

    def find(self, picture: Picture, at: float) -> list[Sighting]:
        """What is on the picture taken at second `at`."""
        ...


def best_detector(shelf: PackShelf) -> Detector:
    """YOLOX-nano when its pack is on the shelf, otherwise the built-in people detector."""
    pack = shelf.find("yolox-nano")
    return _yolox(pack / "yolox_nano.onnx") if pack else PeopleByHog()


@cache
def _yolox(model: Path) -> "YoloxNano":
    return YoloxNano(model)


class PeopleByHog:
    """OpenCV's histogram-of-gradients people detector (Dalal and Triggs 2005); upright whole figures only."""

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector()))
        self.info = EngineInfo("OpenCV HOG", "default people detector", cv2.__version__, {"hit_threshold": 0.4})

    def find(self, picture: Picture, at: float) -> list[Sighting]:
        """People standing or walking."""
        height, width = picture.shape[:2]
        boxes, weights = self._hog.detectMultiScale(picture, hitThreshold=0.4, winStride=(8, 8), scale=1.08)
        return [
            Sighting("person", "person", at, _squash(float(weight)), _fractions(box, width, height))
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
        ]


class YoloxNano:
    """YOLOX-nano (Ge et al. 2021) by ONNX Runtime: 416x416, BGR 0 to 255, grids and strides decoded here."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._grid, self._stride = _grids()
        self.info = EngineInfo(
            "YOLOX", "yolox-nano", onnxruntime.__version__, {"side": SIDE, "least_confidence": LEAST_CONFIDENCE}
        )

    def find(self, picture: Picture, at: float) -> list[Sighting]:
        """People, vehicles and dogs."""
        height, width = picture.shape[:2]
        scale = min(SIDE / height, SIDE / width)
        fitted = np.full((SIDE, SIDE, 3), 114, dtype=np.uint8)
        small = cv2.resize(picture, (round(width * scale), round(height * scale)))
        fitted[: small.shape[0], : small.shape[1]] = small
        batch = fitted.transpose(2, 0, 1)[None].astype(np.float32)
        raw = self._session.run(None, {self._input: batch})[0][0]
        centres = (raw[:, :2] + self._grid) * self._stride
        sizes = np.exp(raw[:, 2:4]) * self._stride
        boxes = np.concatenate([centres - sizes / 2, sizes], axis=1) / scale
        scores = raw[:, 4:5] * raw[:, 5:]
        return [
            Sighting(*SHOWN[number], at, float(confidence), _fractions(boxes[row], width, height))
            for number in SHOWN
            for row, confidence in _kept(boxes, scores[:, number])
        ]


def _kept(boxes: NDArray[np.float32], scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Rows that stand after non-maximum suppression, with their confidence."""
    rows = np.flatnonzero(scores >= LEAST_CONFIDENCE)
    if not len(rows):
        return []
    kept = cv2.dnn.NMSBoxes(boxes[rows].tolist(), scores[rows].tolist(), LEAST_CONFIDENCE, 0.45)
    return [(int(rows[index]), float(scores[rows[index]])) for index in np.ravel(kept)]


def _grids() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    grids, strides = [], []
    for stride in (8, 16, 32):
        cells = SIDE // stride
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
