"""Rows of the files that internal affairs take along: the same figures as the pages, none without its uncertainty."""

from app.earlywarning.models import PatternStanding
from app.earlywarning.plots import Month

EVERYBODY = (
    "badge", "name", "unit", "enough exposure", "counted moments", "expected", "hours of own speech", "utterances",
    "recordings", "rate over expected", "from", "to", "probability above the peers' percentile", "above the level",
    "change signalled", "rising since",
)  # fmt: skip
MONTHS = (
    "month", "counted moments", "expected", "hours of own speech", "per hour", "from", "to", "peers from", "peers to",
    "sum of changes",
)  # fmt: skip


def standing_row(one: PatternStanding) -> tuple[object, ...]:
    """One officer. Without exposure enough there is no rate, and none is given."""
    who = (one.officer.badge, one.officer.name, one.officer.unit.name, "yes" if one.enough else "no")
    counts = (one.events, round(one.expected, 2), round(one.hours, 2), one.utterances, one.recordings)
    if not one.enough:
        return (*who, *counts, "", "", "", "", "no", one.signalled or "", one.since or "")
    rate = (round(one.ratio, 3), round(one.low, 3), round(one.high, 3), round(one.probability, 4))
    return (*who, *counts, *rate, "yes" if one.above else "no", one.signalled or "", one.since or "")


def month_row(one: Month) -> tuple[object, ...]:
    """One month of an officer."""
    figures = (one.expected, one.hours, one.per_hour, one.low, one.high, one.peers_low, one.peers_high, one.total)
    return (one.month, one.events, *(round(value, 3) for value in figures))
