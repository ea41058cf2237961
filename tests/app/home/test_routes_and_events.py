"""Every door of the portal: what a success and what a refusal leave in the ledger, and what no event ever holds (C13-C15)."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.config import Settings
from app.core import db, ledger
from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import POLICY, Permission, Role
from tests.app.home.doors import HEADERS, LEFT, NOTHING_KEPT
from tests.app.home.journey import travel
from tests.app.home.trip import WORDS, Journey, latest, since
from tests.app.nibrs.valid import ORI
from tests.conftest import empty
from tests.people import People, csrf_token, signed_in


@pytest.fixture(scope="module")
def portal(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One portal for the whole journey: it is long."""
    empty(postgres)
    settings = Settings(
        home=tmp_path_factory.mktemp("journey"), secret_key="k" * 40, agency_ori=ORI, nibrs_since=date(2021, 1, 1)
    )
    app = create_app(settings, database_url=postgres)
    app.testing = False
    yield app
    db.disconnect()


@pytest.fixture(scope="module")
def trip(portal: Flask) -> Journey:
    return travel(portal)


def rules(app: Flask) -> list[Rule]:
    return [one for one in app.url_map.iter_rules() if one.endpoint != "static"]


def test_c13_every_door_is_in_the_table(portal: Flask) -> None:
    """A new route says here what it leaves, or why it leaves nothing."""
    doors = {one.endpoint for one in rules(portal)}
    assert doors - LEFT.keys() - NOTHING_KEPT.keys() == set()
    assert LEFT.keys() - doors == set()


def test_c13_every_success_leaves_its_event(trip: Journey) -> None:
    failed = {name: one.status for name, one in trip.answers.items() if one.status_code >= 400}
    assert set(failed) <= {
        "accounts.change_password",
        "accounts.unlock_screen",
        "accounts.reset",
        "accounts.sign_in",
    }, failed
    missing = {name: trip.left.get(name) for name, events in LEFT.items() if not events <= set(trip.left.get(name, ()))}
    assert missing == {}
    talkative = {name: trip.left[name] for name in NOTHING_KEPT if trip.left.get(name)}
    assert talkative == {}
    assert trip.left["uploads.delete"] == [("evidence:upload:terminate", "done")] * 2, "under another method's name too"


def _path(rule: Rule) -> str:
    path = re.sub(r"<uuid:[^>]+>", str(uuid.uuid4()), rule.rule)
    path = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", path)
    return re.sub(r"<[^>]+>", "1", path)


def _method(rule: Rule) -> str:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"} or {"HEAD"})[0]


def _kept(permission: Permission) -> str:
    return "access:account:use" if permission is Permission.SIGNED_IN else f"access:{permission.value}"


def test_c13_every_refusal_leaves_its_event(portal: Flask, trip: Journey) -> None:
    """By role (403) and by id (404), at every door that asks for a permission; who, from where, and what was asked for."""
    people, wrong = People(made=8000), []
    browsers = {role: signed_in(portal, people.one(role, unit="Elsewhere")) for role in Role}
    tokens = {role: csrf_token(browser, "/account") for role, browser in browsers.items()}
    for rule in rules(portal):
        permission = portal.view_functions[rule.endpoint].permission
        if permission is Permission.PUBLIC:
            continue
        without = [role for role in Role if permission is not Permission.SIGNED_IN and permission not in POLICY[role]]
        within = [role for role in Role if permission is Permission.SIGNED_IN or permission in POLICY[role]]
        tries = [(role, 403) for role in without[:1]] + [(role, 404) for role in within[:1] if "<uuid:" in rule.rule]
        for role, status in tries:
            before = latest()
            answer = browsers[role].open(
                _path(rule),
                method=_method(rule),
                data={"csrf_token": tokens[role]},
                headers=HEADERS.get(rule.endpoint, {}) | {"Tus-Resumable": "1.0.0", "X-CSRFToken": tokens[role]},
            )
            if answer.status_code != status or since(before) != [(_kept(permission), "refused")]:
                wrong.append((rule.endpoint, role.value, status, answer.status_code, since(before)))
    assert wrong == []


