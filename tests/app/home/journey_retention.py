"""The journey through the doors of retention: categories and their rules, holds, the release clock, the deletion queue."""

from datetime import timedelta

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.evidence.retention.models import Category, Hold, Proposal, ProposalState
from app.incidents import service as incidents
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident, sealed
from tests.app.home.trip import WORDS, Journey
from tests.people import actor_for

WHY = f"{WORDS['reason']} wants it so."
CODE = "journey"


def keep_and_let_go(trip: Journey, incident: Incident, item: Evidence) -> None:
    """A filed report cites `item`."""
    _rules(trip)
    path = f"/evidence/{item.id}"
    trip.go("holding.categorise", Role.OFFICER, f"{path}/categories", form={"categories": [CODE]})
    _holds(trip, incident, item)
    trip.go("holding.let_go", Role.RECORDS, f"{path}/let-go", form={"reason": WHY})
    _release(trip, incident)
    _back_from_the_queue(trip)
    trip.go("retention.index", Role.RECORDS, "/retention")


def _rules(trip: Journey) -> None:
    trip.go("retention.load", Role.ADMINISTRATOR, "/retention/presets/general", form={})
    rule = {"counts_from": "recorded", "source": WORDS["law"], "reason": WHY}
    own = {"name": WORDS["category"], "code": CODE, "days": "1000", **rule}
    trip.go("retention.add", Role.RECORDS, "/retention/categories/new", form=own)
    here = f"/retention/categories/{_category()}"
    trip.go("retention.show", Role.RECORDS, here)
    for days in ("2000", "400"):
        trip.go("retention.change", Role.RECORDS, f"{here}/rule", form={"days": days, **rule})
    trip.go("retention.approve", Role.ADMINISTRATOR, f"/retention/proposals/{_waiting()}/approve", form={})
    trip.go("retention.retire", Role.RECORDS, f"{here}/retire", form={"reason": WHY})
    trip.go("retention.reject", Role.RECORDS, f"/retention/proposals/{_waiting()}/reject", form={})


def _holds(trip: Journey, incident: Incident, item: Evidence) -> None:
    held = {"reason": "litigation", "reference": "CV-26-77"}
    trip.go("holding.hold_item", Role.RECORDS, f"/evidence/{item.id}/holds", form=held)
    trip.go("holding.hold_incident", Role.RECORDS, f"/incidents/{incident.id}/holds", form=held)
    for hold in session().scalars(sa.select(Hold.id)).all():
        trip.go("holding.release", Role.SUPERVISOR, f"/holds/{hold}/release", form={"reason": WHY})


def _release(trip: Journey, incident: Incident) -> None:
    clock, who = f"/incidents/{incident.id}/critical", Role.SUPERVISOR
    trip.go("holding.release_clock", who, clock, form={"known_at": "2026-01-06T10:00"})
    trip.go("holding.delay", who, f"{clock}/delay", form={"reason": f"{WORDS['release']} is to be heard."})
    ended = {"end-ending": "released", "end-reason": f"{WORDS['release']} was heard."}
    trip.go("holding.end", who, f"{clock}/end", form=ended)


def _back_from_the_queue(trip: Journey) -> None:
    """An old recording of a closed incident: with its category it is due at once, and is taken back."""
    officer = trip.officers[Role.OFFICER]
    old = an_incident(officer)
    item = sealed(trip.app, Phone(trip.app, officer).send(old, b"an old recording"))
    with transaction() as current:
        long_ago = now() - timedelta(days=500)
        moved = sa.update(Evidence).where(Evidence.id == item.id)
        current.execute(moved.values(recorded_at=long_ago, received_at=long_ago))
        incidents.close(current.get_one(Incident, old.id), actor=actor_for(officer))
    trip.go("holding.categorise", Role.RECORDS, f"/evidence/{item.id}/categories", form={"categories": [CODE]})
    trip.go("retention.restore", Role.RECORDS, f"/retention/queue/{item.id}/restore", form={"reason": WHY})


def _category() -> object:
    session().rollback()
    return session().scalars(sa.select(Category.id).where(Category.code == CODE)).one()


def _waiting() -> object:
    session().rollback()
    return session().scalars(sa.select(Proposal.id).where(Proposal.state == ProposalState.WAITING)).one()
