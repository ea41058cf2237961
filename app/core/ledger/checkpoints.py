"""Checkpoints: signed statements of how many events there are and of the root over them (C2SP tlog-checkpoint).

Two of them that do not fit together prove that history was rewritten, whoever keeps the database.
"""

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.clock import now
from app.core.db import Base, aside, session
from app.core.keys import Signer
from app.core.ledger import tree
from app.core.verifier import RECEIPT, canonical


class CheckpointRow(Base):
    """A checkpoint as it was signed. Kept for ever, like the events it covers."""

    __tablename__ = "ledger_checkpoint"

    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    root: orm.Mapped[bytes]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text)
    made_at: orm.Mapped[datetime]


def any_signed() -> bool:
    """Whether the agency's key ever signed: then it must not be made anew."""
    with aside() as own:
        return own.scalar(sa.select(CheckpointRow.size).limit(1)) is not None


def sign(signer: Signer) -> CheckpointRow:
    """The checkpoint of the ledger as it stands, signed now unless it was before."""
    leaves = tree.size()
    known = session().get(CheckpointRow, leaves)
    if known is not None:
        return known
    root = tree.root(leaves)
    text = f"{signer.name}\n{leaves}\n{base64.b64encode(root).decode()}\n"
    made = CheckpointRow(size=leaves, root=root, note=signer.sign_note(text), made_at=now())
    try:
        with session().begin_nested():
            session().add(made)
    except sa.exc.IntegrityError:  # somebody signed the same at the same moment
        return session().get_one(CheckpointRow, leaves)
    return made


def earlier(size: int, limit: int = 100) -> list[CheckpointRow]:
    """The latest checkpoints of fewer events than `size`, oldest first."""
    query = sa.select(CheckpointRow).where(CheckpointRow.size < size).order_by(CheckpointRow.size.desc()).limit(limit)
    return list(reversed(session().scalars(query).all()))


def latest() -> CheckpointRow | None:
    """The last one that was signed."""
    return session().scalars(sa.select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1)).first()


def publish(point: CheckpointRow, folder: Path) -> Path:
    """Writes the note where others fetch it: `checkpoint` is always the latest, `<size>.note` stays."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{point.size}.note"
    for path in (kept, folder / "checkpoint"):
        fresh = path.with_suffix(".new")
        fresh.write_text(point.note, encoding="utf-8")
        fresh.replace(path)
    return kept


def receipt(signer: Signer, statement: dict[str, Any]) -> str:
    """A signed note that states what was received: for the phone to keep, for anyone to check offline."""
    return signer.sign_note(f"{RECEIPT}\n{canonical(statement).decode()}\n")
