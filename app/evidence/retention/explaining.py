"""How long an item is kept and why, in plain words."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import now
from app.evidence.retention.models import CountsFrom
from app.evidence.retention.rules import Item, Rule, date_by, plain_date, recorded
from app.evidence.retention.standing import Standing


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of an item: what it says, and the date that follows; None for ever. `decides`: the longest."""

    rule: Rule
    text: str
    date: datetime | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The sentence that answers, its tone in the design system, what else keeps it, and its rules one by one."""

    tone: str
    text: str
    reasons: tuple[str, ...]
    lines: tuple[Line, ...]
    may_be_let_go: bool


def explain(one: Standing) -> Explained:
    """The answer for one item that is not purged."""
    deciding = one.verdict.rule
    lines = tuple(Line(rule, _counted(rule, one.item), date_by(rule, one.item), rule == deciding) for rule in one.rules)
    tone, text = _answer(one)
    cited = any(reason.may_be_let_go for reason in one.verdict.reasons)
    return Explained(tone, text, tuple(reason.text for reason in one.verdict.reasons), lines, cited)


def _answer(one: Standing) -> tuple[str, str]:
    if one.queued is not None and not one.verdict.reasons:  # what keeps it takes it out of the queue within the hour
        return "error", f"It will be destroyed on {_day(one.queued.purge_at)} unless somebody takes it back before."
    if not one.rules:
        return "doubt", "It is kept until somebody says what kind of recording it is."
    rule = one.verdict.rule
    if rule is not None and rule.days is None:
        return "note", f"It is kept for ever: {rule.name}."
    by_rules = plain_date(one.item, one.rules)
    if one.verdict.reasons or by_rules is None:
        return "note", f"It is kept whatever its date says. By its rules alone it could go from {_day(by_rules)} on."
    if by_rules > now():
        return "note", f"It is kept until {_day(by_rules)}; after that it waits seven days more to be deleted."
    return "doubt", f"Its time was over on {_day(by_rules)}. It enters the deletion queue within the hour."


def _counted(rule: Rule, item: Item) -> str:
    if rule.days is None:
        return "for ever"
    if rule.counts_from is CountsFrom.RECEIVED:
        return f"{rule.days:,} days from receipt, {_day(item.received_at)}"
    if item.recorded_at is not None and recorded(item) == item.received_at != item.recorded_at:
        return f"{rule.days:,} days from receipt, {_day(item.received_at)}: the phone's own date cannot be believed"
    known = "recording" if item.recorded_at else "receipt, as the day of recording is unknown"
    return f"{rule.days:,} days from {known}, {_day(recorded(item))}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%d %b %Y}" if moment else "no date"
