"""What a report is judged against: the code tables, the day, the agencies, and what the FBI has on file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.nibrs.codes import Tables
from app.nibrs.records import GroupAIncident, Head, Offender, Report, Victim

ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
DAY = re.compile(r"(19|20)\d{6}")
FIREARMS = ("11", "12", "13", "14", "15")
DRUGS = ("35A", "35B")
GAMBLING = ("39A", "39B", "39C", "39D")
NIBRS_BEGAN = date(1991, 1, 1)


@dataclass(frozen=True, slots=True)
class Agency:
    """What the FBI's list says of one ORI: active, historical, duplicated or covered; dates where they are known."""

    status: str = "active"
    nibrs_since: date | None = None
    inactive_from: date | None = None
    covered_from: date | None = None


@dataclass(frozen=True, slots=True)
class OnFile:
    """What the FBI holds already: incident dates by (ORI, number); arrest (date, sequence) by (ORI, transaction)."""

    incidents: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    arrests: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """The circumstances of a check. `agencies` is None where the FBI's list is not at hand: ORIs are then only judged
    by their form. `threshold` is the value in dollars from which property is asked about (342)."""

    today: date
    tables: Tables
    agencies: Mapping[str, Agency] | None = None
    on_file: OnFile = OnFile()
    threshold: int = 1_000_000

    def agency(self, ori: str) -> Agency | None:
        """The agency with this ORI, when the list is at hand and has it."""
        return self.agencies.get(ori) if self.agencies is not None else None


class Case:
    """One report under judgement, with what its rules ask for again and again worked out once."""

    def __init__(self, report: Report, reference: Reference) -> None:
        self.report, self.reference, self.tables = report, reference, reference.tables
        self.head: Head = report.head
        self.submitted = month_of(report.head.year, report.head.month)
        self.agency = reference.agency(report.head.ori)
        if isinstance(report, GroupAIncident):
            self.incident = report
            self.codes = report.codes
            self.date = day(report.date)
            self.attempted = {one.code for one in report.offenses if one.attempted == "A"}
            self.completed = {one.code for one in report.offenses if one.attempted == "C"}
            self.exceptional = report.cleared in ("A", "B", "C", "D", "E")
            self.offenders = {one.sequence: one for one in report.offenders}

    def deletes(self) -> bool:
        """Whether the report takes an earlier one back."""
        return self.head.action == "D"

    def against(self, code: str, *kinds: str) -> bool:
        """Whether an offense is a crime against one of `kinds` (person, property, society)."""
        return self.tables.against(code) in kinds

    def person_or_robbery(self, victim: Victim) -> bool:
        """Whether a victim is connected to a crime against the person or a robbery."""
        return any(self.against(code, "person") or code == "120" for code in victim.offenses)

    def needs_property(self, code: str) -> bool:
        """Whether an offense has property segments: kidnapping, crimes against property, drugs, gambling."""
        return code == "100" or code in DRUGS + GAMBLING or self.against(code, "property")

    def base_date(self) -> date | None:
        """January 1 of the year before the submission's: nothing older is taken."""
        return date(self.submitted.year - 1, 1, 1) if self.submitted else None

    def after_submission(self, moment: date) -> bool:
        """Whether a day lies after the month the submission is of."""
        if self.submitted is None:
            return False
        return (moment.year, moment.month) > (self.submitted.year, self.submitted.month)


def day(text: str) -> date | None:
    """The date YYYYMMDD stands for; None when it stands for none."""
    if not DAY.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def month_of(year: str, month: str) -> date | None:
    """The first day of a month; None when the two are no month."""
    return day(f"{year}{month}01")


def number(text: str) -> int | None:
    """The number digits stand for; None when they are no digits."""
    return int(text) if text.isascii() and text.isdigit() else None


def ages(age: str) -> tuple[int, int] | None:
    """The lowest and highest age in years; babies are 0. None when unknown (00), blank or no age."""
    if age in ("NN", "NB", "BB"):
        return 0, 0
    if age == "00" or number(age) is None or len(age) not in (2, 4):
        return None
    return int(age[:2]), int(age[-2:])


def average_age(age: str) -> float | None:
    """The middle of an age or range, as the FBI compares ages; None when there is none."""
    found = ages(age)
    return (found[0] + found[1]) / 2 if found else None


def known(offender: Offender) -> bool:
    """Whether age, sex and race of an offender are all known."""
    return bool(ages(offender.age)) and offender.sex in ("M", "F") and offender.race not in ("", "U")


def unknown(offender: Offender) -> bool:
    """Whether age, sex and race are all given as unknown."""
    return offender.age == "00" and offender.sex == "U" and offender.race == "U"
