"""The API is what its description says: every door in it, and every answer as described, whatever is sent (schemathesis)."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.core.api import contract
from app.core.db import transaction
from app.core.openapi import description
from app.core.permissions import Permission, Role, require
from app.reports import service as reports
from app.search.library import playlists
from tests.app.analysis.spoken import hearing
from tests.app.reports.conftest import drafted, keep
from tests.people import PASSWORD, People, actor_for, signed_in


@schemathesis.serializer("application/offset+octet-stream")
def piece(_context: Any, value: Any) -> bytes:
    """Bytes of a file, whatever schemathesis made up."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


HEADERS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program with its officer's token, and the ids of what the officer may see."""

    app: Flask
    token: str
    ids: dict[str, str]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def doors(self) -> list[Any]:
        """Every operation of the description, as schemathesis reads it."""
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", self.app)
        return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def program(app: Flask, people: People) -> Program:
    heard = hearing(people, "Get out of the car now please")
    with transaction():
        report = reports.report_for(heard.item.incident, author=heard.officer)
    keep(report, heard.item, drafted(heard.item), generation=2)
    client = app.test_client()
    said = client.post("/api/v1/tokens", json={"badge": heard.officer.badge, "password": PASSWORD}).json
    assert said is not None
    opened = client.post(
        "/api/v1/uploads",
        headers={
            **HEADERS,
            "Authorization": f"Bearer {said['token']}",
            "Upload-Length": "4",
            "Upload-Concat": "partial",
        },
    )
    upload = opened.headers["Location"].rsplit("/", 1)[-1]
    with transaction():
        playlist = playlists.make("For court", actor=actor_for(heard.officer))
    ids = {
        "evidence_id": heard.item.id,
        "incident_id": report.incident_id,
        "report_id": report.id,
        "upload_id": upload,
        "playlist_id": playlist.id,
    }
    return Program(app, said["token"], {name: str(one) for name, one in ids.items()})


def test_every_door_of_the_api_is_described(app: Flask) -> None:
    said = app.test_client().get("/api/v1/openapi.json").json
    assert said is not None
    assert said["openapi"].startswith("3.1")
    doors = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
    }
    assert doors <= {(path, method) for path, methods in said["paths"].items() for method in methods}


def test_a_door_that_says_nothing_of_itself_is_found() -> None:
    """The description refuses to leave one out."""
    app = Flask("other")

    @app.get("/api/v1/silent")
    @require(Permission.PUBLIC)
    def silent() -> str:
        return ""

    with pytest.raises(LookupError, match="silent does not say what it takes and gives"):
        description(app, version="1")
    app.view_functions["silent"] = require(Permission.PUBLIC)(contract("text/plain")(lambda: ""))
    assert "/api/v1/silent" in description(app, version="1")["paths"]


def test_every_answer_is_as_described_whatever_is_sent(program: Program) -> None:
    """Right and wrong input from the description itself, at ids that exist and at ids that do not."""
    seen: dict[str, set[int]] = {}
    for door in program.doors():
        if "tokens/current" not in door.label:  # it would end the token that the others are asked with
            asked_often(program, door, seen.setdefault(door.label, set()))
    made_later = ("checkpoint", "receipt", "candidates", "{entry_id}")  # nothing of these is here yet
    never = [one for one in seen if one.startswith("GET") and 200 not in seen[one] and not one.endswith(made_later)]
    assert never == [], seen


def asked_often(program: Program, door: Any, seen: set[int]) -> None:
    """Asks at one door with what schemathesis makes up, and checks each answer against the description."""
    # Which headers of tus go together, which cursors were given out, what a finding can become: more than OpenAPI can say.
    beyond = (
        [positive_data_acceptance]
        if re.search("/(uploads|spoken|moments|searches|mentions|people|library|reports)", door.label)
        else []
    )

    @settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=door.as_strategy(), real=some.booleans())
    def ask(case: Any, real: bool) -> None:
        if real:
            case.path_parameters = {name: program.ids.get(name, value) for name, value in case.path_parameters.items()}
        seen.add(case.call_and_validate(headers=program.bearer, excluded_checks=beyond).status_code)

    ask()


def test_a_body_that_is_no_object_is_refused_in_words(app: Flask) -> None:
    for sent in ("", "[]", "7", "{"):
        answer = app.test_client().post("/api/v1/tokens", data=sent, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json is not None
        assert "must be a JSON object" in answer.json["detail"]
        assert "badge" in answer.json["remedy"]


@pytest.mark.parametrize("query", ["cursor=0", "cursor=x", "cursor=W10", "cursor=%00"])
def test_a_page_that_cannot_be_is_refused_by_its_name(program: Program, query: str) -> None:
    answer = program.app.test_client().get(f"/api/v1/reports?{query}", headers=program.bearer)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["field"] == "cursor"


def test_the_readable_page_names_every_door_and_asks_nobody_else(app: Flask, people: People) -> None:
    html = signed_in(app, people.one(Role.ADMINISTRATOR)).get("/api").get_data(as_text=True)
    said = app.test_client().get("/api/v1/openapi.json").json
    assert said is not None
    assert [path for path in said["paths"] if path not in html] == []
    assert re.findall(r"(?:src|href)=\"(https?:)?//", html) == []


def test_what_is_not_there_is_the_same_as_what_is_not_yours(program: Program, people: People) -> None:
    stranger = signed_in(program.app, people.one(unit="South Patrol"))
    for path in (f"/api/v1/evidence/{program.ids['evidence_id']}", f"/api/v1/evidence/{uuid.uuid4()}"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
