"""When a recording may be deleted: pure rules, no database (R1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.evidence.retention.models import CountsFrom

UNDO = timedelta(days=7)
RESTORED_FOR = timedelta(days=30)
CLOCK_TRUST = timedelta(days=1)
MOST_DAYS = 36_500
_DIGITAL = datetime(2000, 1, 1, tzinfo=UTC)  # a clock that says earlier was never set


@dataclass(frozen=True, slots=True)
class Rule:
    """One category's rule in force, by its version. `days` None: kept for ever."""

    id: object
    code: str
    name: str
    number: int
    days: int | None
    counts_from: CountsFrom


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is kept although its date has come. `may_be_let_go`: a person may say that it can go (see LettingGo)."""

    code: str
    text: str
    may_be_let_go: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What the rules ask of an item. Times aware; `clock_offset_s` is the phone's clock minus ours when it sent."""

    received_at: datetime
    recorded_at: datetime | None = None
    clock_offset_s: float | None = None
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`due`: when it may be deleted, None never (as things stand); `rule`: the one that decides; `reasons`: what
    keeps it beside its rules."""

    due: datetime | None
    rule: Rule | None
    reasons: tuple[Reason, ...] = ()

    def deletable(self, moment: datetime) -> bool:
        """Whether it may go at `moment`."""
        return self.due is not None and self.due <= moment


def recorded(item: Item) -> datetime:
    """The day of recording as far as it can be believed, else the day it was received.

    The phone's own time is not believed when it lies after receipt, before 2000, or when the phone's clock was more
    than a day wrong as it sent: a clock that was never set must not delete a recording early.
    """
    said = item.recorded_at
    wrong = abs(item.clock_offset_s or 0.0) > CLOCK_TRUST.total_seconds()
    if said is None or wrong or said < _DIGITAL or said > item.received_at + CLOCK_TRUST:
        return item.received_at
    return min(said, item.received_at)


def date_by(rule: Rule, item: Item) -> datetime | None:
    """The first moment `rule` lets the item go; None for ever."""
    if rule.days is None:
        return None
    start = recorded(item) if rule.counts_from is CountsFrom.RECORDED else item.received_at
    return start + timedelta(days=rule.days)


def verdict(item: Item, rules: Collection[Rule], reasons: Collection[Reason] = ()) -> Verdict:
    """The longest rule wins (R1): the latest date of all, none with any reason to keep it, with a permanent rule, or
    with no rule at all. The deciding rule is named even while a reason keeps the item."""
    if not rules:
        return Verdict(None, None, tuple(reasons))
    dates = [(date_by(rule, item), rule) for rule in sorted(rules, key=lambda one: one.code)]
    permanent = next((rule for date, rule in dates if date is None), None)
    if permanent is not None:
        return Verdict(None, permanent, tuple(reasons))
    latest, deciding = max(
        ((date, rule) for date, rule in dates if date is not None), key=lambda one: (one[0], one[1].code)
    )
    if item.kept_until is not None:
        latest = max(latest, item.kept_until)
    return Verdict(None if reasons else latest, deciding, tuple(reasons))


def plain_date(item: Item, rules: Collection[Rule]) -> datetime | None:
    """The date the rules alone give, whatever else keeps the item."""
    return verdict(item, rules).due


def shortens(before: Rule, after: Rule) -> bool:
    """Whether any recording could go earlier under `after`. From receipt is never earlier than from recording."""
    if after.days is None:
        return False
    if before.days is None or after.days < before.days:
        return True
    return before.counts_from is CountsFrom.RECEIVED and after.counts_from is CountsFrom.RECORDED
