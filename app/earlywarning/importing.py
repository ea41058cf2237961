"""Reading a CSV file of counts row by row: what each row says, or what is wrong with it and what to do. No database."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.errors import Invalid

LARGEST = 5_000_000  # bytes
MOST_ROWS = 50_000
MOST_COUNT = 1000
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y", "%Y-%m", "%m/%d/%y")
FIELDS = ("badge", "day", "number", "exposure", "reference")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as a table: the names of its columns, and its rows with the line of the file each begins on."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class Good:
    """A row that can be taken in."""

    line: int
    badge: str
    day: date
    number: int
    exposure: float | None
    key: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot, as it stands in the file, with every reason and its remedy."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[str, ...]


def sheet(content: bytes) -> Sheet:
    """The file as a table. Invalid, naming what is wrong, for what is no CSV file with a first line of column names."""
    if not content.strip():
        raise Invalid("The file is empty.", field="file", remedy="Choose a CSV file with a first line of column names.")
    if len(content) > LARGEST:
        raise Invalid("The file is larger than 5 MB.", field="file", remedy="Send it in parts, a year each.")
    text = _text(content)
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        found = [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    except csv.Error as error:
        raise Invalid(f"The file is no CSV: {error}.", field="file", remedy="Save it again as CSV.") from error
    (_, names), *rows = found
    if len(names) < 2 or not all(names) or len({name.casefold() for name in names}) != len(names):
        raise Invalid(
            "The first line must name every column once.", field="file", remedy="Two columns at least: badge and date."
        )
    filled = tuple((line, row) for line, row in rows if any(row))
    if not filled:
        raise Invalid("There are no rows below the first line.", field="file", remedy="Send the file with its rows.")
    if len(filled) > MOST_ROWS:
        raise Invalid(f"More than {MOST_ROWS:,} rows.", field="file", remedy="Send it in parts, a year each.")
    return Sheet(names, filled, delimiter)


def guessed(columns: Sequence[str]) -> dict[str, str]:
    """Which column probably means what, by its name; a person corrects it."""
    wanted = {
        "badge": r"badge|employee|officer.?(?:id|no|number)|serial",
        "day": r"date|day|month|when|occurred",
        "number": r"^(?:count|number|events|n|total|quantity|incidents|uses|complaints|pursuits)$",
        "exposure": r"hours|exposure|stops?$|shifts|arrests",
        "reference": r"reference|case|(?:^|_|\b)(?:id|no)$|file",
    }
    found: dict[str, str] = {}
    for field, pattern in wanted.items():
        for column in columns:
            if column not in found.values() and re.search(pattern, column.casefold()):
                found[field] = column
                break
    return found


def check(table: Sheet, mapping: Mapping[str, str]) -> None:
    """Invalid where badge or day has no column, a column is not there, or one is to mean two things."""
    _places(table, mapping)


def read(
    table: Sheet, mapping: Mapping[str, str], *, badges: Collection[str], today: date
) -> tuple[list[Good], list[Bad]]:
    """Every row, either good or bad: none is left out. `mapping` says which column is badge, day and, where there are
    such, number, exposure and reference; `badges` are those of the agency's people.

    Invalid where badge or day has no column, or one column is to mean two things.
    """
    place = _places(table, mapping)
    good: list[Good] = []
    bad: list[Bad] = []
    alike: Counter[str] = Counter()
    seen: set[str] = set()
    for line, cells in table.rows:
        row, faults = _row(line, cells, place, len(table.columns), badges, today)
        if row is None or faults:
            bad.append(Bad(line, cells, tuple(faults)))
            continue
        key = _key(row, alike)
        if key in seen:
            bad.append(Bad(line, cells, (f"The reference {row.key} stands in this file twice: keep one of the rows.",)))
            continue
        seen.add(key)
        good.append(Good(row.line, row.badge, row.day, row.number, row.exposure, key))
    return good, bad


def refused(table: Sheet, bad: Sequence[Bad]) -> list[tuple[str, ...]]:
    """The bad rows as rows of a file: to be put right and sent again."""
    width = len(table.columns)
    rows = [((*one.cells, *[""] * width)[:width], one) for one in bad]
    return [(*table.columns, "what is wrong"), *((*cells, " ".join(one.faults)) for cells, one in rows)]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("The file is no text.", field="file", remedy="Save it as CSV (UTF-8).")


def _places(table: Sheet, mapping: Mapping[str, str]) -> dict[str, int]:
    chosen = {field: mapping[field] for field in FIELDS if mapping.get(field)}
    for field, title in (("badge", "the badge"), ("day", "the date")):
        if field not in chosen:
            raise Invalid(f"Say which column has {title}.", field=field, remedy="Choose a column.")
    for field, column in chosen.items():
        if column not in table.columns:
            raise Invalid(f"There is no column {column}.", field=field, remedy="Choose a column of the file.")
        if sum(other == column for other in chosen.values()) > 1:
            raise Invalid("One column cannot mean two things.", field=field, remedy="Choose another column.")
    return {field: table.columns.index(column) for field, column in chosen.items()}


def _row(
    line: int, cells: tuple[str, ...], place: Mapping[str, int], width: int, badges: Collection[str], today: date
) -> tuple[Good | None, list[str]]:
    if len(cells) != width:
        return None, [f"{len(cells)} cells instead of {width}: look for a missing quotation mark or separator."]
    said = {field: cells[column] for field, column in place.items()}
    faults: list[str] = []
    badge = said["badge"].lstrip("#")
    if badge not in badges:
        faults.append(f"No officer here has the badge {said['badge'] or '(empty)'}: correct it, or enrol the officer.")
    day = _day(said["day"], today, faults)
    number = _number(said.get("number", "1"), faults) if "number" in place else 1
    exposure = _exposure(said["exposure"], faults) if "exposure" in place else None
    if "reference" in place and not said["reference"]:
        faults.append("The reference is empty: give it, or choose no reference column.")
    if faults or day is None or number is None:
        return None, faults
    return Good(line, badge, day, number, exposure, said.get("reference", "")[:100]), []


def _day(text: str, today: date, faults: list[str]) -> date | None:
    for form in _DATES:
        try:
            day = datetime.strptime(text.split("T")[0].split(" 00:")[0], form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day > today or day.year < 1990:
            faults.append(f"The date {text} is in the future or before 1990: correct it.")
            return None
        return day
    faults.append(f"{text or 'An empty cell'} is no date: write it as 2026-11-25 or 11/25/2026.")
    return None


def _number(text: str, faults: list[str]) -> int | None:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_COUNT:
        faults.append(f"{text or 'An empty cell'} is no count: write a whole number from 0 to {MOST_COUNT}.")
        return None
    return int(text)


def _exposure(text: str, faults: list[str]) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        faults.append(f"{text or 'An empty cell'} is no exposure: write a number above 0.")
        return None
    return value


def _key(row: Good, alike: Counter[str]) -> str:
    """The reference; without one the row itself, and which of several rows alike it is."""
    if row.key:
        return f"r:{row.key}"
    content = f"{row.badge}|{row.day}|{row.number}|{row.exposure}"
    alike[content] += 1
    return "h:" + hashlib.sha256(f"{content}|{alike[content]}".encode()).hexdigest()
