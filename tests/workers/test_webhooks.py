"""Webhooks, told to a real HTTP server: signed, in order, again until taken, and nothing but ids."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask

from app.core import ledger, watches
from app.core.clock import now
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.core.verifier import Key
from app.home import webhooks
from app.home.webhooks import Webhook
from tests.people import People, actor_for, csrf_token, signed_in

Other = tuple[str, list[tuple[dict[str, str], bytes]], list[int]]
ACTS = ["reports:report:approve", "reports:report:file"]


@pytest.fixture
def other() -> Iterator[Other]:
    """Another system: its address, what it was told (headers, body), and the statuses it will answer first."""
    told: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.pop(0) if answers else 204
            if status < 300:
                told.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/in?from=blotter", told, answers
    server.shutdown()
    server.server_close()
    thread.join(timeout=60)


@pytest.fixture
def tell(app: Flask, task_room: Callable[[str], ModuleType]) -> Callable[[], None]:
    """What the worker does every half minute."""
    return task_room("webhooks").tell_webhooks.run


def made(people: People, url: str, acts: list[str] | None = None) -> Webhook:
    with transaction():
        return webhooks.add(url, acts or ACTS, actor=actor_for(people.one(Role.ADMINISTRATOR)))


def act(people: People, name: str = ACTS[0], outcome: str = "done") -> Event:
    with transaction():
        return ledger.record(
            name,
            actor=actor_for(people.one()),
            subject_kind="report",
            subject_id="r-1",
            outcome=outcome,
            secret="x" * 9,
        )


def due_again() -> None:
    with transaction():
        session().execute(sa.update(Webhook).values(next_try_at=now() - timedelta(seconds=1)))


def kept() -> Webhook:
    session().rollback()
    return session().scalars(sa.select(Webhook).execution_options(populate_existing=True)).one()


def test_what_happens_is_told_signed_and_in_order(app: Flask, people: People, other: Other, tell) -> None:
    url, told, _ = other
    act(people)  # before anybody asked
    made(people, url)
    for name in (*ACTS, "reports:report:view"):
        act(people, name)
    act(people, ACTS[0], outcome="refused")
    tell()
    assert [json.loads(body)["type"] for _, body in told] == ACTS
    key = Key.read(app.test_client().get("/api/v1/key").get_data(as_text=True))
    public = Ed25519PublicKey.from_public_bytes(key.public)
    for headers, body in told:
        version, _, signature = headers["webhook-signature"].partition(",")
        assert version == "v1a"
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        public.verify(base64.b64decode(signature), signed)
        assert b"xxx" not in body, "ids and codes, nothing of the details"
    tell()
    assert len(told) == 2, "once"


def test_what_is_not_taken_comes_again_and_nothing_is_left_out(people: People, other: Other, tell) -> None:
    url, told, answers = other
    made(people, url)
    events = [act(people), act(people), act(people)]
    answers += [204, 500]
    tell()
    assert (len(told), kept().tries, kept().reason) == (1, 1, "it answered 500")
    tell()
    assert len(told) == 1, "not before its time"
    answers.append(302)
    due_again()
    tell()
    assert (len(told), kept().tries) == (1, 2), "a redirect is no yes"
    assert kept().next_try_at > now() + timedelta(seconds=50), "after longer each time"
    due_again()
    tell()
    assert [json.loads(body)["data"]["seq"] for _, body in told] == [one.seq for one in events]
    assert (kept().tries, kept().failing_since, kept().told_seq) == (0, None, ledger.head()[0])


def test_nobody_listening_is_an_alarm_after_a_while_until_it_answers_or_is_ended(people: People, tell) -> None:
    webhook = made(people, "http://127.0.0.1:1/")
    act(people)
    for _ in range(webhooks.ALARMING):
        due_again()
        tell()
    assert [one.name for one in watches.alarms()] == ["webhook 127.0.0.1"]
    with transaction():
        webhooks.end(webhooks.one(webhook.id), actor=actor_for(people.one(Role.ADMINISTRATOR)))
    assert watches.alarms() == []
    assert webhooks.standing() == []


def test_one_that_does_not_answer_keeps_no_other_from_hearing(people: People, other: Other, tell) -> None:
    url, told, _ = other
    made(people, "http://127.0.0.1:1/")
    made(people, url)
    act(people)
    tell()
    assert len(told) == 1


def test_two_workers_do_not_tell_the_same_twice(app: Flask, people: People, other: Other) -> None:
    url, told, _ = other
    webhook = made(people, url)
    act(people)
    with transaction():
        session().execute(sa.update(Webhook).values(next_try_at=now() + webhooks.HELD))  # another worker has it
    tell_now = webhooks.tell(webhook.id, signer=None)  # type: ignore[arg-type]  (it must not come to signing)
    assert (tell_now.events, told) == (0, [])


@pytest.mark.parametrize(
    ("url", "acts", "field"),
    [("", ACTS, "url"), ("ftp://x/", ACTS, "url"), ("https://", ACTS, "url"), ("https://x/", [], "acts")],
)
def test_what_cannot_be_told_is_refused_by_its_field(
    app: Flask, people: People, url: str, acts: list, field: str
) -> None:
    client = signed_in(app, people.one(Role.ADMINISTRATOR))
    form = {"url": url, "acts": acts, "csrf_token": csrf_token(client, "/agency/webhooks/")}
    answer = client.post("/agency/webhooks/", data=form)
    assert answer.status_code == 422
    assert {"url": "whole address", "acts": "Choose what is told"}[field] in answer.get_data(as_text=True)


def test_an_administrator_names_one_tries_it_and_ends_it(app: Flask, people: People, other: Other, tell) -> None:
    url, told, answers = other
    client = signed_in(app, people.one(Role.ADMINISTRATOR))
    token = csrf_token(client, "/agency/webhooks/")
    assert client.post("/agency/webhooks/", data={"url": url, "acts": ACTS, "csrf_token": token}).status_code == 303
    answers.append(503)
    act(people)
    tell()
    page = client.get("/agency/webhooks/").get_data(as_text=True)
    assert "it answered 503" in page
    assert "from=blotter" not in page, "what an address may keep secret is not shown"
    address = f"/agency/webhooks/{kept().id}"
    assert client.post(f"{address}/try", data={"csrf_token": token}).status_code == 303
    tell()
    assert len(told) == 1
    assert client.post(f"{address}/end", data={"csrf_token": token}).status_code == 303
    assert client.post(f"{address}/end", data={"csrf_token": token}).status_code == 404
    act(people)
    tell()
    assert len(told) == 1


def test_officers_do_not_name_webhooks(app: Flask, people: People) -> None:
    assert signed_in(app, people.one()).get("/agency/webhooks/").status_code == 403
