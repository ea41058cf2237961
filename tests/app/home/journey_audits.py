"""The part of the journey that draws recordings, listens to them, and takes in counts that the agency has already."""

import io
from typing import TYPE_CHECKING

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import session
from app.core.permissions import Role
from app.earlywarning.drawn import AuditDraw, AuditItem
from tests.app.home.trip import WORDS
from tests.people import csrf_token

if TYPE_CHECKING:
    from tests.app.home.trip import Journey


def audited(trip: "Journey", badge: str) -> None:
    """Internal affairs draw; a supervisor hears one recording; a file of complaints about `badge` is taken in, one given up."""
    auditor = Role.INTERNAL_AFFAIRS
    trip.go("audits.index", auditor, "/early-warning/audit")
    trip.go("audits.draw", auditor, "/early-warning/audit", form={"kind": "random", "wanted": "1", "days": "400"})
    [draw] = session().scalars(sa.select(AuditDraw.id))
    [item] = session().scalars(sa.select(AuditItem.id))
    trip.go("audits.show", auditor, f"/early-warning/audit/draws/{draw}")
    trip.go("audits.population", auditor, f"/early-warning/audit/draws/{draw}/population.txt")
    trip.go("audits.waiting", Role.SUPERVISOR, "/early-warning/listen")
    trip.go("audits.item", Role.SUPERVISOR, f"/early-warning/listen/{item}")
    said = {"verdict": "heard", "moments-0-at": "0:01", "moments-0-category": "insult", "note": WORDS["note"]}
    trip.go("audits.hear", Role.SUPERVISOR, f"/early-warning/listen/{item}", form=said)
    _counts(trip, badge)


def _counts(trip: "Journey", badge: str) -> None:
    auditor, here = Role.INTERNAL_AFFAIRS, "/early-warning/counts/"
    client = trip.as_(auditor)
    content = f"badge,date,{WORDS['note']}\n{badge},{now().date()},{WORDS['name']}\n"

    def send(text: str) -> str:
        form = {
            "csrf_token": csrf_token(client, "/account"),
            "file": (io.BytesIO(text.encode()), f"{WORDS['file']}.csv"),
        }
        answer = trip.note(
            "indicators.upload", lambda: client.post(here, data=form, content_type="multipart/form-data")
        )
        return str(answer.location)

    trip.go("indicators.index", auditor, here)
    file = send(content)
    columns = {"indicator": "Complaints", "badge": "badge", "day": "date", "least": "3"}
    trip.go("indicators.columns", auditor, f"{file}/columns", form=columns)
    trip.go("indicators.show", auditor, file)
    trip.go("indicators.refused", auditor, f"{file}/refused.csv")
    trip.go("indicators.take", auditor, f"{file}/take", form={"expected": "1"})
    trip.go("indicators.give_up", auditor, f"{send(content + ' ')}/give-up", form={})
