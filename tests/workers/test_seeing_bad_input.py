"""Whatever a camera or a phone, or somebody who means harm, may send: it is seen, or refused with the limit that was passed."""

import threading
from pathlib import Path

import pytest

from tests.journeys import clips
from workers.engines.media import Unreadable
from workers.engines.packs import PackShelf
from workers.engines.seeing import Seeing, frames, look, watch


def labels(seen: Seeing) -> set[tuple[str, str]]:
    """(kind, label) of every tag."""
    return {(tag.kind, tag.label) for tag in seen.tags}


def all_right(seen: Seeing) -> bool:
    """Whether every tag lies in the recording."""
    return all(0 <= tag.start <= tag.end <= seen.duration + 1.0 for tag in seen.tags)


UNEVEN = (0.0, 0.03, 0.06, 0.3, 0.9, 0.95, 1.0, 2.4, 2.5, 3.9, 4.0)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("uneven.mp4", {"times": UNEVEN}),
        ("hevc.mp4", {"codec": "libx265", "options": {"preset": "ultrafast", "x265-params": "log-level=none"}}),
        ("ten_bit.mp4", {"pixels": "yuv420p10le"}),
        ("interlaced.mp4", {"options": {"flags": "+ildct+ilme", "x264-params": "tff=1"}}),
        ("one_a_second.mp4", {"times": tuple(float(one) for one in range(6))}),
        (
            "from_above_4k.mp4",
            {"size": (3840, 2160), "times": (0.0, 0.1, 0.2, 0.3), "options": {"preset": "ultrafast"}},
        ),
        ("single.mp4", {"times": (0.0,)}),
        ("animated.gif", {"codec": "gif", "pixels": "rgb8", "times": tuple(one / 10 for one in range(8))}),
        ("old.avi", {"codec": "mjpeg", "pixels": "yuvj420p"}),
    ],
)
def test_a_film_of_this_kind_is_seen(tmp_path: Path, name: str, given: dict[str, object]) -> None:
    film = clips.sign(tmp_path / name, **given)  # type: ignore[arg-type]
    seen = (look if name.endswith(".gif") else watch)(film, shelf=PackShelf(tmp_path))
    assert ("plate", "7ABC123") in labels(seen)
    assert (seen.width, seen.height) == given.get("size", (320, 240))
    assert all_right(seen)
    assert not [tag for tag in seen.tags if tag.kind == "gap"]


def test_a_phones_upright_film_is_seen_upright(tmp_path: Path) -> None:
    """The picture lies on its side in the file: turned as the file says, its plate stands; the film is higher than wide."""
    lying = clips.sign(tmp_path / "lying.mp4", size=(320, 240))
    seen = watch(clips.turned(tmp_path / "upright.mp4", lying), shelf=PackShelf(tmp_path))
    assert (seen.width, seen.height) == (240, 320)
    [plate] = [tag for tag in watch(lying, shelf=PackShelf(tmp_path)).tags if tag.kind == "plate"]
    assert plate.box is not None
    assert plate.box[2] > plate.box[3]
    texts = [tag for tag in seen.tags if tag.kind in ("plate", "text") and tag.box]
    assert all(tag.box[2] < tag.box[3] for tag in texts if tag.box), "what stood level now stands on end"


def test_damage_in_the_middle_is_marked_and_the_rest_is_seen(tmp_path: Path) -> None:
    whole = clips.sign(tmp_path / "whole.mp4", times=tuple(place / 10 for place in range(80)))
    broken = clips.damaged(tmp_path / "broken.mp4", whole, first=3.0, last=5.0)
    seen = watch(broken, shelf=PackShelf(tmp_path))
    gaps = [tag for tag in seen.tags if tag.kind == "gap"]
    assert gaps
    assert gaps[0].start == pytest.approx(3.0, abs=0.35)
    assert gaps[-1].end == pytest.approx(5.0, abs=0.35)
    assert any(tag.kind == "plate" and tag.end > 5.0 for tag in seen.tags), "what comes after it is read"
    assert not [tag for tag in watch(whole, shelf=PackShelf(tmp_path)).tags if tag.kind == "gap"]


def test_a_gap_is_the_same_when_it_is_gone_on_from(tmp_path: Path) -> None:
    whole = clips.sign(tmp_path / "whole.mp4", times=tuple(place / 10 for place in range(80)))
    broken = clips.damaged(tmp_path / "broken.mp4", whole, first=3.0, last=5.0)
    with frames.film(broken) as film:
        through = [one.at for one in frames.frames(film) if isinstance(one, frames.Shown) and one.at >= 6.0]
    with frames.film(broken) as film:
        from_there = [one.at for one in frames.frames(film, start=6.0) if isinstance(one, frames.Shown)]
    assert from_there == through


def test_eight_hours_are_seen_to_their_end(tmp_path: Path) -> None:
    """A picture a quarter of an hour: 240 chunks, most of them empty, and progress that only goes forward."""
    film = clips.sign(tmp_path / "long.mp4", size=(128, 96), times=tuple(900.0 * place for place in range(33)))
    shares: list[float] = []
    seen = watch(film, shelf=PackShelf(tmp_path), progress=shares.append)
    assert seen.duration == pytest.approx(8 * 3600, abs=901)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all_right(seen)


@pytest.mark.parametrize("side", [16_000, 20_000])
def test_a_picture_made_to_exhaust_the_machine_is_refused_naming_the_limit(tmp_path: Path, side: int) -> None:
    bomb = clips.bomb(tmp_path / "bomb.png", side=side)
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(Unreadable, match=str(frames.MOST_PHOTO_PIXELS)):
        look(bomb, shelf=PackShelf(tmp_path))


def test_a_film_beyond_the_limits_is_refused_naming_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = clips.sign(tmp_path / "film.mp4")
    monkeypatch.setattr(frames, "MOST_PIXELS", 50_000)
    with pytest.raises(Unreadable, match="320 x 240 pixels is larger than the limit of 50000 pixels"):
        watch(film, shelf=PackShelf(tmp_path))
    monkeypatch.setattr(frames, "MOST_PIXELS", 10_000_000)
    monkeypatch.setattr(frames, "MOST_FRAMES", 20)
    with pytest.raises(Unreadable, match="limit of 20"):
        watch(film, shelf=PackShelf(tmp_path))


def test_a_decoder_that_is_not_there_is_said_and_software_decodes(tmp_path: Path) -> None:
    seen = watch(clips.sign(tmp_path / "film.mp4"), shelf=PackShelf(tmp_path), decoder="qsv")
    assert ("plate", "7ABC123") in labels(seen)
    said = seen.engines[-1].parameters
    assert said["decoder"] in ("software", "qsv")
    if said["decoder"] == "software":
        assert said["asked"] == "qsv"
        assert said["why_not"]


def test_an_error_in_the_decoders_thread_reaches_the_watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(frames, "_small", broken)
    with pytest.raises(MemoryError, match="no room"):
        watch(clips.sign(tmp_path / "film.mp4"), shelf=PackShelf(tmp_path))


def test_who_stops_watching_leaves_no_decoder_behind(tmp_path: Path) -> None:
    """A step that lost its lease ends by an error in the middle; the film is closed only when its decoder has ended."""

    def lost(share: float) -> None:
        raise TimeoutError(f"the lease is lost at {share}")

    with pytest.raises(TimeoutError, match="the lease is lost"):
        watch(clips.sign(tmp_path / "film.mp4"), shelf=PackShelf(tmp_path), progress=lost)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("decoder", "reader"))]
