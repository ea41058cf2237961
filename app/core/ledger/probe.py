"""Whether events can be kept at this moment: one is appended for trial and taken back (C16)."""

import threading
import time
from datetime import timedelta

import sqlalchemy as sa

from app.core import watches
from app.core.actor import machine
from app.core.db import aside
from app.core.ledger import events

FRESH = timedelta(seconds=10)
_lock = threading.Lock()
_last: tuple[float, bool] | None = None


def writable(*, fresh_for: timedelta = FRESH) -> bool:
    """Tries it, at most once in `fresh_for` a process; the outcome is kept as an alarm, or ends one."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] >= fresh_for.total_seconds():
            _last = (time.monotonic(), _try())
        return _last[1]


def _try() -> bool:
    try:
        with aside() as own:
            own.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
            events.append(
                own, "ledger:writing:try", actor=machine("probe"), subject_kind="ledger", subject_id="probe", details={}
            )
            own.rollback()
    except sa.exc.SQLAlchemyError as error:
        _alarm(type(getattr(error, "orig", error)).__name__)
        return False
    if watches.alarming(events.WRITING):
        watches.held(events.WRITING)
    return True


def _alarm(name: str) -> None:
    events.log.error("LEDGER NOT WRITTEN: %s when it was tried", name)
    try:
        watches.failed(events.WRITING, f"{name} when it was tried")
    except sa.exc.SQLAlchemyError:
        events.log.exception("the alarm could not be kept either")
