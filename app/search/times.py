"""Times of day and days as officers type them: 22:00, 10:30 pm, noon; 2026-11-24, 11/24/2026, today."""

import re
from datetime import UTC, date, datetime, time, timedelta

from app.core.clock import now

_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_NAMED = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 0}
_SHAPES = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")


def minute_of(text: str) -> int | None:
    """The minute of the day, 0 to 1,440; None for what is no time. A bare number needs am or pm."""
    text = text.strip().casefold()
    if text in _NAMED:
        return _NAMED[text]
    found = _CLOCK.fullmatch(text)
    if not found or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3][0] == "p" else 0)
    total = hour * 60 + minute
    return total if minute < 60 and total <= 24 * 60 else None


def day_of(text: str) -> date | None:
    """The day; None for what is none. `today` and `yesterday` are the station's."""
    text = text.strip().casefold()
    today = now().astimezone().date()
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    for shape in _SHAPES:
        try:
            found = datetime.strptime(text, shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


def midnight(day: date, *, later: int = 0) -> datetime:
    """When that day begins at the station, or one so many days later; aware."""
    return datetime.combine(day + timedelta(days=later), time.min).astimezone(UTC)


def clock(minute: int) -> str:
    """1330 as 22:10."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def station_minute(moment: datetime) -> int:
    """The minute of the station's day at which this moment lies."""
    local = moment.astimezone()
    return local.hour * 60 + local.minute
