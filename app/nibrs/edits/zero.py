"""Rules on level 0: a month in which nothing happened. Read from a file they have the older numbers' other entries."""

from collections.abc import Callable, Iterable
from datetime import date

from app.nibrs.edits.case import Case, month_of, number
from app.nibrs.edits.rules import Fault, Predicate, edit
from app.nibrs.records import ZeroReport


def _from_file(report: ZeroReport) -> bool:
    return report.head.line > 0


def _twice(number_: str) -> Callable[[Predicate], Predicate]:
    """Ties a predicate to a rule published twice: as a structure check of the file, and of the zero report itself."""

    def mark(predicate: Predicate) -> Predicate:
        edit("zero", number_)(lambda report, case: predicate(report, case) if _from_file(report) else ())
        edit("zero", f"{number_}-zero")(lambda report, case: () if _from_file(report) else predicate(report, case))
        return predicate

    return mark


@edit("zero", "001")
def mandatory(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """ORI, number, month and year, of the submission and of the report."""
    for element, name in (("1", "ori"), ("2", "number"), ("", "month"), ("", "year")):
        if not getattr(report.head, name).strip():
            yield Fault(element, f"head.{name}")
    for name in ("month", "year"):
        if not getattr(report, name).strip():
            yield Fault("", name)


@_twice("090")
def month(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """01 to 12."""
    if report.month.strip() and not 1 <= (number(report.month) or 0) <= 12:
        yield Fault("", "month", report.month)


@edit("zero", "091")
def year(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Four digits."""
    if report.year.strip() and (number(report.year) is None or len(report.year) != 4):
        yield Fault("", "year", report.year)


@_twice("092")
def twelve_zeros(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """The incident number is twelve zeros."""
    if report.head.number.strip() and report.head.number != "0" * 12:
        yield Fault("2", "head.number", report.head.number)


@_twice("093")
def too_early(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Not before January 1 of the year before, nor before the agency came to NIBRS."""
    told, base = _month(report), case.base_date()
    since = case.agency.nibrs_since if case.agency else None
    if told and ((base and told < base) or (since and told < since.replace(day=1))):
        yield Fault("", "month", f"{report.month}/{report.year}")


@_twice("094")
def too_late(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Not after the month of the submission."""
    told = _month(report)
    if told and case.submitted and told > case.submitted:
        yield Fault("", "month", f"{report.month}/{report.year}")


@edit("zero", "096")
def covered(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Not from the month another agency covers this one."""
    told, since = _month(report), case.agency.covered_from if case.agency else None
    if told and since and told >= since.replace(day=1):
        yield Fault("", "month", f"{report.month}/{report.year}")


def _filed_in(dates: Iterable[str], told: date) -> bool:
    return any(one[:6] == told.strftime("%Y%m") for one in dates)


@edit("zero", "028")
def incidents_filed(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Not when an incident of that month is on file."""
    told, filed = _month(report), case.reference.on_file.incidents
    dates = (one for (ori, _), found in filed.items() if ori == report.head.ori for one in found)
    if told and case.head.action != "D" and _filed_in(dates, told):
        yield Fault("", "month", f"{report.month}/{report.year}")


@edit("zero", "029")
def arrests_filed(report: ZeroReport, case: Case) -> Iterable[Fault]:
    """Not when an arrest of that month is on file."""
    told, filed = _month(report), case.reference.on_file.arrests
    dates = (one for (ori, _), found in filed.items() if ori == report.head.ori for one, _ in found)
    if told and case.head.action != "D" and _filed_in(dates, told):
        yield Fault("", "month", f"{report.month}/{report.year}")


def _month(report: ZeroReport) -> date | None:
    return month_of(report.year, report.month)
