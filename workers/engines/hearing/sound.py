"""Sound of any recording as 16 kHz mono blocks, in flat memory, with silence where the recording has a gap."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.results import HearingError

RATE = 16_000
Samples = NDArray[np.int16]


def duration_of(path: Path) -> float:
    """Seconds of sound, or of the container where the stream does not say; 0.0 when there is no sound."""
    with _opened(path) as container:
        if not container.streams.audio:
            return 0.0
        stream = container.streams.audio[0]
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return float(container.duration or 0) / av.time_base


def blocks(path: Path) -> Iterator[tuple[float, Samples]]:
    """(second it begins, samples) of consecutive pieces; nothing when there is no sound track.

    Damaged packets are passed over; a hole of more than a tenth of a second is filled with silence, so that times
    stay those of the picture. Raises HearingError when nothing at all can be decoded.
    """
    with _opened(path) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        given, decoded = 0, 0
        for frame in _frames(container, stream):
            decoded += 1
            hole = round(float(frame.time) * RATE) - given if frame.time is not None else 0
            if hole > RATE // 10:
                for piece in _silence(hole):
                    yield given / RATE, piece
                    given += len(piece)
            for made in resampler.resample(frame):
                samples = np.asarray(made.to_ndarray().reshape(-1), dtype=np.int16)
                yield given / RATE, samples
                given += len(samples)
        for made in resampler.resample(None):
            samples = np.asarray(made.to_ndarray().reshape(-1), dtype=np.int16)
            yield given / RATE, samples
            given += len(samples)
        if not decoded:
            raise HearingError("The sound track is there, but nothing of it can be decoded.")


def _silence(length: int) -> Iterator[Samples]:
    while length > 0:
        piece = min(length, RATE)
        yield np.zeros(piece, dtype=np.int16)
        length -= piece


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue
    except av.error.FFmpegError:
        return  # the end is missing: what was there has been given


def _opened(path: Path) -> Any:
    try:
        return av.open(str(path), metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise HearingError("The recording cannot be opened: it is damaged or cut off.") from error
