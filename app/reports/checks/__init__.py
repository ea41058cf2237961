"""Computed checks of a report: what is missing, contradicted, unsupported or out of order, found by rules anyone can read.

`register(check)` adds one; a check takes a report and returns findings. Errors block submitting and approving; a warning
blocks until somebody who may has acknowledged it. No check changes anything, and none decides: a person does.
"""

from app.reports.checks import contradictions, elements, standing, times
from app.reports.checks.finding import Check, Finding, Severity, checks, findings, register

__all__ = [
    "Check",
    "Finding",
    "Severity",
    "checks",
    "contradictions",
    "elements",
    "findings",
    "register",
    "standing",
    "times",
]
