"""Every working copy of a recording from one reading of it: plain MP4, stream in two sizes, poster, storyboard, waveform."""

from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from workers.engines.media.decoding import Damage, Opening, begin, packets, streams_of
from workers.engines.media.facts import MediaFacts, probe
from workers.engines.media.looking import LINES, LOW_LINES, Looking, sizes_of
from workers.engines.media.progress import Forward, Progress
from workers.engines.media.renditions import Rendition, by_ffmpeg
from workers.engines.media.sniffing import opened
from workers.engines.media.streams import Rung, codecs_of, main_listing
from workers.engines.media.tracks import ENCODED, SEGMENT_S, Encoders, Files, PictureTrack, Size, SoundTrack
from workers.engines.media.waveform import PER_SECOND, Waveform

_RARE_KEYS_S = 10.0
LIST_TYPE = "application/vnd.apple.mpegurl"


def make_copies(path: Path, folder: Path, *, progress: Progress = lambda share: None) -> list[Rendition]:
    """Reads the recording at `path` once and writes its working copies into `folder`.

    Of sound alone: a proxy (AAC in MP4) and peaks. Of pictures also a poster, a storyboard, and a stream: HLS with a rung of
    at most 720 lines and one of 360 below it (lines are counted on the shorter side; nothing is blown up). A source that
    browsers play as it is, is copied packet by packet into the plain MP4 and the upper rung. Damaged parts are left out and
    named in the parameters of the proxy. Progress only goes forward. Raises Unreadable where nothing can be decoded.
    """
    facts, opening = probe(path), begin(path)
    forward = Forward(progress)
    for may_copy in (True, False):
        with ExitStack() as stack:
            work = _Work(facts, opening, stack.enter_context(opened(path)), folder, stack, may_copy=may_copy)
            work.read(forward)
        if not (work.copied and work.damage.packets):  # a player stops at a broken packet: then they are encoded anew
            break
    made = work.told()
    progress(1.0)
    return made


