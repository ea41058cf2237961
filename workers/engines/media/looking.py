"""What is made of each picture of a recording: the rungs of its stream, the tiles of its storyboard, its poster."""

from pathlib import Path
from typing import Any

from workers.engines.media.decoding import Clock, Deinterlacer, Opening
from workers.engines.media.pictures import fit, upright_frame, write_jpeg
from workers.engines.media.renditions import Rendition, by_ffmpeg
from workers.engines.media.storyboard import Storyboard
from workers.engines.media.tracks import SEGMENT_S, PictureTrack, Size

LINES = 720
LOW_LINES = 360
POSTER_LINES = 480
_WORTH_TWO = 480  # below it a second, smaller rung saves nothing
_POSTER_AT_MOST_S = 60.0


def sizes_of(opening: Opening, stream: Any) -> list[Size]:
    """The rungs, the best first; none without a picture."""
    if opening.size is None:
        return []
    rate = Clock(stream, 0.0).rate
    top = Size.of(opening.size, LINES, rate)
    return [top, Size.of(opening.size, LOW_LINES, rate)] if top.lines >= _WORTH_TWO else [top]


class Looking:
    """Takes each decoded picture once, makes it small once, and gives it to all who want it."""

    def __init__(
        self,
        folder: Path,
        stream: Any,
        opening: Opening,
        tracks: list[PictureTrack],
        *,
        duration_s: float,
        copied: bool,
    ) -> None:
        self._tracks, self._copied, self._folder = tracks, copied, folder
        self._clock = Clock(stream, opening.start_s)
        self._halves = Deinterlacer(stream) if opening.interlaced else None
        size = tracks[0].size
        self._storyboard = Storyboard(folder, duration_s=duration_s, size=(size.width, size.height))
        self._poster, self._poster_s = folder / "poster.jpg", -1.0
        self._poster_at = min(duration_s / 10, _POSTER_AT_MOST_S)
        self._cut = -SEGMENT_S

    def take(self, frame: Any) -> float | None:
        """One decoded picture; the second it is shown at, None where that cannot be told yet."""
        at = None
        for whole in self._halves.whole(frame) if self._halves else [frame]:
            at = self._clock.of(whole)
            if at is not None:
                self._give(whole, at)
        return at

    def finish(self) -> None:
        """The recording is over."""
        for whole in self._halves.whole(None) if self._halves else []:
            at = self._clock.of(whole)
            if at is not None:
                self._give(whole, at)
        for track in self._tracks:
            track.finish()
        self._storyboard.finish()

    def told(self) -> list[Rendition]:
        """Poster and storyboard."""
        board = self._storyboard
        how: dict[str, object] = {"every_s": board.every, "tile": list(board.tile)}
        sheets = [by_ffmpeg(f"storyboard/{one.name}", "image/jpeg", one, **how) for one in board.sheets]
        poster = by_ffmpeg(
            "poster", "image/jpeg", self._poster, at_s=round(max(self._poster_s, 0.0), 3), height=POSTER_LINES
        )
        return [poster, *sheets, by_ffmpeg(f"storyboard/{board.listing.name}", "text/vtt", board.listing, **how)]

    def _give(self, frame: Any, at: float) -> None:
        """Each rung is made from the one above it, so that a large picture is read once."""
        key = at - self._cut >= SEGMENT_S - 1e-6 and (not self._copied or frame.key_frame)
        self._cut = at if key else self._cut
        made = frame
        for number, track in enumerate(self._tracks):
            size = track.size
            if number == 0:
                made = large = upright_frame(frame, size.width, size.height)
            else:
                made = large.reformat(width=size.width, height=size.height, format="yuv420p")
            if self._poster_s < 0 <= at and number == 0 and (at >= self._poster_at or not self._poster.exists()):
                self._stand(large, at)
            track.write(made, at, key=key)
        if self._storyboard.wants(at):
            self._storyboard.add(made, at)

    def _stand(self, picture: Any, at: float) -> None:
        """The poster: a tenth into the recording, at most a minute in; until that comes, the first picture."""
        write_jpeg(fit(picture.to_ndarray(format="bgr24"), POSTER_LINES), self._poster)
        self._poster_s = at if at >= self._poster_at else -1.0
