"""What the house watches over by itself: when it last held, since when it does not. Alarms are read from here."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.db import Base, aside, session


class Watch(Base):
    """One thing that is looked at again and again. `mark` is how far it got, where it goes on from somewhere."""

    __tablename__ = "watch"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(40), primary_key=True)
    looked_at: orm.Mapped[datetime]
    held_at: orm.Mapped[datetime | None]
    failing_since: orm.Mapped[datetime | None]
    failures: orm.Mapped[int] = orm.mapped_column(default=0)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    mark: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)


def held(name: str, *, mark: int = 0) -> None:
    """It was looked at and all was well. Kept in a transaction of its own, whatever becomes of the caller's."""
    moment = now()
    fresh = {"looked_at": moment, "held_at": moment, "failing_since": None, "failures": 0, "reason": "", "mark": mark}
    query = insert(Watch).values(name=name, **fresh).on_conflict_do_update(index_elements=[Watch.name], set_=fresh)
    with aside() as own:
        own.execute(query)


def failed(name: str, reason: str) -> None:
    """It was looked at and something was wrong: `reason` is for the administrator, without a word of any record."""
    moment = now()
    first = {"looked_at": moment, "failing_since": moment, "failures": 1, "reason": reason[:400]}
    again = first | {"failing_since": sa.func.coalesce(Watch.failing_since, moment), "failures": Watch.failures + 1}
    query = insert(Watch).values(name=name, held_at=None, mark=0, **first)
    with aside() as own:
        own.execute(query.on_conflict_do_update(index_elements=[Watch.name], set_=again))


def mark_of(name: str) -> int:
    """How far it got when it last held; 0 when it never did."""
    with aside() as own:
        return int(own.scalar(sa.select(Watch.mark).where(Watch.name == name)) or 0)


def alarming(name: str) -> bool:
    """Whether it was wrong when it was last looked at."""
    with aside() as own:
        return own.scalar(sa.select(Watch.failing_since).where(Watch.name == name)) is not None


def alarms() -> list[Watch]:
    """Everything that does not hold now, the longest first."""
    query = sa.select(Watch).where(Watch.failing_since.is_not(None)).order_by(Watch.failing_since)
    return list(session().scalars(query))


def known(name: str) -> Watch | None:
    """What was last seen of it."""
    return session().get(Watch, name, populate_existing=True)
