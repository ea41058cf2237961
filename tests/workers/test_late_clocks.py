"""Recordings whose clock does not begin at 0 (transport streams): tags and words stand where the player shows and plays them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from workers.engines.hearing.channels import channel_blocks
from workers.engines.hearing.sound import RATE, blocks
from workers.engines.media import make_copies
from workers.engines.packs import PackShelf
from workers.engines.seeing import Part, Seeing, watch

LATE_S = 5000.0  # of the clock when the sound begins
PICTURE_S, TONE_S, CUT_S, END_S = 1.0, 2.0, 3.0, 5.0  # after that: the first picture, a tone, another shot, the end


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound first, the picture a second later; a tone, and a hard cut."""
    path = tmp_path_factory.mktemp("late") / "late.ts"
    with av.open(str(path), "w", format="mpegts") as out:
        picture = out.add_stream("libx264", rate=10, options={"preset": "ultrafast", "bf": "0"})
        picture.width, picture.height, picture.pix_fmt = 320, 240, "yuv420p"
        sound = out.add_stream("mp2", rate=RATE)
        sound.layout = "mono"
        for at in np.arange(0, END_S, 0.1):
            times = np.arange(round(at * RATE), round((at + 0.1) * RATE))
            wave = np.where(times >= TONE_S * RATE, np.sin(times * 0.2) * 8000, 0).astype(np.int16)
            block = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
            block.sample_rate, block.pts = RATE, round(LATE_S * RATE) + int(times[0])
            block.time_base = Fraction(1, RATE)
            out.mux(sound.encode(block))
            if at >= PICTURE_S - 1e-6:
                shade = (30, 160, 30) if at < CUT_S - 1e-6 else (200, 40, 220)
                frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), shade, dtype=np.uint8), format="bgr24")
                frame.pts, frame.time_base = round((LATE_S + at) * 10), Fraction(1, 10)
                out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return path


@pytest.fixture(scope="module")
def played(late: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the player plays of it."""
    made = make_copies(late, tmp_path_factory.mktemp("copies"))
    return next(one.path for one in made if one.kind == "proxy")


def cut_of(seen: Seeing) -> float:
    """When its second shot begins."""
    return next(tag.start for tag in seen.tags if tag.label == "Shot 2")


def tone_in(path: Path, channel: int | None = None) -> float:
    """When it begins to sound, in the seconds of the hearing engines."""
    given = blocks(path) if channel is None else channel_blocks(path, channel)
    return next(
        start + int(np.argmax(np.abs(samples) > 2000)) / RATE
        for start, samples in given
        if np.abs(samples).max() > 2000
    )


def test_a_tag_stands_where_the_player_shows_it(late: Path, played: Path, tmp_path: Path) -> None:
    shelf = PackShelf(tmp_path)
    found = cut_of(watch(late, shelf=shelf))
    assert found == pytest.approx(cut_of(watch(played, shelf=shelf)), abs=0.06)
    assert found == pytest.approx(CUT_S, abs=0.2)


@pytest.mark.parametrize("channel", [None, 0])
def test_a_word_stands_where_the_player_plays_it(late: Path, played: Path, channel: int | None) -> None:
    found = tone_in(late, channel)
    assert found == pytest.approx(tone_in(played), abs=0.08)
    assert found == pytest.approx(TONE_S, abs=0.2)
    assert sum(samples.shape[-1] for _, samples in blocks(late)) / RATE == pytest.approx(END_S, abs=0.3)


def test_going_on_in_it_gives_the_same_tags(late: Path, tmp_path: Path) -> None:
    class Held(dict[int, Part]):
        def put(self, number: int, part: Part) -> None:
            self[number] = part

    held = Held()
    whole = watch(late, shelf=PackShelf(tmp_path), kept=held, chunk_s=2.0)
    assert sorted(held) == [0, 1, 2]
    assert watch(late, shelf=PackShelf(tmp_path), kept=Held({0: held[0]}), chunk_s=2.0) == whole