def test_c13_a_session_that_no_longer_opens_is_kept_and_a_strangers_first_look_is_not(
    portal: Flask, trip: Journey
) -> None:
    before = latest()
    assert portal.test_client().get("/incidents").status_code == 303
    assert since(before) == []
    assert portal.test_client().get("/api/v1/reports", headers={"Authorization": "Bearer gone"}).status_code == 401
    assert since(before) == [("access:report:read", "refused")]


def test_c13_an_attempt_on_the_ledger_itself_is_kept(portal: Flask, trip: Journey) -> None:
    browser = signed_in(portal, People(made=8500).one(unit="Attempt"))
    before = latest()
    for path in ("/ledger", "/ledger.csv", "/ledger/ai", "/ledger/digest"):
        assert browser.get(path).status_code == 403
    assert since(before) == [("access:ledger:read", "refused")] * 4


def test_c14_no_event_lacks_what_applies_to_it(trip: Journey) -> None:
    """What, when, where, source, outcome, identity, session, addresses, object, bytes: nothing is empty that exists."""
    lacking = []
    for event in session().scalars(sa.select(Event)):
        machine = event.actor_label.startswith("machine:")
        direct = not machine and not event.address  # a verb called by a test without a request around it
        needed = {
            name: getattr(event, name)
            for name in ("at", "act", "outcome", "actor_label", "subject_kind", "subject_id", "nth", "hash")
        }
        if not direct:
            needed |= {"address": event.address, "device": event.device}
        if (event.actor_id is not None and not direct) or machine:
            needed["session_id"] = event.session_id
        if not machine and not direct:
            needed["to"] = event.details.get("to")
        if not machine and not event.actor_label.startswith(("badge ", "nobody")):
            needed["actor_id"] = event.actor_id
        if event.act in (
            "evidence:item:download",
            "evidence:item:play",
            "evidence:item:export",
            "evidence:custody:download",
            "evidence:transcript:export",
            "evidence:receipt:download",
            "reports:bundle:download",
            "nibrs:file:download",
        ):
            needed["bytes_out"] = event.details.get("bytes_out")
        if event.act == "evidence:item:receive":
            needed["bytes_in"] = event.details.get("bytes_in")
        if event.act == "accounts:officer:sign-out":
            needed["lasted_s"] = event.details.get("lasted_s") is not None
        lacking += [(event.seq, event.act, name) for name, value in needed.items() if value in (None, "")]
    assert lacking == []


def test_c14_who_was_not_assigned_said_why(trip: Journey) -> None:
    """E4: the code and the case number are in the custody, with whether it was their own work."""
    taken = session().scalars(sa.select(Event).where(Event.act == "evidence:item:download").order_by(Event.seq)).all()
    assert [(one.details["assigned"], one.details.get("reason"), one.details.get("case")) for one in taken] == [
        (True, None, None),
        (False, "internal_review", "IA-7"),
    ]


def test_c15_nothing_that_was_told_is_in_any_event(trip: Journey) -> None:
    """Titles, places, names, notes, what was heard, sentences, reasons and file names: not a word of them."""
    text = sa.text("SELECT seq, act FROM ledger_event e WHERE strpos(lower(e::text), :word) > 0")
    told = {name: session().execute(text, {"word": word.lower()}).all() for name, word in WORDS.items()}
    assert {name: rows for name, rows in told.items() if rows} == {}


def test_c18_every_event_is_to_the_hundredth_and_the_chain_of_the_journey_holds(trip: Journey) -> None:
    assert all(event.at.microsecond % 10_000 == 0 for event in session().scalars(sa.select(Event)))
    assert list(ledger.faults()) == []
