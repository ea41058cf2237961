"""Text on the picture by RapidOCR, and what of it has the shape of a licence plate: never more than a proposal."""

import importlib.metadata
import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.seeing.results import Box, Sighting

LEAST_CONFIDENCE = 0.6
# US plates: 5 to 8 letters and digits, both present. Times, dates, frame counters and speeds are not plates.
_PLATE = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Z0-9]{5,8}")
_NOT_A_PLATE = re.compile(
    r"\d{1,4}(AM|PM)|\d+(ST|ND|RD|TH|MPH|KMH|FPS|HZ|KM|FT|MM|KG|LB)|(19|20)\d{2}[A-Z]{3}\d*|[A-Z]{3}(19|20)\d{2}"
)
_SEPARATORS = re.compile(r"[\s\-·•.]")


class Reader:
    """RapidOCR with the models inside its wheel."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._ocr: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self.info = EngineInfo(
            "RapidOCR", "PP-OCRv6 small", importlib.metadata.version("rapidocr"), {"least_confidence": LEAST_CONFIDENCE}
        )

    def read(self, picture: NDArray[np.uint8], at: float) -> list[Sighting]:
        """Lines of text on a BGR picture, each as text and, where it has the shape, also as a plate."""
        found = self._ocr(picture, use_cls=False)
        if found.txts is None:
            return []
        height, width = picture.shape[:2]
        sightings = []
        for text, confidence, corners in zip(found.txts, found.scores, found.boxes, strict=True):
            clean = " ".join(text.split())
            if confidence < LEAST_CONFIDENCE or len(clean) < 2:
                continue
            box = _box(corners, width, height)
            sightings.append(Sighting("text", clean, at, float(confidence), box))
            plate = plate_in(clean)
            if plate:
                sightings.append(Sighting("plate", plate, at, float(confidence) * 0.9, box))
        return sightings


@cache
def reader() -> Reader:
    """The one reader of this process; its models take a moment to load."""
    return Reader()


def plate_in(text: str) -> str:
    """The text as a plate, without spaces and hyphens, when it has a US plate's shape; otherwise empty."""
    joined = _SEPARATORS.sub("", text.upper())
    return joined if _PLATE.fullmatch(joined) and not _NOT_A_PLATE.fullmatch(joined) else ""


def _box(corners: Any, width: int, height: int) -> Box:
    xs, ys = np.clip(corners[:, 0] / width, 0, 1), np.clip(corners[:, 1] / height, 0, 1)
    left, top = float(xs.min()), float(ys.min())
    return (round(left, 4), round(top, 4), round(float(xs.max()) - left, 4), round(float(ys.max()) - top, 4))
