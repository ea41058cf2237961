"""The flat file: one line a segment, each value at its published position, read into records and written from them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.core.errors import Invalid
from app.nibrs.records import (
    Arrestee,
    Drug,
    GroupAIncident,
    GroupBArrest,
    Head,
    Item,
    Layout,
    Offender,
    Offense,
    Property,
    Relation,
    Report,
    Stray,
    Submission,
    Victim,
    ZeroReport,
)

LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class At:
    """Where a value stands: first and last position (from 1), and how often it is repeated, one after the other."""

    name: str
    first: int
    last: int
    times: int = 1
    parts: tuple["At", ...] = ()
    of: type | None = None

    @property
    def width(self) -> int:
        """How many characters one value has."""
        return self.last - self.first + 1


def person(first: int) -> tuple[At, ...]:
    """Four positions of age, and one each of sex, race and ethnicity, as in every segment about a person."""
    after = (At(name, place, place) for place, name in enumerate(("sex", "race", "ethnicity"), start=first + 4))
    return (At("age", first, first + 3), *after)


HEAD = (
    At("action", 6, 6),
    At("month", 7, 8),
    At("year", 9, 12),
    At("city", 13, 16),
    At("ori", 17, 25),
    At("number", 26, 37),
)
ADMINISTRATIVE = (
    At("date", 38, 45),
    At("report_date", 46, 46),
    At("hour", 47, 48),
    At("cleared", 49, 49),
    At("cleared_date", 50, 57),
    At("cargo", 88, 88),
)
OFFENSE = (
    At("code", 38, 40),
    At("attempted", 41, 41),
    At("using", 42, 42, 3),
    At("location", 45, 46),
    At("premises", 47, 48),
    At("entry", 49, 49),
    At("activity", 50, 50, 3),
    At("weapons", 53, 55, 3),
    At("biases", 62, 63, 5),
)
ITEM = (At("description", 1, 2), At("value", 3, 11), At("recovered", 12, 19))
DRUG = (At("kind", 1, 1), At("quantity", 2, 13), At("measurement", 14, 15))
PROPERTY = (
    At("loss", 38, 38),
    At("items", 39, 57, 10, ITEM, Item),
    At("stolen", 229, 230),
    At("recovered", 231, 232),
    At("drugs", 233, 247, 3, DRUG, Drug),
)
VICTIM = (
    At("sequence", 38, 40),
    At("offenses", 41, 43, 10),
    At("kind", 71, 71),
    *person(72),
    At("resident", 79, 79),
    At("circumstances", 80, 81, 2),
    At("justifiable", 84, 84),
    At("injuries", 85, 85, 5),
    At("relations", 90, 93, 10, (At("offender", 1, 2), At("relationship", 3, 4)), Relation),
    At("officer_activity", 130, 131),
    At("officer_assignment", 132, 132),
    At("officer_ori", 133, 141),
)
OFFENDER = (At("sequence", 38, 39), *person(40))
ARRESTEE = (
    At("sequence", 38, 39),
    At("transaction", 40, 51),
    At("date", 52, 59),
    At("kind", 60, 60),
    At("multiple", 61, 61),
    At("offense", 62, 64),
    At("armed", 65, 67, 2),
    *person(71),
    At("resident", 78, 78),
    At("disposition", 79, 79),
    At("clearance", 80, 80),
    At("clearance_offenses", 81, 83, 10),
)
GROUP_B = (
    At("sequence", 38, 39),
    At("date", 40, 47),
    At("kind", 48, 48),
    At("offense", 49, 51),
    At("armed", 52, 54, 2),
    *person(58),
    At("resident", 65, 65),
    At("disposition", 66, 66),
)
ZERO = (At("month", 38, 39), At("year", 40, 43))
UNDER = {
    "2": ("offenses", Offense, OFFENSE),
    "3": ("properties", Property, PROPERTY),
    "4": ("victims", Victim, VICTIM),
    "5": ("offenders", Offender, OFFENDER),
    "6": ("arrestees", Arrestee, ARRESTEE),
}
# Of each level the length, or the lengths without and with the optional tail that the layout names.
LENGTHS = {
    "1": (87, 88),
    "2": (63, 71),
    "3": (307,),
    "4": (129, 141),
    "5": (45, 46),
    "6": (110,),
    "7": (66,),
    "0": (43,),
}
TAILS = {"1": "cargo", "2": "biases", "4": "officers", "5": "ethnicity"}


def read(content: bytes) -> Submission:
    """Every report in a flat file, in order. Nothing is corrected: what is wrong is for the rules to find.

    Invalid for a file that is no text of lines, or has a line longer than any segment.
    """
    if b"\0" in content:
        raise Invalid("This is not a NIBRS flat file: it has bytes that are no text.", field="file")
    reader = _Reader()
    for number, line in enumerate(content.decode("latin-1").split("\n"), start=1):
        text = line.rstrip("\r")
        if len(text.rstrip()) > LONGEST_LINE:
            raise Invalid(
                f"Line {number} has {len(text)} characters; the longest segment has 307.",
                field="file",
                remedy="Choose a NIBRS flat file, one segment a line.",
            )
        if text.strip():
            reader.take(number, text)
    return reader.submission()


class _Reader:
    """Gathers lines into reports."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.strays: list[Stray] = []
        self.lengths: dict[str, set[str]] = defaultdict(set)
        self.head = Head()
        self.values: dict[str, Any] = {}
        self.order = ""

    def take(self, number: int, line: str) -> None:
        level, head = line[4:5], _head(line, number)
        self.lengths[level].add(head.length)
        if level == "1":
            self._finish()
            self.head, self.order, self.values = head, "1", _values(line, ADMINISTRATIVE)
        elif level in UNDER:
            self._under(level, head, line)
        elif level == "7":
            self._finish()
            self._arrest(head, line)
        elif level == "0":
            self._finish()
            self.reports.append(ZeroReport(head=head, **_values(line, ZERO)))
        else:
            self.strays.append(Stray(number, level))

    def _under(self, level: str, head: Head, line: str) -> None:
        if not self.order or not _same(self.head, head):
            self._finish()
            self.head = head
        name, kind, places = UNDER[level]
        self.order += level
        self.values.setdefault(name, []).append(kind(head=head, **_values(line, places)))

    def _arrest(self, head: Head, line: str) -> None:
        arrestee = Arrestee(head=head, transaction=head.number, **_values(line, GROUP_B))
        last = self.reports[-1] if self.reports else None
        if isinstance(last, GroupBArrest) and _one_report(last.head, head):
            self.reports[-1] = GroupBArrest(last.head, (*last.arrestees, arrestee))
        else:
            self.reports.append(GroupBArrest(head, (arrestee,)))

    def _finish(self) -> None:
        if self.order:
            lists: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in self.values.items()
            }
            self.reports.append(GroupAIncident(head=self.head, order=self.order, **lists))
        self.values, self.order = {}, ""

    def submission(self) -> Submission:
        self._finish()
        longest = {name: max(self.lengths[level], default="9999") for level, name in TAILS.items()}
        layout = Layout(**{name: longest[name] >= f"{LENGTHS[level][-1]:04}" for level, name in TAILS.items()})
        return Submission(tuple(self.reports), tuple(self.strays), layout)


