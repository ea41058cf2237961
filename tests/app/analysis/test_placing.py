"""Where tags were seen, for the player: those between two seconds, a few at a time, only for who sees the recording."""

import uuid

import pytest
from flask import Flask

from app.accounts.models import Officer
from app.analysis.models import Tag
from app.analysis.tags.placing import LONGEST_S, boxes_between
from app.core.db import session, transaction
from app.evidence.models import Evidence
from tests.app.desk import scene
from tests.people import People, signed_in


@pytest.fixture
def item(people: People) -> Evidence:
    officer = people.one()
    made = scene.item(scene.stop(officer), officer)
    step = scene.step(made, "tag_video")
    follows = [[at, at / 100, 0.2, 0.1, 0.1, 0.9] for at in (10.0, 10.5, 300.0, 12.0)]
    rows = (
        ("Car", 10, 300, 10, [0.1, 0.2, 0.1, 0.1], {"boxes": follows}),
        ("Person", 11, 14, 12, [0.5, 0.5, 0.1, 0.4], {}),
        ("Night", 0, 75, 0, None, {}),
    )
    with transaction() as db:
        for label, start, end, best, box, detail in rows:
            db.add(Tag(id=uuid.uuid4(), evidence_id=made.id, step_id=step.id, kind="vehicle", label=label, start_s=start, end_s=end,
                       best_s=best, count=1, confidence=0.7, box=box, method="test", detail=detail))  # fmt: skip
    return made


def test_the_places_between_two_seconds_in_order_and_those_without_a_place_left_out(item: Evidence) -> None:
    found = {one["label"]: [place[0] for place in one["boxes"]] for one in boxes_between(item.id, 0, 30)}
    assert found == {"Car": [10.0, 10.5, 12.0], "Person": [12.0, 12.5]}
    assert boxes_between(item.id, 30, 60) == []
    person = next(one for one in boxes_between(item.id, 0, 30) if one["label"] == "Person")
    assert person["boxes"][0] == [12.0, 0.5, 0.5, 0.1, 0.4, 0.7]


def test_no_more_than_two_minutes_at_once(item: Evidence) -> None:
    assert LONGEST_S < 290
    assert [place[0] for one in boxes_between(item.id, 0, 1e9) for place in one["boxes"] if one["label"] == "Car"] == [
        10.0,
        10.5,
        12.0,
    ]


def test_who_does_not_see_the_recording_sees_no_box(app: Flask, people: People, item: Evidence) -> None:
    stranger = signed_in(app, people.one(unit="South"))
    assert stranger.get(f"/evidence/{item.id}/boxes.json?start=0&end=9").status_code == 404
    owner = session().get_one(Officer, item.officer_id)
    answer = signed_in(app, owner).get(f"/evidence/{item.id}/boxes.json?start=soon&end=30")
    assert answer.status_code == 200
    assert {one["label"] for one in answer.get_json()["tags"]} == {"Car", "Person"}
