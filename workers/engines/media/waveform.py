"""The waveform: the loudest sample of every short stretch of sound."""

import json
from array import array
from pathlib import Path
from typing import Any

import av
import numpy as np

PER_SECOND = 20
_RATE = 8000
_BLOCK = _RATE // PER_SECOND


class Waveform:
    """Takes frames of sound in their order; keeps one number a block."""

    def __init__(self) -> None:
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
        self._peaks = array("f")
        self._rest = np.zeros(0, dtype=np.float32)

    def take(self, frame: Any) -> None:
        """One frame of sound; None ends it."""
        for piece in self._resampler.resample(frame):
            rest = np.concatenate([self._rest, piece.to_ndarray().reshape(-1)])
            whole = len(rest) // _BLOCK * _BLOCK
            if whole:
                self._peaks.extend(np.abs(rest[:whole]).reshape(-1, _BLOCK).max(axis=1).tolist())
            self._rest = rest[whole:]

    def write(self, out: Path) -> None:
        """JSON with the loudest sample (0 to 1) of each 1/20 s: {"per_second": 20, "peaks": [...]}."""
        last = [float(np.abs(self._rest).max())] if len(self._rest) else []
        peaks = [round(min(one, 1.0), 3) for one in (*self._peaks, *last)]
        out.write_text(json.dumps({"per_second": PER_SECOND, "peaks": peaks}))
