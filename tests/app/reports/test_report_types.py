"""Types of report: as they come, changed by the agency, tried on the sample, refused when they cannot be written from."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.ledger import Event
from app.core.permissions import Role
from app.reports import previews, report_types
from app.reports.drafting import ReportTypeVersion, TypePreview
from app.reports.report_types import Asked
from tests.people import People, actor_for, csrf_token, signed_in
from tests.workers.conftest import task_room  # noqa: F401  (a fixture)

WHY = "Order 14 of the chief"
HERE = "/agency/report-types/theft"


def test_the_types_as_they_come_are_those_the_agency_knows(app: Flask) -> None:
    from app.incidents.models import IncidentKind

    assert set(report_types.defaults()) == {kind.value for kind in IncidentKind} | {"supplement"}
    assert all(one.version == 0 for one in report_types.all_standing())
    assert all(one.asked for one in report_types.defaults().values())


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"opening": "went to [INSERT: place]"}, "opening", "brackets"),
        ({"opening": "went to Main Street"}, "opening", "capital or a number"),
        ({"opening": "x" * 121}, "opening", "0 to 120"),
        ({"person": ""}, "person", "3 to 40"),
        ({"most": 5}, "most", "from 10 to 120"),
        ({"favours": ("unicorn",)}, "favours", "no such kind"),
        ({"headings": {"Weather": "Weather"}}, "headings", "no section"),
        ({"headings": {"Contact": "Evidence"}}, "headings", "Two sections are headed"),
        ({"asked": (Asked("Contact", "Who was there?"),)}, "asked", "Row 1: the sentence needs exactly one"),
        ({"asked": (Asked("Contact", "[INSERT: a] and [INSERT: b]"),)}, "asked", "exactly one"),
        ({"asked": (Asked("Contact", 'He said "no" [INSERT: a]'),)}, "asked", "no other brackets or quotes"),
        ({"asked": (Asked("Nowhere", "It was [INSERT: a]."),)}, "asked", "“Nowhere” is no section"),
        ({"asked": (Asked("Contact", "It was [INSERT: a].", "luck"),)}, "asked", "nothing finds “luck”"),
        ({"asked": (Asked("Contact", "It was [INSERT: a].", words=("x",)),)}, "asked", "words or phrases"),
        ({"asked": (Asked("Contact", "It was [INSERT: a]."),) * 2}, "asked", "asked twice"),
        ({"asked": tuple(Asked("Contact", f"It was [INSERT: {n}].") for n in range(41))}, "asked", "At most 40"),
        ({"asked": (Asked("Contact", f"It was {'x' * 300} [INSERT: a]."),)}, "asked", "at most 300"),
    ],
)
def test_what_no_draft_can_be_written_from_is_refused_with_field_and_remedy(given: dict, field: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        report_types.check(replace(report_types.defaults()["theft"], **given))
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_change_is_a_version_with_who_and_why_and_an_event_and_never_changes_again(
    app: Flask, people: People
) -> None:
    admin = people.one(Role.ADMINISTRATOR)
    wanted = replace(report_types.standing("theft"), opening="wrote up a theft")
    with transaction():
        kept = report_types.change(wanted, over=0, reason=WHY, actor=actor_for(admin))
    assert (kept.number, kept.officer_id, kept.reason) == (1, admin.id, WHY)
    assert report_types.standing("theft") == replace(wanted, version=1)
    assert report_types.version("theft", 0).opening == "took a report of a theft"
    [event] = session().scalars(sa.select(Event).where(Event.act == "reports:type:change"))
    assert event.details["after"] == wanted.sha256
    assert "wrote up" not in str(event.details), "hashes, no words"
    with pytest.raises(Conflict), transaction():
        report_types.change(replace(wanted, most=50), over=0, reason=WHY, actor=actor_for(admin))
    with pytest.raises(Invalid, match="Nothing is different"), transaction():
        report_types.change(report_types.standing("theft"), over=1, reason=WHY, actor=actor_for(admin))
    with pytest.raises(Invalid, match="needs words"), transaction():
        report_types.change(replace(wanted, most=50), over=1, reason="no", actor=actor_for(admin))
    with pytest.raises(Forbidden), transaction():
        report_types.change(wanted, over=1, reason=WHY, actor=actor_for(people.one(Role.SUPERVISOR)))
    with pytest.raises(sa.exc.ProgrammingError, match="refused"), transaction():
        session().execute(sa.update(ReportTypeVersion).values(reason="none"))
    with pytest.raises(NotFound):
        report_types.standing("picnic")


def form(browser, **given) -> dict:
    """The page's own form as a browser sends it, with what is changed."""
    token = csrf_token(browser, HERE)
    one = report_types.standing("theft")
    fields = {
        "csrf_token": token,
        "over": str(one.version),
        "opening": one.opening,
        "person": one.person,
        "most": str(one.most),
        "favours": list(one.favours),
        "heading_of": list(report_types.SECTIONS),
        "heading": list(report_types.SECTIONS),
        "asked_section": [asked.section for asked in one.asked],
        "asked_text": [asked.text for asked in one.asked],
        "asked_found_by": [asked.found_by for asked in one.asked],
        "asked_words": [", ".join(asked.words) for asked in one.asked],
        "asked_when": [asked.when for asked in one.asked],
        "reason": WHY,
    }
    return fields | given


