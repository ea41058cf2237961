"""Requests that may be sent twice because an answer was lost: an Idempotency-Key makes them one act."""

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.api import Header
from app.core.clock import now
from app.core.db import Base, session, transaction
from app.core.errors import Conflict, Invalid

KEPT = timedelta(days=1)
UNDER_WAY = timedelta(minutes=2)  # then whoever was answering it is dead, and it is done anew
KEY = Header(
    "Idempotency-Key", "The same key and body within a day get the first answer again.", pattern="^[!-~]{1,100}$"
)
View = TypeVar("View", bound=Callable[..., Any])


class Repeat(Base):
    """One request with a key, by one officer; `status` is None while it is being answered."""

    __tablename__ = "api_repeat"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    key: orm.Mapped[str] = orm.mapped_column(sa.String(100), primary_key=True)
    request_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    begun_at: orm.Mapped[datetime]
    status: orm.Mapped[int | None]
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")


def once(view: View) -> View:
    """Marks a route, between `require` and `contract`: with an Idempotency-Key it acts once and answers alike ever after.

    A refusal is not kept, so that the same key may be sent again when the cause is gone. Raises Invalid for a key that was
    used for another request, Conflict while the first is still being answered.
    """

    @wraps(view)
    def answered(*args: Any, actor: Actor, **kwargs: Any) -> ResponseReturnValue:
        key = request.headers.get(KEY.name, "")
        if not key:
            return view(*args, actor=actor, **kwargs)
        if not re.fullmatch(KEY.pattern, key):
            raise Invalid("A key has 1 to 100 printable signs without spaces.", field=KEY.name)
        kept = _begin(actor.id, key)
        if kept is not None:
            response = current_app.response_class(kept.answer, status=kept.status, content_type="application/json")
            response.headers["Cache-Control"] = "no-store"
            return response
        try:
            response = current_app.make_response(view(*args, actor=actor, **kwargs))
        except BaseException:
            _forget(actor.id, key)
            raise
        _keep(actor.id, key, response.status_code, response.get_data(as_text=True))
        return response

    answered.once = True  # type: ignore[attr-defined]
    return answered  # type: ignore[return-value]


def forget_old() -> int:
    """Removes what was kept for longer than a day; returns how many."""
    gone = session().execute(sa.delete(Repeat).where(Repeat.begun_at < now() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _begin(officer_id: uuid.UUID, key: str) -> Repeat | None:
    """The answer that was given before; None when this request is the one to act."""
    said, moment = _hash(), now()
    row = insert(Repeat).values(officer_id=officer_id, key=key, request_hash=said, begun_at=moment, answer="")
    dead = sa.and_(Repeat.status.is_(None), Repeat.begun_at < moment - UNDER_WAY)
    mine = row.on_conflict_do_update(
        index_elements=["officer_id", "key"],
        set_={"request_hash": said, "begun_at": moment, "status": None, "answer": ""},
        where=sa.or_(dead, Repeat.begun_at < moment - KEPT),
    )
    with transaction():
        if session().execute(mine.returning(Repeat.key)).scalar_one_or_none() is not None:
            return None
        kept = session().get_one(Repeat, (officer_id, key), populate_existing=True)
    if kept.request_hash != said:
        raise Invalid("This key was used for another request.", field=KEY.name, remedy="Use a new key.")
    if kept.status is None:
        raise Conflict("The same request is being answered.", field=KEY.name, remedy="Ask again in a few seconds.")
    return kept


def _keep(officer_id: uuid.UUID, key: str, status: int, answer: str) -> None:
    with transaction():
        session().execute(
            sa.update(Repeat)
            .where(Repeat.officer_id == officer_id, Repeat.key == key)
            .values(status=status, answer=answer)
        )


def _forget(officer_id: uuid.UUID, key: str) -> None:
    session().rollback()
    with transaction():
        session().execute(sa.delete(Repeat).where(Repeat.officer_id == officer_id, Repeat.key == key))


def _hash() -> str:
    said = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return hashlib.sha256(said).hexdigest()
