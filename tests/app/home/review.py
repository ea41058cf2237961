"""The part of the journey that goes through early warning: an alert, its answer, a contest, levels, a supervisor's page."""

import uuid
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.accounts.models import Officer
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.earlywarning.levels import Wanted
from app.earlywarning.models import Alert, Contest, Levels
from tests.people import signed_in

if TYPE_CHECKING:
    from tests.app.home.journey import Journey

FIGURES = {"events": 1, "hours": 0.02, "above": True}


def review(trip: "Journey", officer: Officer, moment: uuid.UUID) -> None:
    """The confirmed `moment` of `officer` becomes a question, and everybody does their part."""
    from tests.app.home.journey import WORDS

    auditor, reason = Role.INTERNAL_AFFAIRS, WORDS["reason"] + " and more"
    me = trip.officers[auditor]
    trip.go("earlywarning.recompute", auditor, "/early-warning/recompute", form={})
    trip.go("earlywarning.standings_csv", auditor, "/early-warning/standings.csv")
    trip.go("earlywarning.months_csv", auditor, f"/early-warning/officers/{officer.id}/months.csv")
    alert = asked(officer)
    here = f"/early-warning/alerts/{alert.id}"
    trip.go("review.alert", auditor, here)
    trip.go("review.assign", auditor, f"{here}/assign", form={"assignee": str(me.id)})
    trip.go("review.begin", auditor, f"{here}/begin", form={})
    trip.go("review.answer", auditor, f"{here}/answer", form={"outcome": "training", "reason": reason})
    trip.go("review.unit", Role.SUPERVISOR, "/early-warning/unit")
    trip.go("review.subordinate", Role.SUPERVISOR, f"/early-warning/unit/{officer.id}")
    trip.go(
        "earlywarning.contest",
        Role.OFFICER,
        f"/early-warning/mine/moments/{moment}/contest",
        form={"statement": reason},
    )
    contest = session().scalars(sa.select(Contest.id)).one()
    trip.browsers.pop(auditor)
    trip.officers[auditor] = trip.people.one(auditor)
    form = {"verdict": "refused", "reason": reason}
    trip.go("review.answer_contest", auditor, f"/early-warning/contests/{contest}/answer", form=form)
    trip.go("review.show_levels", auditor, "/early-warning/levels")
    wanted = {name: str(value) for name, value in Wanted(percentile=0.95).told().items() if name != "number"}
    trip.go("review.show_levels", auditor, "/early-warning/levels", form={**wanted, "reason": reason})
    made = session().scalars(sa.select(Levels.id)).one()
    trip.go("review.decide_levels", auditor, f"/early-warning/levels/{made}/reject", form={})
    trip.officers[auditor], trip.browsers[auditor] = me, signed_in(trip.app, me)


def asked(officer: Officer) -> Alert:
    """An alert about an officer, as a run raises it."""
    moment = now()
    alert = Alert(
        id=uuid.uuid4(),
        officer_id=officer.id,
        levels=Wanted().told(),
        engine={"name": "blotter-patterns", "model": "Gamma-Poisson", "version": "1.0"},
        figures=FIGURES,
        latest=FIGURES,
        raised_at=moment,
        latest_at=moment,
        touched_at=moment,
    )
    with transaction() as db:
        db.add(alert)
    return alert
