"""Who is asking: Flask-Login on server-side sessions and bearer tokens, and the Actor of every request."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import flask_login
from flask import Flask, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from app.accounts import queries, service, signing
from app.accounts.models import Officer, SignInSession
from app.config import Settings
from app.core import languages, refusals
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import SignInRequired, problem, wants_json
from app.core.forgery import csrf
from app.core.phrases import N_

login_manager = flask_login.LoginManager()
_OPEN_WHILE_LOCKED = {"accounts.locked", "accounts.unlock_screen", "accounts.sign_out", "home.words", "static"}
_OPEN_WITH_TEMPORARY_PASSWORD = {
    "accounts.account",
    "accounts.change_password",
    "accounts.choose_language",
    "accounts.sign_out",
    "home.words",
    "static",
}


class SignedIn(flask_login.UserMixin):
    """What Flask-Login holds: an officer, by a session's secret or by a token."""

    def __init__(self, officer: Officer, *, secret: str = "", entry: SignInSession | None = None, token: Any = None):
        self.officer, self.secret, self.entry, self.token = officer, secret, entry, token

    def get_id(self) -> str:
        """The alternative id kept in the signed cookie: the session's secret, never the officer's id."""
        return self.secret


def install(app: Flask) -> None:
    """Makes every request know its Actor before any view runs."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the session lives on the server, with its own rules
    app.before_request(_meet)
    app.errorhandler(SignInRequired)(_ask_to_sign_in)


def limits() -> service.Limits:
    """The limits as set for this installation."""
    config: Settings = current_app.config["SETTINGS"]
    return service.Limits(
        idle=timedelta(minutes=config.idle_minutes),
        longest=timedelta(hours=config.session_hours),
        attempts=config.lockout_attempts,
        window=timedelta(minutes=config.lockout_minutes),
    )


def agency() -> signing.Agency:
    """The agency's keys of this installation."""
    return signing.agency(current_app.config["SETTINGS"])


def circumstances() -> dict[str, str]:
    """Where the request came from: the address and the device as it names itself."""
    return {"address": request.remote_addr or "", "device": request.user_agent.string[:200]}


@login_manager.user_loader
def _by_cookie(secret: str) -> SignedIn | None:
    entry = queries.live_session(secret)
    return SignedIn(entry.officer, secret=secret, entry=entry) if entry else None


@login_manager.request_loader
def _by_token(_request: Any) -> SignedIn | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret or not request.path.startswith("/api/"):
        return None  # a phone's token opens the API, never the pages
    token = queries.live_token(secret.strip())
    return SignedIn(token.officer, token=token) if token else None


def _meet() -> ResponseReturnValue | None:
    """Finds out who asks. Forged forms, idle sessions and temporary passwords go no further than here."""
    g.actor = None
    if request.endpoint == "static" or request.endpoint is None:
        return None
    bearer = request.headers.get("Authorization", "").lower().startswith("bearer ")
    if bearer:
        cookie.pop("_user_id", None)  # a token speaks for itself: what a cookie says does not count beside it
    user: Any = flask_login.current_user
    if not bearer and (user.is_authenticated or not request.path.startswith("/api/")):
        _refuse_forgery()  # a stranger's call to the API has no session to ride on: the view answers 401
    if not user.is_authenticated:
        return None
    languages.meet(user.officer.language)
    entry: SignInSession | None = user.entry
    if entry is not None:
        if now() - entry.last_seen_at > limits().idle and request.endpoint not in _OPEN_WHILE_LOCKED:
            return _locked_out()
        asked = request.endpoint not in _OPEN_WHILE_LOCKED and not _by_itself()
        if asked and now() - entry.last_seen_at >= service.SEEN_EVERY:
            with transaction():
                service.present(entry)
    session_id = str(entry.id if entry is not None else user.token.id)
    g.actor = service.actor_of(user.officer, session_id=session_id, **circumstances())
    if user.officer.must_change_password and request.endpoint not in _OPEN_WITH_TEMPORARY_PASSWORD:
        return (
            redirect(url_for("accounts.account"), 303)
            if not wants_json()
            else problem(
                403,
                "Forbidden",
                detail=languages.speak(N_("Change your temporary password first.")),
                remedy=languages.speak(N_("Sign in in a browser.")),
            )
        )
    return None


def _by_itself() -> bool:
    """Whether the page asks by itself: that nobody touched it must not keep it open (C3)."""
    return "X-Blotter-Poll" in request.headers


def _refuse_forgery() -> None:
    """CSRF for every cookie-borne write; writes that need no sign-in by API prove themselves otherwise."""
    if request.endpoint != "accounts_api.issue":
        csrf.protect()


def _locked_out() -> ResponseReturnValue:
    if wants_json():
        return problem(
            401,
            "Unauthorized",
            detail=languages.speak(N_("Locked after half an hour without a sign of you.")),
            remedy=languages.speak(N_("Give your password again.")),
        )
    target = request.full_path if request.method == "GET" else url_for("home.index")
    return redirect(url_for("accounts.locked", next=target), 303)


def _ask_to_sign_in(error: SignInRequired) -> ResponseReturnValue:
    refusals.note(error)
    if wants_json():
        return problem(401, "Unauthorized", detail=languages.speak(error.message), remedy=languages.speak(error.remedy))
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("accounts.sign_in", next=target or None), 303)


def current_session() -> SignInSession | None:
    """The browser session of this request; None for tokens and strangers."""
    user: Any = flask_login.current_user
    return user.entry if user.is_authenticated else None


def officer_id() -> UUID:
    """The signed-in officer's id; SignInRequired for strangers."""
    user: Any = flask_login.current_user
    if not user.is_authenticated:
        raise SignInRequired(N_("Sign in first."))
    identity: UUID = user.officer.id
    return identity
