"""Who decides, with which words, and what each person's page shows."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import Decision
from app.core.db import session, transaction
from app.core.errors import Forbidden, Invalid
from app.core.ledger import Event
from app.core.permissions import Role
from app.earlywarning import queries, service
from app.earlywarning.models import Outcome
from tests.app.accounts.conftest import send
from tests.app.earlywarning.conftest import only_moment
from tests.people import People, actor_for, signed_in


def acts() -> list[str]:
    """What the ledger says of this room."""
    query = sa.select(Event.act).where(Event.act.startswith("earlywarning:")).order_by(Event.seq)
    return list(session().scalars(query))


def svgs(html: str) -> list[ET.Element]:
    """Every plot of a page, parsed as XML."""
    return [
        ET.fromstring("<svg" + part.split("</svg>")[0] + "</svg>")
        for part in html.split("<svg")[1:]
        if 'class="plot"' in part[:80]
    ]


def test_a_decision_needs_a_reason_others_can_follow(app: Flask, people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=["you idiot"])
    moment, browser, page = only_moment(officer), signed_in(app, reviewer), f"/early-warning/officers/{officer.id}"
    for given in (
        {"decision": "rejected", "reason": "no"},
        {"decision": "", "reason": "He quoted the caller."},
        {"decision": "maybe", "reason": "He quoted the caller."},
    ):
        assert send(browser, f"/early-warning/moments/{moment.id}", page=page, **given).status_code == 422
    assert queries.moment(actor_for(reviewer), moment.id).decision is Decision.PROPOSED
    kept = send(
        browser, f"/early-warning/moments/{moment.id}", page=page, decision="rejected", reason="He quoted the caller."
    )
    assert kept.status_code == 303
    assert "He quoted the caller." in browser.get(page).get_data(as_text=True)
    assert "earlywarning:moment:decided" in acts()


def test_a_machine_is_no_person_and_proposed_is_no_decision(people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=["you idiot"])
    with pytest.raises(Invalid, match="confirmed or rejected"), transaction():
        service.decide_event(
            only_moment(officer), decision=Decision.PROPOSED, reason="A good reason.", actor=actor_for(reviewer)
        )


def test_nobody_decides_about_themselves(people: People, spoke: Callable) -> None:
    reviewer = people.one(Role.INTERNAL_AFFAIRS)
    spoke(reviewer, moments=["you idiot"])
    moment = only_moment(reviewer)
    with pytest.raises(Forbidden, match="themselves"), transaction():
        service.decide_event(moment, decision=Decision.REJECTED, reason="It was not meant.", actor=actor_for(reviewer))
    with pytest.raises(Forbidden, match="themselves"), transaction():
        service.close_question(
            reviewer, outcome=Outcome.NO_CONCERN, reason="All is well here.", figures={}, actor=actor_for(reviewer)
        )


def test_w7_the_answer_is_kept_with_the_figures_as_they_stood(app: Flask, people: People, spoke: Callable) -> None:
    officer, browser = people.one(), signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    spoke(officer, minutes=60, moments=["you idiot"])
    page = f"/early-warning/officers/{officer.id}"
    assert send(browser, f"{page}/disposition", page=page, outcome="coaching", reason="no").status_code == 422
    answer = send(browser, f"{page}/disposition", page=page, outcome="coaching", reason="Talked with the officer.")
    assert answer.status_code == 303
    [kept] = queries.dispositions_of(officer.id)
    assert kept.figures == {"speech_s": 3600.0, "aggressive": 1, "courteous": 0, "recordings": 1, "per_hour": 1.0}
    assert "earlywarning:question:closed" in acts()
    assert officer.closed_at is None, "nothing follows from it by itself"


def test_w5_the_page_leads_to_the_seconds_and_looking_is_kept(app: Flask, people: People, spoke: Callable) -> None:
    officer = people.one(name="Ida O'Neil")
    recording = spoke(officer, minutes=60, moments=["you idiot"])
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    html = browser.get(f"/early-warning/officers/{officer.id}").get_data(as_text=True)
    assert f'href="/evidence/{recording.id}#t=5.0,6.0"' in html
    for words in ("you idiot", "rule insult-called", "blotter-language 1", "per hour", "95 % interval"):
        assert words in html, words
    assert acts()[-1] == "earlywarning:officer:viewed"


def test_w2_the_page_says_why_there_is_no_rate(app: Flask, people: People, spoke: Callable) -> None:
    officer = people.one()
    spoke(officer, minutes=5, moments=["you idiot"])
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    html = browser.get(f"/early-warning/officers/{officer.id}").get_data(as_text=True)
    assert "too little speech" in html
    assert "per hour" not in html.split("<main", 1)[1].split("Moments", 1)[0].replace("at least", "")
    assert "No officer has" in browser.get("/early-warning/").get_data(as_text=True)


def test_the_plots_are_sound_named_and_escaped(app: Flask, people: People, spoke: Callable) -> None:
    officers = [people.one(name="<script>alert(1)</script>"), people.one(name="Ann & Bo")]
    for officer in officers:
        spoke(officer, minutes=60, moments=["you idiot"])
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    html = browser.get("/early-warning/").get_data(as_text=True)
    assert "<script>alert" not in html
    [plot] = svgs(html)
    assert plot.attrib["aria-labelledby"]
    assert plot.find("{*}title") is not None or plot.find("title") is not None
    assert "Ann & Bo #" in "".join(plot.itertext())
    assert svgs(browser.get(f"/early-warning/officers/{officers[0].id}").get_data(as_text=True))


def test_w5_an_officer_sees_what_was_confirmed_of_their_own(app: Flask, people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, minutes=60, moments=["you idiot"])
    browser = signed_in(app, officer)
    assert "you idiot" not in browser.get("/early-warning/mine").get_data(as_text=True)
    with transaction():
        service.decide_event(
            only_moment(officer), decision=Decision.CONFIRMED, reason="Heard it clearly.", actor=actor_for(reviewer)
        )
    assert "you idiot" in browser.get("/early-warning/mine").get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.RECORDS, Role.ADMINISTRATOR])
def test_the_figures_are_for_internal_affairs_alone(app: Flask, people: People, spoke: Callable, role: Role) -> None:
    officer = people.one()
    spoke(officer, moments=["you idiot"])
    moment, browser = only_moment(officer).id, signed_in(app, people.one(role))
    for path in ("/early-warning/", f"/early-warning/officers/{officer.id}"):
        assert browser.get(path).status_code == 403
    refused = send(
        browser, f"/early-warning/moments/{moment}", page="/account", decision="rejected", reason="I would rather not."
    )
    assert refused.status_code == 403
    assert only_moment(officer).decision is Decision.PROPOSED


def test_nobody_heard_yet_is_said_so(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    assert "Nobody has been heard yet" in browser.get("/early-warning/").get_data(as_text=True)
    officer = people.one()
    assert "Not heard yet" in browser.get(f"/early-warning/officers/{officer.id}").get_data(as_text=True)
    assert browser.get("/early-warning/officers/00000000-0000-0000-0000-000000000000").status_code == 404
