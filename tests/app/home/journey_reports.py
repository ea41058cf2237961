"""The journey through the doors of reports: the agency's rules, writing, review, notices, supplements."""

import re
import uuid
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.accounts.models import SavedFilter
from app.analysis.models import Step, StepState
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.core.undoing import Undoable
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.reports import service as reports
from app.reports.models import Report
from app.reports.work import Comment
from tests.app.desk.scene import heard, step
from tests.app.evidence.sending import Phone
from tests.app.home.journey_papers import papers, sign
from tests.app.home.trip import BROWSER, WORDS, Journey
from tests.app.reports.conftest import drafted, keep

RULES = {"recollection_first": "y", "planted_mistakes": "0", "least_confidence": "50", "reason": WORDS["reason"] * 2}
NOTES = f"Say more of {WORDS['review']}."


def write_and_judge(trip: Journey, incident: Incident, item: Evidence) -> None:
    """From the agency's rules to a filed report, its papers and its supplement. The incident is coded."""
    trip.go("reports.rules", Role.ADMINISTRATOR, "/agency/rules", form=RULES)
    _types(trip)
    offence = {"description": WORDS["offence"], "code": "PC 2"}  # an arrest is not signed without one
    trip.go("incidents.offences", Role.OFFICER, f"/incidents/{incident.id}/offences", form=offence)
    here = _written(trip, incident, item)
    _judged(trip, here)
    for endpoint, rest in (("reports.printed", "/print"), ("reports.versions", "/versions")):
        trip.go(endpoint, Role.RECORDS, f"{here}{rest}")
    papers(trip, uuid.UUID(here.rpartition("/")[2]))
    trip.go("reports.supplement", Role.OFFICER, f"{here}/supplement", form={})
    _notices(trip)


def _types(trip: Journey) -> None:
    """A type of report is changed, tried and kept, twice."""
    trip.go("reports.report_types_index", Role.ADMINISTRATOR, "/agency/report-types")
    given = {"over": "0", "opening": f"saw to {WORDS['note'].lower()}", "person": "the caller", "most": "40"}
    reason = {"reason": WORDS["reason"] * 2}
    here = "/agency/report-types/theft"
    trip.go("reports.report_type", Role.ADMINISTRATOR, here, form={**given, "preview": "1"})
    trip.go("reports.type_preview", Role.ADMINISTRATOR, trip.answers["reports.report_type"].location, form=reason)
    trip.go("reports.report_type", Role.ADMINISTRATOR, here, form={**given, **reason, "over": "1", "most": "41"})


def _written(trip: Journey, incident: Incident, item: Evidence) -> str:
    officer = trip.officers[Role.OFFICER]
    said = heard(step(item, "transcribe", generation=9), f"get out {WORDS['heard']}").utterances[0].id
    with transaction():
        report = reports.report_for(session().get_one(Incident, incident.id), author=session().merge(officer))
    for number in (12, 13):
        keep(report, item, drafted(item, f"A sentence of {WORDS['sentence']}."), generation=number)
    here = f"/reports/{report.id}"
    memory = {"text": f"I remember {WORDS['note']} well, and {WORDS['heard']} too."}
    trip.go("reports.recollect", Role.OFFICER, f"{here}/recollection", form=memory)
    trip.note("reports_api.show", lambda: _phone_get(trip, f"/api/v1/reports/{report.id}"))
    for endpoint, path in (
        ("reports.index", "/reports"),
        ("reports.show", here),
        ("reports.draft", f"{here}/drafts/1"),
        ("reports.findings", f"{here}/findings"),
    ):
        trip.go(endpoint, Role.OFFICER, path)
    trip.go("reports.use_draft", Role.OFFICER, f"{here}/drafts/2/use", form={})
    with transaction() as db:  # the draft that the lock asked for is written
        written = {"state": StepState.DONE, "finished_at": now()}
        asked = Step.state.in_((StepState.WAITING, StepState.QUEUED))
        db.execute(sa.update(Step).where(Step.name == "draft_report", asked).values(written))
    trip.go("reports.redraft", Role.OFFICER, f"{here}/drafts", form={})
    trip.go("reports.add", Role.OFFICER, f"{here}/sentences", form={"text": WORDS["sentence"], "section": "Contact"})
    trip.go("reports.quote", Role.OFFICER, f"{here}/quotes", form={"utterance": str(said)})
    standing = {one.text: one.id for one in _report(here).sentences}
    own, sure = standing[WORDS["sentence"]], standing["Officer Test greeted the driver."]
    doubted = next(one for text, one in standing.items() if "mumbled" in text)
    gap = next(one for text, one in standing.items() if "[INSERT" in text)
    filled = {"text": "Nobody was injured.", "edition": _edition(here, gap)}
    trip.go("reports.edit", Role.OFFICER, f"/sentences/{gap}", form=filled)
    trip.go("reports.acknowledge", Role.OFFICER, f"/sentences/{doubted}/acknowledge", form={})
    trip.go("reports.remove", Role.OFFICER, f"/sentences/{own}/remove", form={})
    trip.go("reports.move", Role.OFFICER, f"/sentences/{sure}/move", form={"direction": "down"})
    return here


