"""Tags decided by people: one, many, added, undone, by two at once; what a second look carries over; how right machines were."""

import pytest
import sqlalchemy as sa

from app.analysis import queries, results
from app.analysis.models import Decision, Step, StepState, Tag
from app.analysis.tags import deciding as tags_deciding
from app.analysis.tags import plot as tags_plot
from app.analysis.tags import queries as tags_queries
from app.analysis.tags.deciding import Added
from app.analysis.tags.forms import place
from app.analysis.tags.kinds import KINDS, class_in_words, kind_of
from app.analysis.tags.queries import wilson
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.ledger import Event
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence.models import EvidenceState
from tests.app.desk import scene
from tests.people import actor_for, csrf_token


@pytest.fixture
def officer(people):
    return people.one()


@pytest.fixture
def actor(officer):
    return actor_for(officer)


@pytest.fixture
def recording(officer):
    return scene.item(scene.stop(officer), officer)


def decide(tag, recording, actor, decision=Decision.CONFIRMED, **more):
    with transaction():
        return tags_deciding.decide_tag(tag, evidence=recording, decision=decision, actor=actor, **more)


def seen_again(recording, *seen: tuple[str, str, float, float]) -> list[Tag]:
    """A newer reading that saw these; the one before is superseded."""
    with transaction() as db:
        old = db.scalars(sa.select(Step).where(Step.name == "tag_video").order_by(Step.generation.desc())).first()
        if old is not None:
            old.state = StepState.SUPERSEDED
    step = scene.step(recording, "tag_video", generation=old.generation + 1 if old else 1)
    rows = [
        {"kind": kind, "label": label, "start": start, "end": end, "best_at": start, "count": 3, "confidence": 0.7, "box": None,
         "method": "yolox-nano", "detail": {"boxes": [[start, 0.1, 0.1, 0.2, 0.2, 0.7]]}}
        for kind, label, start, end in seen
    ]  # fmt: skip
    with transaction():
        results.keep_tags(step, rows)
    session().expire_all()
    return list(session().scalars(sa.select(Tag).where(Tag.step_id == step.id).order_by(Tag.start_s)))


def test_what_is_rejected_leaves_lanes_and_drafts_and_stays_to_be_seen_with_who_and_when(
    recording, actor, officer
) -> None:
    step = scene.step(recording, "tag_video")
    car, truck = scene.seen(step, label="Car"), scene.seen(step, label="Truck")
    decide(car, recording, actor, Decision.REJECTED)
    assert [one.label for one in queries.tags_of(recording.id)] == ["Truck"]
    kept, [row] = tags_queries.seen(recording.id)
    assert [one.label for one in kept] == ["Truck"]
    assert (row.tag.id, row.decider, row.tag.decided_at is not None) == (car.id, officer.label, True)
    assert (row.tag.kind, row.tag.label, row.tag.confidence) == ("vehicle", "Car", 0.7)
    decide(car, recording, actor, Decision.PROPOSED)
    assert [one.label for one in queries.tags_of(recording.id)] == ["Car", "Truck"]
    assert (car.decided_by, car.decided_at, truck.decision) == (None, None, Decision.PROPOSED)


def test_every_decision_is_an_event_without_words_and_asks_for_moments(recording, actor) -> None:
    tag = scene.seen(scene.step(recording, "tag_video"), kind="text", label="MARIA LOPEZ")
    decide(tag, recording, actor)
    with transaction():
        tags_deciding.undo(recording, actor=actor)
    events = session().scalars(sa.select(Event).where(Event.act.like("analysis:tag:%")).order_by(Event.seq)).all()
    assert [one.act for one in events] == ["analysis:tag:confirm", "analysis:tag:undo"]
    assert "LOPEZ" not in str([one.details for one in events])
    assert session().scalars(sa.select(Job.arguments).where(Job.task == "gather_moments")).all() == [
        {"evidence_id": str(recording.id)}
    ]


def test_what_somebody_decided_meanwhile_is_told_and_not_overwritten(recording, actor, people) -> None:
    tag = scene.seen(scene.step(recording, "tag_video"))
    decide(tag, recording, actor, edition=1)
    with pytest.raises(Conflict) as refused:
        decide(tag, recording, actor_for(people.one()), Decision.REJECTED, edition=1)
    assert "confirmed this while you looked" in refused.value.message
    with pytest.raises(Conflict):
        decide(tag, recording, actor)
    with pytest.raises(PermissionError):
        decide(tag, recording, machine("tag_video"), Decision.REJECTED)
    with pytest.raises(Conflict):
        decide(tag, scene.item(scene.stop(people.one()), people.one()), actor, Decision.REJECTED)
    session().refresh(tag)
    assert tag.decision is Decision.CONFIRMED


