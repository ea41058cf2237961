"""How the demonstration speaks on a terminal: headings, lines, tables, and bars that fill up."""

import shutil
import sys
from collections.abc import Sequence

_bars: dict[str, str] = {}
_BAR = 24


def heading(text: str) -> None:
    """A line that begins an act."""
    _bars.clear()
    print(f"\n{text}\n{'─' * min(len(text), 100)}", flush=True)


def line(text: str) -> None:
    """One thing that happened."""
    print(f"  {text}", flush=True)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns; the last column is cut to the width of the terminal."""
    if not rows:
        line("  (nothing)")
        return
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    room = max(40, shutil.get_terminal_size((120, 24)).columns - 1)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        print(("    " + "  ".join([*cells, row[-1]]))[:room].rstrip(), flush=True)


def bar(name: str, share: float, *, state: str = "") -> None:
    """A bar that is redrawn on a terminal, and printed when it changes by a quarter elsewhere."""
    filled = int(_BAR * min(max(share, 0.0), 1.0))
    text = f"    {name:32} {'█' * filled}{'░' * (_BAR - filled)} {share:4.0%} {state}"
    mark = text if sys.stdout.isatty() else f"{int(share * 4)}{state}"
    if _bars.get(name) == mark:
        return
    _bars[name] = mark
    if sys.stdout.isatty() and share < 1:
        print(f"\r{text}", end="", flush=True)
    else:
        print(f"{chr(13) if sys.stdout.isatty() else ''}{text}", flush=True)
