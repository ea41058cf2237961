"""Webhooks for administrators: which systems are told of what, whether they hear it, and how they check who speaks."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import page
from app.core.permissions import Permission, require
from app.home import webhooks

bp = Blueprint("webhooks", __name__, url_prefix="/agency/webhooks")


@bp.get("/")
@require(Permission.AGENCY_RULES)
def index(actor: Actor) -> ResponseReturnValue:
    """Those in use and a form for another."""
    return _page()


@bp.post("/")
@require(Permission.AGENCY_RULES)
def add(actor: Actor) -> ResponseReturnValue:
    """One more."""
    try:
        with transaction():
            made = webhooks.add(request.form.get("url", ""), request.form.getlist("acts"), actor=actor)
    except DomainError as refused:
        return _page(refused)
    flash(f"{made.host} is told from now on.", "done")
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:webhook_id>/try")
@require(Permission.AGENCY_RULES)
def try_now(webhook_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Within half a minute, however long it would have waited."""
    with transaction():
        webhooks.try_now(webhooks.one(webhook_id))
    flash("It is tried again within half a minute.", "done")
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:webhook_id>/end")
@require(Permission.AGENCY_RULES)
def end(webhook_id: UUID, actor: Actor) -> ResponseReturnValue:
    """It is told nothing any more."""
    webhook = webhooks.one(webhook_id)
    with transaction():
        webhooks.end(webhook, actor=actor)
    flash(f"{webhook.host} is told nothing any more.", "done")
    return redirect(url_for(".index"), 303)


def _page(refused: DomainError | None = None) -> ResponseReturnValue:
    context = {"webhooks": webhooks.standing(), "told": webhooks.TOLD, "refused": refused, "given": request.form}
    return page("home/webhooks.html", status=422 if refused else 200, **context)
