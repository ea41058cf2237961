"""The edit rules run as one types: everything that is wrong with a report or a submission, in the order of the file."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.nibrs.edits import (
    administrative,
    arrests,
    drugs,
    offenders,
    offenses,
    properties,
    relations,
    shared,
    structure,
    submissions,
    victims,
    zero,
)
from app.nibrs.edits.case import Agency, Case, OnFile, Reference
from app.nibrs.edits.rules import EDITS, Fault, Finding, Rule, rules
from app.nibrs.records import GroupAIncident, GroupBArrest, Report, Submission

LEVELS = (
    administrative,
    arrests,
    drugs,
    offenders,
    offenses,
    properties,
    relations,
    shared,
    structure,
    submissions,
    victims,
    zero,
)
UNDER = {
    "offenses": "offense",
    "properties": "property",
    "victims": "victim",
    "offenders": "offender",
    "arrestees": "arrestee",
}
__all__ = ["Agency", "Case", "Fault", "Finding", "OnFile", "Reference", "Rule", "check", "check_submission", "rules"]


def check(report: Report, reference: Reference) -> list[Finding]:
    """What is wrong with one report by itself: quick enough for every change of a form (about a millisecond)."""
    case = Case(report, reference)
    found = list(_asked("report", report, case, ""))
    if isinstance(report, GroupAIncident):
        found += _asked("incident", report, case, "")
        if not case.deletes():
            for name, scope in UNDER.items():
                for n, segment in enumerate(getattr(report, name)):
                    found += _asked(scope, segment, case, f"{name}.{n}.")
    elif isinstance(report, GroupBArrest):
        found += _asked("group_b", report, case, "")
        for n, arrestee in enumerate(report.arrestees):
            found += _asked("arrest", arrestee, case, f"arrestees.{n}.")
    else:
        found += _asked("zero", report, case, "")
    return found


def check_submission(submission: Submission, reference: Reference) -> list[Finding]:
    """What is wrong with a whole submission: each report by itself, and all of them together."""
    found = []
    for number, report in enumerate(submission.reports):
        found += [_placed(one, number) for one in check(report, reference)]
    for rule, predicate in EDITS.by_scope["submission"]:
        found += [_of_submission(rule, fault, submission) for fault in predicate(submission, reference)]
    return found


def _asked(scope: str, subject: Any, case: Case, path: str) -> Iterator[Finding]:
    line = (getattr(subject, "head", None) or case.head).line
    for rule, predicate in EDITS.by_scope.get(scope, ()):
        for fault in predicate(subject, case):
            whole = fault.field[1:] if fault.field.startswith("/") else path + fault.field
            yield Finding(rule, fault.element, whole, fault.value, line)


def _placed(finding: Finding, number: int) -> Finding:
    return Finding(finding.rule, finding.element, finding.path, finding.value, finding.line, number)


def _of_submission(rule: Rule, fault: Fault, submission: Submission) -> Finding:
    first, _, rest = fault.field.partition(".")
    if first == "line":
        return Finding(rule, fault.element, "", fault.value, int(rest), -1)
    number = int(first)
    return Finding(rule, fault.element, rest, fault.value, submission.reports[number].head.line, number)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those for which the FBI rejects a report."""
    return [one for one in findings if one.is_error]
