"""From what a browser sends to records, and from records to what a form shows."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from app.nibrs.fields import GROUP_B, INCIDENT, SECTIONS, Field, Rows
from app.nibrs.records import Arrestee, GroupAIncident, GroupBArrest, Offender, Offense, Property, Victim

SEGMENTS: dict[str, type] = {
    "offenses": Offense,
    "properties": Property,
    "victims": Victim,
    "offenders": Offender,
    "arrestees": Arrestee,
}
MOST = 99


def to_stored(kind: str, text: str) -> str:
    """A typed value as a record keeps it; what cannot be read stays as typed, for the rules to name."""
    clean = printable(text)[:40]
    if kind == "day":
        return clean.replace("-", "") if re.fullmatch(r"\d{4}-\d\d-\d\d", clean) else clean
    if kind == "dollars":
        digits = clean.replace(",", "").replace("$", "")
        return digits.zfill(9) if digits.isascii() and digits.isdigit() else clean
    if kind == "amount":
        return _thousandths(clean)
    if kind in ("count", "hour") and clean.isascii() and clean.isdigit():
        return clean.zfill(2)
    return clean.upper() if kind in ("age", "text") else clean


def printable(text: str) -> str:
    """A text of one line without control characters, blanks made single."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def to_shown(kind: str, stored: str) -> str:
    """A kept value as a form shows it."""
    if kind == "day" and re.fullmatch(r"\d{8}", stored):
        return f"{stored[:4]}-{stored[4:6]}-{stored[6:]}"
    if kind == "dollars" and stored.isascii() and stored.isdigit():
        return str(int(stored))
    if kind == "amount" and re.fullmatch(r"\d{12}", stored):
        return f"{int(stored[:9])}.{stored[9:]}".rstrip("0").rstrip(".")
    return stored


def _thousandths(text: str) -> str:
    whole = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,3}))?", text)
    return f"{int(whole[1]):09}{(whole[2] or '').ljust(3, '0')}" if whole else text


def incident(sent: Mapping[str, Any]) -> GroupAIncident:
    """The Group A incident of a sent form; `sent` has `getlist`, as werkzeug's form has."""
    read = _Form(sent)
    values = {field.name: read.value(f"a.{field.name}", field) for field in INCIDENT}
    for name, (_, _, parts) in SECTIONS.items():
        found = [read.segment(f"a.{name}.{n}", SEGMENTS[name], parts) for n in read.places(f"a.{name}")]
        values[name] = tuple(found)
    return numbered(GroupAIncident(**values))


def arrest(sent: Mapping[str, Any]) -> GroupBArrest:
    """The Group B arrest of a sent form."""
    read = _Form(sent)
    found = [read.segment(f"b.arrestees.{n}", Arrestee, GROUP_B) for n in read.places("b.arrestees")]
    return numbered_arrest(GroupBArrest(arrestees=tuple(found)))


def numbered(incident: GroupAIncident) -> GroupAIncident:
    """Victims, offenders and arrestees numbered in their order; an offender of whom nothing is known stays 00."""
    replace = dataclasses.replace
    victims = tuple(replace(one, sequence=f"{n:03}") for n, one in enumerate(incident.victims, start=1))
    offenders = tuple(
        one if one.sequence == "00" else replace(one, sequence=f"{n:02}")
        for n, one in enumerate(incident.offenders, start=1)
    )
    arrestees = tuple(replace(one, sequence=f"{n:02}") for n, one in enumerate(incident.arrestees, start=1))
    return replace(incident, victims=victims, offenders=offenders, arrestees=arrestees)


def numbered_arrest(report: GroupBArrest) -> GroupBArrest:
    """Arrestees numbered in their order."""
    people = enumerate(report.arrestees, start=1)
    return dataclasses.replace(
        report, arrestees=tuple(dataclasses.replace(one, sequence=f"{n:02}") for n, one in people)
    )


class _Form:
    """Reads a sent form by the names of fields."""

    def __init__(self, sent: Any) -> None:
        self.sent = sent

    def places(self, path: str) -> list[int]:
        """Which segments were sent under a path: `a.victims` has 0 when `a.victims.0.` begins a name."""
        start = f"{path}."
        found = {name[len(start) :].partition(".")[0] for name in self.sent if name.startswith(start)}
        return sorted(int(one) for one in found if one.isascii() and one.isdigit() and int(one) < MOST)

    def value(self, path: str, field: Field) -> Any:
        texts = [to_stored(field.kind, one) for one in self.sent.getlist(path)]
        if field.kind in ("codes", "offenses"):
            return tuple(one for one in texts if one)
        return texts[0] if texts else ""

    def segment(self, path: str, of: type, fields: tuple[Field | Rows, ...]) -> Any:
        values: dict[str, Any] = {}
        for field in fields:
            inner = f"{path}.{field.name}"
            values[field.name] = self.rows(inner, field) if isinstance(field, Rows) else self.value(inner, field)
        return of(**values)

    def rows(self, path: str, rows: Rows) -> tuple[Any, ...]:
        found = [self.segment(f"{path}.{n}", rows.of, rows.fields) for n in self.places(path)]
        return tuple(one for one in found if one != rows.of())
