"""The working copies of a recording: one reading makes them all, whatever camera it came from and whatever befell it."""

import re
from itertools import pairwise
from pathlib import Path

import av
import cv2
import pytest

from tests.journeys import clips, odd_clips
from tests.journeys.odd_clips import steady
from workers.engines.media import Unreadable
from workers.engines.media.copies import make_copies
from workers.engines.media.facts import MediaFacts, probe
from workers.engines.media.renditions import Rendition
from workers.engines.media.storyboard import MOST_TILES, pace

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def copies(path: Path, tmp_path: Path, shares: list[float] | None = None) -> dict[str, Rendition]:
    """The copies by their kind."""
    folder = tmp_path / "made"
    folder.mkdir()
    made = make_copies(path, folder, progress=(shares if shares is not None else []).append)
    return {one.kind: one for one in made}


def times(path: Path) -> list[float]:
    """When each picture is shown, in seconds."""
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[MediaFacts, dict[str, Rendition], list[float]]:
    """A film in full HD with sound, and what is made of it."""
    folder = tmp_path_factory.mktemp("large")
    film = clips.video(folder / "large.mp4", size=(1920, 1080), seconds=9)
    shares: list[float] = []
    return probe(film), copies(film, folder, shares), shares


Large = tuple[MediaFacts, dict[str, Rendition], list[float]]


def test_the_proxy_is_what_every_browser_plays(large: Large) -> None:
    """H.264 and AAC, at most 720 lines, index in front, the same length within two frames; progress only goes forward."""
    source, made, shares = large
    facts = probe(made["proxy"].path)
    assert (facts.width, facts.height, facts.video_codec, facts.audio_codec) == (1280, 720, "h264", "aac")
    assert facts.duration_s == pytest.approx(source.duration_s, abs=0.2)
    assert shares == sorted(shares)
    assert len(shares) > 10
    assert shares[-1] == 1.0
    content = made["proxy"].path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_stream_has_two_rungs_that_begin_and_break_at_the_same_moments(large: Large) -> None:
    _source, made, _shares = large
    main = made["stream/main.m3u8"].path.read_text()
    assert re.findall(r"RESOLUTION=(\S+?),", main) == ["1280x720", "640x360"]
    assert re.findall(r'CODECS="(avc1\.\w{6}),mp4a\.40\.2"', main)
    high, low = (int(one) for one in re.findall(r"[:,]BANDWIDTH=(\d+)", main))
    assert high > low > 0
    lengths = [re.findall(r"EXTINF:([\d.]+)", made[f"stream/{n}.m3u8"].path.read_text()) for n in (720, 360)]
    assert lengths[0] == lengths[1] == ["4.000000", "4.000000", "1.000000"]
    assert times(made["stream/720.mp4"].path) == times(made["stream/360.mp4"].path) == times(made["proxy"].path)


def test_each_segment_is_a_whole_part_of_the_one_file(large: Large) -> None:
    """Byte ranges follow each other from the head to the last byte, and each segment can be decoded with the head alone."""
    _source, made, _shares = large
    content, listing = made["stream/360.mp4"].path.read_bytes(), made["stream/360.m3u8"].path.read_text()
    head = int(re.findall(r'EXT-X-MAP:URI="360.mp4",BYTERANGE="(\d+)@0"', listing)[0])
    at = head
    for number, (size, start) in enumerate(re.findall(r"BYTERANGE:(\d+)@(\d+)", listing)):
        assert int(start) == at
        at += int(size)
        part = made["proxy"].path.parent / f"part{number}.mp4"
        part.write_bytes(content[:head] + content[int(start) : at])
        assert times(part)
    assert content[at : at + 8].endswith((b"mfra", b"")), "nothing behind the last segment but an index"


def test_the_storyboard_names_a_tile_for_every_moment(large: Large) -> None:
    _source, made, _shares = large
    cues = re.findall(
        r"(\S+) --> (\S+)\n(\d)\.jpg#xywh=(\d+),(\d+),160,90", made["storyboard/index.vtt"].path.read_text()
    )
    assert len(cues) == 18
    assert cues[0][0] == "00:00:00.000"
    assert all(before[1] == after[0] for before, after in pairwise(cues))
    sheet = cv2.imread(str(made["storyboard/1.jpg"].path))
    assert sheet.shape == (180, 1600, 3)
    assert cues[11][3:] == ("160", "90")
    assert sheet.std() > 5


