"""Refused access is an act too: who was turned away from what is kept in the ledger (C13, CJIS AU-2)."""

import logging
from uuid import UUID

import flask
import sqlalchemy as sa
from flask import current_app, g, request

from app.core import ledger
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.errors import Absent, Conflict, DomainError, Forbidden, NotFound, SignInRequired, Unrecorded
from app.core.permissions import Permission

log = logging.getLogger(__name__)
_REFUSALS = (Forbidden, NotFound, Conflict, SignInRequired)


def note(error: DomainError) -> None:
    """Keeps a refusal as `access:<thing>:<act>`, outcome refused. What only was not there yet is none.

    A stranger who shows nothing is only asked to sign in; one who shows a session or token that no longer opens is kept.
    """
    if not isinstance(error, _REFUSALS) or isinstance(error, Absent):
        return
    permission = getattr(current_app.view_functions.get(request.endpoint or ""), "permission", Permission.PUBLIC)
    if permission is Permission.PUBLIC or _steps_of_an_upload(error):
        return
    actor: Actor | None = g.get("actor")
    if actor is None and not _shows_something():
        return
    kind, subject = _subject()
    try:
        _clear()
        with transaction():
            ledger.record(
                "access:account:use" if permission is Permission.SIGNED_IN else f"access:{permission.value}",
                actor=actor or _stranger(),
                subject_kind=kind,
                subject_id=subject,
                outcome="refused",
                status=int(error.status),
                method=request.method,
                route=request.endpoint or "",
            )
    except (sa.exc.SQLAlchemyError, Unrecorded):
        log.exception("a refusal could not be recorded (request %s)", g.get("request_id"))


def _clear() -> None:
    """What the refused act had begun is undone before the refusal is kept."""
    current = session()
    if not current.is_active or current.new or current.dirty or current.deleted:
        current.rollback()


def _steps_of_an_upload(error: DomainError) -> bool:
    """A phone that asks where it stands is told so by 409: part of the protocol, not of anybody's rights."""
    return isinstance(error, Conflict) and (request.endpoint or "").startswith("uploads.")


def _shows_something() -> bool:
    return "Authorization" in request.headers or "_user_id" in flask.session


def _stranger() -> Actor:
    return Actor(label="nobody known", address=request.remote_addr or "", device=request.user_agent.string[:200])


def _subject() -> tuple[str, str]:
    for name, value in (request.view_args or {}).items():
        if isinstance(value, UUID):
            return name.removesuffix("_id"), str(value)
    return "route", (request.endpoint or "")[:64]
