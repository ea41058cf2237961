"""How much one program may ask in a minute: counted in the database, so that all web processes count together."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.config import Settings
from app.core.clock import now
from app.core.db import Base, session, transaction
from app.core.errors import DomainError, problem
from app.core.languages import speak
from app.core.phrases import phrase

WINDOW_S = 60
_PATHS = "/api/v1/"
_OWN_LIMITS = "/api/v1/uploads"  # what phones send is limited where it is taken, by bytes and number


class ApiUse(Base):
    """Who asked how often in the minute that runs. `who` is a digest of the officer's id, or of a stranger's address."""

    __tablename__ = "api_use"

    who: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    minute: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)  # since 1970
    asked: orm.Mapped[int]


class TooOften(DomainError):
    """More requests than one program may make in a minute (429)."""

    status = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of this minute: requests allowed and left, seconds until the next."""

    allowed: int
    left: int
    wait_s: int


def take(who: str, *, allowed: int) -> Left:
    """Counts one request of `who`; TooOften when the minute is used up. Its own short transaction that waits for no disk."""
    minute, passed = divmod(int(now().timestamp()), WINDOW_S)
    row = insert(ApiUse).values(who=who, minute=minute, asked=1)
    again = sa.case((ApiUse.minute == row.excluded.minute, ApiUse.asked + 1), else_=1)
    counted = row.on_conflict_do_update(index_elements=["who"], set_={"asked": again, "minute": row.excluded.minute})
    with transaction():
        session().execute(sa.text("SET LOCAL synchronous_commit = off"))
        asked = session().execute(counted.returning(ApiUse.asked)).scalar_one()
    return Left(allowed, allowed - asked, WINDOW_S - passed)


def forget_idle(older_than: timedelta = timedelta(days=1)) -> int:
    """Removes the counts of who has not asked for long; returns how many."""
    before = int((now() - older_than).timestamp()) // WINDOW_S
    gone = session().execute(sa.delete(ApiUse).where(ApiUse.minute < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def install(app: Flask) -> None:
    """Counts every request to the API and says in each answer what is left (draft-ietf-httpapi-ratelimit-headers)."""

    @app.before_request
    def count() -> None:
        if not request.path.startswith(_PATHS) or request.path.startswith(_OWN_LIMITS):
            return
        settings: Settings = current_app.config["SETTINGS"]
        actor = g.get("actor")
        who = f"officer {actor.officer_id}" if actor is not None else f"address {request.remote_addr}"
        g.left = left = take(hashlib.sha256(who.encode()).hexdigest(), allowed=settings.api_per_minute)
        if left.left < 0:
            raise TooOften(
                phrase("More than %(allowed)s requests in a minute.", allowed=left.allowed),
                remedy=phrase("Ask again in %(wait)s seconds.", wait=left.wait_s),
            )

    @app.errorhandler(TooOften)
    def too_often(error: TooOften) -> ResponseReturnValue:
        response = current_app.make_response(
            problem(error.status, error.status.phrase, detail=speak(error.message), remedy=speak(error.remedy))
        )
        response.headers["Retry-After"] = str(g.left.wait_s)
        return response

    @app.after_request
    def say(response: Response) -> Response:
        if "left" in g:
            response.headers["RateLimit-Policy"] = f'"minute";q={g.left.allowed};w={WINDOW_S}'
            response.headers["RateLimit"] = f'"minute";r={max(g.left.left, 0)};t={g.left.wait_s}'
        return response