@pytest.mark.parametrize(("hours", "seconds"), [(0.01, 0.5), (1, 10), (8, 60), (24, 180), (300, 1800)])
def test_a_storyboard_stays_small_however_long_the_recording(hours: float, seconds: float) -> None:
    assert pace(hours * 3600) == seconds
    assert hours * 3600 / seconds <= MOST_TILES


def test_every_copy_says_how_it_was_made(large: Large) -> None:
    for one in large[1].values():
        assert one.tool
        assert one.version
        assert one.parameters
        assert len(one.kind) <= 20, "what the table holds"


def test_the_poster_is_a_picture_of_it(large: Large) -> None:
    shown = cv2.imread(str(large[1]["poster"].path))
    assert shown.shape[0] == 480
    assert shown.std() > 2
    assert large[1]["poster"].parameters["at_s"] == pytest.approx(0.9, abs=0.11)


def test_what_browsers_play_as_it_is_is_copied_packet_by_packet(tmp_path: Path) -> None:
    film = odd_clips.film(tmp_path / "small.mp4", steady(9), options={"x264-params": "keyint=25:bframes=0"})
    made = copies(film, tmp_path)
    assert made["proxy"].parameters == {"copied": True}
    with av.open(str(film)) as one, av.open(str(made["proxy"].path)) as other, av.open(str(made["stream/240.mp4"].path)) as third:  # fmt: skip
        sizes = [[packet.size for packet in each.demux(video=0) if packet.size] for each in (one, other, third)]
    assert sizes[0] == sizes[1] == sizes[2]


def test_a_copy_of_pictures_out_of_order_begins_at_the_same_moment_in_the_stream(tmp_path: Path) -> None:
    film = odd_clips.film(
        tmp_path / "b.mp4", steady(5), options={"preset": "medium", "x264-params": "keyint=25:bframes=3"}
    )
    made = copies(film, tmp_path)
    assert made["proxy"].parameters == {"copied": True}
    assert times(made["stream/240.mp4"].path)[0] == times(made["proxy"].path)[0] == 0.0


def test_sound_alone_becomes_sound_alone(tmp_path: Path) -> None:
    made = copies(SAMPLES / "clip_found_wallet.m4a", tmp_path)
    assert set(made) == {"proxy", "peaks"}
    facts = probe(made["proxy"].path)
    assert (facts.has_video, facts.audio_codec, made["proxy"].media_type) == (False, "aac", "audio/mp4")


def test_sound_that_browsers_do_not_play_is_encoded(tmp_path: Path) -> None:
    made = copies(clips.silence(tmp_path / "s.wav", seconds=2), tmp_path)
    assert probe(made["proxy"].path).audio_codec == "aac"
    assert "copied" not in made["proxy"].parameters


def test_each_picture_of_a_film_of_no_steady_rate_keeps_its_moment(tmp_path: Path) -> None:
    shown = [0, 0.04, 0.1, 0.4, 0.44, 1.5, 1.9, 3.0, 7.0, 7.1]
    film = odd_clips.film(tmp_path / "vfr.mp4", shown, codec="libx265", options={"x265-params": "log-level=none"})
    made = copies(film, tmp_path)
    for kind in ("proxy", "stream/240.mp4"):
        assert times(made[kind].path) == pytest.approx(shown, abs=0.002)


def test_a_phones_film_is_turned_upright(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "turned.mp4", steady(1), turn=90), tmp_path)
    facts = probe(made["proxy"].path)
    assert (facts.width, facts.height, facts.rotation) == (240, 320, 0)
    with av.open(str(made["proxy"].path)) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="bgr24")
    assert shown[-60:-30, 20:50].mean() > 200, "its bright corner was at the top left"


