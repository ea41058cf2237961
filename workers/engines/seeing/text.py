"""Text on the picture by RapidOCR: lines where they are found, and plates read again, larger, straight and with more contrast."""

import importlib.metadata
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.seeing.memory import model_options
from workers.engines.seeing.plates import format_of, plate_in, settled
from workers.engines.seeing.results import Box, Picture, Sighting

LEAST_CONFIDENCE = 0.6
LEAST_PLATE = 0.5
SEARCH_SIDE = 960  # text is looked for in a picture of at most so many pixels a side
VEHICLE_SIDE = 480  # a smaller picture of a vehicle is enlarged to this
PLATE_HEIGHT = 96  # a plate's line is read at least this high
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a picture: its words, how sure (0 to 1), its four corners in pixels, clockwise from the upper left."""

    text: str
    confidence: float
    corners: NDArray[np.float32]


class Reader:
    """RapidOCR with the models inside its wheel: its detector and its recogniser, called one by one."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        ocr: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Det.limit_type": "max",
                "Det.limit_side_len": SEARCH_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self._find: Any = ocr._load_det_model()  # noqa: SLF001 - the two are called one by one here
        self._recognise: Any = ocr._load_rec_model()  # noqa: SLF001
        for one in (self._find, self._recognise):
            _fit_in_memory(one)
        signs = self._recognise.postprocess_op.character
        self._signs: list[str] = signs
        places = {sign: place for place, sign in enumerate(signs)}
        self._plate_signs = np.array(
            [[places[sign], places.get(sign.lower(), places[sign])] for sign in _LETTERS], dtype=np.intp
        )
        version = importlib.metadata.version("rapidocr")
        parameters: dict[str, object] = {"least_confidence": LEAST_CONFIDENCE, "side": SEARCH_SIDE, "plates": 2}
        self.info = EngineInfo("RapidOCR", "PP-OCRv6 small", version, parameters)

    def read(self, picture: Picture, at: float) -> list[Sighting]:
        """Lines of text on a BGR picture, each as text and, where it has the shape, also as a plate."""
        height, width = picture.shape[:2]
        lines = self.lines(picture)
        found = [
            Sighting("text", one.text, at, round(one.confidence, 4), _box(one.corners, width, height))
            for one in lines
            if one.confidence >= LEAST_CONFIDENCE and len(one.text) >= 2
        ]
        return found + self._plates_among(lines, picture, at, (0.0, 0.0, 1.0, 1.0))

    def plates(
        self, picture: Picture, at: float, within: Box = (0.0, 0.0, 1.0, 1.0), *, twice: bool = True
    ) -> list[Sighting]:
        """Plates on a picture that is the part `within` of a larger one, most likely of a vehicle. Where none is found, it is
        looked at `twice`: once more with more contrast and, if it is small, at twice the size."""
        large = _resized(picture, min(4.0, max(1.0, VEHICLE_SIDE / max(picture.shape[:2]))))
        found = self._plates_among(self.lines(large), large, at, within)
        if found or not twice:
            return found
        clear = contrasted(_resized(large, 2.0) if max(large.shape[:2]) * 2 <= SEARCH_SIDE else large)
        return self._plates_among(self.lines(clear), clear, at, within)

    def plates_closely(self, picture: Picture, at: float) -> list[Sighting]:
        """Plates on a photograph, looked for in six overlapping parts of it, each enlarged: slow, for small and unclear ones."""
        height, width = picture.shape[:2]
        found = []
        for y, x in ((y, x) for y in (0.0, 0.45) for x in (0.0, 0.25, 0.5)):
            part = picture[round(y * height) : round((y + 0.55) * height), round(x * width) : round((x + 0.5) * width)]
            large = _resized(part, min(4.0, max(1.0, SEARCH_SIDE / max(part.shape[:2]))))
            found += self.plates(large, at, (x, y, 0.5, 0.55))
        return _distinct(found)

    def lines(self, picture: Picture) -> list[Line]:
        """Every line of text, with what is read there."""
        boxes = self._find(picture).boxes
        if boxes is None:
            return []
        found = []
        for corners in np.asarray(boxes, dtype=np.float32):
            text, confidence = self._line(_straight(picture, corners))
            if text:
                found.append(Line(" ".join(text.split()), confidence, corners))
        return found

    def plate_at(self, picture: Picture, corners: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
        """The letters and digits between these corners: of three readings (as it is, with more contrast, sharpened) the surest."""
        crop = _straight(picture, corners)
        large = _resized(crop, max(1.0, PLATE_HEIGHT / max(crop.shape[0], 1)))
        readings = [settled(self._characters(one)) for one in (large, contrasted(large), sharpened(large))]
        known = [one for one in readings if one]
        if not known:
            return ()
        same: dict[str, list[tuple[tuple[str, float], ...]]] = {}
        for one in known:
            same.setdefault("".join(sign for sign, _ in one), []).append(one)
        plate = max(same, key=lambda text: (bool(plate_in(text)), sum(_mean(one) for one in same[text]), text))
        return max(same[plate], key=_mean)

    def _plates_among(self, lines: Sequence[Line], picture: Picture, at: float, within: Box) -> list[Sighting]:
        height, width = picture.shape[:2]
        found = []
        for line in [*lines, *_neighbours(lines)]:
            if not _may_be_plate(line):
                continue
            characters = self.plate_at(picture, line.corners)
            plate = plate_in("".join(sign for sign, _ in characters))
            if not plate or _mean(characters) < LEAST_PLATE:
                continue
            x, y, w, h = _box(line.corners, width, height)
            box = (
                round(within[0] + x * within[2], 4),
                round(within[1] + y * within[3], 4),
                round(w * within[2], 4),
                round(h * within[3], 4),
            )
            confidence = _mean(characters) * (1.0 if format_of(plate) else 0.8)
            found.append(Sighting("plate", plate, at, round(confidence, 4), box, characters))
        return _distinct(found)

    def _line(self, crop: Picture) -> tuple[str, float]:
        chances = self._chances(crop)
        best = chances.argmax(axis=1)
        kept = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
        if not kept.any():
            return "", 0.0
        text = "".join(self._signs[place] for place in best[kept])
        return text, float(chances.max(axis=1)[kept].mean())

    def _characters(self, crop: Picture) -> tuple[tuple[str, float], ...]:
        """Letters and digits only, each with the share that its chance has among them and nothing at all."""
        chances = self._chances(crop)
        signs = chances[:, self._plate_signs].max(axis=2)
        nothing = 1.0 - signs.sum(axis=1, keepdims=True)
        table = np.concatenate([nothing, signs], axis=1)
        best = table.argmax(axis=1)
        kept = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
        return tuple(
            (_LETTERS[best[place] - 1], round(float(table[place, best[place]]), 4)) for place in np.flatnonzero(kept)
        )

    def _chances(self, crop: Picture) -> NDArray[np.float32]:
        """One row of chances of every sign for each step along the line."""
        ratio = max(crop.shape[1] / max(crop.shape[0], 1), 320 / 48)
        given = self._recognise.resize_norm_img(crop, ratio)[np.newaxis].astype(np.float32)
        return np.asarray(self._recognise.session(given))[0]


def _fit_in_memory(model: Any) -> None:
    """Opens the model again with `model_options`: RapidOCR offers only some of them."""
    file = model.session.session._model_path  # noqa: SLF001
    model.session.session = onnxruntime.InferenceSession(file, model_options(), providers=["CPUExecutionProvider"])


@cache
def reader() -> Reader:
    """The one reader of this process; its models take a moment to load."""
    return Reader()


def contrasted(picture: Picture) -> Picture:
    """Lightness spread out locally (CLAHE, Zuiderveld 1994), for night, shade and dirt."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    lab[:, :, 0] = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(4, 4)).apply(lab[:, :, 0])
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), dtype=np.uint8)


def sharpened(picture: Picture) -> Picture:
    """What is finer than a blur of a fiftieth of the height, once more on top (unsharp masking)."""
    soft = cv2.GaussianBlur(picture, (0, 0), max(1.0, picture.shape[0] / 32))
    return np.asarray(cv2.addWeighted(picture, 2.2, soft, -1.2, 0), dtype=np.uint8)


def _straight(picture: Picture, corners: NDArray[np.float32]) -> Picture:
    """The quadrilateral as an upright rectangle."""
    width = max(math.dist(corners[0], corners[1]), math.dist(corners[2], corners[3]), 2)
    height = max(math.dist(corners[0], corners[3]), math.dist(corners[1], corners[2]), 2)
    size = (round(width), round(height))
    onto = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(np.ascontiguousarray(corners, dtype=np.float32), onto)
    crop = cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.rot90(crop) if size[1] >= 1.5 * size[0] else crop, dtype=np.uint8)


def _resized(picture: Picture, scale: float) -> Picture:
    if scale == 1.0:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _may_be_plate(line: Line) -> bool:
    """Whether it is worth reading again as a plate: 4 to 9 letters and digits, hardly anything else, not a plain word."""
    signs = [sign for sign in line.text if sign.isascii() and sign.isalnum()]
    small = sum(sign.islower() for sign in signs)
    return 4 <= len(signs) <= 9 and small <= 2 and any(sign.isdigit() or sign in "OIQBSZGLD" for sign in signs)


def _neighbours(lines: Sequence[Line]) -> list[Line]:
    """Two lines beside each other, of one height, as one: the halves of a plate with a sign between them."""
    joined = []
    for one in lines:
        for other in lines:
            height, height2 = _height(one), _height(other)
            gap = float(other.corners[0][0] - one.corners[1][0])
            level = abs(float(other.corners[0][1] - one.corners[1][1]))
            like = 0.7 <= height / max(height2, 1e-6) <= 1.4
            if one is not other and like and -0.3 * height <= gap <= 1.5 * height and level <= 0.4 * height:
                corners = np.array(
                    [one.corners[0], other.corners[1], other.corners[2], one.corners[3]], dtype=np.float32
                )
                joined.append(Line(one.text + other.text, min(one.confidence, other.confidence), corners))
    return joined


def _distinct(plates: Sequence[Sighting]) -> list[Sighting]:
    """The surest of those that overlap."""
    kept: list[Sighting] = []
    for one in sorted(plates, key=lambda one: (-len(one.label) * one.confidence, one.label)):
        if not any(_touch(one.box, other.box) for other in kept):
            kept.append(one)
    return kept


def _touch(one: Box, other: Box) -> bool:
    return min(one[0] + one[2], other[0] + other[2]) > max(one[0], other[0]) and min(
        one[1] + one[3], other[1] + other[3]
    ) > max(one[1], other[1])


def _height(line: Line) -> float:
    return math.dist(line.corners[0], line.corners[3])


def _mean(characters: Sequence[tuple[str, float]]) -> float:
    return sum(confidence for _, confidence in characters) / max(len(characters), 1)


def _box(corners: Any, width: int, height: int) -> Box:
    xs, ys = np.clip(corners[:, 0] / width, 0, 1), np.clip(corners[:, 1] / height, 0, 1)
    left, top = float(xs.min()), float(ys.min())
    return (round(left, 4), round(top, 4), round(float(xs.max()) - left, 4), round(float(ys.max()) - top, 4))
