"""Recordings drawn by chance: that a draw can be repeated and proved, what listeners enter, and what is learnt from it."""

import math
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import ledger
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.ledger import Event
from app.core.permissions import Role
from app.earlywarning import audits, drawing, keeping
from app.earlywarning.audits import Said
from app.earlywarning.drawing import Candidate
from app.earlywarning.drawn import AuditDraw, AuditItem, DrawKind, ListenState
from app.evidence.models import Evidence, EvidenceState
from tests.people import People, actor_for, csrf_token, signed_in


def test_every_hour_has_the_same_chance_whoever_spoke_it() -> None:
    population = [Candidate("long", 3000, 3000), *(Candidate(f"short{n}", 100, 100) for n in range(30))]
    first = Counter(drawing.drawn(f"seed {n}", population, 1)[0].id for n in range(2000))
    assert abs(first["long"] / 2000 - 0.5) < 4 * math.sqrt(0.25 / 2000)


def test_a_draw_depends_on_seed_and_population_and_on_nothing_else() -> None:
    population = [Candidate(f"r{n}", 60 + n, 60 + n) for n in range(50)]
    drawn = drawing.drawn("17:abc", population, 5)
    assert drawn == drawing.drawn("17:abc", population[::-1], 5)
    assert drawn != drawing.drawn("18:abc", population, 5)
    assert len({one.id for one in drawn}) == 5
    kept, sha256 = drawing.packed(population)
    assert drawing.packed(drawing.unpacked(kept))[1] == sha256
    assert drawing.drawn("17:abc", drawing.unpacked(kept), 5) == drawn
    assert [one.id for one in drawing.ranked(population, 2)] == ["r49", "r48"]


def test_a_draw_is_in_the_ledger_and_comes_out_the_same_again(people: People, spoke: Callable) -> None:
    officer, auditor = people.one(), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    for minutes in (10, 20, 30, 40):
        spoke(officer, minutes=minutes)
    head = "{}:{}".format(*ledger.head())
    with transaction():
        made = audits.draw(DrawKind.RANDOM, wanted=2, days=30, actor=auditor)
    made = audits.one_draw(made.id)
    [event] = session().scalars(sa.select(Event).where(Event.act == "earlywarning:audit:draw"))
    assert made.seed == event.details["seed"] == head, "nobody chose the seed"
    assert event.details["population_sha256"] == made.population_sha256
    assert event.details["drawn"] == [str(one.evidence_id) for one in made.items]
    assert (made.recordings, round(made.hours, 2), len(made.items)) == (4, 1.67, 2)
    assert audits.repeated(made)
    with transaction() as db:
        db.execute(sa.delete(AuditItem).where(AuditItem.place == 1))
    assert not audits.repeated(audits.one_draw(made.id)), "a recording that was taken out of the queue shows"
    with pytest.raises(sa.exc.DBAPIError), transaction() as db:
        db.execute(sa.update(AuditDraw).values(seed="1:mine"))


