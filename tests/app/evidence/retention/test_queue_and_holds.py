"""The seven days: who enters the queue, who leaves it, and what a hold does at any moment of them (R3)."""

import pytest
import sqlalchemy as sa

from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.ledger import Event
from app.evidence import service
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import categories, critical, holds, queue
from app.evidence.retention.models import Extension, HoldReason
from app.evidence.retention.standing import standing
from app.incidents import service as incidents
from app.incidents.models import Incident
from tests.app.evidence.retention.conftest import DAY, Shelf
from tests.app.evidence.sending import INTAKE, an_incident
from tests.people import actor_for

WHY = "Asked for by the county attorney."


def place(shelf: Shelf, item: Evidence, *, whole: bool = False):
    with transaction():
        return holds.place(
            item.incident, None if whole else item, reason=HoldReason.LITIGATION, reference="CV-26-77",
            actor=actor_for(shelf.records),
        )  # fmt: skip


def test_what_is_past_its_date_enters_the_queue_and_the_event_names_rule_and_version(shelf: Shelf) -> None:
    old, young, plain = shelf.recording("short"), shelf.recording("short", days_old=10), shelf.recording()
    shelf.sweep()
    entry = shelf.queued(old)
    assert entry is not None
    assert 6.9 * DAY < entry.purge_at - now() <= 7 * DAY
    assert shelf.queued(young) is None
    assert shelf.queued(plain) is None, "without a category nothing is ever deleted"
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:queue")).one()
    assert (event.subject_id, event.details["rule"], event.details["rule_number"]) == (str(old.id), "short", 1)
    shelf.sweep()
    assert session().scalar(sa.select(sa.func.count()).where(Event.act == "evidence:item:queue")) == 1


@pytest.mark.parametrize("codes", [("short", "long"), ("short", "ever")])
def test_the_longest_of_its_categories_wins(shelf: Shelf, codes: tuple[str, ...]) -> None:
    item = shelf.recording(*codes)
    shelf.sweep()
    assert shelf.queued(item) is None


def test_an_open_incident_and_a_quarantined_item_keep_it(shelf: Shelf) -> None:
    open_one = shelf.recording("short", closed=False)
    bad = shelf.phone.send(an_incident(shelf.phone.officer), b"bad")
    with transaction():
        item = session().get_one(Evidence, bad.id)
        service.quarantine(item, reason="empty", actor=INTAKE)
        item.received_at = now() - 100 * DAY
        categories.choose(item, ["short"], actor=actor_for(shelf.records))
        shelf.close(item.incident)
    shelf.sweep()
    assert shelf.queued(open_one) is None
    assert shelf.queued(bad) is None
    assert [one.code for one in standing(bad.id).verdict.reasons] == ["quarantined"]


@pytest.mark.parametrize("whole", [False, True])
def test_r3_a_hold_placed_during_the_seven_days_stops_the_purge(shelf: Shelf, whole: bool) -> None:
    """R3, on the item and on its incident; released, the seven days begin anew."""
    item = shelf.recording("short")
    shelf.sweep()
    shelf.week_passes(item)
    hold = place(shelf, item, whole=whole)
    assert shelf.queued(item) is None
    assert shelf.purge(item).state is EvidenceState.SEALED
    shelf.sweep()
    assert shelf.queued(item) is None
    with transaction():
        holds.release(hold, reason=WHY, actor=actor_for(shelf.supervisor))
    assert shelf.purge(item).state is EvidenceState.SEALED
    shelf.sweep()
    entry = shelf.queued(item)
    assert entry is not None
    assert entry.purge_at > now() + 6 * DAY


def test_r3_what_changes_in_the_last_moment_is_seen_by_the_purge_itself(shelf: Shelf) -> None:
    """The purge judges under its own lock: nothing depends on the hourly run having noticed."""
    for change in (
        lambda item: incidents.reopen(
            session().get_one(Incident, item.incident_id), actor=actor_for(shelf.phone.officer)
        ),
        lambda item: categories.choose(item, ["short", "long"], actor=actor_for(shelf.records)),
        lambda item: critical.flag(item.incident, known_at=now() - DAY, actor=actor_for(shelf.records)),
    ):
        item = shelf.recording("short")
        with transaction() as current:
            current.execute(
                sa.update(Incident).where(Incident.id == item.incident_id).values(occurred_at=now() - 99 * DAY)
            )
        shelf.sweep()
        shelf.week_passes(item)
        with transaction():
            change(shelf.again(item))
        assert shelf.purge(item).state is EvidenceState.SEALED
        assert shelf.queued(item) is None
        assert b"".join(shelf.objects.open(item.storage_key)) == b"content"


