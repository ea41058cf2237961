"""The administrator's pages: enrol, unlock, reset, close; and that nobody else gets there."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, service
from app.accounts.models import Officer
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.ledger import Event
from app.core.permissions import Role
from tests.app.accounts.conftest import send
from tests.people import PASSWORD, People, actor_for, signed_in

NEW = {"name": "Ruth Vane", "rank": "Officer", "role": "officer", "password": "for the first day"}


def acts_on(officer: Officer) -> set[str]:
    """What the ledger says was done to an account."""
    return set(session().scalars(sa.select(Event.act).where(Event.subject_id == str(officer.id))))


def test_an_administrator_enrols_somebody_with_a_temporary_password(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    unit = str(people.unit().id)
    answer = send(browser, "/accounts/new", page="/accounts/new", badge="77", unit=unit, **NEW)
    assert answer.status_code == 303
    officer = queries.by_badge("77")
    assert officer is not None
    assert officer.must_change_password
    assert "accounts:officer:enrol" in acts_on(officer)
    assert "Ruth Vane" in browser.get("/accounts").get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("badge", "", "badge"),
        ("badge", "12 34", "letters and digits"),
        ("name", "", "name"),
        ("password", "short", "fewer than"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    app: Flask, people: People, field: str, value: str, words: str
) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    given = {**NEW, "badge": "78", "unit": str(people.unit().id), field: value}
    answer = send(browser, "/accounts/new", page="/accounts/new", **given)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in html.lower()
    if field != "name":
        assert "Ruth Vane" in html


def test_badges_are_never_used_twice(people: People) -> None:
    officer = people.one()
    with transaction():
        service.close(officer, actor=machine("test"))
    with pytest.raises(Conflict, match="given out before") as refused, transaction():
        service.enrol(
            officer.badge,
            name="New",
            rank="",
            role=Role.OFFICER,
            unit=people.unit(),
            password=PASSWORD,
            actor=machine("t"),
        )
    assert refused.value.field == "badge"


def test_reset_and_close_from_the_page(app: Flask, people: People) -> None:
    browser, officer = signed_in(app, people.one(Role.ADMINISTRATOR)), people.one()
    theirs = signed_in(app, officer)
    page = f"/accounts/{officer.id}"
    assert send(browser, f"{page}/reset", page=page, password="short").status_code == 422
    assert send(browser, f"{page}/reset", page=page, password="for one more day").status_code == 303
    assert theirs.get("/").location.startswith("/sign-in")
    assert send(browser, f"{page}/close", page=page).status_code == 303
    assert {"accounts:password:reset", "accounts:officer:close"} <= acts_on(officer)


def test_nobody_closes_their_own_account(people: People) -> None:
    admin = people.one(Role.ADMINISTRATOR)
    with pytest.raises(Forbidden), transaction():
        service.close(admin, actor=actor_for(admin))


def test_units_have_names_of_their_own(people: People) -> None:
    people.unit("Traffic")
    with pytest.raises(Conflict), transaction():
        service.add_unit(" Traffic ", actor=machine("test"))
    with pytest.raises(Invalid), transaction():
        service.add_unit("  ", actor=machine("test"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_c12_nobody_else_manages_accounts(app: Flask, people: People, role: Role) -> None:
    browser, officer = signed_in(app, people.one(role)), people.one()
    for path in ("/accounts", "/accounts/new", f"/accounts/{officer.id}"):
        assert browser.get(path).status_code == 403, path
    assert send(browser, f"/accounts/{officer.id}/close", page="/account").status_code == 403
    assert officer.closed_at is None


def test_c12_an_administrator_reads_no_evidence_and_no_report(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    for path in ("/incidents", "/reports", "/early-warning/", "/phone"):
        assert browser.get(path).status_code == 403, path


def test_an_officer_moves_to_another_unit(app: Flask, people: People) -> None:
    officer, south = people.one(), people.unit("South Patrol")
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    page, here = f"/accounts/{officer.id}", f"/accounts/{officer.id}/transfer"
    again = send(browser, here, page=page, unit=str(officer.unit_id))
    assert again.status_code == 422
    assert "in this unit already" in again.get_data(as_text=True)
    assert send(browser, here, page=page, unit="nowhere").status_code == 422
    assert send(browser, here, page=page, unit=str(south.id), since="2999-01-01T08:00").status_code == 422
    assert send(browser, here, page=page, unit=str(south.id)).status_code == 303
    session().expire_all()
    assert queries.officer(officer.id).unit_id == south.id
    assert "accounts:officer:transfer" in acts_on(officer)
