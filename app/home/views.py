"""The first page of every role, the living page of styles, and whether we are alive."""

import json
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core import languages
from app.core.actor import Actor
from app.core.api import answer
from app.core.errors import NotFound
from app.core.languages import in_every_language
from app.core.ledger import digest, probe
from app.core.pages import page
from app.core.permissions import Permission, Role, require
from app.core.phrases import N_
from app.earlywarning import dashboard as warnings
from app.evidence import fixity
from app.evidence.retention import critical
from app.evidence.retention import queries as retention
from app.home import colours, queries
from app.reports.models import ReportState

bp = Blueprint("home", __name__)

# label, address, permission, which count stands beside it
NAVIGATION = (
    (N_("Home"), "/", Permission.SIGNED_IN, ""),
    (N_("Send"), "/phone", Permission.EVIDENCE_ADD, ""),
    (N_("Incidents"), "/incidents", Permission.INCIDENT_READ, ""),
    (N_("Library"), "/library", Permission.EVIDENCE_READ, ""),
    (N_("Search"), "/search", Permission.EVIDENCE_READ, ""),
    (N_("Index"), "/people", Permission.PEOPLE_READ, ""),
    (N_("Reports"), "/reports", Permission.REPORT_READ, "reports"),
    (N_("NIBRS"), "/nibrs", Permission.NIBRS_SUBMIT, ""),
    (N_("Early warning"), "/early-warning/", Permission.WARNING_READ, "warning"),
    (N_("My unit"), "/early-warning/unit", Permission.WARNING_UNIT, ""),
    (N_("My language"), "/early-warning/mine", Permission.WARNING_OWN, ""),
    (N_("Rules"), "/agency/rules", Permission.AGENCY_RULES, ""),
    (N_("Precision"), "/analysis/precision", Permission.ANALYSIS_FIGURES, ""),
    (N_("Accounts"), "/accounts", Permission.ACCOUNT_MANAGE, ""),
    (N_("Retention"), "/retention", Permission.RETENTION_READ, "retention"),
    (N_("Ledger"), "/ledger", Permission.LEDGER_READ, ""),
    (N_("Account"), "/account", Permission.SIGNED_IN, ""),
)


@bp.get("/")
@require(Permission.SIGNED_IN)
@in_every_language
def index(actor: Actor) -> ResponseReturnValue:
    """What waits for this person. Translated is the officer's."""
    if actor.role is not Role.OFFICER:
        languages.english_only()
    config: Settings = current_app.config["SETTINGS"]
    if actor.role is Role.ADMINISTRATOR:
        return page(
            "home/administrator.html",
            health=queries.health(config.packs),
            fixity=fixity.report(),
            retention=retention.counts(),
        )
    if actor.role is Role.INTERNAL_AFFAIRS:
        return page(
            "home/internal_affairs.html",
            digests=digest.waiting(),
            waiting=warnings.waiting(actor),
            alerts=warnings.attention()[:20],
            run=warnings.newest_run(),
        )
    if actor.role is Role.RECORDS:
        return page(
            "home/records.html",
            digests=digest.waiting(),
            approved=queries.to_file(),
            damaged=fixity.damaged(),
            retention=retention.counts(),
            clocks=critical.running(within=critical.DAY * max(critical.ALERTS)),
        )
    if actor.role is Role.SUPERVISOR:
        return page("home/supervisor.html", waiting=queries.to_review(actor), incidents=queries.latest_incidents(actor))
    return page(
        "home/officer.html",
        returned=queries.reports_of(actor.id, ReportState.RETURNED),
        drafts=queries.reports_of(actor.id, ReportState.DRAFT),
        arriving=queries.arriving(actor.id),
        submitted=queries.reports_of(actor.id, ReportState.SUBMITTED),
        incidents=queries.latest_incidents(actor),
    )


@bp.get("/styles")
@require(Permission.STYLES_READ)
def styles(actor: Actor) -> ResponseReturnValue:
    """Every component with its states."""
    sheet = Path(str(current_app.static_folder)) / "css" / "tokens.css"
    return page("styles/index.html", themes=colours.shown(sheet))


@bp.get("/styles/incident")
@require(Permission.STYLES_READ)
def styles_incident(actor: Actor) -> ResponseReturnValue:
    """The incident page's components on made-up rows."""
    return page("styles/incident.html")


@bp.get("/words/<language>.js")
@require(Permission.PUBLIC)
def words(language: str) -> ResponseReturnValue:
    """What the pages' scripts say in another language; a phone keeps it, and so speaks it without a network."""
    if language not in languages.NAMES or language == languages.ENGLISH:
        raise NotFound("There is no such language.")
    said = json.dumps(languages.script_words(language), ensure_ascii=False, separators=(",", ":"))
    answer = Response(f"globalThis.blotterWords={said};\n", mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/favicon.ico")
@require(Permission.PUBLIC)
def favicon() -> ResponseReturnValue:
    """Browsers ask for it by this name."""
    return redirect(url_for("static", filename="icons/blotter.svg"), 301)


@bp.get("/healthz")
@require(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """200 while the database answers and acts can be recorded; 503 when they cannot, and so nothing can be done (C16)."""
    recorded = queries.alive() and probe.writable()
    return answer({"alive": True, "ledger": recorded}, 200 if recorded else 503)


def install_navigation(app: Flask) -> None:
    """Gives every page its navigation, with what waits counted once a page."""

    @app.context_processor
    def navigation() -> dict[str, object]:
        actor: Actor | None = g.get("actor")
        config: Settings = app.config["SETTINGS"]
        common: dict[str, object] = {
            "actor": actor,
            "sign_out_url": url_for("accounts.sign_out"),
            "phone_url": "",
            "idle_minutes": config.idle_minutes,
            "nav": [],
        }
        if actor is None:
            return common
        counts = queries.badge_counts(actor)
        shown = [entry for entry in NAVIGATION if entry[2] is Permission.SIGNED_IN or actor.may(entry[2])]
        nav = [(languages.speak(label), url, _here(url), counts.get(count)) for label, url, _, count in shown]
        bell = counts["notices"] if actor.may(Permission.REPORT_READ) else None
        return {**common, "nav": nav, "bell": bell, "phone_url": "/phone" if actor.may(Permission.EVIDENCE_ADD) else ""}


def _here(url: str) -> bool:
    return request.path == url if url in ("/", "/account") else request.path.startswith(url.rstrip("/"))