def test_nothing_is_purged_before_its_seven_days(shelf: Shelf) -> None:
    item = shelf.recording("short")
    assert shelf.purge(item).state is EvidenceState.SEALED
    shelf.sweep()
    assert shelf.purge(item).state is EvidenceState.SEALED
    assert shelf.queued(item) is not None


def test_an_item_taken_back_is_kept_thirty_days_more(shelf: Shelf) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    with transaction():
        kept = queue.restore(item, reason=WHY, actor=actor_for(shelf.administrator))
    assert 29.9 * DAY < kept.until - now() <= 30 * DAY
    shelf.sweep()
    assert shelf.queued(item) is None
    with transaction() as current:
        current.execute(sa.update(Extension).values(until=now() - DAY))
    shelf.sweep()
    assert shelf.queued(item) is not None
    with pytest.raises(Conflict), transaction():
        queue.restore(shelf.recording("short", days_old=1), reason=WHY, actor=actor_for(shelf.records))
    with pytest.raises(Invalid, match="10 to 400"), transaction():
        queue.restore(item, reason="no", actor=actor_for(shelf.records))


def test_a_hold_is_released_by_somebody_else_once_with_a_reason(shelf: Shelf) -> None:
    item = shelf.recording("short")
    hold = place(shelf, item)
    with pytest.raises(Forbidden), transaction():
        holds.release(hold, reason=WHY, actor=actor_for(shelf.records))
    with pytest.raises(Invalid), transaction():
        holds.release(hold, reason="done", actor=actor_for(shelf.supervisor))
    with transaction():
        holds.release(hold, reason=WHY, actor=actor_for(shelf.supervisor))
    with pytest.raises(Conflict), transaction():
        holds.release(hold, reason=WHY, actor=actor_for(shelf.supervisor))
    with pytest.raises(Invalid, match="reference"), transaction():
        holds.place(item.incident, item, reason=HoldReason.OTHER, reference=" ", actor=actor_for(shelf.records))
    events = session().scalars(sa.select(Event).where(Event.act.startswith("evidence:hold:")).order_by(Event.seq)).all()
    assert [one.act for one in events] == ["evidence:hold:place", "evidence:hold:release"]
    assert WHY not in str([one.details for one in events]), "the ledger holds codes, not words (C15)"


def test_an_officer_may_lengthen_but_not_shorten(shelf: Shelf) -> None:
    item, officer = shelf.recording("short", days_old=5), actor_for(shelf.phone.officer)
    with transaction():
        categories.choose(item, ["long"], actor=officer)
    with pytest.raises(Forbidden, match="earlier"), transaction():
        categories.choose(item, ["short"], actor=officer)
    with transaction():
        categories.choose(item, [], actor=officer)  # without a category it is kept
        categories.choose(item, ["short"], actor=actor_for(shelf.records))
    with pytest.raises(Invalid, match="no category nonsense"), transaction():
        categories.choose(item, ["nonsense"], actor=officer)


def test_a_phone_may_say_the_category_as_it_sends(shelf: Shelf) -> None:
    incident = an_incident(shelf.phone.officer)
    item = shelf.phone.send(incident, b"content", category="long")
    assert [rule.code for rule in standing(item.id).rules] == ["long"]
    answer = shelf.phone.create(incident, 10, category="nonsense")
    assert (answer.status_code, answer.get_json()["field"]) == (422, "category")
    assert "in use" in answer.get_json()["remedy"]


def test_the_weekly_notice_is_an_event(shelf: Shelf) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    with transaction():
        queue.digest(actor=INTAKE)
    told = session().scalars(sa.select(Event).where(Event.act == "evidence:retention:digest")).one().details
    assert (told["queued"], told["within_week"]) == (1, 1)
    assert told["first"]
    assert shelf.queued(item) is not None
