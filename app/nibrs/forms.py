"""The coding form as a page draws it: sections, segments and inputs, each with its choices and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.nibrs.applying import Coded
from app.nibrs.codes import Tables
from app.nibrs.edits import Finding
from app.nibrs.edits.rules import element_name
from app.nibrs.fields import GROUP_B, INCIDENT, SECTIONS, Field, Rows, choices, shown
from app.nibrs.records import GroupAIncident, GroupBArrest
from app.nibrs.typed import to_shown

HOURS = [(f"{n:02}", f"{n:02}:00 to {n:02}:59") for n in range(24)]
FIXED = {
    "choice": [("C", "Completed"), ("A", "Attempted")],
    "yes": [("N", "No"), ("Y", "Yes")],
    "mark": [("R", "Not known: the date above is the report's")],
    "hour": HOURS,
}
TYPES = {"day": "date", "dollars": "text", "count": "text", "amount": "text", "age": "text", "text": "text"}
Spoken = dict[str, list[Finding]]


@dataclass(frozen=True, slots=True)
class Input:
    """One input: `values` has one value, or several for repeated ones with a blank one to add."""

    name: str
    label: str
    kind: str
    values: list[str]
    choices: list[tuple[str, str]]
    hint: str
    findings: list[Finding]

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + self.name.replace(".", "-")

    @property
    def type(self) -> str:
        """The browser's kind of input; empty for a list to choose from."""
        return TYPES.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Row:
    """Inputs that stand side by side."""

    inputs: list[Input]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a segment: one input, or rows of them under a label."""

    input: Input | None = None
    label: str = ""
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Segment:
    """One offense, victim …: its title, its place in the form, its parts."""

    title: str
    path: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Section:
    """All segments of one kind, and what is wrong with them together."""

    title: str
    singular: str
    path: str
    segments: list[Segment]
    findings: list[Finding]
    may_add: bool = True


class Sheet:
    """Draws one coding with its findings; what has no place of its own is left in `rest`."""

    def __init__(self, incident: GroupAIncident, tables: Tables, findings: list[Finding]) -> None:
        self.coded, self.tables = Coded(incident, tables), tables
        self.spoken: Spoken = {}
        for one in findings:
            self.spoken.setdefault(one.path, []).append(one)

    @property
    def rest(self) -> list[Finding]:
        """Findings that no field showed."""
        return [one for found in self.spoken.values() for one in found]

    def top(self) -> list[Part]:
        """The incident's own fields."""
        return list(self.parts("a", "", self.coded.incident, INCIDENT))

    def sections(self) -> list[Section]:
        """Offenses, property, victims, offenders, arrestees: those that apply."""
        made = []
        for name, (title, singular, fields) in SECTIONS.items():
            segments = getattr(self.coded.incident, name)
            if name == "properties" and not segments and not self.coded.about_property():
                made_findings = self.said(name)
                if not made_findings:
                    continue
                made.append(Section(title, singular, f"a.{name}", [], made_findings))
                continue
            drawn = [self.segment("a", name, n, singular, one, fields) for n, one in enumerate(segments)]
            made.append(Section(title, singular, f"a.{name}", drawn, self.said(name)))
        return made

    def segment(
        self, root: str, name: str, n: int, singular: str, one: Any, fields: tuple[Field | Rows, ...]
    ) -> Segment:
        inner = f"{name}.{n}"
        parts = list(self.parts(root, f"{inner}.", one, fields))
        return Segment(f"{singular} {n + 1}", f"{root}.{inner}", parts)

    def parts(self, root: str, path: str, segment: Any, fields: tuple[Field | Rows, ...]) -> Iterator[Part]:
        for one in fields:
            value = getattr(segment, one.name)
            inner = f"{path}{one.name}"
            needed = shown(one, segment, self.coded) or any(key.startswith(inner) for key in self.spoken)
            if not needed:
                continue
            if isinstance(one, Rows):
                yield self.rows(root, inner, one, value)
            else:
                yield Part(self.input(root, inner, one, value))

    def rows(self, root: str, path: str, rows: Rows, values: tuple[Any, ...]) -> Part:
        filled = [*values, rows.of()] if len(values) < rows.times else list(values)
        drawn = [
            Row(
                [
                    self.input(root, f"{path}.{n}.{one.name}", one, getattr(value, one.name))
                    for one in self.columns(rows)
                ]
            )
            for n, value in enumerate(filled)
        ]
        return Part(label=rows.label, rows=drawn, findings=self.said(path))

    def columns(self, rows: Rows) -> list[Field]:
        return [one for one in rows.fields if one.name != "recovered" or self.any_recovered()]

    def any_recovered(self) -> bool:
        return any(segment.loss == "5" for segment in self.coded.incident.properties)

    def input(self, root: str, path: str, one: Field, value: Any) -> Input:
        kept = list(value) if isinstance(value, tuple) else [value]
        if one.kind == "codes" and len(kept) < one.times:
            kept.append("")
        offered = self.offered(one)
        known = {code for code, _ in offered}
        missing = [(code, code) for code in kept if offered and code and code not in known and one.kind != "sequence"]
        values = [to_shown(one.kind, text) for text in kept]
        label = one.label or element_name(one.element)
        return Input(f"{root}.{path}", label, one.kind, values, [*offered, *missing], one.hint, self.said(path))

    def offered(self, one: Field) -> list[tuple[str, str]]:
        incident = self.coded.incident
        if one.kind == "offenses":
            return [(code, f"{code} · {self.tables['offense'].words(code)}") for code in incident.codes if code]
        if one.kind == "offender":
            return [(who.sequence, _who(who.sequence)) for who in incident.offenders if who.sequence]
        if one.kind == "sequence":
            return [("", "Known, or partly"), ("00", "Nothing is known, not even how many")]
        if one.kind in FIXED:
            return FIXED[one.kind]
        return choices(one.table, self.tables, self.coded) if one.table else []

    def said(self, path: str) -> list[Finding]:
        """What is wrong at a path; said once."""
        return self.spoken.pop(path, [])


def _who(sequence: str) -> str:
    return "Offender unknown" if sequence == "00" else f"Offender {sequence.lstrip('0')}"


def arrest_section(sheet: Sheet, report: GroupBArrest) -> Section:
    """The Group B arrest's people."""
    drawn = [sheet.segment("b", "arrestees", n, "Arrestee", one, GROUP_B) for n, one in enumerate(report.arrestees)]
    return Section("Group B arrest", "Arrestee", "b.arrestees", drawn, sheet.said("arrestees"))
