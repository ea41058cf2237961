"""What each role sees and may do about retention in a browser; bad input beside its field."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.evidence.retention.models import Category, Hold, Proposal
from app.evidence.retention.standing import standing
from app.incidents.models import Incident
from tests.app.evidence.retention.conftest import DAY, Shelf
from tests.people import csrf_token

WHY = "Asked for by the county attorney."


def html(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, form_at: str = "/account", **values: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client, form_at), **values})


def test_records_and_administrators_see_the_queue_and_take_items_back(shelf: Shelf, sign_in) -> None:
    item = shelf.recording("short")
    number = item.incident.number
    shelf.recording(content=b"2")
    shelf.sweep()
    records, administrator = sign_in(shelf.records), sign_in(shelf.administrator)
    for client in (records, administrator):
        assert "1 recording waits to be deleted" in html(client, "/")
        page = html(client, "/retention")
        assert number in page
        assert f"/retention/queue/{item.id}/restore" in page
    assert "stop.mp4" in html(records, "/retention")
    assert "stop.mp4" not in html(administrator, "/retention"), "an administrator reads no evidence, not even its name"
    page = f"/retention/queue/{item.id}/restore"
    refused = post(administrator, page, page, reason="no")
    assert refused.status_code == 422
    assert "10 to 400 characters" in refused.get_data(as_text=True)
    assert post(administrator, page, page, reason=WHY).status_code == 303
    assert "Nothing waits to be deleted" in html(records, "/retention")
    html(records, page, 404)


def test_the_item_says_how_long_it_is_kept_and_why(shelf: Shelf, sign_in) -> None:
    item, officer = shelf.recording(), sign_in(shelf.phone.officer)
    path = f"/evidence/{item.id}"
    assert "kept until somebody says what kind" in html(officer, path)
    form = html(officer, f"{path}/categories")
    assert "This kind of call suggests" in form
    answer = post(officer, f"{path}/categories", f"{path}/categories", categories=["long", "short"])
    assert answer.status_code == 303
    page = html(officer, path)
    assert "It is kept until" in page
    assert "1,000 days from recording" in page
    assert page.count("decides</span>") == 1
    assert "Place a hold" not in page
    refused = post(officer, f"{path}/categories", f"{path}/categories", categories=["short"])
    assert refused.status_code == 422
    assert "Ask records to change it" in refused.get_data(as_text=True)
    unknown = post(officer, f"{path}/categories", f"{path}/categories", categories=["nonsense"])
    assert unknown.status_code == 422
    assert {rule.code for rule in standing(item.id).rules} == {"long", "short"}


def test_holds_over_http(shelf: Shelf, sign_in) -> None:
    item = shelf.recording("short")
    incident = session().get_one(Incident, item.incident_id)
    records, supervisor = sign_in(shelf.records), sign_in(shelf.supervisor)
    path = f"/incidents/{incident.id}/holds"
    refused = post(records, path, path, reason="", reference="")
    assert refused.status_code == 422
    assert "Give a case or reference number" in refused.get_data(as_text=True)
    assert post(records, path, path, reason="litigation", reference="CV-26-77").status_code == 303
    for page in (f"/incidents/{incident.id}", f"/evidence/{item.id}", "/retention"):
        assert "CV-26-77" in html(records, page), page
    session().rollback()
    hold = session().scalars(sa.select(Hold)).one()
    release = f"/holds/{hold.id}/release"
    assert "Somebody else must release it" in html(records, release)
    assert post(records, release, reason=WHY).status_code == 403
    assert post(supervisor, release, release, reason="ok").status_code == 422
    assert post(supervisor, release, release, reason=WHY).status_code == 303
    assert WHY in html(records, f"/evidence/{item.id}")
    assert post(supervisor, release, reason=WHY).status_code == 409


def test_a_shorter_rule_over_http_takes_two(shelf: Shelf, sign_in) -> None:
    """R4 as people meet it."""
    shelf.recording("long", days_old=100)
    category = session().scalars(sa.select(Category).where(Category.code == "long")).one()
    records, administrator = sign_in(shelf.records), sign_in(shelf.administrator)
    page, change = f"/retention/categories/{category.id}", f"/retention/categories/{category.id}/rule"
    told = {"days": "60", "counts_from": "recorded", "source": "Policy 9", "reason": "The council changed the policy."}
    for wrong, message in (
        ({**told, "days": "0"}, "Days are 1 to"),
        ({**told, "days": "soon"}, "Not a valid integer"),
        ({**told, "permanent": "y"}, "not both"),
        ({**told, "days": ""}, "not both"),
        ({**told, "reason": ""}, "Say why"),
        ({**told, "counts_from": "never"}, "Not a valid choice"),
    ):
        answer = post(records, change, page, **wrong)
        assert answer.status_code == 422, wrong
        assert message in answer.get_data(as_text=True), message
    assert post(records, change, page, **told).status_code == 303
    overview = html(administrator, "/retention")
    assert "1 items deletable now, 0 more within 30 days" in overview
    assert "A shorter rule waits for a second person" in html(administrator, "/")
    session().rollback()
    proposal = session().scalars(sa.select(Proposal)).one()
    assert post(records, f"/retention/proposals/{proposal.id}/approve").status_code == 403
    assert post(administrator, f"/retention/proposals/{proposal.id}/approve").status_code == 303
    history = html(records, page)
    assert "approved by" in history
    assert history.count("in force</span>") == 1


def test_lists_and_own_categories(shelf: Shelf, sign_in) -> None:
    records = sign_in(shelf.records)
    assert post(records, "/retention/presets/texas").status_code == 303
    assert post(records, "/retention/presets/atlantis").status_code == 404
    assert "Unverified" in html(records, "/retention")
    told = {
        "name": "Ride-along",
        "code": "ride-along",
        "days": "45",
        "counts_from": "recorded",
        "reason": "Policy of June.",
    }
    page = "/retention/categories/new"
    assert post(records, page, page, **{**told, "code": "Ride along"}).status_code == 422
    assert post(records, page, page, **told).status_code == 303
    assert post(records, page, page, **told).status_code == 422
    html(records, f"/retention/categories/{'0' * 8}-0000-4000-8000-{'0' * 12}", 404)


def test_the_release_clock_over_http(shelf: Shelf, sign_in) -> None:
    """R5: started by a supervisor, told to records at home, put off with a reason, ended."""
    item = shelf.recording()
    with_old = sa.update(Incident).where(Incident.id == item.incident_id)
    with transaction() as current:
        current.execute(with_old.values(occurred_at=now() - 41 * DAY))
    supervisor, records = sign_in(shelf.supervisor), sign_in(shelf.records)
    page = f"/incidents/{item.incident_id}/critical"
    assert post(supervisor, page, page, known_at="").status_code == 422
    assert post(supervisor, page, page, known_at="2099-01-01T00:00").status_code == 422
    known = re.search(r'name="known_at"[^>]*value="([^"]+)"', html(supervisor, page))
    assert known
    assert post(supervisor, page, page, known_at=known.group(1)).status_code == 303
    assert "day 41" in html(records, "/")
    assert "Critical incident, day 41" in html(records, f"/incidents/{item.incident_id}")
    assert post(records, f"{page}/delay", page, reason="short").status_code == 422
    assert post(records, f"{page}/delay", page, reason="A witness is still to be heard.").status_code == 303
    assert "A witness is still to be heard." in html(records, page)
    assert "day 41" not in html(records, "/"), "thirty days more: no notice until it is near again"
    assert post(records, f"{page}/end", page, **{"end-reason": WHY}).status_code == 422
    assert post(records, f"{page}/end", page, **{"end-ending": "released", "end-reason": WHY}).status_code == 303
    assert WHY in html(records, page)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_do_what(shelf: Shelf, sign_in, people, role: Role) -> None:
    """By the policy table, and 404 for what one may not see."""
    item: Evidence = shelf.recording("short")
    client = sign_in(people.one(role, unit="Elsewhere"))
    manages, sees = role in (Role.RECORDS, Role.ADMINISTRATOR), role in (Role.RECORDS, Role.INTERNAL_AFFAIRS)
    assert client.get("/retention").status_code == (200 if manages else 403)
    holder = role in (Role.RECORDS, Role.INTERNAL_AFFAIRS, Role.SUPERVISOR)
    expected = 403 if not holder else 200 if sees else 404
    assert client.get(f"/evidence/{item.id}/holds").status_code == expected
    assert client.get(f"/incidents/{item.incident_id}/holds").status_code == expected
    chooser = role in (Role.RECORDS, Role.OFFICER, Role.SUPERVISOR)
    assert client.get(f"/evidence/{item.id}/categories").status_code == (403 if not chooser else 200 if sees else 404)
    clock = role in (Role.RECORDS, Role.SUPERVISOR)
    assert client.get(f"/incidents/{item.incident_id}/critical").status_code == (
        403 if not clock else 200 if sees else 404
    )
