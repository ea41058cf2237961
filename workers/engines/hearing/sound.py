"""Sound of any recording as 16 kHz blocks, in flat memory, with silence where the recording has a gap."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np

from workers.engines.hearing.results import HearingError, Samples
from workers.engines.media.decoding import zero_of

RATE = 16_000
SLACK = RATE // 10  # samples the clock of the sound may be off before it is put right


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
    """(second it begins, mono samples) of consecutive pieces; nothing when there is no sound track.

    Damaged packets are passed over; a hole of more than a tenth of a second is filled with silence, and what a drifting
    clock has too much is left out, so that times stay those of the picture. Raises HearingError when nothing at all can be
    decoded.
    """
    for start, samples in _resampled(path, "mono"):
        yield start, samples[0]


def tracks(path: Path) -> Iterator[tuple[float, Samples]]:
    """As `blocks`, but both channels of a recording that has two: samples are (channels, length). More are mixed to two."""
    with _opened(path) as container:
        several = bool(container.streams.audio) and container.streams.audio[0].channels > 1
    yield from _resampled(path, "stereo" if several else "mono")


def _resampled(path: Path, layout: str) -> Iterator[tuple[float, Samples]]:
    channels = 2 if layout == "stereo" else 1
    with _opened(path) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE)
        zero, given, decoded = zero_of(container), 0, 0
        for frame in _frames(container, stream):
            decoded += 1
            hole = round((float(frame.time) - zero) * RATE) - given if frame.time is not None else 0
            if hole > SLACK:
                for piece in _silence(hole, channels):
                    yield given / RATE, piece
                    given += piece.shape[1]
            for samples in _made(resampler, frame, channels):
                kept = samples[:, -hole:] if hole < -SLACK else samples
                hole = min(0, hole + samples.shape[1])
                if kept.size:
                    yield given / RATE, kept
                    given += kept.shape[1]
        for samples in _made(resampler, None, channels):
            yield given / RATE, samples
            given += samples.shape[1]
        if not decoded:
            raise HearingError("The sound track is there, but nothing of it can be decoded.")


def _made(resampler: Any, frame: Any, channels: int) -> Iterator[Samples]:
    for made in resampler.resample(frame):
        yield np.asarray(made.to_ndarray().reshape(-1, channels).T, dtype=np.int16)


def _silence(length: int, channels: int) -> Iterator[Samples]:
    while length > 0:
        piece = min(length, RATE)
        yield np.zeros((channels, piece), dtype=np.int16)
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
