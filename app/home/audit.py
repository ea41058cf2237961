"""What auditors read: the ledger, who used AI, the weekly digest; each as a page and as a file, each reading an event."""

import csv
import io
import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session, transaction
from app.core.ledger import Event, digest, search
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence.custody import in_spreadsheet
from app.incidents.models import Incident
from app.reports import aiuse

bp = Blueprint("audit", __name__)
_FIELDS = ("act", "who", "subject", "outcome", "address", "incident", "since", "until", "sort")
_USE = (
    *("at", "finished_at", "what", "generation", "state", "who", "how", "address", "device"),
    *("incident", "report", "draft", "programs", "media", "event"),
)
OUTCOMES = ("done", "refused", "failed")


@bp.get("/ledger")
@require(Permission.LEDGER_READ)
def show_ledger(actor: Actor) -> ResponseReturnValue:
    """Every act, searchable and sortable by what, who, on what, from where, how it ended and when (CJIS AU-7)."""
    given = request.args
    wanted, unknown = _wanted()
    _note("page:view", actor, fields=_narrowing())
    narrowed: dict[str, Any] = {name: given[name] for name in _narrowing()}
    events = [] if unknown else search.page(wanted, search.PAGE + 1)
    further = ""
    if len(events) > search.PAGE:
        events = events[: search.PAGE]
        cursor = "before" if wanted.sort == "newest" else "after"
        kept: dict[str, Any] = {name: one for name, one in given.items() if name not in ("before", "after") and one}
        further = url_for(".show_ledger", **{**kept, cursor: str(events[-1].seq)})
    return page(
        "home/ledger.html",
        events=events,
        further=further,
        given=given,
        head=ledger.head(),
        sorts=search.SORTS,
        outcomes=OUTCOMES,
        acts=search.values("act"),
        csv_url=url_for(".ledger_csv", **narrowed),
        unknown=unknown,
    )


@bp.get("/ledger.csv")
@require(Permission.LEDGER_READ)
def ledger_csv(actor: Actor) -> ResponseReturnValue:
    """Every event that fits, oldest first, as it stands; streamed, so that a million is no more than a page."""
    wanted, unknown = _wanted()
    _note("page:export", actor, fields=_narrowing())
    found: Iterable[Event] = () if unknown else search.everything(wanted)
    columns = (*ledger.COLUMNS, "hash")
    rows = ([_cell(getattr(event, name)) for name in columns] for event in found)
    return _csv("ledger", columns, rows)


@bp.get("/ledger/ai")
@require(Permission.LEDGER_READ)
def ai_use(actor: Actor) -> ResponseReturnValue:
    """Who used AI, when, from which device and address, on which recordings, with which settings (A6)."""
    number = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    _note("ai:view", actor)
    found = aiuse.uses(_uses(), limit=aiuse.PAGE + 1, offset=(number - 1) * aiuse.PAGE)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page" and value}
    return page(
        "home/ai_use.html",
        uses=found[: aiuse.PAGE],
        given=request.args,
        whats=aiuse.WHAT,
        may_read_reports=actor.may(Permission.REPORT_READ),
        number=number,
        earlier=url_for(".ai_use", **kept, page=number - 1) if number > 1 else "",
        further=url_for(".ai_use", **kept, page=number + 1) if len(found) > aiuse.PAGE else "",
        csv_url=url_for(".ai_use_csv", **kept),
    )


@bp.get("/ledger/ai.csv")
@require(Permission.LEDGER_READ)
def ai_use_csv(actor: Actor) -> ResponseReturnValue:
    """The same for a spreadsheet."""
    _note("ai:export", actor)
    rows = ([_cell(getattr(use, name)) for name in _USE] for use in aiuse.everything(_uses()))
    return _csv("ai-use", _USE, rows)


@bp.get("/ledger/digest")
@require(Permission.LEDGER_READ)
def show_digest(actor: Actor) -> ResponseReturnValue:
    """The weekly digests and who reviewed them, and the week under way in figures (CJIS AU-6)."""
    _note("digest:view", actor)
    since = digest.week_before(now() + timedelta(days=7))[0]
    return page(
        "home/digest.html",
        digests=digest.digests(),
        running=digest.count(since, now()),
        may_review=actor.may(Permission.LEDGER_REVIEW),
        me=actor.officer_id,
    )


@bp.post("/ledger/digest/<week>/review")
@require(Permission.LEDGER_REVIEW)
def review_digest(week: str, actor: Actor) -> ResponseReturnValue:
    """A person who checks says that they looked through the week."""
    with transaction():
        digest.review(week, actor=actor)
    flash(f"Your review of {week} is kept.", "done")
    return redirect(url_for(".show_digest"), 303)


def _note(act: str, actor: Actor, **details: Any) -> None:
    """Reading the record is in the record: which fields were searched by, not what for."""
    with transaction():
        ledger.record(f"ledger:{act}", actor=actor, subject_kind="ledger", subject_id="events", **details)


def _narrowing() -> list[str]:
    return [name for name in _FIELDS if request.args.get(name)]


def _wanted() -> tuple[search.Wanted, bool]:
    """What is looked for, and whether it names an incident that does not exist."""
    given = request.args
    incident = _incident(given.get("incident", "").strip())
    wanted = search.Wanted(
        act=given.get("act", "").strip(),
        who=given.get("who", "").strip(),
        subject=given.get("subject", "").strip(),
        outcome=given.get("outcome", "").strip(),
        address=given.get("address", "").strip(),
        incident=incident,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", ""), after=1),
        sort=given.get("sort", "") if given.get("sort") in search.SORTS else "newest",
        before=given.get("before", type=int),
        after=given.get("after", type=int),
    )
    return wanted, bool(given.get("incident", "").strip()) and incident is None


def _incident(text: str) -> uuid.UUID | None:
    """An incident by its id or its number."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return session().scalar(sa.select(Incident.id).where(Incident.number == text)) if text else None


def _uses() -> aiuse.Wanted:
    given = request.args
    return aiuse.Wanted(
        who=given.get("who", "").strip(),
        what=given.get("what", "").strip(),
        incident=given.get("incident", "").strip(),
        evidence=_id(given.get("evidence", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", ""), after=1),
    )


def _id(text: str) -> uuid.UUID | None:
    """An id; where something else was typed, one that nothing has, so that nothing is found instead of everything."""
    try:
        return uuid.UUID(text.strip()) if text.strip() else None
    except ValueError:
        return uuid.UUID(int=0)


def _csv(name: str, columns: Iterable[str], rows: Iterable[list[object]]) -> ResponseReturnValue:
    def lines() -> Iterator[str]:
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow(columns)
        for number, row in enumerate(rows, 1):
            table.writerow(row)
            if number % 500 == 0:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    response = Response(stream_with_context(lines()), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{now():%Y%m%d-%H%M%S}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return ledger.written(value)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return in_spreadsheet("" if value is None else value)


def _day(text: str, *, after: int = 0) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=after)
    except (ValueError, OverflowError):
        return None