class _Work:
    """All that is being made at once, while the source is read."""

    def __init__(
        self, facts: MediaFacts, opening: Opening, source: Any, folder: Path, stack: ExitStack, *, may_copy: bool
    ) -> None:
        self.opening, self.source, self.folder = opening, source, folder
        picture, sound = streams_of(source)
        self.picture, self.sound = picture if opening.size else None, sound if opening.sounds else None
        self.duration, self.damage = facts.duration_s or 0.0, Damage()
        self.copied = may_copy and _plays_as_it_is(facts, opening, self.picture)
        self.proxy = folder / ("proxy.mp4" if opening.size else "proxy.m4a")
        self.sounding: list[Files] = []  # where sound goes
        self.copying: list[Files] = []  # where the source's own pictures go
        self.rungs: list[Rung] = []
        tracks = self._files(stack)
        self.waveform = Waveform() if self.sound is not None else None
        self.looking = None
        if self.picture is not None:
            self.picture.thread_type = "AUTO"
            self.looking = Looking(folder, self.picture, opening, tracks, duration_s=self.duration, copied=self.copied)

    def _files(self, stack: ExitStack) -> list[PictureTrack]:
        """Opens the files. All streams of a file must be there before its first packet."""
        sizes = sizes_of(self.opening, self.picture)
        # With B-frames the source's packets would begin later in HLS than in MP4: then they go into the MP4 alone.
        apart = self.copied and self.picture is not None and bool(self.picture.codec_context.has_b_frames)
        rungs: list[Size | None] = [*sizes] or [None]
        encoders = [Encoders(picture=size, sound=self.sound is not None) for size in rungs]
        sound = self.sound if self.copied else encoders[0].sound
        if apart:
            self._open(stack, self.picture, sound, plain=True)
        tracks = []
        for number, size in enumerate(rungs):
            copied = self.copied and number == 0 and not apart
            picture = self.picture if copied else encoders[number].picture
            files = self._open(stack, picture, sound, plain=number == 0 and not apart, size=size)
            if size is not None:
                tracks.append(PictureTrack(files, None if copied else picture, size))
        self.voice = SoundTrack(self.sounding, sound) if self.sound is not None and not self.copied else None
        return tracks

    def _open(self, stack: ExitStack, picture: Any, sound: Any, *, plain: bool, size: Size | None = None) -> Files:
        listing = self.folder / f"{size.lines}.m3u8" if size else None
        files = stack.enter_context(Files(plain=self.proxy if plain else None, listing=listing))
        files.carry(picture=picture, sound=sound)
        self.sounding.append(files)
        if picture is not None and picture is self.picture:
            self.copying.append(files)
        if size is not None and listing is not None:
            self.rungs.append(Rung(listing, size.width, size.height, size.rate, codecs_of(picture, sound)))
        return files

    def read(self, progress: Progress) -> None:
        """Front to end."""
        chosen = [one for one in (self.picture, self.sound) if one is not None]
        for packet, found in packets(self.source, chosen, self.damage):
            is_picture = packet.stream.type == "video"
            for frame in found:
                at = self._take(frame, is_picture)
                if at is not None and self.duration:
                    progress(at / self.duration)
            if self.copied and packet.dts is not None and not packet.is_corrupt:
                self._copy(packet, is_picture)
        self.damage.over(self.duration)
        if self.looking is not None:
            self.looking.finish()
        for last in (self.voice, self.waveform):
            if last is not None:
                last.take(None)

    def _take(self, frame: Any, is_picture: bool) -> float | None:
        """Gives the frame to whoever wants it; the second it belongs to."""
        if is_picture and self.looking is not None:
            at = self.looking.take(frame)
        else:
            if frame.pts is not None:
                frame.pts -= round(self.opening.start_s / frame.time_base)
            for each in (self.voice, self.waveform):
                if each is not None:
                    each.take(frame)
            at = float(frame.time) if frame.time is not None else None
        if at is not None:
            self.damage.reached(at)
        return at

    def _copy(self, packet: Any, is_picture: bool) -> None:
        for files in self.copying if is_picture else self.sounding:
            files.put("picture" if is_picture else "sound", packet)

    def told(self) -> list[Rendition]:
        """What was made, once every file is closed."""
        how: dict[str, object] = {"copied": True} if self.copied else {"lines": LINES, **ENCODED}
        how |= {"deinterlaced": True} if self.opening.interlaced else {}
        media_type = "video/mp4" if self.opening.size else "audio/mp4"
        made = [by_ffmpeg("proxy", media_type, self.proxy, **how, **self.damage.told())]
        if self.waveform is not None:
            peaks = self.folder / "peaks.json"
            self.waveform.write(peaks)
            made.append(by_ffmpeg("peaks", "application/json", peaks, per_second=PER_SECOND))
        if self.looking is not None:
            made += [*self.looking.told(), *self._stream(how)]
        return made

    def _stream(self, how: dict[str, object]) -> list[Rendition]:
        made = []
        for number, rung in enumerate(self.rungs):
            way = how if number == 0 else {"lines": LOW_LINES, **ENCODED}
            media, way = rung.listing.with_suffix(".mp4"), way | {"segment_s": SEGMENT_S, "codecs": rung.codecs}
            made.append(by_ffmpeg(f"stream/{media.name}", "video/mp4", media, **way))
            made.append(by_ffmpeg(f"stream/{rung.listing.name}", LIST_TYPE, rung.listing, segment_s=SEGMENT_S))
        main = self.folder / "main.m3u8"
        main_listing(self.rungs, main)
        return [*made, by_ffmpeg(f"stream/{main.name}", LIST_TYPE, main, rungs=len(self.rungs))]


def _plays_as_it_is(facts: MediaFacts, opening: Opening, picture: Any) -> bool:
    """Whether browsers play the source's own packets: H.264 of at most 720 lines and AAC in MP4, whole pictures often
    enough to start from."""
    if not facts.container.startswith("mov") or facts.audio_codec not in ("aac", "") or opening.start_s:
        return False
    if opening.size is None:
        return True
    small = opening.plain and facts.video_codec == "h264" and min(opening.size) <= LINES
    return small and _keys_apart(picture) <= _RARE_KEYS_S


def _keys_apart(stream: Any) -> float:
    """The longest time between two whole pictures, by the index of the file, in seconds."""
    times = [float(one.timestamp * stream.time_base) for one in stream.index_entries if one.is_keyframe]
    return max((later - sooner for sooner, later in pairwise(times)), default=0.0)
