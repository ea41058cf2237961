"""Seeing: scenes from drawn pictures, text and plates from drawn signs, people and cars, and spans that add up."""

import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import shared
from tests.journeys import clips
from workers.engines.packs import PackShelf
from workers.engines.seeing import watching
from workers.engines.seeing.plates import plate_in
from workers.engines.seeing.results import NothingToSee, Sighting
from workers.engines.seeing.scenes import Looked, Scenes, scene_tags
from workers.engines.seeing.spans import merge, merge_readings
from workers.engines.seeing.text import reader

ROOT = Path(__file__).resolve().parents[2]
BOX = (0.1, 0.1, 0.2, 0.2)


def street(light: int = 140, shift: int = 0, hue: tuple[int, int, int] = (1, 1, 1)) -> np.ndarray:
    """A drawn street with a box that can be moved."""
    picture = np.full((360, 640, 3), light, dtype=np.float32) * np.array(hue, dtype=np.float32)
    picture[200:, :] *= 0.6
    picture[120:220, 100 + shift : 220 + shift] *= 0.3
    return np.clip(picture, 0, 255).astype(np.uint8)


def small(picture: np.ndarray) -> Looked:
    """The picture as the cheap eyes get it."""
    return Looked(cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA))


def labels(scenes: Scenes, kind: str, duration: float) -> list[tuple[str, float, float]]:
    """(label, start, end) of the tags of one kind."""
    return [(tag.label, tag.start, tag.end) for tag in scene_tags(scenes.samples, duration) if tag.kind == kind]


def test_a_cut_begins_a_new_shot() -> None:
    scenes = Scenes()
    for second in range(10):
        scenes.take(small(street() if second < 6 else street(90, hue=(0.2, 0.6, 1.6))), float(second))
    assert labels(scenes, "shot", 10.0) == [("Shot 1", 0.0, 6.0), ("Shot 2", 6.0, 10.0)]


def test_movement_is_told_from_standing_still() -> None:
    scenes = Scenes()
    for second in range(20):
        scenes.take(small(street(shift=0 if second < 10 else (second * 40) % 300)), float(second))
    motion = labels(scenes, "motion", 20.0)
    assert [one[0] for one in motion] == ["still", "moving"]
    assert motion[1][1] == pytest.approx(10, abs=1.1)


def test_night_is_told_from_day_and_one_flash_changes_nothing() -> None:
    scenes = Scenes()
    for second in range(20):
        scenes.take(small(street(250 if second == 14 else 150 if second < 10 else 25)), float(second))
    assert [one[0] for one in labels(scenes, "light", 20.0)] == ["day", "night"]


def test_text_is_read_and_a_plate_is_only_what_has_its_shape() -> None:
    picture = np.full((360, 640, 3), 200, dtype=np.uint8)
    cv2.putText(picture, "MAIN STREET", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (30, 30, 30), 5, cv2.LINE_AA)
    cv2.putText(picture, "7ABC123", (120, 260), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (60, 20, 20), 6, cv2.LINE_AA)
    found = {(one.kind, one.label) for one in reader().read(picture, 0.0)}
    assert ("plate", "7ABC123") in found
    assert any(kind == "text" and "MAIN" in label for kind, label in found)
    assert not any(kind == "plate" and "MAIN" in label for kind, label in found)
    assert reader().read(np.full((360, 640, 3), 200, dtype=np.uint8), 0.0) == []


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("7ABC123", "7ABC123"),
        ("abc-1234", "ABC1234"),
        ("8XYZ 456", "8XYZ456"),
        ("MAIN ST", ""),
        ("12:30PM", ""),
        ("1230PM", ""),
        ("25MPH", ""),
        ("2026NOV24", ""),
        ("12345", ""),
        ("ABCDEFG", ""),
        ("A1", ""),
        ("ABCD12345", ""),
    ],
)
def test_what_has_a_plates_shape(text: str, plate: str) -> None:
    assert plate_in(text) == plate