def _judged(trip: Journey, here: str) -> None:
    """Returned once, approved, taken back, approved again, filed."""
    _sign(trip, here)
    trip.go("reports.comment", Role.SUPERVISOR, f"{here}/comments", form={"text": f"What of {WORDS['review']}?"})
    [remark] = session().scalars(sa.select(Comment.id))
    trip.go("reports.return_to_author", Role.SUPERVISOR, f"{here}/return", form={"notes": NOTES, "reasons": "facts"})
    trip.go("reports.resolve", Role.OFFICER, f"{here}/comments/{remark}/resolve", form={})
    _sign(trip, here)
    _approve(trip, here)
    trip.go("reports.reopen", Role.OFFICER, f"{here}/reopen", form={})
    _sign(trip, here)
    _approve(trip, here)
    trip.go("reports.file", Role.RECORDS, f"{here}/file", form={})


def _sign(trip: Journey, here: str) -> None:
    page = trip.as_(Role.OFFICER).get(f"{here}/submit", headers=BROWSER).get_data(as_text=True)
    for action in re.findall(rf'action="({here}/findings/[0-9a-f]+)"', page):
        trip.go("reports.acknowledge_finding", Role.OFFICER, action, form={"back": "submit"})
    sign(trip, "reports.submit", Role.OFFICER, f"{here}/submit", certified="y")


def _approve(trip: Journey, here: str) -> None:
    sign(trip, "reports.approve", Role.SUPERVISOR, f"{here}/approve", notes=WORDS["review"])


def _notices(trip: Journey) -> None:
    trip.go("reports.notice_list", Role.OFFICER, "/notices")
    trip.go("reports.see_notices", Role.OFFICER, "/notices/seen", form={})
    address = {"address": f"{WORDS['name'].lower()}@blotter.example"}
    trip.go("reports.notice_address", Role.OFFICER, "/notices/address", form=address)
    trip.go("reports.choose_notices", Role.OFFICER, "/notices/choice", form={"wanted": ["returned"]})
    _filters(trip)


def _filters(trip: Journey) -> None:
    """A filter is kept, renamed, opened with, deleted, and there again."""
    who = Role.OFFICER
    trip.go("finder.go", who, f"/go?q={WORDS['title']}")
    kept = {"list": "reports", "name": WORDS["search"], "query": f"text={WORDS['title']}&shelf=all"}
    trip.go("filters.keep", who, "/filters", form=kept)
    [one] = session().scalars(sa.select(SavedFilter.id))
    trip.go("filters.change", who, f"/filters/{one}/rename", form={"name": WORDS["tag"]})
    trip.go("filters.change", who, f"/filters/{one}/usual", form={})
    trip.go("filters.forget", who, f"/filters/{one}/forget", form={})
    [act] = session().scalars(sa.select(Undoable.id).where(Undoable.kind == "accounts:filter"))
    trip.go("filters.undo", who, f"/undo/{act}", form={})
    [again] = session().scalars(sa.select(SavedFilter.id))
    trip.go("filters.change", who, f"/filters/{again}/bare", form={})


def _phone_get(trip: Journey, path: str) -> TestResponse:
    phone = Phone(trip.app, trip.officers[Role.OFFICER])
    return phone.client.get(path, headers=phone.headers | BROWSER)


def _report(here: str) -> Report:
    return session().get_one(Report, uuid.UUID(here.rpartition("/")[2]), populate_existing=True)


def _edition(here: str, sentence_id: Any) -> int:
    return next(one.edition for one in _report(here).sentences if one.id == sentence_id)
