"""Rules on level 1: the incident itself, its date and hour, and how it was cleared."""

from collections.abc import Iterable
from datetime import date

from app.nibrs.edits.case import NIBRS_BEGAN, Case, day, month_of, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import blank
from app.nibrs.records import GroupAIncident

CARGO_OFFENSES = ("120", "210", "220", "23D", "23F", "23H", "240", "26A", "26B", "26C", "26E", "270", "510")
OLDEST_CLEARED = date(1950, 1, 1)


@edit("incident", "101")
def mandatory(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """ORI, number, month and year; of a report that adds, also the date and whether it was cleared exceptionally."""
    for element, name in (("1", "ori"), ("2", "number"), ("", "month"), ("", "year")):
        if not getattr(incident.head, name).strip():
            yield Fault(element, f"head.{name}")
    if not case.deletes():
        yield from blank(incident, (("3", "date"), ("4", "cleared")))


@edit("incident", "104")
def valid(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Month, year, action, cargo theft and clearance have values there are."""
    head = incident.head
    if head.month.strip() and not (number(head.month) is not None and 1 <= int(head.month) <= 12):
        yield Fault("", "head.month", head.month)
    year = number(head.year)
    if head.year.strip() and not (year is not None and 1991 <= year <= case.reference.today.year):
        yield Fault("", "head.year", head.year)
    if head.action not in ("I", "A", "D", "R"):
        yield Fault("", "head.action", head.action)
    if incident.cargo not in ("", "Y", "N"):
        yield Fault("2A", "cargo", incident.cargo)
    if incident.cleared and incident.cleared not in case.tables["cleared"]:
        yield Fault("4", "cleared", incident.cleared)


@edit("incident", "105")
def dates(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Both dates are days that have come."""
    for element, name in (("3", "date"), ("5", "cleared_date")):
        text = getattr(incident, name)
        found = day(text)
        if text and (found is None or found > case.reference.today):
            yield Fault(element, name, text)


@edit("incident", "118")
def after_inactive(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Nothing from the day an agency became inactive."""
    since = case.agency.inactive_from if case.agency else None
    if since and case.date and case.date >= since:
        yield Fault("3", "date", incident.date)


@edit("incident", "119")
def cargo_offenses(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Cargo theft is answered when an offense can be one, and only then."""
    possible = any(code in CARGO_OFFENSES for code in case.codes)
    reported = incident.head.length != "0087"
    if case.deletes() or not case.codes:
        return
    if (possible and not incident.cargo and reported) or (incident.cargo and not possible):
        yield Fault("2A", "cargo", incident.cargo)


@edit("incident", "122")
def cargo_yes(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Yes needs an offense that can be cargo theft."""
    if incident.cargo == "Y" and not any(code in CARGO_OFFENSES for code in case.codes):
        yield Fault("2A", "cargo", incident.cargo)


@edit("incident", "151")
def report_date(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """R or blank."""
    if incident.report_date not in ("", "R"):
        yield Fault("3", "report_date", incident.report_date)


@edit("incident", "152")
def hour(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """00 to 23 or blank."""
    if incident.hour and not is_hour(incident.hour):
        yield Fault("3", "hour", incident.hour)


def is_hour(text: str) -> bool:
    """Whether two digits are an hour of the day."""
    return len(text) == 2 and number(text) is not None and int(text) <= 23


@edit("incident", "153")
def not_cleared_with_date(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """No clearance date when the incident was not cleared exceptionally."""
    if incident.cleared == "N" and incident.cleared_date:
        yield Fault("4", "cleared", incident.cleared)


@edit("incident", "155")
def cleared_before(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Not cleared before it happened."""
    cleared = day(incident.cleared_date)
    if cleared and case.date and cleared < case.date:
        yield Fault("5", "cleared_date", incident.cleared_date)


@edit("incident", "156")
def cleared_without_date(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A clearance has its date."""
    if case.exceptional and not incident.cleared_date:
        yield Fault("5", "cleared_date")


@edit("incident", "170")
def after_submission(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Not after the month the submission is of."""
    if case.date and case.after_submission(case.date):
        yield Fault("3", "date", incident.date)


@edit("incident", "171")
def before_base(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Not before January 1 of the year before, except to report that an older one was cleared exceptionally."""
    base = case.base_date()
    if not base or not case.date or case.deletes() or case.date >= base:
        return
    if not (case.exceptional and case.date >= OLDEST_CLEARED):
        yield Fault("3", "date", incident.date)


@edit("incident", "172")
def before_nibrs(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Not before NIBRS began."""
    if case.date and case.date < NIBRS_BEGAN and case.head.action == "I":
        yield Fault("3", "date", incident.date)


@edit("incident", "173")
def before_agency(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Not before the agency came to NIBRS; of an older incident only a clearance after that day."""
    since = case.agency.nibrs_since if case.agency else None
    cleared = day(incident.cleared_date)
    if not since or not case.date or case.date >= since:
        return
    if case.exceptional and cleared:
        if cleared < since:
            yield Fault("5", "cleared_date", incident.cleared_date)
    else:
        yield Fault("3", "date", incident.date)


@edit("incident", "175")
def no_base(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Month of submission and incident date must both be dates, or how old the incident is cannot be said."""
    head = incident.head
    given = bool(incident.date and head.month.strip() and head.year.strip())
    if given and (month_of(head.year, head.month) is None or case.date is None):
        yield Fault("3", "date", incident.date)


@edit("incident", "197")
def deleted_without_date(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A deletion names the incident's date; without it and without more on file, nothing can be found."""
    if _undated(incident, case) and not (_outside(incident, case) or len(_filed(incident, case)) > 1):
        yield Fault("3", "date")


@edit("incident", "198")
def deleted_outside_window(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A deletion without a date that fits an incident older than the two years the FBI keeps open."""
    if _undated(incident, case) and _outside(incident, case):
        yield Fault("3", "date")


@edit("incident", "199")
def deleted_ambiguously(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A deletion without a date that fits several incidents."""
    if _undated(incident, case) and len(_filed(incident, case)) > 1:
        yield Fault("3", "date")


def _undated(incident: GroupAIncident, case: Case) -> bool:
    return case.deletes() and not incident.date


def _filed(incident: GroupAIncident, case: Case) -> tuple[str, ...]:
    return case.reference.on_file.incidents.get((incident.head.ori, incident.head.number), ())


def _outside(incident: GroupAIncident, case: Case) -> bool:
    base = case.base_date()
    return base is not None and any((found := day(one)) and found < base for one in _filed(incident, case))
