"""Every door of the portal: what a success and what a refusal leave in the ledger, and what no event ever holds (C13-C15)."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.config import Settings
from app.core import db, ledger
from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import POLICY, Permission, Role
from tests.app.home.journey import travel
from tests.app.home.trip import WORDS, Journey, latest, since
from tests.app.nibrs.valid import ORI
from tests.conftest import empty
from tests.people import People, csrf_token, signed_in

NOTHING_KEPT = {  # doors whose success leaves no event, and why that is right
    "home.index": "counts and titles of one's own work",
    "home.favicon": "a picture",
    "home.healthz": "whether the house stands",
    "home.styles": "samples",
    "home.styles_incident": "samples",
    "phone.show": "one's own incidents to send to",
    "phone.manifest": "the name of the app",
    "phone.service_worker": "a program",
    "phone_api.incidents": "one's own incidents to send to",
    "desk.index": "a list without content; opening one is an event",
    "reports.index": "a list without content; opening one is an event",
    "reports_api.index": "a list without text",
    "incidents.new": "an empty form",
    "accounts.account": "one's own account",
    "accounts.locked": "a blank page",
    "analysis.steps": "how far machines are, nothing of what they said",
    "analysis_api.steps": "how far machines are, nothing of what they said",
    "transcripts.summary": "which engine and how sure, nothing of what was said",
    "custody.why": "a form; what follows it is an event",
    "reports.findings": "what the checks say of a report whose page is open; opening it is an event",
    "reports.report_types_index": "the agency's own types, nothing of any incident",
    "reports.notice_list": "one's own notices, without text of a report",
    "reports.see_notices": "one's own notices",
    "retention.index": "counts, dates and a list; opening a recording is an event",
    "retention.show": "a rule and its versions",
    "index.show_index": "an empty form; what follows it is an event",
    "nibrs.index": "a list of files without content; opening one is an event",
    "evidence_api.key": "public",
    "evidence_api.public_key": "public",
    "evidence_api.checkpoint": "public",
    "evidence_api.status": "one's own upload",
    "evidence_api.receipt": "one's own upload",
    "uploads.options": "what the protocol can do",
    "uploads.head": "where one's own upload stands",
}
LEFT = {  # what a success leaves, at least
    "accounts.sign_in": {("accounts:officer:sign-in", "refused"), ("accounts:officer:sign-in", "done")},
    "accounts.sign_out": {("accounts:officer:sign-out", "done")},
    "accounts.unlock_screen": {("accounts:officer:unlock-screen", "done"), ("accounts:officer:sign-in", "refused")},
    "accounts.change_password": {("accounts:password:change", "done"), ("accounts:password:change", "refused")},
    "accounts.end_session": {("accounts:officer:sign-out", "done")},
    "accounts.revoke_token": {("accounts:token:revoke", "done")},
    "accounts.index": {("accounts:officer:view", "done")},
    "accounts.show": {("accounts:officer:view", "done")},
    "accounts.enrol": {("accounts:officer:enrol", "done")},
    "accounts.transfer": {("accounts:officer:transfer", "done")},
    "accounts.unlock": {("accounts:officer:unlock", "done")},
    "accounts.reset": {("accounts:password:reset", "done"), ("accounts:password:reset", "refused")},
    "accounts.close": {("accounts:officer:close", "done")},
    "accounts_api.issue": {("accounts:token:issue", "done")},
    "accounts_api.revoke": {("accounts:token:revoke", "done")},
    "incidents.create": {("incidents:incident:open", "done")},
    "phone.open_quickly": {("incidents:incident:open", "done")},
    "incidents.participants": {("incidents:participant:add", "done")},
    "incidents.remove_participant": {("incidents:participant:remove", "done")},
    "incidents.offences": {("incidents:offence:add", "done")},
    "incidents.remove_offence": {("incidents:offence:remove", "done")},
    "incidents.assignments": {("incidents:incident:assign", "done")},
    "incidents.unassign": {("incidents:incident:unassign", "done")},
    "incidents.close": {("incidents:incident:close", "done")},
    "incidents.reopen": {("incidents:incident:reopen", "done")},
    "desk.show": {("incidents:incident:view", "done")},
    "uploads.create": {("evidence:upload:open", "done")},
    "uploads.patch": {("evidence:item:receive", "done")},
    "uploads.delete": {("evidence:upload:terminate", "done")},
    "evidence_api.item": {("evidence:item:view", "done")},
    "evidence.show": {("evidence:item:view", "done")},
    "evidence.media": {("evidence:item:play", "done")},
    "evidence.poster": {("evidence:item:view", "done")},
    "evidence.peaks": {("evidence:item:view", "done")},
    "evidence.original": {("evidence:item:download", "done")},
    "evidence.receipt": {("evidence:receipt:download", "done")},
    "custody.show": {("evidence:custody:view", "done")},
    "custody.as_csv": {("evidence:custody:download", "done")},
    "custody.as_pdf": {("evidence:custody:download", "done")},
    "custody.export": {("evidence:item:export", "done")},
    "analysis_api.transcript": {("evidence:item:view", "done")},
    "analysis_api.tags": {("evidence:item:view", "done")},
    "analysis_api.mentions": {("evidence:item:view", "done")},
    "transcripts.show": {("evidence:item:view", "done")},
    "transcripts.line": {("evidence:item:view", "done")},
    "transcripts.save": {("analysis:transcript:correct", "done")},
    "transcripts.add": {("analysis:transcript:add", "done")},
    "transcripts.change": {
        ("analysis:transcript:check", "done"),
        ("analysis:transcript:redact", "done"),
        ("analysis:transcript:speakers", "done"),
    },
    "transcripts.who": {("evidence:item:view", "done"), ("analysis:transcript:speakers", "done")},
    "transcripts.compare": {("evidence:item:view", "done")},
    "transcripts.undo": {("analysis:transcript:undo", "done")},
    "transcripts.replace": {("evidence:item:view", "done"), ("analysis:transcript:replace", "done")},
    "transcripts.take": {("evidence:transcript:export", "done")},
    "transcripts.spoken": {("evidence:item:view", "done")},
    "transcripts.spoken_json": {("evidence:item:view", "done")},
    "transcripts.take_in": {("analysis:transcript:offer", "done")},
    "transcripts.confirm": {("analysis:transcript:import", "done")},
    "transcripts.done": {("analysis:transcript:done", "done")},
    "transcripts.carry": {("analysis:transcript:carry", "done")},
    "analysis.retry": {("analysis:step:rerun", "done")},
    "analysis.name": {("evidence:item:view", "done")},
    "analysis.heard": {("evidence:item:view", "done")},
    "analysis.decide": {("analysis:mention:confirm", "done")},
    "mentions.review": {("analysis:mentions:view", "done")},
    "mentions.correct": {("analysis:mention:correct", "done")},
    "mentions.add": {("analysis:mention:add", "done")},
    "mentions.confirm_chosen": {("analysis:mentions:view", "done"), ("analysis:mention:confirm", "done")},
    "mentions.undo": {("analysis:mention:undo", "done")},
    "mentions.move": {("analysis:mentions:view", "done"), ("analysis:group:move", "done")},
    "mentions.take_out": {("analysis:group:split", "done")},
    "mentions.confirm_group": {("analysis:group:confirm", "done")},
    "linking.link": {("people:entry:link", "done"), ("people:candidates:view", "done")},
    "linking.take_over": {("people:fact:add", "done")},
    "linking.unlink": {("people:entry:unlink", "done"), ("people:fact:withdraw", "done")},
    "linking.decline": {("people:candidates:decline", "done")},
    "index.search": {("people:index:search", "done")},
    "index.show": {("people:entry:view", "done")},
    "index.add_fact": {("people:fact:add", "done")},
    "index.withdraw": {("people:fact:withdraw", "done")},
    "index.reveal": {("people:identifier:view", "done")},
    "index.merge": {("people:entry:view", "done"), ("people:entry:merge", "done")},
    "index.unmerge": {("people:entry:unmerge", "done")},
    "index.split": {("people:entry:split", "done")},
    "reports_api.show": {("reports:report:view", "done")},
    "reports.show": {("reports:report:view", "done")},
    "reports.draft": {("reports:report:view", "done")},
    "reports.printed": {("reports:report:view", "done")},
    "reports.versions": {("reports:report:view", "done")},
    "reports.use_draft": {("reports:draft:use", "done")},
    "reports.add": {("reports:sentence:add", "done")},
    "reports.edit": {("reports:sentence:edit", "done")},
    "reports.remove": {("reports:sentence:remove", "done")},
    "reports.acknowledge": {("reports:sentence:acknowledge", "done")},
    "reports.submit": {("reports:report:submit", "done")},
    "reports.return_to_author": {("reports:report:return", "done")},
    "reports.approve": {("reports:report:approve", "done")},
    "reports.file": {("reports:report:file", "done")},
    "reports.rules": {("reports:rule:change", "done")},
    "reports.redraft": {("reports:draft:ask", "done")},
    "reports.report_type": {("reports:type:preview", "done"), ("reports:type:change", "done")},
    "reports.type_preview": {("reports:type:change", "done")},
    "reports.recollect": {("reports:recollection:lock", "done")},
    "reports.quote": {("reports:sentence:quote", "done")},
    "reports.move": {("reports:sentence:move", "done")},
    "reports.acknowledge_finding": {("reports:finding:acknowledge", "done")},
    "reports.comment": {("reports:comment:say", "done")},
    "reports.resolve": {("reports:comment:resolve", "done")},
    "reports.reopen": {("reports:report:reopen", "done")},
    "reports.supplement": {("reports:supplement:begin", "done")},
    "reports.notice_address": {("reports:address:set", "done")},
    "earlywarning.index": {("earlywarning:officer:viewed", "done")},
    "earlywarning.officer": {("earlywarning:officer:viewed", "done")},
    "earlywarning.mine": {("earlywarning:officer:viewed", "done")},
    "earlywarning.decide": {("earlywarning:moment:decided", "done")},
    "earlywarning.close": {("earlywarning:question:closed", "done")},
    "accounts.end_key": {("accounts:key:revoke", "done")},
    "accounts.new_key": {("accounts:key:make", "done")},
    "papers.pdf": {("reports:paper:issue", "done")},
    "papers.proof": {("reports:paper:issue", "done")},
    "papers.bundle": {("reports:bundle:ask", "done")},
    "papers.take_bundle": {("reports:bundle:download", "done")},
    "nibrs.show": {("nibrs:coding:view", "done")},
    "nibrs.save": {("nibrs:coding:save", "done")},
    "nibrs.make": {("nibrs:file:make", "done")},
    "nibrs.take_in": {("nibrs:file:read", "done")},
    "nibrs.show_file": {("nibrs:file:view", "done")},
    "nibrs.download": {("nibrs:file:download", "done")},
    "nibrs.attach": {("nibrs:response:attach", "done")},
    "retention.load": {("evidence:category:add", "done"), ("evidence:rule:change", "done")},
    "retention.add": {("evidence:category:add", "done"), ("evidence:rule:change", "done")},
    "retention.change": {("evidence:rule:change", "done"), ("evidence:rule:propose", "done")},
    "retention.approve": {("evidence:rule:approve", "done"), ("evidence:rule:change", "done")},
    "retention.retire": {("evidence:rule:propose", "done")},
    "retention.reject": {("evidence:rule:reject", "done")},
    "retention.restore": {("evidence:item:unqueue", "done"), ("evidence:item:restore", "done")},
    "holding.categorise": {("evidence:item:categorise", "done"), ("evidence:item:queue", "done")},
    "holding.hold_item": {("evidence:hold:place", "done")},
    "holding.hold_incident": {("evidence:hold:place", "done")},
    "holding.release": {("evidence:hold:release", "done")},
    "holding.let_go": {("evidence:item:let-go", "done")},
    "holding.release_clock": {("evidence:release:flag", "done")},
    "holding.delay": {("evidence:release:delay", "done")},
    "holding.end": {("evidence:release:end", "done")},
    "earlywarning.recompute": {("earlywarning:pattern:asked", "done")},
    "earlywarning.standings_csv": {("earlywarning:officer:exported", "done")},
    "earlywarning.months_csv": {("earlywarning:officer:exported", "done")},
    "earlywarning.contest": {("earlywarning:contest:made", "done")},
    "review.alert": {("earlywarning:alert:viewed", "done")},
    "review.assign": {("earlywarning:alert:assign", "done")},
    "review.begin": {("earlywarning:alert:begin", "done")},
    "review.answer": {("earlywarning:alert:answer", "done"), ("earlywarning:question:closed", "done")},
    "review.answer_contest": {("earlywarning:contest:answered", "done")},
    "review.show_levels": {("earlywarning:levels:viewed", "done"), ("earlywarning:levels:propose", "done")},
    "review.decide_levels": {("earlywarning:levels:reject", "done")},
    "review.unit": {("earlywarning:officer:viewed", "done")},
    "review.subordinate": {("earlywarning:officer:viewed", "done")},
    "audits.index": {("earlywarning:audit:viewed", "done")},
    "audits.draw": {("earlywarning:audit:draw", "done")},
    "audits.show": {("earlywarning:audit:viewed", "done")},
    "audits.population": {("earlywarning:audit:viewed", "done")},
    "audits.waiting": {("earlywarning:audit:viewed", "done")},
    "audits.item": {("earlywarning:audit:viewed", "done")},
    "audits.hear": {("earlywarning:audit:heard", "done")},
    "indicators.index": {("earlywarning:counts:viewed", "done")},
    "indicators.upload": {("earlywarning:counts:upload", "done")},
    "indicators.columns": {("earlywarning:counts:map", "done")},
    "indicators.show": {("earlywarning:counts:viewed", "done")},
    "indicators.refused": {("earlywarning:counts:viewed", "done")},
    "indicators.take": {("earlywarning:counts:take", "done")},
    "indicators.give_up": {("earlywarning:counts:give-up", "done")},
    "audit.show_ledger": {("ledger:page:view", "done")},
    "audit.ledger_csv": {("ledger:page:export", "done")},
    "audit.ai_use": {("ledger:ai:view", "done")},
    "audit.ai_use_csv": {("ledger:ai:export", "done")},
    "audit.show_digest": {("ledger:digest:view", "done")},
    "audit.review_digest": {("ledger:digest:review", "done")},
}

HEADERS = {  # what the protocol asks for before it looks at anything
    "uploads.patch": {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
}


@pytest.fixture(scope="module")
def portal(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One portal for the whole journey: it is long."""
    empty(postgres)
    settings = Settings(
        home=tmp_path_factory.mktemp("journey"), secret_key="k" * 40, agency_ori=ORI, nibrs_since=date(2021, 1, 1)
    )
    app = create_app(settings, database_url=postgres)
    app.testing = False
    yield app
    db.disconnect()