def test_many_are_decided_and_undone_together_or_none(recording, actor, people) -> None:
    step = scene.step(recording, "tag_video")
    many = [scene.seen(step, label=f"Car {n}", start=n * 5.0) for n in range(4)]
    seen = {one.id: 1 for one in many}

    def all_of(decision: Decision, editions) -> int:
        with transaction():
            return tags_deciding.decide_many(
                many, evidence=recording, decision=decision, editions=editions, actor=actor
            )

    decide(many[0], recording, actor, Decision.REJECTED)
    with pytest.raises(Conflict):
        all_of(Decision.CONFIRMED, seen)
    session().expire_all()
    assert [one.decision.value for one in many] == ["rejected", "proposed", "proposed", "proposed"]
    assert all_of(Decision.REJECTED, {}) == 3
    assert queries.tags_of(recording.id) == []
    with transaction():
        assert tags_deciding.undo(recording, actor=actor) == 3
    session().expire_all()
    assert [one.decision.value for one in many] == ["rejected", "proposed", "proposed", "proposed"]
    with transaction():
        assert tags_deciding.undo(recording, actor=actor) == 1
    with pytest.raises(Conflict), transaction():
        tags_deciding.undo(recording, actor=actor)
    decide(many[1], recording, actor)
    decide(many[1], recording, actor_for(people.one()), Decision.REJECTED)
    with pytest.raises(Conflict), transaction():
        tags_deciding.undo(recording, actor=actor)
    with pytest.raises(Invalid), transaction():
        tags_deciding.decide_many([], evidence=recording, decision=Decision.CONFIRMED, editions={}, actor=actor)


def test_a_person_adds_what_was_missed_with_span_and_place(recording, actor, officer) -> None:
    with transaction():
        made = tags_deciding.add_tag(
            recording, added=Added("object", "  hand\x00gun  ", 3.0, 4.5, (0.4, 0.3, 0.2, 0.25)), actor=actor
        )
    assert (made.label, made.step_id, made.decision, made.decided_by) == (
        "handgun",
        None,
        Decision.CONFIRMED,
        officer.id,
    )
    assert (made.start_s, made.end_s, made.box) == (3.0, 4.5, [0.4, 0.3, 0.2, 0.25])
    assert [one.id for one in queries.tags_of(recording.id)] == [made.id]
    with pytest.raises(Conflict):
        decide(made, recording, actor, Decision.PROPOSED)
    decide(made, recording, actor, Decision.REJECTED)
    assert queries.tags_of(recording.id) == []


