"""Media: what a file really is, what it says of itself, and the copies made of it."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.journeys import clips
from workers.engines.media import Unreadable
from workers.engines.media.facts import probe
from workers.engines.media.renditions import make_poster, make_proxy, make_thumbnail, waveform_peaks
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


def test_the_proxy_is_what_every_browser_plays(tmp_path: Path) -> None:
    """H.264 and AAC, at most 720 lines, index in front, the same length within two frames; progress ends at 1."""
    large = clips.video(tmp_path / "large.mp4", size=(1920, 1080))
    shares: list[float] = []
    made = make_proxy(large, tmp_path / "proxy.mp4", progress=shares.append)
    facts = probe(made.path)
    assert facts.height == 720
    assert facts.width == 1280
    assert "264" in facts.video_codec
    assert facts.audio_codec == "aac"
    assert facts.duration_s == pytest.approx(probe(large).duration_s, abs=0.2)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    content = made.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_small_film_is_not_blown_up(tmp_path: Path) -> None:
    made = make_proxy(clips.video(tmp_path / "small.mp4"), tmp_path / "proxy.mp4")
    assert probe(made.path).height == 240


def test_sound_alone_becomes_sound_alone(tmp_path: Path) -> None:
    made = make_proxy(SAMPLES / "clip_found_wallet.m4a", tmp_path / "proxy.mp4")
    assert (probe(made.path).has_video, probe(made.path).audio_codec) == (False, "aac")


def test_the_poster_and_the_thumbnail_are_jpegs_of_the_picture(tmp_path: Path) -> None:
    poster = make_poster(STOP, tmp_path / "poster.jpg")
    shown = cv2.imread(str(poster.path))
    assert poster.media_type == "image/jpeg"
    assert shown.shape[0] <= 480
    assert shown.std() > 10, "a picture, not a blank"
    thumbnail = make_thumbnail(clips.photo(tmp_path / "p.jpg"), tmp_path / "thumb.jpg")
    assert cv2.imread(str(thumbnail.path)).shape == (360, 640, 3)


def test_a_poster_of_a_film_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises((Unreadable, IndexError)):
        make_poster(SAMPLES / "clip_found_wallet.m4a", tmp_path / "poster.jpg")


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
    peaks = json.loads(waveform_peaks(path, tmp_path / "peaks.json").path.read_text())
    assert peaks["per_second"] == 20
    assert len(peaks["peaks"]) == pytest.approx(20, abs=1)
    assert max(peaks["peaks"][:9]) < 0.01
    assert min(peaks["peaks"][11:19]) == pytest.approx(0.5, abs=0.05)