def _head(line: str, number: int) -> Head:
    said = line[:4].strip()
    longer = said.isascii() and said.isdigit() and len(line.rstrip()) > int(said)
    length = f"{len(line.rstrip()):04}" if longer else said
    return Head(length=length, line=number, **_values(line, HEAD))


def _same(one: Head, other: Head) -> bool:
    """Whether a segment belongs to the incident above it, so far as its number and ORI can be read at all."""
    numbers = {re.sub("[^A-Z0-9]", "", head.number.upper()) for head in (one, other)} - {""}
    oris = {head.ori.strip() for head in (one, other)} - {""}
    return len(numbers) < 2 and len(oris) < 2


def _one_report(one: Head, other: Head) -> bool:
    return (one.ori, one.number, one.action) == (other.ori, other.number, other.action)


def _values(line: str, places: tuple[At, ...]) -> dict[str, Any]:
    return {at.name: _value(line, at) for at in places}


def _value(line: str, at: At) -> Any:
    if at.times == 1:
        return line[at.first - 1 : at.last].rstrip(" ")
    slots = [line[at.first - 1 + n * at.width : at.last + n * at.width] for n in range(at.times)]
    while slots and not slots[-1].strip(" "):
        slots.pop()
    if at.of is not None:
        return tuple(at.of(**_values(slot, at.parts)) for slot in slots)
    return tuple(slot.rstrip(" ") for slot in slots)


def write(reports: Iterable[Report], layout: Layout | None = None) -> bytes:
    """The flat file of some reports: numeric values as they are, the rest filled with blanks, one line a segment.

    Invalid when a value is too long for its field or there are more of one than the field holds.
    """
    chosen = layout or Layout()
    return "".join(f"{line}\n" for report in reports for line in lines(report, chosen)).encode("latin-1", "replace")


def lines(report: Report, layout: Layout) -> Iterator[str]:
    """The lines of one report; a deletion of an incident is its first line alone."""
    if isinstance(report, ZeroReport):
        yield _line("0", layout, report.head, report, ZERO)
    elif isinstance(report, GroupBArrest):
        for arrestee in report.arrestees:
            yield _line("7", layout, report.head, arrestee, GROUP_B)
    else:
        yield _line("1", layout, report.head, report, ADMINISTRATIVE)
        if report.head.action == "D":
            return
        for level, (name, _, places) in UNDER.items():
            for segment in getattr(report, name):
                yield _line(level, layout, report.head, segment, places)


def _line(level: str, layout: Layout, head: Head, segment: object, places: tuple[At, ...]) -> str:
    tail = TAILS.get(level)
    length = LENGTHS[level][-1 if tail is None or getattr(layout, tail) else 0]
    cells = [" "] * length
    cells[:5] = f"{length:04}{level}"
    for at in HEAD:
        _put(cells, at, getattr(head, at.name), 0)
    for at in places:
        _put(cells, at, getattr(segment, at.name), 0)
    return "".join(cells)


def _put(cells: list[str], at: At, value: Any, shift: int) -> None:
    values = value if at.times > 1 else (value,)
    if len(values) > at.times:
        raise Invalid(f"There are {len(values)} values of {at.name}; the flat file holds {at.times}.", field=at.name)
    for number, one in enumerate(values):
        first = at.first - 1 + shift + number * at.width
        if at.parts:
            for part in at.parts:
                _put(cells, part, getattr(one, part.name), first)
            continue
        if len(one) > at.width:
            raise Invalid(f"{one!r} is longer than the {at.width} characters of {at.name}.", field=at.name)
        if first + len(one) > len(cells):
            continue  # the optional tail of a segment written in its short length
        cells[first : first + len(one)] = one


def file_name(ori: str, day: str, series: int, extra: str = "") -> str:
    """`ORI_YYYYMMDD_NIBRS_extra_series`, as the specification names files; `day` is YYYYMMDD."""
    return "_".join([ori, day, "NIBRS", extra or "MONTH", f"{series:03}"])
