"""An item's chain of custody on paper: CSV for a spreadsheet, PDF/A for a file (E4, E5)."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import typst

from app.core.ledger import Event, written
from app.core.ledger.checkpoints import CheckpointRow
from app.evidence import words
from app.evidence.models import Evidence

SHEET = Path(__file__).resolve().parents[2] / "templates" / "evidence" / "custody.typ"
_COLUMNS = (
    "event",
    "nth",
    "time (UTC)",
    "act",
    "what",
    "outcome",
    "who",
    "address",
    "device",
    "session",
    "hash",
    "details",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(trail: Sequence[Event]) -> str:
    """Every event, one a line, oldest first."""
    rows: list[Sequence[object]] = [_COLUMNS]
    for event in trail:
        row = (
            event.seq,
            event.nth or "",
            written(event.at),
            event.act,
            words.act_words(event),
            event.outcome,
            event.actor_label,
            event.address,
            event.device,
            event.session_id,
            event.hash,
            json.dumps(event.details, sort_keys=True, ensure_ascii=False),
        )
        rows.append(row)
    return rows_as_csv(rows)


def rows_as_csv(rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV. A value that a spreadsheet would run as a formula is kept as text."""
    out = io.StringIO()
    csv.writer(out).writerows([_text(value) for value in row] for row in rows)
    return out.getvalue()


def as_pdf(item: Evidence, trail: Sequence[Event], point: CheckpointRow) -> bytes:
    """The custody of one item as PDF/A-2b, fonts embedded."""
    told = {
        "title": item.title,
        "name": item.original_name,
        "incident": item.incident.number,
        "id": str(item.id),
        "size": f"{item.size:,} bytes",
        "type": item.media_type,
        "sha256": item.sha256,
        "claimed": item.claimed_sha256 or "none given",
        "compared": words.compared(item).text,
        "events": [
            {
                "seq": event.seq,
                "at": written(event.at)[:22].replace("T", " "),
                "what": words.act_words(event),
                "details": words.detail_words(event),
                "who": event.actor_label,
                "address": event.address,
                "hash": event.hash[:16],
            }
            for event in trail
        ],
        "note": point.note,
    }
    content = typst.compile(str(SHEET), sys_inputs={"told": json.dumps(told)}, pdf_standards="a-2b")
    return bytes(content)


def _text(value: object) -> object:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
