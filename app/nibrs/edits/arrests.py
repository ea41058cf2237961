"""Rules on levels 6 and 7: who was arrested, for a Group A incident or a Group B offense."""

from collections.abc import Callable, Iterable
from typing import Any

from app.nibrs.edits.case import Case, ages, average_age, day, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import (
    SCOPES,
    automatic_without_firearm,
    bare,
    blank,
    exclusive,
    head_of,
    no_digits,
    no_head,
    not_codes,
    repeated,
    weapons_written_wrongly,
)
from app.nibrs.records import Arrestee, GroupAIncident, GroupBArrest

BOTH = ("6", "7")
ASKED = (
    ("40", "sequence"),
    ("42", "date"),
    ("43", "kind"),
    ("45", "offense"),
    ("46", "armed"),
    ("47", "age"),
    ("48", "sex"),
    ("49", "race"),
)


def on_both(last: str, seventh: str = "") -> Callable[[Any], Any]:
    """Ties a predicate to rule 6`last` for arrestees and 7`seventh` (or `last`) for Group B arrests."""

    def mark(predicate: Any) -> Any:
        edit(SCOPES["6"], f"6{last}")(predicate)
        edit(SCOPES["7"], f"7{seventh or last}")(predicate)
        return predicate

    return mark


@on_both("01")
def mandatory(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """What every arrest has; a deletion only says which."""
    yield from no_head(arrestee, case)
    if isinstance(case.report, GroupBArrest) and not case.head.number.strip():
        yield Fault("41", "/head.number")
    if case.deletes():
        return
    yield from blank(arrestee, ASKED)
    if isinstance(case.report, GroupAIncident):
        yield from blank(arrestee, (("41", "transaction"), ("44", "multiple")))


@on_both("02")
def digits(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """01 to 99."""
    given = arrestee.sequence
    if given and (len(given) != 2 or not number(given)):
        yield Fault("40", "sequence", given)


@on_both("04")
def valid(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Codes there are; of a Group B report also its month and year."""
    fields = (
        ("43", "kind", "arrest"),
        ("44", "multiple", "multiple"),
        ("45", "offense", "offense"),
        ("49", "race", "race"),
        ("50", "ethnicity", "ethnicity"),
        ("51", "resident", "resident"),
        ("52", "disposition", "disposition"),
    )
    yield from not_codes(arrestee, case, fields)
    for one in bare(arrestee.armed):
        if one.strip() and one not in case.tables["armed"]:
            yield Fault("46", "armed", one)
    head = head_of(arrestee, case)
    if isinstance(case.report, GroupBArrest) and head.month.strip() and case.submitted is None:
        yield Fault("", "/head.month", f"{head.month}/{head.year}")


@on_both("05")
def date(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """A day that has come, in or before the month of the submission."""
    found = day(arrestee.date)
    if arrestee.date and (found is None or found > case.reference.today or case.after_submission(found)):
        yield Fault("42", "date", arrestee.date)


@on_both("06")
def duplicates(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """No weapon twice."""
    for one in repeated(arrestee.armed):
        yield Fault("46", "armed", one)


@on_both("07")
def unarmed_alone(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Unarmed stands alone."""
    for one in exclusive(arrestee.armed, "01"):
        yield Fault("46", "armed", one)


@on_both("18")
def after_inactive(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Nothing from the day an agency became inactive."""
    since = case.agency.inactive_from if case.agency else None
    found = day(arrestee.date)
    if since and found and found >= since:
        yield Fault("42", "date", arrestee.date)


@on_both("40")
def perhaps_juvenile(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """A range about 18 whose middle is under it, and no disposition: perhaps one is missing."""
    found, middle = ages(arrestee.age), average_age(arrestee.age)
    if found and middle is not None and found[0] < 18 <= found[1] and middle < 18 and not arrestee.disposition:
        yield Fault("52", "disposition")


@on_both("41")
def very_old(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """99 is over 98 years, not unknown."""
    if arrestee.age == "99":
        yield Fault("47", "age", "99")


@on_both("52")
def juvenile(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Somebody under 18 was handed over to somebody."""
    found = ages(arrestee.age)
    if found and found[1] < 18 and not arrestee.disposition:
        yield Fault("52", "disposition")


@on_both("53")
def adult(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """An adult was not."""
    found = ages(arrestee.age)
    if found and found[0] >= 18 and arrestee.disposition:
        yield Fault("52", "disposition", arrestee.disposition)


@on_both("54")
def automatic_mark(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """The mark is A or blank."""
    for one in weapons_written_wrongly(arrestee.armed):
        yield Fault("46", "armed", one)


@on_both("55")
def automatic_firearm(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Only a firearm is automatic."""
    for one in automatic_without_firearm(arrestee.armed):
        yield Fault("46", "armed", one)


@on_both("64", "57")
def age_digits(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """00 to 99."""
    if no_digits(arrestee.age):
        yield Fault("47", "age", arrestee.age)


@on_both("67", "58")
def sex(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Male or female: an arrestee was seen."""
    if arrestee.sex and arrestee.sex not in ("M", "F"):
        yield Fault("48", "sex", arrestee.sex)


# ---- level 6 only


@edit("arrestee", "623")
def clearance(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """The clearance fields were for summary figures; an incident leaves them blank."""
    if case.head.action == "I" and (arrestee.clearance or any(arrestee.clearance_offenses)):
        yield Fault("", "clearance", arrestee.clearance)


@edit("incident", "656")
def more_than_offenders(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """No more arrested than did it."""
    nobody = any(one.sequence == "00" for one in incident.offenders)
    if incident.offenders and incident.arrestees and (nobody or len(incident.arrestees) > len(incident.offenders)):
        yield Fault("40", "arrestees", str(len(incident.offenders)))


@edit("incident", "661")
def twice(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each arrestee has a number of their own."""
    for one in repeated(tuple(arrestee.sequence for arrestee in incident.arrestees)):
        yield Fault("40", "arrestees", one)


@edit("arrestee", "665")
def before_incident(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Nobody is arrested before it happened."""
    found = day(arrestee.date)
    if found and case.date and found < case.date:
        yield Fault("42", "date", arrestee.date)


@edit("incident", "669")
def justified(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A justifiable homicide has no arrest."""
    if "09C" in case.codes and incident.arrestees:
        yield Fault("6", "arrestees", "09C")


@edit("arrestee", "670")
def for_justified(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Nor is it what somebody is arrested for."""
    if arrestee.offense == "09C":
        yield Fault("45", "offense", "09C")


# ---- level 7 only


@edit("arrest", "720")
def before_base(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """Not before January 1 of the year before."""
    found, base = day(arrestee.date), case.base_date()
    if found and base and found < base and case.head.action == "A":
        yield Fault("42", "date", arrestee.date)


@edit("group_b", "751")
def twice_in_report(report: GroupBArrest, case: Case) -> Iterable[Fault]:
    """Each arrestee of a report has a number of their own."""
    for one in repeated(tuple(arrestee.sequence for arrestee in report.arrestees)):
        yield Fault("40", "arrestees", one)


def _filed(report: GroupBArrest, case: Case) -> tuple[tuple[str, str], ...]:
    return case.reference.on_file.arrests.get((report.head.ori, report.head.number), ())


@edit("group_b", "759")
def on_file(report: GroupBArrest, case: Case) -> Iterable[Fault]:
    """An arrest is added once."""
    known = {sequence for _, sequence in _filed(report, case)}
    for arrestee in report.arrestees:
        if case.head.action == "A" and arrestee.sequence in known:
            yield Fault("41", "head.number", report.head.number)


@edit("arrest", "760")
def group_b(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """A Group B report is for Group B offenses."""
    if case.tables.group(arrestee.offense) == "A":
        yield Fault("45", "offense", arrestee.offense)


@edit("arrest", "761")
def runaway(arrestee: Arrestee, case: Case) -> Iterable[Fault]:
    """A runaway is under 18."""
    found = ages(arrestee.age)
    if arrestee.offense == "90I" and not (found and found[0] >= 1 and found[1] <= 17):
        yield Fault("47", "age", arrestee.age)


def _undated(report: GroupBArrest, case: Case) -> bool:
    return case.deletes() and not all(arrestee.date for arrestee in report.arrestees)


def _outside(report: GroupBArrest, case: Case) -> bool:
    base = case.base_date()
    return base is not None and any((found := day(one)) and found < base for one, _ in _filed(report, case))


@edit("group_b", "797")
def deleted_without_date(report: GroupBArrest, case: Case) -> Iterable[Fault]:
    """A deletion names the arrest's date."""
    if _undated(report, case) and not (_outside(report, case) or len(_filed(report, case)) > 1):
        yield Fault("42", "arrestees")


@edit("group_b", "798")
def deleted_outside_window(report: GroupBArrest, case: Case) -> Iterable[Fault]:
    """A deletion without a date that fits an arrest older than two years."""
    if _undated(report, case) and _outside(report, case):
        yield Fault("42", "arrestees")


@edit("group_b", "799")
def deleted_ambiguously(report: GroupBArrest, case: Case) -> Iterable[Fault]:
    """A deletion without a date that fits several arrests."""
    if _undated(report, case) and len(_filed(report, case)) > 1:
        yield Fault("42", "arrestees")