@given(st.lists(st.tuples(st.sampled_from(["car", "person"]), st.integers(0, 200)), max_size=60))
def test_spans_cover_every_sighting_and_never_touch(seen: list[tuple[str, int]]) -> None:
    """Spans of one label are further apart than the gap; each sighting lies in one; each best moment was a sighting."""
    sightings = [Sighting("object", label, at / 2, 0.5 + at / 1000, BOX) for label, at in seen]
    tags = merge(sightings, gap=1.6, step=0.5, duration=101.0, method="x")
    for label in ("car", "person"):
        spans = sorted((tag.start, tag.end) for tag in tags if tag.label == label)
        assert all(later[0] - (earlier[1] - 0.5) > 1.6 for earlier, later in itertools.pairwise(spans))
        for one in sightings:
            assert one.label != label or sum(start <= one.at <= end for start, end in spans) == 1
    assert all(tag.best_at in {one.at for one in sightings} for tag in tags)


def test_two_at_once_are_counted_as_two() -> None:
    seen = [Sighting("object", "person", at, 0.8, BOX) for at in (1.0, 1.5, 1.5, 2.0)]
    [tag] = merge(seen, gap=1.6, step=0.5, duration=9.0, method="x")
    assert (tag.start, tag.end, tag.count) == (1.0, 2.5, 2)


def test_readings_of_one_sign_become_one_under_the_surest_words() -> None:
    seen = [
        Sighting("text", "MAIN STREE", 1.0, 0.7, BOX),
        Sighting("text", "MAIN STREET", 2.0, 0.95, BOX),
        Sighting("text", "OAK AVENUE", 2.0, 0.9, BOX),
    ]
    named = {(one.kind, one.label) for one in merge_readings(seen)}
    assert named == {("text", "MAIN STREET"), ("text", "OAK AVENUE")}


@pytest.mark.slow
def test_the_traffic_stop_is_seen(tmp_path: Path) -> None:
    """The plate, day and night, shots and movement; engines named with versions; no face, ever."""
    shares: list[float] = []
    seen = watching.watch(ROOT / "samples" / "traffic_stop.mp4", shelf=PackShelf(tmp_path), progress=shares.append)
    found = {(tag.kind, tag.label) for tag in seen.tags}
    assert {
        ("plate", "7ABC123"),
        ("light", "day"),
        ("light", "night"),
        ("motion", "still"),
        ("motion", "moving"),
    } <= found
    assert sum(tag.kind == "shot" for tag in seen.tags) >= 2
    assert all(engine.name and engine.version for engine in seen.engines)
    assert all(0 <= tag.start <= tag.end <= seen.duration + 0.6 and 0 <= tag.confidence <= 1 for tag in seen.tags)
    assert not any("face" in f"{tag.kind} {tag.label}".lower() for tag in seen.tags)
    assert shares == sorted(shares)


@pytest.mark.slow
@pytest.mark.parametrize(("pack", "least"), [("yolox-nano", 0.8), ("", 0.08)], ids=["YOLOX", "built in"])
def test_real_people_are_found(tmp_path: Path, pack: str, least: float) -> None:
    """Of the seconds a person marked as showing people, the share that a person tag covers. Seen from above, the built-in HOG finds few: 0.10."""
    film = shared("data", "vision", "video_intel", "one-by-one-person-detection.mp4")
    marked = json.loads(shared("data", "vision", "video_intel", "hand_labels.json").read_text())
    shelf = PackShelf(ROOT / "var" / "packs" if pack else tmp_path)
    if pack and shelf.find(pack) is None:
        pytest.skip(f"the pack {pack} is not installed (blotter models import)")
    seen = watching.watch(film, shelf=shelf)
    people = [tag for tag in seen.tags if "person" in tag.label.lower() or "people" in tag.label.lower()]
    seconds = marked[film.name]["present_s"]
    covered = [second for second in seconds if any(tag.start - 0.5 <= second <= tag.end + 0.5 for tag in people)]
    assert len(covered) / len(seconds) >= least


def test_a_photograph_is_looked_at(tmp_path: Path) -> None:
    seen = watching.look(clips.photo(tmp_path / "p.jpg"), shelf=PackShelf(tmp_path))
    assert ("plate", "8XYZ456") in {(tag.kind, tag.label) for tag in seen.tags}
    assert {tag.start for tag in seen.tags} == {0.0}


def test_sound_alone_has_nothing_to_see(tmp_path: Path) -> None:
    with pytest.raises(NothingToSee):
        watching.watch(ROOT / "samples" / "clip_found_wallet.m4a", shelf=PackShelf(tmp_path))
