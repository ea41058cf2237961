"""The key of each sealed object, wrapped by the agency's. Without its row an object is noise: that is what purging does."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.db import Base, aside
from app.core.keys import Wrapper


class ObjectKey(Base):
    """The wrapped key of the object under `name`, and the SHA-256 and size of what was sealed with it."""

    __tablename__ = "object_key"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(400), primary_key=True)
    wrapped: orm.Mapped[bytes]
    wrapper: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    created_at: orm.Mapped[datetime]


def find(name: str) -> ObjectKey | None:
    """The key of `name`; None for an object that was never sealed."""
    with aside() as session:
        return session.get(ObjectKey, name)


def obtain(name: str, *, wrapped: bytes, wrapper: str, sha256: str) -> ObjectKey:
    """The key of `name`: this one, or the one that another writer gave it first."""
    values = {"name": name, "wrapped": wrapped, "wrapper": wrapper, "sha256": sha256, "created_at": now()}
    with aside() as session:
        session.execute(insert(ObjectKey).values(values).on_conflict_do_nothing())
        return session.get_one(ObjectKey, name)


def replace(row: ObjectKey) -> None:
    """Makes `row` the key of its object, whatever stood there: for the writer whose bytes lie on the shelf."""
    with aside() as session:
        session.execute(sa.delete(ObjectKey).where(ObjectKey.name == row.name))
        values = {name: getattr(row, name) for name in ("name", "wrapped", "wrapper", "sha256", "created_at")}
        session.execute(insert(ObjectKey).values(values))


def forget(name: str) -> None:
    """Destroys the key of `name`."""
    with aside() as session:
        session.execute(sa.delete(ObjectKey).where(ObjectKey.name == name))


def made(names: list[str]) -> dict[str, datetime]:
    """When the keys of `names` were made; what was never sealed is not in it."""
    with aside() as session:
        rows = session.execute(sa.select(ObjectKey.name, ObjectKey.created_at).where(ObjectKey.name.in_(names)))
        return {row.name: row.created_at for row in rows}


def any_kept() -> bool:
    """Whether anything was ever sealed and not purged: then the agency's key must be the one that did it."""
    with aside() as session:
        return session.scalar(sa.select(ObjectKey.name).limit(1)) is not None


def counted() -> dict[str, int]:
    """How many objects' keys are wrapped by which key."""
    with aside() as session:
        rows = session.execute(sa.select(ObjectKey.wrapper, sa.func.count()).group_by(ObjectKey.wrapper))
        return {row[0]: row[1] for row in rows}


def rewrap(wrapper: Wrapper, *, most: int = 500) -> int:
    """Wraps up to `most` keys by `wrapper` that another key wrapped; returns how many, 0 when none is left.

    Each batch is kept by itself, so that it can be broken off at any time and gone on with. What an object's key is
    stays the same, and so do the object's bytes. Raises keys.KeyMissing when the key that wrapped one is not there.
    """
    others = sa.select(ObjectKey).where(ObjectKey.wrapper != wrapper.id).order_by(ObjectKey.name).limit(most)
    with aside() as session:
        rows = session.scalars(others.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.wrapped, row.wrapper = wrapper.wrap(wrapper.unwrap(row.wrapped, row.name), row.name), wrapper.id
        return len(rows)
