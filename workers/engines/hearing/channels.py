"""One channel of a recording by itself: for recordings with a speaker a channel."""

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE
from workers.engines.media.decoding import zero_of


def channel_blocks(path: Path, channel: int) -> Iterator[tuple[float, Samples]]:
    """As `sound.blocks`, of one channel (from 0); of the only one, where there is no such channel."""
    with av.open(str(path), metadata_errors="replace") as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16p", rate=RATE)
        zero, given = zero_of(container), 0
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for made in (piece for frame in frames for piece in resampler.resample(frame)):
                hole = round((float(made.time) - zero) * RATE) - given if made.time is not None else 0
                if hole > RATE // 10:
                    yield given / RATE, np.zeros(hole, dtype=np.int16)
                    given += hole
                planes = made.to_ndarray()
                samples = np.asarray(planes[min(channel, len(planes) - 1)], dtype=np.int16)
                yield given / RATE, samples
                given += len(samples)
