"""Records that break no rule, to be changed one way at a time; and any number of others, drawn by hypothesis."""

import dataclasses
from datetime import date
from typing import Any

from app.nibrs.codes import published
from app.nibrs.edits import Agency, Reference
from app.nibrs.records import (
    Arrestee,
    Drug,
    GroupAIncident,
    GroupBArrest,
    Head,
    Item,
    Offender,
    Offense,
    Property,
    Relation,
    Victim,
    ZeroReport,
)

ORI = "CA0123400"
OTHER_ORI = "CA0456700"
AGENCIES = {ORI: Agency(nibrs_since=date(2021, 1, 1)), OTHER_ORI: Agency()}
REFERENCE = Reference(today=date(2026, 3, 15), tables=published(), agencies=AGENCIES)
HEAD = Head(action="I", month="02", year="2026", ori=ORI, number="26-000123")

PERSON = {"race": "W", "ethnicity": "N"}
VICTIM = {"sequence": "001", "kind": "I", "age": "34", "sex": "F", "resident": "R", **PERSON}
OFFENDER = Offender(sequence="01", age="35", sex="M", **PERSON)
ARREST: dict[str, Any] = {
    "sequence": "01",
    "transaction": "26-000123-A",
    "date": "20260211",
    "kind": "T",
    "armed": ("01",),
    "age": "35",
    "sex": "M",
    "resident": "R",
    **PERSON,
}
COMMON: dict[str, Any] = {"attempted": "C", "using": ("N",), "location": "20", "biases": ("88",)}
DAY: dict[str, Any] = {"head": HEAD, "date": "20260210", "hour": "21", "cleared": "N"}

ASSAULT = GroupAIncident(
    **DAY,
    offenses=(Offense(code="13A", weapons=("20",), **COMMON),),
    victims=(
        Victim(offenses=("13A",), circumstances=("06",), injuries=("B",), relations=(Relation("01", "BG"),), **VICTIM),
    ),
    offenders=(OFFENDER,),
    arrestees=(Arrestee(multiple="N", offense="13A", **ARREST),),
)
OFFICER = GroupAIncident(
    **DAY,
    offenses=(Offense(code="13B", weapons=("40",), **COMMON),),
    victims=(
        Victim(
            offenses=("13B",),
            injuries=("M",),
            relations=(Relation("01", "ST"),),
            officer_activity="10",
            officer_assignment="G",
            officer_ori=OTHER_ORI,
            **{**VICTIM, "kind": "L"},
        ),
    ),
    offenders=(OFFENDER,),
)
JUSTIFIED = GroupAIncident(
    **DAY,
    offenses=(Offense(code="09C", weapons=("12",), **COMMON),),
    victims=(
        Victim(
            offenses=("09C",),
            circumstances=("21",),
            justifiable="A",
            relations=(Relation("01", "ST"),),
            **{**VICTIM, "sex": "M"},
        ),
    ),
    offenders=(OFFENDER,),
)
RAPE = GroupAIncident(
    **DAY,
    offenses=(Offense(code="11A", weapons=("40",), **COMMON),),
    victims=(Victim(offenses=("11A",), injuries=("N",), relations=(Relation("01", "AQ"),), **VICTIM),),
    offenders=(OFFENDER,),
)
BURGLARY = GroupAIncident(
    **DAY,
    cargo="N",
    offenses=(Offense(code="220", entry="F", **COMMON),),
    properties=(Property(loss="7", items=(Item("07", "000001200"), Item("20", "000000350"))),),
    victims=(Victim(offenses=("220",), **VICTIM),),
    offenders=(Offender(sequence="00"),),
)
ATTEMPT = GroupAIncident(
    **DAY,
    cargo="N",
    offenses=(Offense(code="220", entry="N", **{**COMMON, "attempted": "A"}),),
    properties=(Property(loss="1"),),
    victims=(Victim(offenses=("220",), **VICTIM),),
    offenders=(Offender(sequence="00"),),
)
VEHICLE = GroupAIncident(
    **DAY,
    cargo="N",
    offenses=(Offense(code="240", **{**COMMON, "location": "18"}),),
    properties=(
        Property(loss="7", items=(Item("03", "000012000"),), stolen="01"),
        Property(loss="5", items=(Item("03", "000009000", "20260212"),), recovered="01"),
    ),
    victims=(Victim(offenses=("240",), **VICTIM),),
    offenders=(OFFENDER,),
)
DRUGS = GroupAIncident(
    **DAY,
    offenses=(Offense(code="35A", activity=("P",), **{**COMMON, "location": "13", "using": ("D",)}),),
    properties=(Property(loss="6", items=(Item("10"),), drugs=(Drug("E", "000000028350", "GM"),)),),
    victims=(Victim(sequence="001", offenses=("35A",), kind="S"),),
    offenders=(OFFENDER,),
    arrestees=(Arrestee(multiple="N", offense="35A", **ARREST),),
)
ROBBERY = GroupAIncident(
    **DAY,
    cargo="N",
    offenses=(Offense(code="120", weapons=("12",), **{**COMMON, "location": "13"}),),
    properties=(Property(loss="7", items=(Item("20", "000000080"),)),),
    victims=(
        Victim(offenses=("120",), injuries=("N",), relations=(Relation("01", "ST"), Relation("02", "ST")), **VICTIM),
    ),
    offenders=(OFFENDER, Offender("02", "30", "M", "B", "U"), Offender("03", "2530", "F", "U", "U")),
)
BRAWL = GroupAIncident(
    **DAY,
    offenses=(Offense(code="13B", weapons=("40",), **COMMON),),
    victims=(
        Victim(offenses=("13B",), injuries=("M",), relations=(Relation("01", "VO"), Relation("02", "AQ")), **VICTIM),
        Victim(
            offenses=("13B",),
            injuries=("N",),
            relations=(Relation("01", "AQ"), Relation("02", "VO")),
            **{**VICTIM, "sequence": "002"},
        ),
    ),
    offenders=(OFFENDER, Offender("02", "30", "M", "B", "U")),
)
DELETION = GroupAIncident(head=dataclasses.replace(HEAD, action="D"), date="20260210")
GROUP_B = GroupBArrest(
    head=dataclasses.replace(HEAD, action="A", number="26-000200"),
    arrestees=(Arrestee(offense="90D", **{**ARREST, "transaction": "26-000200"}),),
)
GROUP_B_DELETION = GroupBArrest(
    head=dataclasses.replace(HEAD, action="D", number="26-000200"),
    arrestees=(Arrestee(sequence="01", transaction="26-000200", date="20260211"),),
)
ZERO = ZeroReport(head=dataclasses.replace(HEAD, action="A", number="0" * 12), month="02", year="2026")
VALID = {
    name: value for name, value in globals().items() if isinstance(value, (GroupAIncident, GroupBArrest, ZeroReport))
}


def changed(record: Any, changes: dict[str, Any]) -> Any:
    """The record with the values at some paths (`victims.0.age`) replaced; an index one past the end adds."""
    for path, value in changes.items():
        record = _changed(record, path.split("."), value)
    return record


def _changed(record: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(record, tuple):
        place = int(first)
        old = record[place] if place < len(record) else None
        return (*record[:place], _changed(old, rest, value), *record[place + 1 :])
    return dataclasses.replace(record, **{first: _changed(getattr(record, first), rest, value)})
