"""The library and playlists as tables: what stands in each column, as CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.search.library.facets import FACETS, KINDS, RETENTION, STATES, tag_words
from app.search.library.finding import Shown
from app.search.library.keeping import COLUMNS
from app.search.library.playlists import Seen

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PLAYLIST = ("part", "incident", "title", "start_s", "end_s", "note", "recorded_at_utc", "sha256", "second_hash", "evidence_id", "recorded_by")  # fmt: skip


def cells(shown: Shown, columns: Sequence[str], categories: dict[Any, tuple[str, str]]) -> dict[str, Any]:
    """What stands in these columns for one item, as plain values. `categories` are the words of their ids."""
    item, row = shown.item, shown.row
    every = {
        "recorded": item.recorded_at,
        "incident": item.incident.number,
        "officer": item.officer.label,
        "unit": item.incident.unit.name,
        "kind": KINDS.get(row.kind, row.kind),
        "length": item.duration_s,
        "size": item.size,
        "place": item.incident.place,
        "category": ", ".join(categories[one][1] for one in row.categories if one in categories),
        "tag": ", ".join(tag_words(one) for one in row.tags),
        "state": STATES[item.state.value],
        "retention": RETENTION.get(row.retention, row.retention),
        "sha256": item.sha256,
    }
    return {one: every[one] for one in columns}


def categories_of(shown: Iterable[Shown]) -> dict[Any, tuple[str, str]]:
    """The code and name of every category of these items."""
    return dict(FACETS["category"].told({one for each in shown for one in each.row.categories}))


def library_csv(shown: Sequence[Shown], columns: Sequence[str]) -> str:
    """One line an item: id, title, and the columns. Times are UTC, lengths seconds, sizes bytes."""
    names = categories_of(shown)
    head = ["evidence_id", "title", *(COLUMNS[one] for one in columns)]
    lines = [[str(one.item.id), one.row.title, *cells(one, columns, names).values()] for one in shown]
    return _table([head, *lines])


def playlist_rows(seen: Seen) -> list[dict[str, Any]]:
    """One row a part, in order, as the sheet, the CSV and the JSON tell it."""
    return [
        {
            "part": number,
            "incident": one.evidence.incident.number,
            "title": one.evidence.title or one.evidence.original_name,
            "start_s": one.start_s,
            "end_s": one.end_s,
            "note": one.note,
            "recorded_at_utc": one.evidence.recorded_at,
            "sha256": one.evidence.sha256,
            "second_hash": one.evidence.second_hash,
            "evidence_id": one.evidence_id,
            "recorded_by": one.evidence.officer.label,
        }
        for number, one in enumerate(seen.parts, 1)
    ]


def playlist_csv(seen: Seen) -> str:
    """The parts in order."""
    return _table([list(PLAYLIST), *([row[name] for name in PLAYLIST] for row in playlist_rows(seen))])


def _table(lines: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_cell(one) for one in line] for line in lines)
    return "\ufeff" + out.getvalue()  # spreadsheets take it for UTF-8 only so


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is put behind an apostrophe (OWASP, CSV injection)."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, int | float) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