@pytest.fixture(scope="module")
def trip(portal: Flask) -> Journey:
    return travel(portal)


def rules(app: Flask) -> list[Rule]:
    return [one for one in app.url_map.iter_rules() if one.endpoint != "static"]


def test_c13_every_door_is_in_the_table(portal: Flask) -> None:
    """A new route says here what it leaves, or why it leaves nothing."""
    doors = {one.endpoint for one in rules(portal)}
    assert doors - LEFT.keys() - NOTHING_KEPT.keys() == set()
    assert LEFT.keys() - doors == set()


def test_c13_every_success_leaves_its_event(trip: Journey) -> None:
    failed = {name: one.status for name, one in trip.answers.items() if one.status_code >= 400}
    assert set(failed) <= {
        "accounts.change_password",
        "accounts.unlock_screen",
        "accounts.reset",
        "accounts.sign_in",
    }, failed
    missing = {name: trip.left.get(name) for name, events in LEFT.items() if not events <= set(trip.left.get(name, ()))}
    assert missing == {}
    talkative = {name: trip.left[name] for name in NOTHING_KEPT if trip.left.get(name)}
    assert talkative == {}
    assert trip.left["uploads.delete"] == [("evidence:upload:terminate", "done")] * 2, "under another method's name too"


def _path(rule: Rule) -> str:
    path = re.sub(r"<uuid:[^>]+>", str(uuid.uuid4()), rule.rule)
    path = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", path)
    return re.sub(r"<[^>]+>", "1", path)


