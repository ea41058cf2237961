"""The optional speaker model: a vector for a stretch of speech, by onnxruntime. Vectors are dropped when the call ends.

Made for WeSpeaker's ResNet34 (trained on VoxCeleb): 80 mel bands as Kaldi computes them, their mean taken off, in; a vector out.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.fft import rfft

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE
from workers.engines.packs import PackShelf

PACK = "speakers-resnet34"
LEAST_S = 0.5  # less speech than this tells a model nothing
_WINDOW, _HOP, _FFT, _BANDS, _PREEMPHASIS = 400, 160, 512, 80, 0.97


class SpeakerPack:
    """A loaded model. It compares nothing and keeps nothing."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(next(folder.glob("*.onnx"))), options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name
        self.name = folder.name

    def vector(self, samples: Samples) -> NDArray[np.float32] | None:
        """Of length 1; None for less than LEAST_S."""
        if len(samples) < LEAST_S * RATE:
            return None
        bands = kaldi_bands(samples)
        made = self._session.run(None, {self._input: (bands - bands.mean(axis=0))[None]})[0]
        vector = np.asarray(made, dtype=np.float32).reshape(-1)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def speaker_pack(shelf: PackShelf) -> SpeakerPack | None:
    """The speaker model, where its pack is installed."""
    folder = shelf.find(PACK)
    return SpeakerPack(folder) if folder else None


def kaldi_bands(samples: Samples) -> NDArray[np.float32]:
    """Log mel energies, 25 ms every 10 ms, as Kaldi's compute-fbank-feats with a Hamming window and no dither."""
    sound = samples.astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = rfft((frames - _PREEMPHASIS * before) * np.hamming(_WINDOW).astype(np.float32), _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(np.maximum(power[:, : _FFT // 2] @ _bank().T, np.finfo(np.float32).eps)).astype(np.float32)


@cache
def _bank() -> NDArray[np.float32]:
    def mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log(1 + np.asarray(hertz) / 700))

    low, high = mel(20.0), mel(RATE / 2)
    edges = np.linspace(float(low), float(high), _BANDS + 2)
    places = mel(np.arange(_FFT // 2) * RATE / _FFT)
    rising = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
