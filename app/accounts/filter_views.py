"""Doors of the filters an officer keeps for the lists of reports and incidents, and of undoing what can be undone."""

from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import filters
from app.core import undoing
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import flash_undo, safe_next
from app.core.permissions import Permission, require

bp = Blueprint("filters", __name__)


@bp.post("/filters")
@require(Permission.SIGNED_IN)
def keep(actor: Actor) -> ResponseReturnValue:
    """Keeps how a list is narrowed now under a name."""
    form, of_list = request.form, request.form.get("list", "")
    query = filters.query_of(of_list, parse_qsl(form.get("query", "").removeprefix("?")))
    here = f"{filters.LISTS[of_list][0]}?{query}"
    try:
        with transaction():
            saved = filters.keep(of_list, form.get("name", ""), query, usual=form.get("usual") == "yes", actor=actor)
    except DomainError as refused:
        flash(f"Not kept. {refused.message} {refused.remedy}", "error")
        return redirect(here, 303)
    flash(f"Kept as “{saved.name}”.", "done")
    return redirect(here, 303)


@bp.post("/filters/<uuid:filter_id>/<any(rename, usual, bare):act>")
@require(Permission.SIGNED_IN)
def change(filter_id: UUID, act: str, actor: Actor) -> ResponseReturnValue:
    """Another name; the list opens with it, or no more."""
    saved = filters.own(actor, filter_id)
    try:
        with transaction():
            if act == "rename":
                filters.rename(saved, request.form.get("name", ""), actor=actor)
            else:
                filters.open_with(saved, wanted=act == "usual", actor=actor)
    except DomainError as refused:
        flash(f"Not changed. {refused.message} {refused.remedy}", "error")
    return redirect(filters.address(saved), 303)


@bp.post("/filters/<uuid:filter_id>/forget")
@require(Permission.SIGNED_IN)
def forget(filter_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Deletes one; the list stays as it is."""
    saved = filters.own(actor, filter_id)
    here, name = filters.address(saved), saved.name
    with transaction():
        act = filters.forget(saved, actor=actor)
    flash_undo(f"The filter “{name}” is deleted.", act)
    return redirect(here, 303)


@bp.post("/undo/<uuid:act_id>")
@require(Permission.SIGNED_IN)
def undo(act_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes back one's own last act that is no evidence."""
    try:
        with transaction():
            done = undoing.undo(act_id, actor=actor)
    except DomainError as refused:
        if refused.status == 404:
            raise
        flash(f"Not undone. {refused.message} {refused.remedy}", "error")
        return redirect(safe_next(request.form.get("here"), "/"), 303)
    flash(done.words, "done")
    return redirect(done.address, 303)
