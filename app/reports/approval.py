"""What stands in the way of an approval beside the report's own text: checks that higher rooms register at the start."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import Conflict
from app.reports.models import Report


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found. `severity` is error, which blocks, or warning; `field` says where it is put right."""

    code: str
    severity: str
    message: str
    sentence_id: uuid.UUID | None = None
    field: str = ""


Check = Callable[[Report], list[Finding]]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Lets `check` be asked before an approval; a second time changes nothing."""
    if check not in _checks:
        _checks.append(check)


def findings(report: Report) -> list[Finding]:
    """What every registered check finds."""
    return [found for check in _checks for found in check(report)]


def refuse_on_errors(report: Report) -> None:
    """Nothing, or Conflict with the first error and how many there are."""
    errors = [one for one in findings(report) if one.severity == "error"]
    if errors:
        more = f" {len(errors) - 1} more are open." if len(errors) > 1 else ""
        raise Conflict(errors[0].message, field=errors[0].field, remedy=f"Return the report to its author.{more}")