def _method(rule: Rule) -> str:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"} or {"HEAD"})[0]


def _kept(permission: Permission) -> str:
    return "access:account:use" if permission is Permission.SIGNED_IN else f"access:{permission.value}"


def test_c13_every_refusal_leaves_its_event(portal: Flask, trip: Journey) -> None:
    """By role (403) and by id (404), at every door that asks for a permission; who, from where, and what was asked for."""
    people, wrong = People(made=8000), []
    browsers = {role: signed_in(portal, people.one(role, unit="Elsewhere")) for role in Role}
    tokens = {role: csrf_token(browser, "/account") for role, browser in browsers.items()}
    for rule in rules(portal):
        permission = portal.view_functions[rule.endpoint].permission
        if permission is Permission.PUBLIC:
            continue
        without = [role for role in Role if permission is not Permission.SIGNED_IN and permission not in POLICY[role]]
        within = [role for role in Role if permission is Permission.SIGNED_IN or permission in POLICY[role]]
        tries = [(role, 403) for role in without[:1]] + [(role, 404) for role in within[:1] if "<uuid:" in rule.rule]
        for role, status in tries:
            before = latest()
            answer = browsers[role].open(
                _path(rule),
                method=_method(rule),
                data={"csrf_token": tokens[role]},
                headers=HEADERS.get(rule.endpoint, {}) | {"Tus-Resumable": "1.0.0", "X-CSRFToken": tokens[role]},
            )
            if answer.status_code != status or since(before) != [(_kept(permission), "refused")]:
                wrong.append((rule.endpoint, role.value, status, answer.status_code, since(before)))
    assert wrong == []


