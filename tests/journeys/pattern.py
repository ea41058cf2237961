"""A station whose officers have a year behind them, one of whom the patterns ask about."""

from dataclasses import dataclass

from app.accounts.models import Officer
from app.core.permissions import Role
from samples.browser import await_value
from tests.agency import enrolled, spoke
from tests.journeys.station import TestStation


@dataclass(frozen=True, slots=True)
class Asked:
    """The officer, their alert, and when it was there."""

    officer: Officer
    alert: str


def asked_about(station: TestStation) -> Asked:
    """Forty officers, a year of recordings, and the comparison by the station's own worker, asked for at the page."""
    officer = station.person(name="Ida Marsh")
    with station.database():
        officers = [officer, *enrolled(officer, 39)]
        spoke(officers, each=60, times={officer.id: 4.0})
    browser = station.browser(station.person(Role.INTERNAL_AFFAIRS, unit="Standards"))
    browser.submit("/early-warning/", action="/recompute")
    query = "SELECT count(*) FROM warning_alert WHERE officer_id = :one"
    await_value(lambda: station.count(query, one=officer.id), bool, seconds=180)
    page = browser.get("/early-warning/")
    alert = page.split(officer.name)[0].rsplit("/early-warning/alerts/", 1)[1].split('"')[0]
    return Asked(officer, alert)
