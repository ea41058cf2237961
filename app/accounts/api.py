"""Tokens for phones and programs."""

from datetime import datetime

import flask_login
import pydantic
from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.accounts import service
from app.accounts.signin import circumstances, limits
from app.accounts.views import WRONG
from app.core.actor import Actor
from app.core.api import answer, body, contract
from app.core.db import transaction
from app.core.errors import Invalid, SignInRequired
from app.core.permissions import Permission, require

bp = Blueprint("accounts_api", __name__, url_prefix="/api/v1")


class Credentials(pydantic.BaseModel):
    """What a phone gives for a token."""

    badge: str = pydantic.Field(min_length=1, max_length=20)
    password: str = pydantic.Field(min_length=1, max_length=1000)
    name: str = pydantic.Field(default="phone", max_length=120)


class Holder(pydantic.BaseModel):
    """Whose token it is."""

    badge: str
    name: str
    role: str


class Issued(pydantic.BaseModel):
    """A token, shown this once."""

    token: str
    expires_at: datetime
    officer: Holder


class Revoked(pydantic.BaseModel):
    """The token is ended."""

    revoked: bool


@bp.post("/tokens")
@require(Permission.PUBLIC)
@contract(Issued, status=201, takes=Credentials, refusals=(401, 429))
def issue() -> ResponseReturnValue:
    """A bearer token for badge and password. It is shown this once."""
    given = body(Credentials)
    with transaction():
        issued = service.issue_token_by_password(
            given.badge, given.password, name=given.name, limits=limits(), **circumstances()
        )
    if issued is None:
        raise SignInRequired(WRONG, field="password")
    token, secret = issued
    officer = token.officer
    return answer(
        Issued(
            token=secret,
            expires_at=token.expires_at,
            officer=Holder(badge=officer.badge, name=officer.name, role=officer.role.value),
        ),
        201,
    )


@bp.delete("/tokens/current")
@require(Permission.SIGNED_IN)
@contract(Revoked, refusals=(422,))
def revoke(actor: Actor) -> ResponseReturnValue:
    """Ends the token this request was made with."""
    token = flask_login.current_user.token
    if token is None:
        raise Invalid("This request was made with a browser session, not with a token.")
    with transaction():
        service.revoke_token(token, actor=actor)
    return answer(Revoked(revoked=True))
