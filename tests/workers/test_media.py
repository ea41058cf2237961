"""Media: what a file really is, what it says of itself, and the copies made of it."""

import json
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from tests.journeys import clips, odd_clips
from workers.engines.media import Unreadable
from workers.engines.media.copies import make_copies
from workers.engines.media.facts import probe
from workers.engines.media.renditions import make_thumbnail
from workers.engines.media.sniffing import sniff

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
STOP = SAMPLES / "traffic_stop.mp4"


def test_the_kind_comes_from_the_content_and_not_from_the_name(tmp_path: Path) -> None:
    film = clips.video(tmp_path / "film.mp4")
    named = {
        "holiday.txt": (film, ("video", "video/mp4")),
        "voice.jpg": (clips.silence(tmp_path / "s.wav", seconds=1), ("audio", "audio/x-wav")),
        "clip.mp4": (clips.photo(tmp_path / "p.jpg"), ("image", "image/jpeg")),
    }
    for name, (content, (kind, _media_type)) in named.items():
        disguised = tmp_path / name
        disguised.write_bytes(content.read_bytes())
        assert sniff(disguised).kind == kind, name
    assert sniff(SAMPLES / "clip_found_wallet.m4a").kind == "audio"
    assert sniff(STOP).media_type == "video/mp4"


def test_words_that_call_themselves_a_film_are_a_document_or_refused(tmp_path: Path) -> None:
    found = sniff(clips.text_named_mp4(tmp_path / "film.mp4"))
    assert found.kind in ("document", "other")
    assert found.media_type.startswith("text/")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 600, "")],
    ids=["empty", "header only"],
)
def test_what_holds_nothing_is_refused_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=why or ".+"):
        sniff(path)


def test_a_truncated_film_and_a_second_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        sniff(clips.truncated(tmp_path / "half.mp4", clips.video(tmp_path / "whole.mp4")))
    nothing = clips.silence(tmp_path / "nothing.wav", seconds=0)
    with pytest.raises(Unreadable):
        sniff(nothing)
        probe(nothing)


@pytest.mark.parametrize(("sound", "seconds"), [(True, 2.0), (False, 3.0)], ids=["with sound", "without sound"])
def test_the_facts_are_those_of_the_file(tmp_path: Path, sound: bool, seconds: float) -> None:
    facts = probe(clips.video(tmp_path / "film.mp4", seconds=seconds, sound=sound))
    assert facts.duration_s == pytest.approx(seconds, abs=0.15)
    assert (facts.width, facts.height, facts.frame_rate) == (320, 240, 10)
    assert (facts.has_video, facts.has_audio) == (True, sound)
    assert facts.video_codec.startswith("h264") or "264" in facts.video_codec
    assert (facts.sample_rate, facts.channels) == ((16_000, 1) if sound else (0, 0))


def test_a_picture_has_no_length() -> None:
    assert probe(STOP).duration_s == pytest.approx(75.91, abs=0.2)


def test_a_photograph_keeps_what_its_camera_wrote_and_is_shown_upright(tmp_path: Path) -> None:
    photo = odd_clips.photo_with_exif(tmp_path / "p.jpg")
    before = photo.read_bytes()
    found = probe(photo).metadata
    assert (found["exif.Make"], found["exif.Model"]) == ("Acme", "Cam 7")
    assert found["exif.DateTimeOriginal"] == "2026:01:05 22:41:07"
    assert (found["exif.GPSLatitude"], found["exif.GPSLatitudeRef"]) == ("38.0, 34.0, 54.0", "N")
    thumbnail = cv2.imread(str(make_thumbnail(photo, tmp_path / "t.jpg").path))
    assert thumbnail.shape == (400, 300, 3), "turned as it says"
    assert thumbnail[20, 280].mean() > 200, "its bright corner is at the top right now"
    assert photo.read_bytes() == before


def test_a_photograph_without_exif_has_none(tmp_path: Path) -> None:
    assert not [name for name in probe(clips.photo(tmp_path / "p.jpg")).metadata if name.startswith("exif.")]


@pytest.mark.parametrize("make", [odd_clips.bomb, odd_clips.gif_bomb], ids=["png", "gif"])
def test_a_picture_made_to_exhaust_the_machine_is_refused_before_it_is_decoded(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / "bomb")
    for act in (lambda: sniff(path), lambda: make_thumbnail(path, tmp_path / "t.jpg")):
        with pytest.raises(Unreadable, match="120 million pixels"):
            act()


def test_of_an_animation_the_first_picture_is_the_thumbnail(tmp_path: Path) -> None:
    animation = odd_clips.animation(tmp_path / "a.gif")
    assert (sniff(animation).kind, sniff(animation).media_type) == ("image", "image/gif")
    assert cv2.imread(str(make_thumbnail(animation, tmp_path / "t.jpg").path)).shape == (90, 120, 3)


def test_a_thumbnail_of_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        make_thumbnail(SAMPLES / "clip_found_wallet.m4a", tmp_path / "t.jpg")


def test_the_peaks_follow_the_sound(tmp_path: Path) -> None:
    """Half a second of silence, half a second of a tone at half volume."""
    rate = 16_000
    tone = np.concatenate([np.zeros(rate // 2), 0.5 * np.sin(np.arange(rate // 2) * 0.2)])
    path = tmp_path / "tone.wav"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray((tone * 32767).astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    peaks = json.loads(next(one for one in make_copies(path, tmp_path) if one.kind == "peaks").path.read_text())
    assert peaks["per_second"] == 20
    assert len(peaks["peaks"]) == pytest.approx(20, abs=1)
    assert max(peaks["peaks"][:9]) < 0.01
    assert min(peaks["peaks"][11:19]) == pytest.approx(0.5, abs=0.05)
