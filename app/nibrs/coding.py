"""A coding as reports: with head and numbers put on, judged, and turned into the FBI's own codes."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.nibrs.codes import Tables
from app.nibrs.edits import Finding, OnFile, check
from app.nibrs.records import GroupAIncident, GroupBArrest, Head, Report, from_plain, to_plain
from app.nibrs.terms import Terms

TABLES = {
    "Offense": {"code": "offense", "location": "location", "biases": "bias", "activity": "activity", "using": "using"},
    "Item": {"description": "property"},
    "Drug": {"kind": "drug", "measurement": "measurement"},
    "Victim": {
        "offenses": "offense",
        "race": "race",
        "ethnicity": "ethnicity",
        "injuries": "injury",
        "circumstances": "circumstance",
        "kind": "victim",
    },
    "Relation": {"relationship": "relationship"},
    "Offender": {"race": "race", "ethnicity": "ethnicity"},
    "Arrestee": {"offense": "offense", "race": "race", "ethnicity": "ethnicity"},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A report of a coding and what is wrong with it; `kind` is A or B."""

    kind: str
    report: Report
    findings: list[Finding]


def plain(incident: GroupAIncident | None, arrest: GroupBArrest | None) -> dict[str, Any]:
    """What a coding keeps of an incident and an arrest; either may be missing, and so may what was left empty."""
    content = {}
    if incident is not None and (incident.offenses or incident.properties or incident.victims or incident.offenders):
        content["a"] = to_plain(incident)
    if arrest is not None and arrest.arrestees:
        content["b"] = to_plain(arrest)
    return content


def group_a(content: dict[str, Any]) -> GroupAIncident | None:
    """The Group A incident kept, if any."""
    return from_plain(GroupAIncident, content["a"]) if "a" in content else None


def group_b(content: dict[str, Any]) -> GroupBArrest | None:
    """The Group B arrest kept, if any."""
    return from_plain(GroupBArrest, content["b"]) if "b" in content else None


def reports(content: dict[str, Any], *, number: str, terms: Terms, month: date) -> list[tuple[str, Report]]:
    """The reports of a coding, as they are sent in the submission of `month`: (kind, report)."""
    head = Head(month=f"{month:%m}", year=f"{month:%Y}", ori=terms.ori)
    made: list[tuple[str, Report]] = []
    incident, arrest = group_a(content), group_b(content)
    if incident is not None:
        made.append(("A", dataclasses.replace(incident, head=dataclasses.replace(head, action="I", number=number))))
    if arrest is not None:
        own = dataclasses.replace(head, action="A", number=f"{number}B"[:12])
        people = tuple(dataclasses.replace(one, transaction=own.number) for one in arrest.arrestees)
        made.append(("B", GroupBArrest(own, people)))
    return made


def judge(
    content: dict[str, Any], *, number: str, terms: Terms, today: date, on_file: OnFile | None = None
) -> list[Judged]:
    """What is wrong with each report of a coding, as if it were sent in this month."""
    reference = terms.reference(today, on_file)
    made = reports(content, number=number, terms=terms, month=today)
    return [Judged(kind, report, check(report, reference)) for kind, report in made]


def federal(record: Any, tables: Tables) -> Any:
    """The record with every code a state added replaced by the FBI's that stands for it (N7)."""
    if isinstance(record, tuple):
        return tuple(federal(one, tables) for one in record)
    if not dataclasses.is_dataclass(record) or isinstance(record, type):
        return record
    known = TABLES.get(type(record).__name__, {})
    changed = {}
    for one in dataclasses.fields(record):
        value = getattr(record, one.name)
        changed[one.name] = _federal(value, known[one.name], tables) if one.name in known else federal(value, tables)
    return dataclasses.replace(record, **changed)


def _federal(value: Any, table: str, tables: Tables) -> Any:
    if isinstance(value, tuple):
        return tuple(tables.federal(table, one) for one in value)
    return tables.federal(table, value)
