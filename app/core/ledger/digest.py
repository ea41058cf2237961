"""The weekly digest: what happened in a week in figures, kept as an event, and who has reviewed it (CJIS AU-6, C17)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, NotFound
from app.core.ledger.events import Entry, Event, record
from app.core.watches import known

MADE, REVIEWED = "ledger:digest:make", "ledger:digest:review"
VERIFYING = "ledger verified"  # the watch over the daily walk
_WATCHED = {
    "refused_sign_ins": ("accounts:officer:sign-in", "refused"),
    "accounts_locked": ("accounts:officer:lock", None),
    "passwords_reset": ("accounts:password:reset", "done"),
    "originals_downloaded": ("evidence:item:download", None),
    "exports": ("evidence:item:export", None),
    "quarantined": ("evidence:item:quarantine", None),
    "ledger_read": ("ledger:page:view", None),
}


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's figures, and the events by which people said that they reviewed it."""

    week: str
    made_at: datetime
    figures: dict[str, Any]
    reviews: list[Event]


def week_before(moment: datetime) -> tuple[datetime, datetime]:
    """The last whole ISO week before `moment`: Monday 00:00 UTC to the next."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = day - timedelta(days=day.weekday())
    return monday - timedelta(days=7), monday


def make(*, actor: Actor, moment: datetime | None = None) -> Entry | None:
    """Counts the last whole week and keeps the figures, once; None when that was done before or nothing happened."""
    since, until = week_before(moment or now())
    week = name_of(since)
    there = sa.select(Event.seq).where(Event.act == MADE, Event.subject_kind == "digest", Event.subject_id == week)
    if session().scalar(there.limit(1)) is not None:
        return None
    figures = count(since, until)
    if not figures["events"]:
        return None
    return record(MADE, actor=actor, subject_kind="digest", subject_id=week, **figures)


def count(since: datetime, until: datetime) -> dict[str, Any]:
    """What happened from `since` to before `until`: counts of acts, of refusals, of people, of what is watched."""
    query = sa.select(Event.act, Event.outcome, sa.func.count()).where(Event.at >= since, Event.at < until)
    rows = [
        (act, outcome, number) for act, outcome, number in session().execute(query.group_by(Event.act, Event.outcome))
    ]
    people = sa.select(sa.func.count(Event.actor_id.distinct())).where(Event.at >= since, Event.at < until)
    watched = {
        name: sum(n for one, outcome, n in rows if one == act and wanted in (None, outcome))
        for name, (act, wanted) in _WATCHED.items()
    }
    walked = known(VERIFYING)
    return {
        "from": since.isoformat(),
        "until": until.isoformat(),
        "events": sum(number for _, _, number in rows),
        "people": session().scalar(people) or 0,
        "refused": sum(number for _, outcome, number in rows if outcome == "refused"),
        "failed": sum(number for _, outcome, number in rows if outcome == "failed"),
        "refused_by_act": {act: number for act, outcome, number in rows if outcome == "refused"},
        "chain": "not verified yet" if walked is None else "broken" if walked.failing_since else "unbroken",
        **watched,
    }


def digests(limit: int = 12) -> list[Digest]:
    """The latest digests, newest first."""
    query = sa.select(Event).where(Event.act == MADE).order_by(Event.seq.desc()).limit(limit)
    made = list(session().scalars(query))
    weeks = [event.subject_id for event in made]
    reviews = sa.select(Event).where(Event.act == REVIEWED, Event.subject_kind == "digest", Event.subject_id.in_(weeks))
    by_week: dict[str, list[Event]] = {week: [] for week in weeks}
    for event in session().scalars(reviews.order_by(Event.seq)):
        by_week[event.subject_id].append(event)
    return [Digest(one.subject_id, one.at, one.details, by_week[one.subject_id]) for one in made]


def review(week: str, *, actor: Actor) -> Entry:
    """A person says that they looked through the week. NotFound without a digest, Conflict when they said so before."""
    found = next((one for one in digests(60) if one.week == week), None)
    if found is None:
        raise NotFound("There is no digest of that week.")
    if any(event.actor_id == actor.id for event in found.reviews):
        raise Conflict("You have reviewed this week already.")
    return record(REVIEWED, actor=actor, subject_kind="digest", subject_id=week)


def waiting() -> int:
    """How many of the latest digests nobody has reviewed."""
    return sum(not one.reviews for one in digests(8))


def name_of(since: datetime) -> str:
    """An ISO week: 2026-W47."""
    return f"{since:%G}-W{since:%V}"
