"""What sound is like, 100 times a second: mel spectrum, cepstra, pitch. Arrays in, arrays out; nothing is kept."""

from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from workers.engines.hearing.sound import RATE

Table = NDArray[np.float32]
FRAMES_PER_S = 100
WINDOW, HOP = 400, RATE // FRAMES_PER_S  # 25 ms every 10 ms
FFT = 512
BANDS, LOWEST, HIGHEST = 26, 100.0, 7600.0
CEPSTRA = 19
PITCH_WINDOW, PITCH_FFT, PITCH_EVERY = 640, 1024, 2  # 40 ms every 20 ms
PITCH_LOW, PITCH_HIGH = 65.0, 600.0
PEAK_WINDOW, PEAK_EVERY = 480, 3  # 30 ms every 30 ms
PEAK_LOW, PEAK_HIGH = 1000, 4000  # Hz
CLEAR = 0.55  # autocorrelation above which a frame has a pitch
_OCTAVE = 0.03  # what an octave further down costs, so that a subharmonic does not win (Boersma 1993)


def bands_of(samples: NDArray[np.int16]) -> Table:
    """The power in each mel band of each whole frame: frames x BANDS, full scale being 1."""
    if len(samples) < WINDOW:
        return np.zeros((0, BANDS), dtype=np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32) / 32768, WINDOW)[::HOP]
    spectrum = rfft(frames * _hann(WINDOW), FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(power @ _mel_bank().T * np.float32(2 / (WINDOW * 0.375 * FFT)), dtype=np.float32)


def cepstra_of(bands: Table) -> Table:
    """Cepstra 1 to CEPSTRA of each frame: the shape of its spectrum, whatever its level."""
    return np.asarray(np.log(bands + 1e-10) @ _cosines().T, dtype=np.float32)


def pitch_of(samples: NDArray[np.int16]) -> tuple[Table, Table]:
    """(Hz, clearness 0 to 1) every 20 ms, by the autocorrelation over that of its window (Boersma 1993)."""
    if len(samples) < PITCH_WINDOW:
        return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)
    sound = samples.astype(np.float32) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(sound, PITCH_WINDOW)[:: HOP * PITCH_EVERY]
    spectrum = rfft((frames - frames.mean(axis=1, keepdims=True)) * _hann(PITCH_WINDOW), PITCH_FFT, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2)[:, : PITCH_FFT // 8 + 1]
    power[:, : int(60 / RATE * PITCH_FFT)] = 0  # wind and rumble; above 2 kHz is more noise than pitch
    raw = irfft(power, PITCH_FFT // 2, axis=1)[:, : PITCH_FFT // 4]  # lags in steps of 1/8000 s
    scaled = raw / np.maximum(raw[:, :1], 1e-12) / _own_correlation()
    low, high = int(RATE / 2 / PITCH_HIGH), int(RATE / 2 / PITCH_LOW)
    lags = np.arange(low, high + 1)
    best = low + (scaled[:, low : high + 1] - _OCTAVE * np.log2(lags / low)).argmax(axis=1)
    lag, height = _peak(scaled, best)
    return np.asarray(RATE / 2 / lag, dtype=np.float32), np.clip(height, 0.0, 1.0).astype(np.float32)


def peaks_of(samples: NDArray[np.int16]) -> tuple[Table, Table]:
    """(logarithm of the kurtosis, power) between 1 and 4 kHz every 30 ms.

    A voice is a row of pulses; each echo puts more of them between, until they sound like noise, whose kurtosis is 3. A gain
    changes nothing in it.
    """
    count = len(samples) // PEAK_WINDOW
    if not count:
        return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)
    sound = scipy.signal.sosfilt(_peak_band(), samples[: count * PEAK_WINDOW].astype(np.float64) / 32768)
    squares = np.square(sound).reshape(count, PEAK_WINDOW)
    power = squares.mean(axis=1)
    kurtosis = np.square(squares).mean(axis=1) / np.maximum(power, 1e-12) ** 2
    return np.log(np.maximum(kurtosis, 1.0)).astype(np.float32), power.astype(np.float32)


def _peak(curve: NDArray[np.float64], at: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Place and height of the top of the parabola through each highest point and its neighbours."""
    rows = np.arange(len(at))
    left, middle, right = (curve[rows, at + step] for step in (-1, 0, 1))
    bend = np.minimum(left - 2 * middle + right, -1e-9)
    shift = np.clip((left - right) / (2 * bend), -0.5, 0.5)
    return at + shift, middle - (left - right) * shift / 4


def decibels(power: NDArray[np.floating] | np.floating) -> NDArray[np.float64]:
    """Power as dB of full scale."""
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)), dtype=np.float64)


@cache
def band_centres() -> NDArray[np.float64]:
    """The middle of each mel band in Hz."""
    return _edges()[1:-1]


def _edges() -> NDArray[np.float64]:
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (LOWEST, HIGHEST))
    return np.asarray(700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1))


@cache
def _peak_band() -> NDArray[np.float64]:
    return np.asarray(scipy.signal.butter(4, (PEAK_LOW, PEAK_HIGH), "bandpass", fs=RATE, output="sos"))


@cache
def _hann(length: int) -> Table:
    return np.hanning(length).astype(np.float32)


@cache
def _own_correlation() -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(np.hanning(PITCH_WINDOW), PITCH_FFT)) ** 2
    correlation = np.fft.irfft(power)[: PITCH_FFT // 2 : 2]
    return np.asarray(correlation / correlation[0])


@cache
def _mel_bank() -> Table:
    places = np.arange(FFT // 2 + 1) * RATE / FFT
    edges = _edges()
    rising = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


@cache
def _cosines() -> Table:
    rows, columns = np.arange(1, CEPSTRA + 1)[:, None], np.arange(BANDS)[None, :]
    return np.asarray(np.cos(np.pi * rows * (columns + 0.5) / BANDS) * np.sqrt(2 / BANDS), dtype=np.float32)
