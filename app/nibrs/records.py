"""The records of NIBRS 2019.1: every segment (levels 0 to 7) and data element, as coded text, and as plain data.

A value is what stands in the flat file, without the blanks that fill it up: `"032"` stays text, so that what a person
typed wrongly can be held, shown and judged. An empty string is a blank field. Tuples keep the order of the file.
"""

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Head:
    """What every segment begins with: record positions 1 to 37, and the line of the file it stood on."""

    action: str = ""
    month: str = ""
    year: str = ""
    city: str = ""
    ori: str = ""
    number: str = ""
    length: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Offense:
    """Level 2. `attempted` is A or C; a weapon's third character is A for automatic."""

    code: str = ""
    attempted: str = ""
    using: tuple[str, ...] = ()
    location: str = ""
    premises: str = ""
    entry: str = ""
    activity: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of property: description, whole dollars (nine digits), date recovered."""

    description: str = ""
    value: str = ""
    recovered: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """One suspected drug; `quantity` is nine digits and three of thousandths."""

    kind: str = ""
    quantity: str = ""
    measurement: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """Level 3: all property of one kind of loss."""

    loss: str = ""
    items: tuple[Item, ...] = ()
    stolen: str = ""
    recovered: str = ""
    drugs: tuple[Drug, ...] = ()
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """An offender a victim is related to, and as what."""

    offender: str = ""
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class Victim:
    """Level 4. `age` is two digits, four for a range, or NN, NB, BB."""

    sequence: str = ""
    offenses: tuple[str, ...] = ()
    kind: str = ""
    age: str = ""
    sex: str = ""
    race: str = ""
    ethnicity: str = ""
    resident: str = ""
    circumstances: tuple[str, ...] = ()
    justifiable: str = ""
    injuries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    officer_activity: str = ""
    officer_assignment: str = ""
    officer_ori: str = ""
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Offender:
    """Level 5; sequence 00 means nothing is known about any offender."""

    sequence: str = ""
    age: str = ""
    sex: str = ""
    race: str = ""
    ethnicity: str = ""
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Arrestee:
    """Level 6, and the person of level 7. `multiple` and the clearance fields are of level 6 only."""

    sequence: str = ""
    transaction: str = ""
    date: str = ""
    kind: str = ""
    multiple: str = ""
    offense: str = ""
    armed: tuple[str, ...] = ()
    age: str = ""
    sex: str = ""
    race: str = ""
    ethnicity: str = ""
    resident: str = ""
    disposition: str = ""
    clearance: str = ""
    clearance_offenses: tuple[str, ...] = ()
    head: Head | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class GroupAIncident:
    """A Group A incident: level 1 and the segments under it. `order` is the levels as they stood in a file."""

    head: Head = Head()
    date: str = ""
    report_date: str = ""
    hour: str = ""
    cleared: str = ""
    cleared_date: str = ""
    cargo: str = ""
    offenses: tuple[Offense, ...] = ()
    properties: tuple[Property, ...] = ()
    victims: tuple[Victim, ...] = ()
    offenders: tuple[Offender, ...] = ()
    arrestees: tuple[Arrestee, ...] = ()
    order: str = field(default="", compare=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """The offense codes, in order."""
        return tuple(one.code for one in self.offenses)


@dataclass(frozen=True, slots=True)
class GroupBArrest:
    """A Group B arrest report: one arrest transaction (`head.number`) and its arrestees."""

    head: Head = Head()
    arrestees: tuple[Arrestee, ...] = ()


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """Level 0: a month in which nothing happened. The incident number is twelve zeros."""

    head: Head = Head()
    month: str = ""
    year: str = ""


Report = GroupAIncident | GroupBArrest | ZeroReport
KINDS: dict[str, type[Report]] = {"A": GroupAIncident, "B": GroupBArrest, "0": ZeroReport}


@dataclass(frozen=True, slots=True)
class Layout:
    """The lengths a flat file is written in: each optional tail is on in every segment of a file or in none."""

    cargo: bool = True
    biases: bool = True
    officers: bool = True
    ethnicity: bool = True


@dataclass(frozen=True, slots=True)
class Stray:
    """A line that belongs to no report: its level is none of 0 to 7."""

    line: int
    level: str


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything in one file."""

    reports: tuple[Report, ...] = ()
    strays: tuple[Stray, ...] = ()
    layout: Layout = Layout()


Record = TypeVar("Record")


def to_plain(record: Any) -> Any:
    """A record as plain data for JSON; blank fields are left out, and so is where in a file it stood."""
    if dataclasses.is_dataclass(record):
        pairs = ((one.name, getattr(record, one.name)) for one in dataclasses.fields(record) if one.compare)
        return {name: to_plain(value) for name, value in pairs if value not in ("", (), 0, None)}
    if isinstance(record, tuple):
        return [to_plain(one) for one in record]
    return record


def from_plain(kind: type[Record], data: Any) -> Record:
    """The record of `kind` that `to_plain` made `data` of. Invalid, naming the member, for anything else."""
    if not isinstance(data, dict):
        raise Invalid(f"A {kind.__name__} is an object with named members.")
    hints = typing.get_type_hints(kind)
    unknown = set(data) - set(hints)
    if unknown:
        raise Invalid(f"A {kind.__name__} has no member {min(unknown)!r}.", field=str(min(unknown)))
    return kind(**{name: _value(hints[name], value, name) for name, value in data.items()})


def _value(hint: Any, value: Any, name: str) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise Invalid(f"{name} is a list.", field=name)
        return tuple(_value(typing.get_args(hint)[0], one, name) for one in value)
    if dataclasses.is_dataclass(hint):
        return from_plain(hint, value)  # type: ignore[arg-type]
    if not isinstance(value, hint):
        raise Invalid(f"{name} is not {hint.__name__}.", field=name)
    return value