def test_on_the_page_it_is_changed_tried_and_kept(
    app: Flask,
    people: People,
    task_room: Callable[[str], ModuleType],  # noqa: F811
) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    unchanged = browser.post(HERE, data=form(browser))
    assert unchanged.status_code == 422
    assert "Nothing is different" in unchanged.get_data(as_text=True)
    headings = ["Call" if one == "Dispatch and arrival" else one for one in report_types.SECTIONS]
    given = form(browser, opening="answered a call about a theft", heading=headings, preview="1", reason="")
    given["asked_text"] = [*given["asked_text"], "Insurance: [INSERT: insurer and policy]."]
    given["asked_words"] = [*given["asked_words"], "insured, policy number"]
    for name, empty in (("asked_section", "Statements"), ("asked_found_by", ""), ("asked_when", "")):
        given[name] = [*given[name], empty]
    tried = browser.post(HERE, data=given)
    assert tried.status_code == 303
    waiting = browser.get(tried.location).get_data(as_text=True)
    assert "being written" in waiting
    preview = session().scalars(sa.select(TypePreview)).one()
    task_room("preview_type").preview_type(str(preview.id))
    session().expire_all()
    html = browser.get(tried.location).get_data(as_text=True)
    assert "answered a call about a theft" in html
    assert "<h3>Call</h3>" in html
    assert "insurer and policy" in html
    assert "Hannah Weiss" in html
    going_on = browser.get(f"{HERE}?preview={preview.id}").get_data(as_text=True)
    assert "answered a call about a theft" in going_on
    assert report_types.standing("theft").version == 0, "trying keeps nothing"
    refused = browser.post(tried.location, data={"csrf_token": given["csrf_token"], "reason": "no"})
    assert refused.status_code == 422
    kept = browser.post(tried.location, data={"csrf_token": given["csrf_token"], "reason": WHY})
    assert kept.status_code == 303
    assert report_types.standing("theft").asked[-1].words == ("insured", "policy number")
    late = browser.post(tried.location, data={"csrf_token": given["csrf_token"], "reason": WHY})
    assert late.status_code == 409
    assert "Somebody changed this type" in late.get_data(as_text=True)
    other = signed_in(app, people.one(Role.ADMINISTRATOR, name="Another"))
    assert other.get(tried.location).status_code == 404, "a preview is its asker's own"


def test_a_form_that_cannot_be_kept_comes_back_with_what_was_typed(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    given = form(browser, most="many", opening="answered a call")
    given["asked_text"][0] = "Who was it?"
    answer = browser.post(HERE, data=given)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Choose from 10 to 120 sentences" in html
    assert "Who was it?" in html
    assert browser.get("/agency/report-types/picnic").status_code == 404
    assert browser.get(f"{HERE}?version=9").status_code == 404
    officer = signed_in(app, people.one())
    for path in ("/agency/report-types", HERE):
        assert officer.get(path).status_code == 403


def test_a_preview_that_fails_says_so(app: Flask, people: People, task_room: Callable[[str], ModuleType]) -> None:  # noqa: F811
    admin = people.one(Role.ADMINISTRATOR)
    with transaction():
        preview = previews.ask(report_types.standing("theft"), over=0, actor=actor_for(admin))
    room = task_room("preview_type")
    samples, room.SAMPLES = room.SAMPLES, room.SAMPLES.with_name("missing.toml")
    try:
        room.preview_type(str(preview.id))
    finally:
        room.SAMPLES = samples
    session().expire_all()
    html = signed_in(app, admin).get(f"{HERE}/previews/{preview.id}").get_data(as_text=True)
    assert "It could not be written" in html
