"""What can go wrong in the domain, and the one place that turns it into a page or problem+json (RFC 9457)."""

import logging
from collections.abc import Callable
from http import HTTPStatus

import sqlalchemy as sa
from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.core.db import is_away
from app.core.languages import speak
from app.core.phrases import N_

log = logging.getLogger(__name__)
_NOWHERE = N_("There is nothing at this address.")
_WHERE_ELSE = N_("Look whether it was written right, or begin at the start page.")


class DomainError(Exception):
    """A refusal a person can act on: what is wrong, where (`field`), and what to do about it (`remedy`)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, message: str, *, field: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.field, self.remedy = message, field, remedy


class Invalid(DomainError):
    """Input that cannot be used as given (422)."""


class NotFound(DomainError):
    """Not there, or not yours: the answer is the same (404)."""

    status = HTTPStatus.NOT_FOUND


class Absent(NotFound):
    """There, and yours to see, but this part of it has not been made (404): nobody was refused anything."""


class Conflict(DomainError):
    """Not possible in the present state, or somebody was faster (409)."""

    status = HTTPStatus.CONFLICT


class Forbidden(DomainError):
    """Known, but not allowed (403)."""

    status = HTTPStatus.FORBIDDEN


class Unrecorded(DomainError):
    """The ledger could not be written, so the act did not happen (503): nothing here is done unrecorded (C16)."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class SignInRequired(DomainError):
    """No valid session or token (401); pages are sent to sign-in."""

    status = HTTPStatus.UNAUTHORIZED


def wants_json() -> bool:
    """Whether the caller is a program: an API path, a bearer token, or an Accept header that prefers JSON."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def problem(status: int, title: str, *, detail: str = "", field: str = "", remedy: str = "") -> ResponseReturnValue:
    """An RFC 9457 problem document; empty members are left out."""
    members = {"detail": detail, "field": field, "remedy": remedy, "request_id": g.get("request_id", "")}
    body = {"type": "about:blank", "title": title, "status": status, **{k: v for k, v in members.items() if v}}
    response = jsonify(body)
    response.content_type = "application/problem+json"
    response.status_code = status
    return response


def _answer(status: int, title: str, message: str, field: str = "", remedy: str = "") -> ResponseReturnValue:
    title, message, remedy = speak(title), speak(message), speak(remedy)
    if wants_json():
        return problem(status, title, detail=message, field=field, remedy=remedy)
    page = render_template("layout/error.html", status=status, title=title, message=message, remedy=remedy)
    return page, status


def install_error_pages(app: Flask, *, refused: Callable[[DomainError], None]) -> None:
    """Registers the handlers. Nothing technical reaches the reader (CJIS SI-11); the log has the request id.

    `refused` is told of every refusal before it is answered, so that it can be kept.
    """

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> ResponseReturnValue:
        refused(error)
        return _answer(error.status, error.status.phrase, error.message, error.field, error.remedy)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.response
        code = error.code or 500
        if code == HTTPStatus.NOT_FOUND:  # no route; what a person may not see is a DomainError
            return _answer(code, "Not Found", _NOWHERE, remedy=_WHERE_ELSE)
        return _answer(code, HTTPStatus(code).phrase, error.description or "")

    @app.errorhandler(sa.exc.DBAPIError)
    def database_error(error: sa.exc.DBAPIError) -> ResponseReturnValue:
        if not is_away(error):
            return unexpected(error)
        log.warning("the database is away: %s %s (request %s)", request.method, request.path, g.get("request_id"))
        message = N_("The database does not answer at this moment. Nothing was saved.")
        response = app.make_response(
            _answer(503, "Service Unavailable", message, remedy=N_("Try again in a few seconds."))
        )
        response.headers["Retry-After"] = "3"
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("failed: %s %s (request %s)", request.method, request.path, g.get("request_id"), exc_info=error)
        return _answer(500, N_("Something went wrong"), N_("Nothing was saved. The error is in the server's log."))