def test_a_tall_film_keeps_as_many_lines_as_a_wide_one(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "tall.mp4", steady(0.4), size=(1080, 1920)), tmp_path)
    assert (probe(made["proxy"].path).width, probe(made["proxy"].path).height) == (720, 1280)
    assert "stream/360.mp4" in made


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "options"),
    [
        ("libx265", "yuv420p", {"x265-params": "log-level=none"}),
        ("libx264", "yuv420p10le", {}),
        ("libx264", "yuv444p", {}),
    ],
    ids=["HEVC", "10 bits", "4:4:4"],
)
def test_what_browsers_do_not_play_is_encoded(
    tmp_path: Path, codec: str, pix_fmt: str, options: dict[str, str]
) -> None:
    made = copies(
        odd_clips.film(tmp_path / "f.mp4", steady(1), codec=codec, pix_fmt=pix_fmt, options=options), tmp_path
    )
    with av.open(str(made["proxy"].path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
    assert len(times(made["proxy"].path)) == 25


def test_halves_of_pictures_are_put_together(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "i.mp4", steady(1), interlaced=True), tmp_path)
    assert made["proxy"].parameters["deinterlaced"] is True
    with av.open(str(made["proxy"].path)) as container:
        shown = list(container.decode(video=0))
    assert len(shown) == 25
    assert not any(frame.interlaced_frame for frame in shown)


def test_after_damage_in_the_middle_the_rest_is_there_and_the_gap_is_named(tmp_path: Path) -> None:
    whole = odd_clips.film(tmp_path / "whole.mp4", steady(8), options={"x264-params": "keyint=25"})
    shares: list[float] = []
    made = copies(odd_clips.damaged(tmp_path / "damaged.mp4", whole, start=3, end=4.5), tmp_path, shares)
    shown = times(made["proxy"].path)
    assert shown[0] == 0.0
    assert shown[-1] == pytest.approx(7.96, abs=0.01)
    [[start, end]] = made["proxy"].parameters["gaps"]  # type: ignore[misc]
    assert (start, end) == (pytest.approx(2.96, abs=0.1), pytest.approx(4.5, abs=0.5))
    assert made["proxy"].parameters["packets_lost"] > 20  # type: ignore[operator]
    assert "copied" not in made["proxy"].parameters, "a player would stop at a broken packet"
    assert shares == sorted(shares)


def test_one_picture_a_second(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "slow.mp4", [float(n) for n in range(20)], rate=1), tmp_path)
    assert times(made["proxy"].path) == [float(n) for n in range(20)]


def test_ultra_high_definition_becomes_small(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "uhd.mp4", steady(0.2), size=(3840, 2160)), tmp_path)
    assert (probe(made["proxy"].path).width, probe(made["proxy"].path).height) == (1280, 720)


def test_a_film_of_one_picture(tmp_path: Path) -> None:
    made = copies(odd_clips.film(tmp_path / "one.mp4", [0.0]), tmp_path)
    assert times(made["proxy"].path) == times(made["stream/240.mp4"].path) == [0.0]
    assert "1.jpg#xywh=0,0,160,120" in made["storyboard/index.vtt"].path.read_text()
    assert made["poster"].path.stat().st_size


def test_a_clock_that_began_earlier_is_put_to_zero(tmp_path: Path) -> None:
    film = odd_clips.film(tmp_path / "late.ts", [100 + at for at in steady(1)])
    assert times(copies(film, tmp_path)["proxy"].path)[0] == 0.0


def test_a_film_cut_off_in_the_middle_gives_what_is_there(tmp_path: Path) -> None:
    whole = odd_clips.film(tmp_path / "whole.ts", steady(6), options={"x264-params": "keyint=25"})
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 1 < times(copies(cut, tmp_path)["proxy"].path)[-1] < 5


def test_of_what_cannot_be_decoded_nothing_is_made(tmp_path: Path) -> None:
    whole = odd_clips.film(
        tmp_path / "whole.mp4", steady(1), codec="libx265", options={"x265-params": "log-level=none"}
    )
    with pytest.raises(Unreadable, match="can be decoded"):
        copies(odd_clips.damaged(tmp_path / "broken.mp4", whole, start=0, end=9), tmp_path)
