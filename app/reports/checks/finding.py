"""What a check is and what it finds, and the list of all checks."""

import enum
import hashlib
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from app.reports.models import Report


class Severity(enum.StrEnum):
    """An error blocks; a warning blocks until it is acknowledged."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found. `message` says what and, where it can, what to do. `field` names the form field, if any."""

    code: str
    severity: Severity
    message: str
    sentence_id: uuid.UUID | None = None
    field: str = ""

    @property
    def key(self) -> str:
        """What an acknowledgement names: the same finding on changed words is another finding."""
        whole = f"{self.code}|{self.sentence_id or ''}|{self.field}|{self.message}"
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def is_error(self) -> bool:
        """Whether nothing but a correction helps."""
        return self.severity is Severity.ERROR


Found = TypeVar("Found")
_LOOKED_UP: ContextVar[dict[str, Any] | None] = ContextVar("looked_up", default=None)
Check = Callable[[Report], list[Finding]]
_CHECKS: list[Check] = []


def register(check: Check) -> Check:
    """Adds a check for good; usable as a decorator. Registering one twice changes nothing."""
    if check not in _CHECKS:
        _CHECKS.append(check)
    return check


def checks() -> list[Check]:
    """Every registered check."""
    return list(_CHECKS)


def findings(report: Report) -> list[Finding]:
    """What every check finds in the report as it stands, errors first, each once."""
    mark = _LOOKED_UP.set({})
    try:
        found = {one.key: one for check in _CHECKS for one in check(report)}
    finally:
        _LOOKED_UP.reset(mark)
    return sorted(found.values(), key=lambda one: not one.is_error)


def once(name: str, look_up: Callable[[], Found]) -> Found:
    """What `look_up` gives, asked once for all checks of one report."""
    known = _LOOKED_UP.get()
    if known is None:
        return look_up()
    if name not in known:
        known[name] = look_up()
    found: Found = known[name]
    return found


def error(code: str, message: str, sentence_id: uuid.UUID | None = None, field: str = "") -> Finding:
    """A finding that blocks."""
    return Finding(code, Severity.ERROR, message, sentence_id, field)


def warning(code: str, message: str, sentence_id: uuid.UUID | None = None, field: str = "") -> Finding:
    """A finding to read and acknowledge."""
    return Finding(code, Severity.WARNING, message, sentence_id, field)
