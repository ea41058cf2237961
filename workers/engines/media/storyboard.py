"""The storyboard: small pictures of a recording on a few sheets, and a WebVTT that says which is of which seconds."""

from pathlib import Path
from typing import Any

import numpy as np

from workers.engines.media.pictures import Picture, write_jpeg

TILE_WIDTH = 160
ACROSS, DOWN = 10, 10
MOST_TILES = 600  # six sheets, however long the recording
PACES_S = (0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)


def pace(duration_s: float) -> float:
    """Seconds between two tiles: the smallest of PACES_S that needs no more than MOST_TILES."""
    return next((each for each in PACES_S if duration_s / each < MOST_TILES), PACES_S[-1])


class Storyboard:
    """Takes a picture each `every` seconds and lays it on a sheet; a full sheet is written and forgotten."""

    def __init__(self, folder: Path, *, duration_s: float, size: tuple[int, int]) -> None:
        self.every = pace(duration_s)
        self.tile = (TILE_WIDTH, max(2, round(TILE_WIDTH * size[1] / size[0])))
        self.sheets: list[Path] = []
        self.listing = folder / "index.vtt"
        self._folder, self._duration, self._next = folder, duration_s, 0.0
        self._starts: list[float] = []
        self._sheet: Picture | None = None

    def wants(self, at: float) -> bool:
        """Whether a picture of this second belongs on it."""
        return at >= self._next and len(self._starts) < MOST_TILES

    def add(self, frame: Any, at: float) -> None:
        """A yuv420p picture shown at second `at`."""
        small = frame.reformat(width=self.tile[0], height=self.tile[1], format="bgr24").to_ndarray()
        place = len(self._starts) % (ACROSS * DOWN)
        if self._sheet is None:
            self._sheet = np.zeros((DOWN * self.tile[1], ACROSS * self.tile[0], 3), dtype=np.uint8)
        left, top = place % ACROSS * self.tile[0], place // ACROSS * self.tile[1]
        self._sheet[top : top + self.tile[1], left : left + self.tile[0]] = small
        self._starts.append(at)
        self._next = (at // self.every + 1) * self.every
        if place == ACROSS * DOWN - 1:
            self._write()

    def finish(self) -> None:
        """Writes the last sheet, cut to what is on it, and the WebVTT."""
        self._write()
        self.listing.write_text("WEBVTT\n\n" + "\n".join(self._cue(number) for number in range(len(self._starts))))

    def _write(self) -> None:
        if self._sheet is None:
            return
        used = (len(self._starts) - 1) % (ACROSS * DOWN) + 1
        across, down = min(used, ACROSS), -(-used // ACROSS)
        path = self._folder / f"{len(self.sheets) + 1}.jpg"
        write_jpeg(np.ascontiguousarray(self._sheet[: down * self.tile[1], : across * self.tile[0]]), path, quality=70)
        self.sheets.append(path)
        self._sheet = None

    def _cue(self, number: int) -> str:
        ends = [*self._starts[1:], max(self._duration, self._starts[-1] + self.every)]
        sheet, place = divmod(number, ACROSS * DOWN)
        left, top = place % ACROSS * self.tile[0], place // ACROSS * self.tile[1]
        start = 0.0 if number == 0 else self._starts[number]
        spot = f"{sheet + 1}.jpg#xywh={left},{top},{self.tile[0]},{self.tile[1]}"
        return f"{_stamp(start)} --> {_stamp(ends[number])}\n{spot}\n"


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest / 1000:06.3f}"