def test_c13_a_session_that_no_longer_opens_is_kept_and_a_strangers_first_look_is_not(
    portal: Flask, trip: Journey
) -> None:
    before = latest()
    assert portal.test_client().get("/incidents").status_code == 303
    assert since(before) == []
    assert portal.test_client().get("/api/v1/reports", headers={"Authorization": "Bearer gone"}).status_code == 401
    assert since(before) == [("access:report:read", "refused")]


def test_c13_an_attempt_on_the_ledger_itself_is_kept(portal: Flask, trip: Journey) -> None:
    browser = signed_in(portal, People(made=8500).one(unit="Attempt"))
    before = latest()
    for path in ("/ledger", "/ledger.csv", "/ledger/ai", "/ledger/digest"):
        assert browser.get(path).status_code == 403
    assert since(before) == [("access:ledger:read", "refused")] * 4


def test_c14_no_event_lacks_what_applies_to_it(trip: Journey) -> None:
    """What, when, where, source, outcome, identity, session, addresses, object, bytes: nothing is empty that exists."""
    lacking = []
    for event in session().scalars(sa.select(Event)):
        machine = event.actor_label.startswith("machine:")
        direct = not machine and not event.address  # a verb called by a test without a request around it
        needed = {
            name: getattr(event, name)
            for name in ("at", "act", "outcome", "actor_label", "subject_kind", "subject_id", "nth", "hash")
        }
        if not direct:
            needed |= {"address": event.address, "device": event.device}
        if (event.actor_id is not None and not direct) or machine:
            needed["session_id"] = event.session_id
        if not machine and not direct:
            needed["to"] = event.details.get("to")
        if not machine and not event.actor_label.startswith(("badge ", "nobody")):
            needed["actor_id"] = event.actor_id
        if event.act in (
            "evidence:item:download",
            "evidence:item:play",
            "evidence:item:export",
            "evidence:custody:download",
            "evidence:transcript:export",
            "evidence:receipt:download",
            "reports:bundle:download",
            "nibrs:file:download",
        ):
            needed["bytes_out"] = event.details.get("bytes_out")
        if event.act == "evidence:item:receive":
            needed["bytes_in"] = event.details.get("bytes_in")
        if event.act == "accounts:officer:sign-out":
            needed["lasted_s"] = event.details.get("lasted_s") is not None
        lacking += [(event.seq, event.act, name) for name, value in needed.items() if value in (None, "")]
    assert lacking == []


def test_c14_who_was_not_assigned_said_why(trip: Journey) -> None:
    """E4: the code and the case number are in the custody, with whether it was their own work."""
    taken = session().scalars(sa.select(Event).where(Event.act == "evidence:item:download").order_by(Event.seq)).all()
    assert [(one.details["assigned"], one.details.get("reason"), one.details.get("case")) for one in taken] == [
        (True, None, None),
        (False, "internal_review", "IA-7"),
    ]


def test_c15_nothing_that_was_told_is_in_any_event(trip: Journey) -> None:
    """Titles, places, names, notes, what was heard, sentences, reasons and file names: not a word of them."""
    text = sa.text("SELECT seq, act FROM ledger_event e WHERE strpos(lower(e::text), :word) > 0")
    told = {name: session().execute(text, {"word": word.lower()}).all() for name, word in WORDS.items()}
    assert {name: rows for name, rows in told.items() if rows} == {}


def test_c18_every_event_is_to_the_hundredth_and_the_chain_of_the_journey_holds(trip: Journey) -> None:
    assert all(event.at.microsecond % 10_000 == 0 for event in session().scalars(sa.select(Event)))
    assert list(ledger.faults()) == []
