"""The parts of seeing one by one: following, plates and their formats, what the camera goes through, and what may be shown."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.bench import plates as drawn
from workers.engines.packs import PackShelf
from workers.engines.seeing import look
from workers.engines.seeing.camera import CameraWatch, camera_tags
from workers.engines.seeing.objects import PACKS, classes_of
from workers.engines.seeing.plates import format_of, plate_tags, settled, voted
from workers.engines.seeing.results import Sighting
from workers.engines.seeing.scenes import Looked, Scenes, scene_tags
from workers.engines.seeing.spans import MOST_BOXES, thing_tags
from workers.engines.seeing.tracks import followed

RATE = 10


def person(at: float, x: float, confidence: float = 0.8) -> Sighting:
    """Somebody at a place across the picture."""
    return Sighting("person", "person", at, confidence, (x, 0.3, 0.1, 0.4))


def test_two_who_walk_past_each_other_stay_two() -> None:
    seen = [
        one for step in range(9) for one in (person(step / 2, 0.1 + 0.08 * step), person(step / 2, 0.8 - 0.08 * step))
    ]
    tracks = followed(seen)
    assert sorted(len(track.sightings) for track in tracks) == [9, 9]
    directions = sorted(track.last.box[0] - track.sightings[0].box[0] for track in tracks)
    assert directions[0] < -0.5
    assert directions[1] > 0.5


def test_an_unsure_detection_goes_on_with_a_track_and_begins_none() -> None:
    seen = [person(0.0, 0.2), person(0.5, 0.22, 0.2), person(1.0, 0.24), person(0.5, 0.8, 0.2)]
    [track] = followed(seen)
    assert [one.at for one in track.sightings] == [0.0, 0.5, 1.0]


def test_who_leaves_and_comes_back_later_is_another_track_and_another_span() -> None:
    seen = [person(at, 0.3) for at in (0.0, 0.5, 1.0, 9.0, 9.5)]
    tags = thing_tags(seen, step=0.5, duration=12.0, method="x")
    assert [(tag.start, tag.end, tag.count, tag.detail["tracks"]) for tag in tags] == [(0, 1.5, 1, 1), (9, 10, 1, 1)]


def test_a_tag_keeps_boxes_by_time_and_not_too_many() -> None:
    seen = [person(step / 2, 0.3 + 0.0001 * step) for step in range(1000)]
    [tag] = thing_tags(seen, step=0.5, duration=500.0, method="x")
    boxes = tag.detail["boxes"]
    assert isinstance(boxes, list)
    assert len(boxes) == MOST_BOXES
    assert boxes == sorted(boxes)
    assert boxes[0] == [0.0, 0.3, 0.3, 0.1, 0.4, 0.8]


def reading(text: str, at: float, sure: float = 0.9) -> Sighting:
    """A plate read in one picture."""
    return Sighting("plate", text, at, sure, (0.4, 0.5, 0.1, 0.05), tuple((sign, sure) for sign in text))


def test_the_readings_of_one_plate_are_put_to_a_vote() -> None:
    seen = [
        reading("7ABC123", 0.0),
        reading("7A8C123", 1.0, 0.6),
        reading("7ABC128", 2.0, 0.7),
        reading("2XYZ999", 2.0),
    ]
    assert "".join(sign for sign, _ in voted(seen[:3])) == "7ABC123"
    tags = {tag.label: tag for tag in plate_tags(seen, step=0.5, duration=9.0, method="x")}
    assert set(tags) == {"7ABC123", "2XYZ999"}
    tag = tags["7ABC123"]
    assert (tag.start, tag.end, tag.detail["format"]) == (0.0, 2.5, "9AAA999 (CA)")
    characters = tag.detail["characters"]
    assert isinstance(characters, list)
    assert [sign for sign, _ in characters] == list("7ABC123")
    doubted = dict(characters)
    assert doubted["B"] < doubted["7"], "where the readings differ it is less sure"


@pytest.mark.parametrize(
    ("read", "sure", "meant"),
    [
        ("7A8C123", 0.5, "7ABC123"),
        ("7A8C123", 0.99, "7A8C123"),
        ("ABC12O4", 0.5, "ABC1204"),
        ("7ABC123", 0.3, "7ABC123"),
        ("GOFAST1", 0.9, "GOFAST1"),
        ("", 0.9, ""),
        ("AB", 0.2, "AB"),
    ],
)
def test_a_doubtful_character_gives_way_to_a_format(read: str, sure: float, meant: str) -> None:
    assert "".join(sign for sign, _ in settled([(sign, sure) for sign in read])) == meant


def test_a_shape_no_state_has_is_said_to_be_of_no_format() -> None:
    assert format_of("GOFAST1") == ""
    assert format_of("ABC1234").startswith("AAA9999 (GA, ")


@pytest.mark.parametrize("condition", ["plain", "perspective", "night"])
def test_a_rendered_plate_is_read(tmp_path: Path, condition: str) -> None:
    """The same seed gives the same picture; one of each kind is read exactly, with its characters and box."""
    one = drawn.plate(901, condition, text="4KDR782")
    assert np.array_equal(one.picture, drawn.plate(901, condition, text="4KDR782").picture)
    cv2.imwrite(str(tmp_path / "plate.png"), one.picture)
    [tag] = [tag for tag in look(tmp_path / "plate.png", shelf=PackShelf(tmp_path)).tags if tag.kind == "plate"]
    assert tag.label == one.text
    assert tag.confidence < 1
    assert tag.box is not None
    assert 0.3 < tag.box[0] < 0.6


def texture() -> np.ndarray:
    """A picture with enough in it to be followed."""
    rng = np.random.default_rng(4)
    fine, coarse = (
        cv2.resize(rng.uniform(0, 120, (high, wide, 3)), (320, 180), interpolation=cv2.INTER_CUBIC)
        for high, wide in ((45, 80), (9, 16))
    )
    return np.clip(fine + coarse, 0, 255).astype(np.uint8)


def carried(sway: float, hz: float) -> Iterator[np.ndarray]:
    """Eight seconds of it, up and down."""
    still = texture()
    for index in range(8 * RATE):
        up = round(sway * 160 * np.sin(2 * np.pi * hz * index / RATE))
        yield np.ascontiguousarray(still[45 + up : 135 + up, 80:240])


def watched(pictures: Iterator[np.ndarray]) -> set[tuple[str, str]]:
    """(kind, label) of what the cheap eyes tell of pictures taken ten times a second."""
    scenes, camera, count = Scenes(), CameraWatch(), 0
    for index, picture in enumerate(pictures):
        looked = Looked(picture)
        cut, _ = scenes.take(looked, index / RATE)
        camera.take(looked, index / RATE, cut=cut)
        count = index + 1
    camera.finish()
    tags = [*camera_tags(camera.windows, count / RATE), *scene_tags(scenes.samples, count / RATE)]
    return {(tag.kind, tag.label) for tag in tags}


@pytest.mark.parametrize(
    ("sway", "hz", "way"), [(0.0, 1.0, "standing"), (0.012, 1.8, "walking"), (0.03, 2.7, "running")]
)
def test_how_the_camera_is_carried(sway: float, hz: float, way: str) -> None:
    assert {label for kind, label in watched(carried(sway, hz)) if kind == "camera"} == {way}


def with_event(change: str) -> Iterator[np.ndarray]:
    """Eight seconds of a still picture, and from second 4 on something."""
    still = np.ascontiguousarray(texture()[45:135, 80:240])
    for index in range(8 * RATE):
        picture, at = still.copy(), index / RATE
        if change == "flash" and index == 45:
            picture = np.clip(picture.astype(int) + 90, 0, 255).astype(np.uint8)
        if change == "hand" and 4 <= at < 6.5:
            picture[:] = 15
        if change == "lights" and at >= 4:
            picture //= 3
            cv2.circle(picture, (60, 40), 6, (30, 20, 250) if int(at * 4) % 2 else (250, 50, 30), -1)
        if change == "jolt" and 45 <= index < 48:
            picture = np.roll(picture, (28, -20, 8)[index - 45], axis=0)
        yield picture


@pytest.mark.parametrize(
    ("change", "kind", "label"),
    [
        ("flash", "flash", "flash"),
        ("hand", "covered", "lens covered"),
        ("lights", "lights", "red and blue lights flashing"),
        ("jolt", "impact", "sudden jolt"),
    ],
)
def test_what_befalls_the_camera_is_told_and_nothing_else(change: str, kind: str, label: str) -> None:
    found = watched(with_event(change))
    assert (kind, label) in found
    assert not {one for one, _ in found} & ({"flash", "covered", "lights", "impact"} - {kind})
    assert not {one for one, _ in watched(with_event(""))} & {"flash", "covered", "lights", "impact"}


def test_a_flash_is_no_cut() -> None:
    assert [one for one in watched(with_event("flash")) if one[0] == "shot"] == [("shot", "Shot 1")]


def test_only_what_was_measured_is_shown() -> None:
    for name, _, _ in PACKS:
        shown = [one for one in classes_of(name) if one.shown]
        assert shown
        for one in shown:
            assert one.precision is not None or "not measured here" in one.note
            if one.precision is None:
                assert one.number in {same.number for same in classes_of("yolox-nano") if same.shown}
        assert {one.label for one in shown} == {"person", "car", "vehicle"}
