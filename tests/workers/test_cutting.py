"""Clips and stills: exactly the seconds asked for, in the size of the original, which is not touched."""

from pathlib import Path

import av
import cv2
import pytest

from tests.journeys import clips, odd_clips
from tests.journeys.odd_clips import steady
from tests.workers.test_copies import times
from workers.engines.media import Unreadable, cut_clip, probe, take_still

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def test_a_clip_begins_with_the_picture_on_the_screen_and_ends_in_time(tmp_path: Path) -> None:
    film = clips.video(tmp_path / "film.mp4", seconds=6)
    before, shares = film.read_bytes(), []
    made = cut_clip(film, tmp_path / "clip.mp4", start_s=2.05, end_s=4.25, progress=shares.append)
    facts = probe(made.path)
    assert (facts.width, facts.height, facts.audio_codec) == (320, 240, "aac")
    assert facts.duration_s == pytest.approx(2.2, abs=0.1)
    assert times(made.path)[:3] == pytest.approx([0, 0.05, 0.15], abs=0.002)
    with av.open(str(film)) as whole, av.open(str(made.path)) as clip:
        original = [frame.to_ndarray(format="gray") for frame in whole.decode(video=0)][20]
        first = next(clip.decode(video=0)).to_ndarray(format="gray")
    assert abs(first.astype(int) - original).mean() < 3, "the picture of second 2.0, not another"
    assert (made.kind, made.parameters["start_s"], made.parameters["end_s"]) == ("clip", 2.05, 4.25)
    assert film.read_bytes() == before
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_picture_that_stands_still_stays_to_the_end_of_its_clip(tmp_path: Path) -> None:
    film = odd_clips.film(tmp_path / "slow.mp4", [float(n) for n in range(10)], rate=1)
    assert probe(cut_clip(film, tmp_path / "c.mp4", start_s=2.5, end_s=6.5).path).duration_s == pytest.approx(
        4, abs=0.1
    )


@pytest.mark.parametrize("name", ["late.ts", "turned.mp4", "interlaced.mp4"])
def test_clips_of_odd_recordings(tmp_path: Path, name: str) -> None:
    shown = [100 + at for at in steady(3)] if name == "late.ts" else steady(3)
    film = odd_clips.film(tmp_path / name, shown, turn=90 if "turned" in name else 0, interlaced="inter" in name)
    made = cut_clip(film, tmp_path / "clip.mp4", start_s=1, end_s=2)
    assert times(made.path)[0] == 0.0
    assert len(times(made.path)) == pytest.approx(25, abs=1)
    assert probe(made.path).height == (320 if "turned" in name else 240)


def test_a_clip_of_sound_alone(tmp_path: Path) -> None:
    made = cut_clip(SAMPLES / "clip_found_wallet.m4a", tmp_path / "c.m4a", start_s=1, end_s=3)
    facts = probe(made.path)
    assert (facts.has_video, made.media_type) == (False, "audio/mp4")
    assert facts.duration_s == pytest.approx(2, abs=0.1)


def test_a_still_is_the_picture_on_the_screen_at_that_second_without_loss(tmp_path: Path) -> None:
    film = odd_clips.film(tmp_path / "vfr.mp4", [0, 0.5, 1.7, 2.0])
    made = take_still(film, tmp_path / "still.png", at_s=1.69)
    assert made.parameters == {"at_s": 1.69, "shown_from_s": 0.5}
    with av.open(str(film)) as container:
        shown = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)][1]
    assert (cv2.imread(str(made.path)) == shown).all()


def test_a_still_of_a_phones_film_is_upright_and_the_last_is_there(tmp_path: Path) -> None:
    film = odd_clips.film(tmp_path / "turned.mp4", steady(1), turn=90)
    made = take_still(film, tmp_path / "still.png", at_s=5)
    assert cv2.imread(str(made.path)).shape == (320, 240, 3)
    assert made.parameters["shown_from_s"] == pytest.approx(0.96)


def test_of_sound_there_is_no_still(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no picture"):
        take_still(SAMPLES / "clip_found_wallet.m4a", tmp_path / "s.png", at_s=1)


def test_a_clip_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="between these seconds"):
        cut_clip(SAMPLES / "clip_found_wallet.m4a", tmp_path / "c.m4a", start_s=5000, end_s=5001)
