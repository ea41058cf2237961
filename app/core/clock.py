"""The one place that asks what time it is. Aware UTC only."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def hundredths(moment: datetime) -> datetime:
    """`moment` in UTC, cut to hundredths of a second: the resolution of the audit record (CJIS AU-8)."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 10_000 * 10_000)
