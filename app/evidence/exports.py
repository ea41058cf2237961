"""Exports: originals with custody, proofs and a verifier, to be checked by anyone without this server (E5)."""

import base64
import contextlib
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core import ledger, verifier
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import await_disk, session
from app.core.errors import Conflict, NotFound
from app.core.keys import Signer
from app.core.ledger import Event, checkpoints, tree
from app.core.storage import ObjectStore
from app.evidence import custody, service
from app.evidence.models import Evidence, EvidenceState
from app.evidence.names import download_name
from app.evidence.reasons import Reason

README = """This is an export of Blotter, an open police record.

    python verify.py .

checks it, with Python 3.11 or newer and the library `cryptography`; no server is asked and nothing is sent. Give the
agency's public key, which its office can tell you, as --key, and checkpoints that you kept from earlier as
--checkpoint. verify.py is readable from top to bottom and says by which methods it checks.

originals/    the recordings, byte for byte as they were sealed
custody/      what was done with each of them, as PDF and as CSV
export.json   every event with its proof, and the checkpoint that the agency signed
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """What an export will hold: its manifest, and each item with its name inside and its events."""

    manifest: dict[str, Any]
    items: list[tuple[Evidence, str, list[Event]]]
    point: checkpoints.CheckpointRow


def pack(
    ids: Sequence[uuid.UUID],
    *,
    signer: Signer,
    actor: Actor,
    reason: Reason,
    also: Sequence[Event] = (),
    originals: bool = True,
) -> Packed:
    """Records the export of each item, signs a checkpoint that covers it, and gathers events and proofs.

    `also` are further events to prove; without `originals` the manifest promises none. Raises NotFound for an id that
    is none, Conflict for an item that is not sealed. Whether the actor may see the items is the caller's to ask.
    """
    items = [_sealed(one) for one in dict.fromkeys(ids)]
    for item in items:
        service.note_access(
            item, "item:export", actor=actor, reason=reason, sha256=item.sha256, bytes_out=item.size, items=len(items)
        )
    point = checkpoints.sign(signer)
    trails = {item.id: custody.trail(item) for item in items}
    told = [*also, *(event for trail in trails.values() for event in trail)]
    events = sorted({event.seq: event for event in told}.values(), key=lambda e: e.seq)
    proofs = tree.inclusion([event.seq - 1 for event in events], point.size)
    manifest = {
        "format": "blotter-export-1",
        "origin": signer.name,
        "key": str(signer.key),
        "made_at": now().isoformat(timespec="seconds"),
        "made_by": actor.label,
        "reason": str(reason),
        "checkpoint": point.note,
        "items": [_told(item) for item in items if originals],
        "events": [{"event": event.content(), "proof": _coded(proofs[event.seq - 1])} for event in events],
        "earlier": [
            {"note": old.note, "proof": _coded(tree.consistency(old.size, point.size))}
            for old in checkpoints.earlier(point.size)
        ],
    }
    return Packed(manifest, [(item, _inside(item), trails[item.id]) for item in items], point)


def write(packed: Packed, target: Path, *, objects: ObjectStore) -> None:
    """Writes the archive to a file. Memory does not grow with the originals' size."""
    with target.open("wb") as file:
        for piece in stream(packed, objects=objects):
            file.write(piece)


def stream(packed: Packed, *, objects: ObjectStore) -> Iterator[bytes]:
    """The archive piece by piece as it is made, for an answer that is sent while originals are still being read."""
    out = _Outgoing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.txt", README)
        archive.writestr("verify.py", Path(verifier.__file__).read_text(encoding="utf-8"))
        archive.writestr("export.json", json.dumps(packed.manifest, ensure_ascii=False, indent=1))
        yield out.taken()
        for item, name, trail in packed.items:
            original = contextlib.closing(objects.open(item.storage_key))
            with archive.open(name, "w", force_zip64=True) as inside, original as pieces:
                for piece in pieces:
                    inside.write(piece)
                    yield out.taken()
            archive.writestr(f"custody/{item.id}.csv", custody.as_csv(trail))
            archive.writestr(f"custody/{item.id}.pdf", custody.as_pdf(item, trail, packed.point))
            yield out.taken()
    yield out.taken()


class _Outgoing(io.RawIOBase):
    """A file that can only be written on, and whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._waiting += content
        return len(content)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        piece = bytes(self._waiting)
        self._waiting.clear()
        return piece


def prove(item_id: uuid.UUID, *, signer: Signer) -> list[dict[str, Any]]:
    """The item's events as hashed, each shown to be in the tree that is signed now, and none missing.

    Raises verifier.Fault where that does not hold.
    """
    item = session().get(Evidence, item_id)
    if item is None:
        raise NotFound("There is no such item.")
    point = checkpoints.sign(signer)
    shown = [event.content() for event in custody.trail(item)]
    proofs = tree.inclusion([event["seq"] - 1 for event in shown], point.size)
    for event in shown:
        place = event["seq"] - 1
        verifier.check_inclusion(
            verifier.leaf_hash(verifier.canonical(event)), place, point.size, proofs[place], bytes(point.root)
        )
    counted = [event.get("nth") for event in shown if event["subject_kind"] == "evidence"]
    if counted != list(range(1, len(counted) + 1)):
        raise verifier.Fault(f"the custody of {item_id} is not whole: of events {counted} some are missing")
    return shown


def _sealed(item_id: uuid.UUID) -> Evidence:
    item = session().get(Evidence, item_id)
    if item is None:
        raise NotFound(f"There is no item {item_id}.")
    if item.state is not EvidenceState.SEALED:
        raise Conflict(f"{item.title} is {item.state.value}: only sealed items can be exported.")
    return item


def _inside(item: Evidence) -> str:
    return f"originals/{item.id}/{download_name(item.original_name)[-120:]}"


def _told(item: Evidence) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "incident": item.incident.number,
        "title": item.title,
        "file": _inside(item),
        "sha256": item.sha256,
        "second_hash": item.second_hash,
        "size": item.size,
        "media_type": item.media_type,
        "recorded_at": item.recorded_at.isoformat() if item.recorded_at else None,
        "sealed_at": item.sealed_at.isoformat() if item.sealed_at else None,
    }


def _coded(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


_OUTCOMES = {"evidence:item:seal": "sealed", "evidence:item:quarantine": "quarantined"}


def decided(item: Evidence) -> Event | None:
    """The event by which intake sealed the item or set it aside; None before."""
    query = sa.select(Event).where(
        Event.subject_kind == "evidence", Event.subject_id == str(item.id), Event.act.in_(_OUTCOMES)
    )
    return session().scalars(query.order_by(Event.seq.desc()).limit(1)).one_or_none()


def receipt(item: Evidence, *, signer: Signer) -> str:
    """What the phone may keep: a signed statement of what arrived, what became of it, and where the ledger says so.

    Raises Conflict before intake has decided. What it says is what the seal event says: the same item gives the same
    receipt, whatever is done with it later.
    """
    event = decided(item)
    if event is None:
        raise Conflict("The recording has arrived and is being taken in: ask again in a moment.")
    statement = {
        "evidence": str(item.id),
        "upload": str(item.upload_id),
        "outcome": _OUTCOMES[event.act],
        "claimed_sha256": item.claimed_sha256,
        "sha256": event.details["sha256"],
        **({"second_hash": item.second_hash} if item.second_hash else {}),
        "size": item.size,
        "at": ledger.written(event.at),
        "seq": event.seq,
        "leaf": verifier.leaf_hash(event.canonical()).hex(),
    }
    await_disk()  # a place in the ledger is promised: it must be one that no crash can undo
    return checkpoints.receipt(signer, statement)