@pytest.mark.parametrize(
    ("added", "field"),
    [
        (Added("king", "x", 0, 1), "kind"),
        (Added("object", " ", 0, 1), "label"),
        (Added("object", "x" * 201, 0, 1), "label"),
        (Added("object", "x", 5, 1), "end"),
        (Added("object", "x", -1, 1), "end"),
        (Added("object", "x", 0, 900), "end"),
        (Added("object", "x", 0, 1, (0.9, 0, 0.2, 0.1)), "box"),
        (Added("object", "x", 0, 1, (0, 0, 0, 0.1)), "box"),
    ],
)
def test_what_cannot_be_added_names_the_field(recording, actor, added: Added, field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        tags_deciding.add_tag(recording, added=added, actor=actor)
    assert refused.value.field == field


def test_places_are_typed_in_per_cent_and_unsealed_items_take_no_tags(officer, actor) -> None:
    assert place("40, 30,20 25%") == (0.4, 0.3, 0.2, 0.25)
    assert place(" ") is None
    for text in ("middle", "1,2,3", "1,2,3,4,5"):
        with pytest.raises(Invalid) as refused:
            place(text)
        assert refused.value.field == "box"
    waiting = scene.item(scene.stop(officer), officer, state=EvidenceState.RECEIVED)
    with pytest.raises(Conflict), transaction():
        tags_deciding.add_tag(waiting, added=Added("object", "x", 0, 1), actor=actor)


def test_decisions_go_over_to_a_second_look_at_the_same_thing(recording, actor) -> None:
    near, long, far, free = seen_again(
        recording,
        ("vehicle", "car", 10, 12),
        ("camera", "running", 30, 60),
        ("vehicle", "car", 65, 66),
        ("text", "STOP", 70, 71),
    )
    for tag, decision in ((near, "confirmed"), (long, "rejected"), (far, "rejected"), (free, "confirmed")):
        decide(tag, recording, actor, Decision(decision))
    with transaction():
        added = tags_deciding.add_tag(recording, added=Added("object", "bag", 1, 2), actor=actor)
    fresh = seen_again(
        recording,
        ("vehicle", "Car", 11.5, 14),
        ("camera", "running", 36, 58),
        ("vehicle", "car", 40, 45),
        ("text", "SHOP", 70, 71),
    )
    assert [one.decision.value for one in fresh] == ["confirmed", "rejected", "proposed", "proposed"]
    assert fresh[0].decided_by == actor.id
    assert session().get_one(Tag, near.id).carried_to == fresh[0].id
    with pytest.raises(Conflict):
        decide(session().get_one(Tag, near.id), recording, actor, Decision.REJECTED)
    standing = {(one.label, one.start_s) for one in queries.tags_of(recording.id)}
    assert standing == {("bag", 1.0), ("Car", 11.5), ("car", 40.0), ("STOP", 70.0), ("SHOP", 70.0)}
    rows = {row.tag.id: row for row in tags_queries.review(recording.id).rows}
    assert rows[far.id].earlier
    assert rows[free.id].earlier
    assert not rows[added.id].earlier
    assert session().scalars(sa.select(Event.details).where(Event.act == "analysis:tags:carry")).one()["tags"] == 2


def test_how_right_machines_were_is_counted_by_class(recording, actor, people, sign_in) -> None:
    step = scene.step(recording, "tag_video")
    for n in range(8):
        tag = scene.seen(step, kind="vehicle", label="Car", start=n * 5.0)
        decide(tag, recording, actor, Decision.REJECTED if n == 0 else Decision.CONFIRMED)
    decide(scene.seen(step, kind="plate", label="7ABC123"), recording, actor)
    decide(scene.seen(step, kind="plate", label="8XYZ456"), recording, actor, Decision.REJECTED)
    scene.seen(step, kind="vehicle", label="Bus")
    with transaction():
        tags_deciding.add_tag(recording, added=Added("object", "Marias bag", 1, 2), actor=actor)
    car, plate, missed = tags_queries.precision()
    assert (car.kind, car.label, car.confirmed, car.rejected, car.value) == ("vehicle", "car", 7, 1, 0.875)
    assert (plate.kind, plate.label, plate.confirmed, plate.rejected) == ("plate", "", 1, 1)
    assert (missed.kind, missed.label, missed.added, missed.value) == ("object", "", 1, None)
    assert tags_plot.whiskers([car, plate]).rows[0].low < tags_plot.whiskers([car, plate]).rows[0].dot
    html = sign_in(people.one(Role.ADMINISTRATOR)).get("/analysis/precision").get_data(as_text=True)
    assert "7/8" in html
    assert "88 %" in html
    assert not any(word in html for word in ("7ABC123", "8XYZ456", "Marias"))
    assert sign_in(people.one()).get("/analysis/precision").status_code == 403


def test_the_interval_is_wilsons() -> None:
    """Against Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20."""
    for count, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert wilson(count, of) == pytest.approx((low, high), abs=0.0001)
    assert wilson(0, 0) == (0.0, 1.0)


def test_kinds_nobody_knows_are_shown_under_their_own_name(recording, actor, officer, sign_in) -> None:
    assert class_in_words("person", "Person") == "Person"
    assert kind_of("hover_board").title == "Hover board"
    assert {
        "camera",
        "impact",
        "covered",
        "lights",
        "flash",
        "gap",
        "person",
        "vehicle",
        "object",
        "text",
        "plate",
        "shot",
    } <= KINDS.keys()
    scene.seen(scene.step(recording, "tag_video"), kind="hover_board", label="up")
    assert "Hover board" in sign_in(officer).get(f"/evidence/{recording.id}/tags").get_data(as_text=True)


def test_the_pages_decide_add_undo_and_refuse(recording, officer, people, sign_in) -> None:
    step = scene.step(recording, "tag_video")
    car, bus = scene.seen(step, label="Car"), scene.seen(step, label="Bus", start=8)
    client, here = sign_in(officer), f"/evidence/{recording.id}/tags"
    token = {"csrf_token": csrf_token(client, "/account")}
    assert client.post(f"/tags/{car.id}/rejected", data=token | {"edition": 1}).status_code == 303
    assert client.post(f"/tags/{car.id}/confirmed", data=token | {"edition": 1}).status_code == 409
    assert "Rejected by" in client.get(f"{here}?state=rejected").get_data(as_text=True)
    desk = client.get(f"/incidents/{recording.incident_id}").get_data(as_text=True)
    assert "Rejected (1)" in desk
    assert 'data-label="Car"' not in desk
    chosen = token | {"decision": "confirmed", "chosen": [str(bus.id), "x"], f"edition-{bus.id}": 1}
    assert client.post(f"{here}/decide", data=chosen).status_code == 303
    assert client.post(f"{here}/decide", data=token | {"decision": "maybe", "chosen": str(bus.id)}).status_code == 422
    assert client.post(f"{here}/undo", data=token).status_code == 303
    wrong = {"kind": "object", "label": "bag", "start": "0:03", "end": "", "box": "90,0,20,10"}
    assert "not in the picture" in client.post(f"{here}/add", data=token | wrong).get_data(as_text=True)
    assert client.post(f"{here}/add", data=token | wrong | {"box": "10,10,20,10"}).status_code == 303
    tags = client.get(f"/api/v1/evidence/{recording.id}/tags").get_json()["tags"]
    assert {(one["label"], one["decision"], one["step_id"] is None) for one in tags} == {
        ("Bus", "proposed", False),
        ("bag", "confirmed", True),
    }
    stranger = sign_in(people.one())
    for path in (here, f"{here}/add"):
        assert stranger.get(path).status_code == 404
    token = {"csrf_token": csrf_token(stranger, "/account")}
    assert stranger.post(f"/tags/{car.id}/confirmed", data=token).status_code == 404
    with pytest.raises(NotFound):
        queries.visible_tag(actor_for(people.one(Role.ADMINISTRATOR)), car.id)
