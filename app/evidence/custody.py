"""An item's chain of custody: a page of it with its proofs, CSV for a spreadsheet, PDF/A for a file (E4, E5)."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import typst

from app.core.actor import Actor
from app.core.db import session
from app.core.ledger import Event, checkpoints, tree, written
from app.core.ledger.checkpoints import CheckpointRow
from app.core.permissions import Permission
from app.core.verifier import Fault, check_inclusion, leaf_hash, sha256_hex
from app.evidence import words
from app.evidence.models import Evidence

SHEET = Path(__file__).resolve().parents[2] / "templates" / "evidence" / "custody.typ"
PAGE = 50
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


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of the custody as its page shows it. `proof` says in words how far it can be proven."""

    event: Event
    proof: str
    tone: str


@dataclass(frozen=True, slots=True)
class CustodyPage:
    """Some events, oldest first, how many there are of this kind in all, and every act that occurs."""

    rows: list[Shown]
    total: int
    acts: list[str]
    point: CheckpointRow | None


def trail(item: Evidence, *, actor: Actor | None = None) -> list[Event]:
    """The events of the item and of the upload it came by, oldest first; for `actor`, those that are theirs to see."""
    return list(session().scalars(sa.select(Event).where(_concerns(item), _for(actor)).order_by(Event.seq)))


def page(item: Evidence, *, actor: Actor, act: str = "", number: int = 1, size: int = PAGE) -> CustodyPage:
    """Page `number` (from 1) of the custody, narrowed to one act when one is given; each event is proven now."""
    theirs = sa.and_(_concerns(item), _for(actor))
    wanted = [theirs, *([Event.act == act] if act else [])]
    total = session().scalar(sa.select(sa.func.count()).select_from(Event).where(*wanted)) or 0
    query = sa.select(Event).where(*wanted).order_by(Event.seq).offset((number - 1) * size).limit(size)
    events = list(session().scalars(query))
    acts = sorted(session().scalars(sa.select(Event.act).where(theirs).distinct()))
    point = checkpoints.latest()
    return CustodyPage(_proven(events, point), total, acts, point)


def _for(actor: Actor | None) -> sa.ColumnElement[bool]:
    """What early warning did with a recording is between the officer and internal affairs (W5)."""
    sees_all = actor is None or actor.may(Permission.WARNING_READ)
    return sa.true() if sees_all else Event.act.not_like("earlywarning:%")


def _concerns(item: Evidence) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Event.subject_kind == "evidence", Event.subject_id == str(item.id)),
        sa.and_(Event.subject_kind == "upload", Event.subject_id == str(item.upload_id)),
    )


def _proven(events: Sequence[Event], point: CheckpointRow | None) -> list[Shown]:
    """Each event with the outcome of its proof against the last checkpoint that was signed."""
    covered = [event for event in events if point is not None and event.seq <= point.size]
    proofs = tree.inclusion([event.seq - 1 for event in covered], point.size) if point is not None else {}
    return [_shown(event, proofs.get(event.seq - 1), point) for event in events]


def _shown(event: Event, proof: list[bytes] | None, point: CheckpointRow | None) -> Shown:
    if proof is None or point is None:
        return Shown(event, "kept; the next checkpoint will cover it", "plain")
    content = event.canonical()
    try:
        check_inclusion(leaf_hash(content), event.seq - 1, point.size, proof, bytes(point.root))
    except Fault:
        return Shown(event, f"NOT the event that was signed in the checkpoint of {point.size:,}", "bad")
    if sha256_hex(content) != event.hash:
        return Shown(event, "its own hash does not fit", "bad")
    return Shown(event, f"proven in the checkpoint of {point.size:,} events", "good")


def as_csv(trail: Sequence[Event], *, say: Callable[[Event], str] = words.act_words) -> str:
    """Every event, one a line, oldest first; `say` has the words for what is no item's."""
    rows: list[Sequence[object]] = [_COLUMNS]
    for event in trail:
        row = (
            event.seq,
            event.nth or "",
            written(event.at),
            event.act,
            say(event),
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
    csv.writer(out).writerows([in_spreadsheet(value) for value in row] for row in rows)
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


def in_spreadsheet(value: object) -> object:
    """A value that a spreadsheet would run as a formula, kept as text."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
