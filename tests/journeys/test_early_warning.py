"""Alert, assignment, review, answer, contest and the answer to it: over HTTP, with the real worker computing."""

import sqlalchemy as sa

from app.core.db import session
from app.core.permissions import Role
from samples.browser import await_value
from tests.journeys.pattern import Asked
from tests.journeys.station import TestStation


def test_from_the_alert_to_the_answered_contest(station: TestStation, asked: Asked) -> None:
    first, second = (station.person(Role.INTERNAL_AFFAIRS, unit="Standards") for _ in range(2))
    reviewer, other, officer = (station.browser(one) for one in (first, second, asked.officer))
    page, own = f"/early-warning/alerts/{asked.alert}", f"/early-warning/officers/{asked.officer.id}"
    assert "eight of ten peers" in reviewer.get(page)
    reviewer.submit(page, action="/assign", assignee=str(first.id))
    reviewer.submit(page, action="/begin")
    with station.database():
        moment = confirmable(asked)
    token = next(one.fields["csrf_token"] for one in reviewer.forms(page) if "csrf_token" in one.fields)
    kept = {"csrf_token": token, "decision": "confirmed", "reason": "Heard it: addressed to the driver."}
    reviewer.http.post(f"{station.address}/early-warning/moments/{moment}", data=kept, timeout=60).raise_for_status()
    assert "Heard it: addressed to the driver." in reviewer.get(own)
    mine = officer.get("/early-warning/mine")
    assert "Heard it: addressed to the driver." in mine
    officer.submit("/early-warning/mine", action="/contest", statement="I was reading his own words back to him.")
    contest = next(one.action for one in other.forms(own) if "/contests/" in one.action)
    other.submit(own, action=contest, verdict="upheld", reason="The note in his hand is in the picture.")
    assert "The note in his hand" in officer.get("/early-warning/mine")
    steps = "SELECT count(*) FROM warning_alert_step WHERE alert_id = cast(:one AS uuid)"
    before = station.count(steps, one=asked.alert)
    reviewer.submit("/early-warning/", action="/recompute")
    await_value(lambda: station.count(steps, one=asked.alert) > before, bool, seconds=180)
    assert "Computed anew" in reviewer.get(page), "one moment fewer counts"
    assert "in review" in reviewer.get(page).lower(), "the machine closes nothing"


def confirmable(asked: Asked) -> str:
    """One counted moment of the officer: its words were never kept, so that the page offers no form for it."""
    query = "SELECT id FROM language_event WHERE officer_id = :one AND polarity = 'aggressive' ORDER BY said_at DESC LIMIT 1"
    return str(session().execute(sa.text(query), {"one": asked.officer.id}).scalar_one())
