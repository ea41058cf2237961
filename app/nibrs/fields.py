"""The fields of the coding form, segment by segment: label, data element, kind of input, and when each applies."""

from dataclasses import dataclass
from typing import Any

from app.nibrs import applying
from app.nibrs.applying import Applies, Coded
from app.nibrs.codes import Tables
from app.nibrs.records import Drug, Item, Relation


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` says how it is entered; `table` gives the choices of a code."""

    name: str
    element: str
    kind: str
    table: str = ""
    times: int = 1
    applies: Applies = applying.always
    hint: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A field that is itself a list of small records, as property under one kind of loss."""

    name: str
    of: type
    fields: tuple[Field, ...]
    times: int
    applies: Applies
    label: str


INCIDENT = (
    Field("date", "3", "day", label="Incident date"),
    Field("hour", "3", "hour", label="Hour", hint="Leave out when not known."),
    Field("report_date", "3", "mark", label="When it happened", hint="Only when nobody knows the day."),
    Field("cleared", "4", "code", "cleared"),
    Field("cleared_date", "5", "day", applies=applying.cleared),
    Field("cargo", "2A", "yes", applies=applying.cargo),
)
OFFENSE = (
    Field("code", "6", "code", "group_a"),
    Field("attempted", "7", "choice"),
    Field("location", "9", "code", "location"),
    Field("premises", "10", "count", applies=applying.many_rooms),
    Field("entry", "11", "code", "entry", applies=applying.burglary),
    Field("using", "8", "codes", "using", 3),
    Field("activity", "12", "codes", "activity", 3, applying.active),
    Field("weapons", "13", "codes", "weapons", 3, applying.armed),
    Field("biases", "8A", "codes", "bias", 5),
)
PROPERTY: tuple[Field | Rows, ...] = (
    Field("loss", "14", "code", "loss"),
    Rows(
        "items",
        Item,
        (
            Field("description", "15", "code", "property"),
            Field("value", "16", "dollars", hint="Whole dollars."),
            Field("recovered", "17", "day"),
        ),
        10,
        applying.something_lost,
        "Property",
    ),
    Field("stolen", "18", "count", applies=applying.vehicles_stolen, hint="00 is unknown."),
    Field("recovered", "19", "count", applies=applying.vehicles_recovered, hint="00 is unknown."),
    Rows(
        "drugs",
        Drug,
        (
            Field("kind", "20", "code", "drug"),
            Field("quantity", "21", "amount", hint="For example 28.35."),
            Field("measurement", "22", "code", "measurement"),
        ),
        3,
        applying.drugs,
        "Drugs",
    ),
)
AGE_HINT = "Two digits, a range as 2530, 00 for unknown."
VICTIM: tuple[Field | Rows, ...] = (
    Field("offenses", "24", "offenses"),
    Field("kind", "25", "code", "victim"),
    Field("age", "26", "age", applies=applying.person, hint=f"{AGE_HINT[:-1]}; NN, NB and BB for babies."),
    Field("sex", "27", "code", "sex", applies=applying.person),
    Field("race", "28", "code", "race", applies=applying.person),
    Field("ethnicity", "29", "code", "ethnicity", applies=applying.person),
    Field("resident", "30", "code", "resident", applies=applying.person),
    Field("injuries", "33", "codes", "injury", 5, applying.hurt),
    Field("circumstances", "31", "codes", "circumstance", 2, applying.with_circumstances),
    Field("justifiable", "32", "code", "justifiable", applies=applying.justified),
    Field("officer_activity", "25A", "code", "officer_activity", applies=applying.officer),
    Field("officer_assignment", "25B", "code", "officer_assignment", applies=applying.officer),
    Field("officer_ori", "25C", "text", applies=applying.officer, hint="Only when of another agency."),
    Rows(
        "relations",
        Relation,
        (Field("offender", "34", "offender"), Field("relationship", "35", "code", "relationship")),
        10,
        applying.related,
        "The victim was, to offender",
    ),
)
OFFENDER = (
    Field("sequence", "36", "sequence", label="What is known"),
    Field("age", "37", "age", applies=applying.somebody, hint=AGE_HINT),
    Field("sex", "38", "code", "sex", applies=applying.somebody),
    Field("race", "39", "code", "race", applies=applying.somebody),
    Field("ethnicity", "39A", "code", "ethnicity", applies=applying.somebody),
)
PERSON = (
    Field("age", "47", "age", hint=AGE_HINT),
    Field("sex", "48", "code", "sex"),
    Field("race", "49", "code", "race"),
    Field("ethnicity", "50", "code", "ethnicity"),
    Field("resident", "51", "code", "resident"),
    Field("disposition", "52", "code", "disposition", applies=applying.perhaps_juvenile),
)
ARREST = (Field("date", "42", "day"), Field("kind", "43", "code", "arrest"))
ARMED = Field("armed", "46", "codes", "armed_with", 2)
ARRESTEE = (
    Field("transaction", "41", "text", hint="Your number of the arrest, at most 12 characters."),
    *ARREST,
    Field("multiple", "44", "code", "multiple"),
    Field("offense", "45", "code", "offense"),
    ARMED,
    *PERSON,
)
GROUP_B = (*ARREST, Field("offense", "45", "code", "group_b"), ARMED, *PERSON)
SECTIONS: dict[str, tuple[str, str, tuple[Field | Rows, ...]]] = {
    "offenses": ("Offenses", "Offense", OFFENSE),
    "properties": ("Property", "Property", PROPERTY),
    "victims": ("Victims", "Victim", VICTIM),
    "offenders": ("Offenders", "Offender", OFFENDER),
    "arrestees": ("Arrestees", "Arrestee", ARRESTEE),
}
FIREARMS = ("11", "12", "13", "14", "15")


def choices(table: str, tables: Tables, coded: Coded) -> list[tuple[str, str]]:
    """What a field of codes offers: (code, words)."""
    if table in ("group_a", "group_b"):
        return [(one.code, f"{one.code} · {one.words}") for one in tables.offenses(table[-1].upper())]
    if table in ("weapons", "armed_with"):
        plain = tables["weapon" if table == "weapons" else "armed"].choices()
        automatic = [(f"{code}A", f"{code}A · {words[5:]}, automatic") for code, words in plain if code in FIREARMS]
        return [*plain, *automatic]
    return tables[table].choices()


def shown(field: Field | Rows, segment: Any, coded: Coded) -> bool:
    """Whether a form shows a field: it applies, or somebody filled it in."""
    return field.applies(segment, coded) or bool(getattr(segment, field.name))
