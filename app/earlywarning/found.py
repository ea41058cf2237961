"""What the back room hands over: one officer's standing by language, and by one of the agency's own counts."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """One officer's standing as the back room computed it; see PatternStanding."""

    officer_id: uuid.UUID
    events: int
    expected: float
    hours: float
    utterances: int
    recordings: int
    ratio: float
    low: float
    high: float
    probability: float
    enough: bool
    above: bool
    signalled: date | None
    since: date | None
    months: list[Any]
    exposure: list[Any]
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Further:
    """One officer's standing by one of the agency's own counts, as the back room computed it; see IndicatorStanding.

    `low_peers` and `high_peers`: what eight of ten peers lie between; `first` and `last` the months compared.
    """

    officer_id: uuid.UUID
    indicator_id: uuid.UUID
    name: str
    per: str
    events: int
    expected: float
    exposure: float
    ratio: float
    low: float
    high: float
    probability: float
    enough: bool
    above: bool
    low_peers: float
    high_peers: float
    first: date
    last: date
    latest: datetime | None

    def row(self) -> dict[str, Any]:
        """As IndicatorStanding keeps it."""
        kept = ("officer_id", "indicator_id", "events", "expected", "exposure", "ratio", "low", "high", "probability")
        return {name: getattr(self, name) for name in (*kept, "enough", "above")}