@pytest.mark.parametrize(("wanted", "days", "field"), [(0, 30, "wanted"), (201, 30, "wanted"), (5, 0, "days")])
def test_what_cannot_be_drawn_is_refused(people: People, wanted: int, days: int, field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        audits.draw(DrawKind.RANDOM, wanted=wanted, days=days, actor=actor_for(people.one(Role.INTERNAL_AFFAIRS)))
    assert refused.value.field == field


def test_nothing_to_draw_from_is_said(people: People) -> None:
    with pytest.raises(Conflict), transaction():
        audits.draw(DrawKind.RANDOM, wanted=5, days=30, actor=actor_for(people.one(Role.INTERNAL_AFFAIRS)))


def test_ranked_draws_take_what_waits_for_a_decision_and_say_nothing_of_precision(
    people: People, spoke: Callable
) -> None:
    officer, auditor = people.one(), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    spoke(officer, moments=[])
    busy = spoke(officer, moments=["you idiot", "you idiot again"])
    spoke(officer, moments=["you idiot"])
    with transaction():
        made = audits.draw(DrawKind.RANKED, wanted=1, days=30, actor=auditor)
    assert [one.evidence_id for one in made.items] == [busy.id]
    with transaction():
        audits.hear(made.items[0], said=[Said(5, "insult")], unhearable=False, note="", actor=auditor)
    assert audits.estimates().recordings == 0
    with transaction():
        again = audits.draw(DrawKind.RANKED, wanted=5, days=30, actor=auditor)
    assert busy.id not in {one.evidence_id for one in again.items}


def test_w4_precision_and_recall_come_from_what_listeners_heard(people: People, spoke: Callable) -> None:
    """Of three counted moments two were said; of three that were said two were found; one doubtful one counts for nothing."""
    officer, auditor = people.one(), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    spoke(officer, moments=["you idiot", "you fool", "never said", ("doubted", {"confidence": 0.3})])
    with transaction():
        [item] = audits.draw(DrawKind.RANDOM, wanted=5, days=30, actor=auditor).items
    heard = [Said(4.0, "insult"), Said(12.5, "threat"), Said(40.0, "dismissal")]
    with transaction():
        audits.hear(item, said=heard, unhearable=False, note="Clear sound.", actor=auditor)
    found = audits.estimates()
    assert (found.precision.right, found.precision.of, found.recall.right, found.recall.of) == (2, 3, 2, 3)
    assert found.precision.share.low < 2 / 3 < found.precision.share.high
    assert [(one.name, one.right, one.of) for one in found.rules] == [("insult-called", 2, 3)]
    assert {one.name: (one.right, one.of) for one in found.categories} == {
        "insult": (1, 1),
        "threat": (1, 1),
        "dismissal": (0, 1),
    }
    with pytest.raises(Conflict), transaction():
        audits.hear(item, said=[], unhearable=False, note="", actor=auditor)


def test_what_cannot_be_understood_says_nothing(people: People, spoke: Callable) -> None:
    officer, auditor = people.one(), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    spoke(officer, moments=["you idiot"])
    with transaction():
        [item] = audits.draw(DrawKind.RANDOM, wanted=1, days=30, actor=auditor).items
    for said, unhearable in (
        ([Said(1, "insult")], True),
        ([Said(1, "swearing")], False),
        ([Said(-1, "insult")], False),
    ):
        with pytest.raises(Invalid) as refused, transaction():
            audits.hear(item, said=said, unhearable=unhearable, note="", actor=auditor)
        assert refused.value.field == "moments"
    with transaction():
        item = audits.hear(item, said=[], unhearable=True, note="", actor=auditor)
    assert item.state is ListenState.UNHEARABLE
    assert audits.estimates().recordings == 0


def test_w5_supervisors_hear_their_own_unit_and_nobody_hears_themselves(people: People, spoke: Callable) -> None:
    officer, auditor = people.one(unit="North"), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    here, elsewhere = (actor_for(people.one(Role.SUPERVISOR, unit=unit)) for unit in ("North", "South"))
    spoke(officer)
    with transaction():
        [item] = audits.draw(DrawKind.RANDOM, wanted=1, days=30, actor=auditor).items
    assert [one.id for one in audits.to_hear(here)] == [item.id]
    assert audits.to_hear(elsewhere) == []
    with pytest.raises(NotFound):
        audits.item_for(elsewhere, item.id)
    with pytest.raises(Forbidden), transaction():
        audits.hear(item, said=[], unhearable=False, note="", actor=actor_for(officer))


def test_a_listener_sees_nothing_of_the_machine_before_and_the_page_compares_after(
    app: Flask, people: People, spoke: Callable
) -> None:
    spoke(people.one(), moments=["you idiot"])
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    token = csrf_token(browser, "/early-warning/audit")
    form = {"csrf_token": token, "kind": "random", "wanted": "3", "days": "7"}
    assert browser.post("/early-warning/audit", data={**form, "wanted": "900"}).status_code == 422
    answer = browser.post("/early-warning/audit", data=form)
    assert answer.status_code == 303
    assert "the same recordings in the same order" in browser.get(answer.location).get_data(as_text=True)
    assert b" 1800.000 1800.000\n" in browser.get(f"{answer.location}/population.txt").data
    [item] = session().scalars(sa.select(AuditItem.id))
    here = f"/early-warning/listen/{item}"
    assert str(item) in browser.get("/early-warning/listen").get_data(as_text=True)
    before = browser.get(here).get_data(as_text=True)
    assert "insult-called" not in before
    assert "you idiot" not in before
    said = {"csrf_token": token, "verdict": "heard", "moments-0-at": "0:05", "moments-0-category": "insult"}
    half = browser.post(here, data={**said, "moments-1-at": "0:09", "moments-1-category": ""})
    assert half.status_code == 422
    assert "Line 2 needs a time" in half.get_data(as_text=True)
    assert browser.post(here, data=said).status_code == 303
    after = browser.get(here).get_data(as_text=True)
    assert "counted it" in after
    assert "insult-called" in after
    assert "1 of 1" in browser.get("/early-warning/audit").get_data(as_text=True)


def test_a_purged_recording_leaves_the_queue_and_the_listeners_note_goes(people: People, spoke: Callable) -> None:
    recording, auditor = spoke(people.one()), actor_for(people.one(Role.INTERNAL_AFFAIRS))
    spoke(people.one())
    with transaction():
        made = audits.draw(DrawKind.RANDOM, wanted=2, days=30, actor=auditor)
    [item] = [one for one in made.items if one.evidence_id == recording.id]
    with transaction():
        audits.hear(item, said=[Said(3, "insult")], unhearable=False, note="He called her that.", actor=auditor)
        keeping.removes(recording.id)
    item = audits.item_for(auditor, item.id)
    assert (item.note, [(one.at_s, one.category) for one in item.moments]) == ("", [(3.0, "insult")])
    with transaction() as db:
        db.execute(sa.update(Evidence).values(state=EvidenceState.PURGED))
    assert audits.to_hear(auditor) == []
