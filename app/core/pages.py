"""Answering a browser: full pages, the fragments htmx asks for, and safe redirects."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import flash, make_response, render_template, request
from flask.typing import ResponseReturnValue


def page(template: str, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A rendered template that no cache may keep: pages carry criminal justice information."""
    response = make_response(render_template(template, **context), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def asks_for_fragment() -> bool:
    """Whether htmx asked, so that the part alone is enough."""
    return request.headers.get("HX-Request") == "true"


def safe_next(target: str | None, default: str) -> str:
    """`target` when it is a path on this site, otherwise `default`; refuses open redirects."""
    if not target:
        return default
    parts = urlsplit(target)
    local = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if local else default


def flash_undo(words: str, act_id: uuid.UUID) -> None:
    """Says on the next page what was done, with a button that takes it back (`app.core.undoing`)."""
    flash(words, f"undo:{act_id}")
