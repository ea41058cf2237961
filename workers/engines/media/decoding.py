"""Reading a recording once, from front to end: frames with their times from zero, and where it was damaged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from workers.engines.media.pictures import upright_size
from workers.engines.media.sniffing import MOST_PIXELS, TOO_LARGE, Unreadable, _is_cover, opened

_LATE_START_S = 0.05  # below it is the priming of a sound codec, not a clock that began earlier
_NEAR_S = 1.0
_MOST_GAPS = 50
_PLAIN = ("yuv420p", "yuvj420p")


@dataclass(slots=True)
class Damage:
    """What could not be decoded: how many packets, and the spans of seconds they lie in, each span apart from the next
    by more than a second."""

    packets: int = 0
    gaps: list[list[float]] = field(default_factory=list)
    _last: float = 0.0
    _open: bool = False

    def reached(self, at: float) -> None:
        """A picture or sound of this second is there: what was lost before it was lost up to here."""
        if self._open:
            self._missing(self._last, at)
        self._open = False
        self._last = max(self._last, at)

    def lost(self, at: float | None = None) -> None:
        """A packet could not be decoded; with `at`, a picture of that second came out damaged."""
        self.packets += 1
        if at is None:
            self._open = True
        else:
            self._missing(at, at)

    def over(self, end: float) -> None:
        """The recording is read to its `end`."""
        if self._open:
            self._missing(self._last, max(end, self._last))
        self._open = False

    def _missing(self, start: float, end: float) -> None:
        for gap in self.gaps:
            if start <= gap[1] + _NEAR_S and end >= gap[0] - _NEAR_S:
                gap[0], gap[1] = min(gap[0], start), max(gap[1], end)
                return
        if len(self.gaps) < _MOST_GAPS:
            self.gaps.append([start, end])

    def told(self) -> dict[str, object]:
        """For the parameters of a rendition; nothing where nothing was damaged."""
        if not self.gaps:
            return {}
        return {"packets_lost": self.packets, "gaps": [[round(a, 2), round(b, 2)] for a, b in sorted(self.gaps)]}


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first picture and the first sound show: `size` is upright; None where there is none of it.

    `plain` says that browsers play the picture as it is: 8 bits, 4:2:0, not turned, not interlaced.
    """

    size: tuple[int, int] | None
    plain: bool
    interlaced: bool
    sounds: bool
    start_s: float


def begin(path: Path) -> Opening:
    """Looks at the beginning. Raises Unreadable where neither picture nor sound can be decoded."""
    with opened(path) as container:
        late = zero_of(container)
        video, sound = streams_of(container)
        frame = first(container, video) if video is not None else None
    with opened(path) as container:
        sound = streams_of(container)[1]
        sounds = sound is not None and first(container, sound) is not None
    if frame is None and not sounds:
        raise Unreadable("neither a picture nor a sound in it can be decoded")
    if frame is not None and frame.width * frame.height > MOST_PIXELS:
        raise Unreadable(TOO_LARGE)
    interlaced = frame is not None and bool(frame.interlaced_frame)
    size = upright_size(frame) if frame is not None else None
    unturned = frame is not None and size == (frame.width, frame.height) and not getattr(frame, "rotation", 0)
    plain = unturned and not interlaced and frame.format.name in _PLAIN  # type: ignore[union-attr]
    return Opening(size, plain, interlaced, sounds, late)


def zero_of(container: Any) -> float:
    """The time stamp (s) that is second 0 of the player, and so of every word and tag: where a clock began earlier than the
    recording (a transport stream's hardly ever begins at 0), its first picture or sound, whichever is first."""
    late = float(container.start_time or 0) / av.time_base
    return late if late > _LATE_START_S else 0.0


def streams_of(container: Any) -> tuple[Any, Any]:
    """(picture, sound): the first of each, covers of music left out; None where there is none."""
    videos = [one for one in container.streams.video if not _is_cover(one)]
    return (videos[0] if videos else None, container.streams.audio[0] if container.streams.audio else None)


def first(container: Any, stream: Any) -> Any:
    """The first frame of the stream that can be decoded; None when there is none."""
    return next(frames(container, stream), None)


def frames(container: Any, stream: Any) -> Iterator[Any]:
    """Every frame that can be decoded; damage in the middle is passed over."""
    for _packet, found in packets(container, [stream], Damage()):
        yield from found


def packets(container: Any, chosen: list[Any], damage: Damage) -> Iterator[tuple[Any, list[Any]]]:
    """Each packet with the frames it gave; what cannot be read or decoded is noted and passed over."""
    flow = container.demux(chosen)
    while True:
        try:
            packet = next(flow)
        except StopIteration:
            return
        except av.error.FFmpegError:  # the end is missing: what was there has been given
            damage.lost()
            return
        yield packet, _decoded(packet, damage)


def _decoded(packet: Any, damage: Damage) -> list[Any]:
    try:
        found = list(packet.decode())
    except av.error.FFmpegError:
        damage.lost()
        return []
    for frame in found:
        if frame.is_corrupt:
            damage.lost(frame.time)
    return found


class Clock:
    """The times of a stream's pictures: from zero, and always forward. `rate` is what they come at where none is said."""

    def __init__(self, stream: Any, start_s: float) -> None:
        self.rate = Fraction(stream.average_rate or stream.guessed_rate or 30).limit_denominator(1001)
        self._start, self._last = start_s, -1.0

    def of(self, frame: Any) -> float | None:
        """Seconds; None for a picture that is no later than the one before."""
        at = float(frame.time) - self._start if frame.time is not None else self._last + float(1 / self.rate)
        at = max(at, 0.0)
        if at <= self._last:
            return None
        self._last = at
        return at


class Deinterlacer:
    """Whole pictures out of two halves taken one after the other; what is whole already passes as it is (bwdif)."""

    def __init__(self, stream: Any) -> None:
        graph = av.filter.Graph()
        source = graph.add_buffer(template=stream)
        bwdif = graph.add("bwdif", "mode=send_frame:deint=interlaced")
        sink = graph.add("buffersink")
        source.link_to(bwdif)
        bwdif.link_to(sink)
        graph.configure()
        self._graph = graph

    def whole(self, frame: Any) -> list[Any]:
        """The pictures that are ready; None as `frame` gives the last."""
        self._graph.push(frame)
        made = []
        while True:
            try:
                made.append(self._graph.pull())
            except (av.error.BlockingIOError, av.error.EOFError):
                return made
