"""What auditors read: the ledger searched and sorted, the use of AI, the weekly digest; and an alarm when nothing is kept."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.analysis import service as analysis
from app.analysis.models import Step
from app.core import ledger, watches
from app.core.actor import Actor, machine
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict, NotFound
from app.core.ledger import Event, digest, probe, search
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.reports import aiuse
from tests.app.evidence.sending import Phone, an_incident, sealed
from tests.people import People, actor_for, csrf_token, signed_in


@pytest.fixture
def auditor(app: Flask, people: People) -> FlaskClient:
    return signed_in(app, people.one(Role.INTERNAL_AFFAIRS))


def happen(
    act: str, *, who: str = "test", address: str = "10.0.0.1", subject: str = "s", outcome: str = "done"
) -> None:
    with transaction():
        ledger.record(act, actor=Actor(who, address=address), subject_kind="thing", subject_id=subject, outcome=outcome)


def acts(**given: object) -> list[str]:
    session().rollback()
    return [event.act for event in search.page(search.Wanted(**given)) if event.subject_kind == "thing"]


def test_events_are_found_by_each_field(app: Flask) -> None:
    happen("a:thing:do", who="Ann Ortiz (#1)", address="10.0.0.1", subject="one")
    happen("b:thing:do", who="Bob Marsh (#2)", address="10.0.0.2", subject="two", outcome="refused")
    assert acts(act="a:") == ["a:thing:do"]
    assert acts(act="thing") == []  # an act is found by its beginning
    assert acts(who="marsh") == ["b:thing:do"]
    assert acts(who="%") == []
    assert acts(subject="two") == ["b:thing:do"]
    assert acts(outcome="refused") == ["b:thing:do"]
    assert acts(address="10.0.0.1") == ["a:thing:do"]
    assert acts(since=now() + timedelta(days=1)) == []
    assert acts(until=now() - timedelta(days=1)) == []
    assert acts(since=now() - timedelta(days=1), until=now() + timedelta(days=1)) == ["b:thing:do", "a:thing:do"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [("newest", "c:9"), ("oldest", "c:0"), ("act", "a:1"), ("who", "c:0"), ("address", "c:9"), ("outcome", "c:0")],
)
def test_every_sort_is_read_page_by_page_and_misses_nothing(app: Flask, sort: str, first: str) -> None:
    """C17: sortable on the fields of AU-3, contents and number of events the same however they are sorted."""
    for number in range(10):
        happen(f"{'abc'[(number + 2) % 3]}:{number}", who=f"person {number // 4}", address=f"10.0.0.{9 - number}")
    seen: list[int] = []
    wanted = search.Wanted(sort=sort)
    while found := search.page(wanted, 3):
        seen += [event.seq for event in found]
        cursor = {"before": seen[-1]} if sort == "newest" else {"after": seen[-1]}
        wanted = search.Wanted(sort=sort, **cursor)
    assert sorted(seen) == list(range(1, 11))
    assert session().get_one(Event, seen[0]).act == first


@pytest.mark.parametrize(
    "wanted",
    [
        search.Wanted(act="a:thing:do"),
        search.Wanted(who="person 7"),
        search.Wanted(outcome="refused"),
        search.Wanted(address="10.0.0.7"),
        search.Wanted(subject="one"),
        search.Wanted(sort="who"),
        search.Wanted(),
    ],
    ids=["act", "who", "outcome", "address", "subject", "sort", "newest"],
)
def test_c17_no_search_reads_the_whole_table(app: Flask, wanted: search.Wanted) -> None:
    """With statistics of many events the planner reaches each search by an index."""
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(
            sa.text(
                "INSERT INTO ledger_event (seq, at, act, outcome, actor_label, session_id, address, device, subject_kind, subject_id,"
                " details, previous_hash, hash) SELECT n, now(), CASE WHEN n % 100 = 0 THEN 'a:thing:do' ELSE 'b:' || n % 40 END,"
                " CASE WHEN n % 500 = 0 THEN 'refused' ELSE 'done' END, 'person ' || n % 300, '', '10.0.0.' || n % 250, '', 'thing',"
                " CASE WHEN n = 5 THEN 'one' ELSE n::text END, '{}', '', n::text FROM generate_series(1, 20000) n"
            )
        )
    with transaction() as current:
        current.execute(sa.text("ANALYZE ledger_event"))
    query = search.statement(wanted)
    assert query is not None
    compiled = query.compile(session().connection(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(session().scalars(sa.text(f"EXPLAIN {str(compiled).replace(':', chr(92) + ':')}")))
    assert "Seq Scan" not in plan, plan
    assert "Index" in plan, plan


def test_the_page_narrows_by_incident_outcome_and_address_and_sorts(auditor: FlaskClient, people: People) -> None:
    incident = an_incident(people.one(name="Rita Solberg"))
    number = session().get_one(Incident, incident.id).number
    for wanted in (number, str(incident.id)):
        html = auditor.get(f"/ledger?incident={wanted}&sort=act").get_data(as_text=True)
        assert ">incidents:incident:open<" in html
        assert ">accounts:officer:enrol<" not in html
    assert "There is no such incident" in auditor.get("/ledger?incident=1999-000001").get_data(as_text=True)
    assert auditor.get("/ledger?outcome=refused&address=nowhere&until=2020-01-01&sort=x&after=y").status_code == 200


def test_the_csv_holds_every_event_that_fits_as_it_was_hashed(auditor: FlaskClient) -> None:
    for number in range(30):
        happen("a:thing:do", who="=cmd()", subject=f"s{number}")
    content = auditor.get("/ledger.csv?act=a:").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["subject_id"] for row in rows] == [f"s{number}" for number in range(30)]
    assert rows[0]["actor_label"] == "'=cmd()"
    kept = session().scalars(sa.select(Event).where(Event.act == "a:thing:do").order_by(Event.seq)).all()
    assert [row["hash"] for row in rows] == [event.hash for event in kept]


def test_reading_the_ledger_is_in_the_ledger_without_what_was_looked_for(auditor: FlaskClient) -> None:
    auditor.get("/ledger?who=Somebody+Particular&outcome=refused")
    event = session().scalars(sa.select(Event).where(Event.act == "ledger:page:view")).one()
    assert event.details["fields"] == ["who", "outcome"]


@pytest.fixture
def read_twice(app: Flask, people: People) -> Evidence:
    """A recording that an officer sent, read by a machine, and read again because a supervisor asked."""
    phone = Phone(app, people.one(name="Ida Reyes"))
    item = sealed(app, phone.send(an_incident(phone.officer), b"bytes"))
    with transaction():
        analysis.plan(
            session().get_one(Evidence, item.id), [analysis.Plan("transcribe", "hearing")], actor=machine("intake")
        )
    _machine_reads("base.en")
    [done] = session().scalars(sa.select(Step))
    sergeant = actor_for(people.one(Role.SUPERVISOR, name="Olu Grant"))
    with transaction():
        analysis.rerun(
            done, actor=Actor(sergeant.label, officer_id=sergeant.officer_id, address="10.9.9.9", device="Desk")
        )
    _machine_reads("small.en")
    return item


def _machine_reads(model: str) -> None:
    with transaction():
        query = sa.select(Step.id).where(Step.state == "queued")
        step_id = session().scalars(query).one()
        analysis.claim(step_id, worker="w", lease=timedelta(minutes=1))
    with transaction():
        engine = {"name": "faster-whisper", "model": model, "version": "1.1", "parameters": {"beam_size": 5}}
        analysis.finish(analysis.hold(step_id, worker="w"), engine=engine, actor=machine("transcribe"))


def test_a6_one_query_says_who_used_ai_when_from_where_on_what_with_which_settings(read_twice: Evidence) -> None:
    session().rollback()
    statements: list[str] = []
    engine = session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    second, first = aiuse.uses(aiuse.Wanted())
    assert len(statements) == 1
    assert ("Ida Reyes" in first.who, first.how, first.address) == (True, "evidence:item:receive", "127.0.0.1")
    assert ("Olu Grant" in second.who, second.how) == (True, "analysis:step:rerun")
    assert (second.address, second.device, second.generation) == ("10.9.9.9", "Desk", 2)
    told = {"name": "faster-whisper", "model": "small.en", "version": "1.1", "parameters": {"beam_size": 5}}
    assert second.programs == [told]
    assert second.media == [{"evidence_id": str(read_twice.id), "sha256": read_twice.sha256}]
    assert second.at <= now()


def test_a6_the_page_and_the_file_narrow(auditor: FlaskClient, read_twice: Evidence) -> None:
    html = auditor.get("/ledger/ai").get_data(as_text=True)
    assert "beam size 5" in html
    assert "had it read again" in html
    rows = list(csv.DictReader(io.StringIO(auditor.get("/ledger/ai.csv?who=grant").get_data(as_text=True))))
    [row] = rows
    assert ("small.en" in row["programs"], row["address"]) == (True, "10.9.9.9")
    assert read_twice.sha256 in row["media"]
    for query in (
        "what=tag_video",
        "evidence=00000000-0000-0000-0000-000000000000",
        "evidence=no+id",
        "incident=1999-000001",
        "since=2199-01-01",
        "until=2020-01-01",
    ):
        assert "No use of AI" in auditor.get(f"/ledger/ai?{query}").get_data(as_text=True)
    assert auditor.get(f"/ledger/ai?evidence={read_twice.id}&what=transcribe&page=2").status_code == 200


MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_week_is_the_last_whole_one(app: Flask) -> None:
    for moment in (MONDAY, MONDAY + timedelta(days=6, hours=23)):
        assert digest.week_before(moment) == (MONDAY - timedelta(days=7), MONDAY)
    assert digest.name_of(MONDAY - timedelta(days=7)) == "2026-W47"


def test_the_digest_counts_once_and_is_reviewed(app: Flask, people: People) -> None:
    happen("evidence:item:export")
    happen("accounts:officer:sign-in", outcome="refused")
    later = now() + timedelta(days=7)
    with transaction():
        assert digest.make(actor=machine("upkeep"), moment=later) is not None
    with transaction():
        assert digest.make(actor=machine("upkeep"), moment=later) is None
    [made] = digest.digests()
    assert (made.figures["exports"], made.figures["refused_sign_ins"], made.figures["refused"]) == (1, 1, 1)
    clerk, admin = signed_in(app, people.one(Role.RECORDS)), signed_in(app, people.one(Role.ADMINISTRATOR))
    assert "A weekly digest waits for review" in clerk.get("/").get_data(as_text=True)
    where = f"/ledger/digest/{made.week}/review"
    assert admin.post(where, data={"csrf_token": csrf_token(admin, "/account")}).status_code == 403
    token = csrf_token(clerk, "/account")
    assert clerk.post(where, data={"csrf_token": token}).status_code == 303
    html = clerk.get("/ledger/digest").get_data(as_text=True)
    assert "Reviewed" in html
    assert "I have reviewed this week" not in html
    assert clerk.post(where, data={"csrf_token": token}).status_code == 409
    assert clerk.post("/ledger/digest/1999-W01/review", data={"csrf_token": token}).status_code == 404
    assert "A weekly digest waits" not in clerk.get("/").get_data(as_text=True)


def test_no_digest_of_a_week_in_which_nothing_happened(app: Flask, people: People) -> None:
    with transaction():
        assert digest.make(actor=machine("upkeep"), moment=MONDAY - timedelta(days=3000)) is None
    actor = actor_for(people.one(Role.RECORDS))
    with pytest.raises(NotFound), transaction():
        digest.review("2001-W01", actor=actor)
    happen("a:b:c")
    with transaction():
        digest.make(actor=machine("upkeep"), moment=now() + timedelta(days=7))
    [made] = digest.digests()
    with transaction():
        digest.review(made.week, actor=actor)
    with pytest.raises(Conflict), transaction():
        digest.review(made.week, actor=actor)


@pytest.fixture
def killed(app: Flask) -> Iterator[None]:
    """The ledger's writer is dead: the function that appends fails, whoever calls it."""
    with transaction() as current:
        current.execute(sa.text("ALTER FUNCTION blotter_ledger_append RENAME TO blotter_ledger_append_dead"))
    close_session()
    yield
    close_session()
    with transaction() as current:
        current.execute(sa.text("ALTER FUNCTION blotter_ledger_append_dead RENAME TO blotter_ledger_append"))
    close_session()


def test_c16_a_dead_writer_stops_every_act_and_is_seen(
    app: Flask, people: People, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """The act is refused, nothing changed, and log, health and administrator's page say so; healed, all goes on."""
    officer = people.one()
    browser, admin = signed_in(app, officer), signed_in(app, people.one(Role.ADMINISTRATOR))
    form = {
        "csrf_token": csrf_token(browser, "/account"),
        "kind": "theft",
        "occurred_at": "2026-01-05T10:00",
        "place": "x",
        "title": "",
    }
    before = ledger.head()
    probe._last = None
    request.getfixturevalue("killed")
    answer = browser.post("/incidents/new", data=form)
    assert answer.status_code >= 400
    assert "cannot be recorded" in answer.get_data(as_text=True) or "cannot be written" in answer.get_data(as_text=True)
    assert session().scalar(sa.select(sa.func.count()).select_from(Incident)) == 0
    assert ledger.head() == before
    assert "LEDGER NOT WRITTEN" in caplog.text
    health = app.test_client().get("/healthz")
    assert (health.status_code, health.json) == (503, {"alive": True, "ledger": False})
    assert "Nothing can be recorded" in admin.get("/").get_data(as_text=True)
    with transaction() as current:
        current.execute(sa.text("ALTER FUNCTION blotter_ledger_append_dead RENAME TO blotter_ledger_append"))
    html = admin.get("/").get_data(as_text=True)
    assert "Nothing can be recorded" not in html
    assert watches.alarms() == []
    assert browser.post("/incidents/new", data=form).status_code == 303
    with transaction() as current:
        current.execute(sa.text("ALTER FUNCTION blotter_ledger_append RENAME TO blotter_ledger_append_dead"))


def test_c20_nothing_deletes_the_ledger(app: Flask) -> None:
    """No statement of ours removes or changes an event: in the sources, and by the database's own rule."""
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    sources = [*(root / "app").rglob("*.py"), *(root / "workers").rglob("*.py"), *(root / "migrations").rglob("*.py")]
    guilty = [
        path.name
        for path in sources
        if any(
            word in path.read_text()
            for word in ("delete(Event", "update(Event", "DELETE FROM ledger", "UPDATE ledger", "TRUNCATE ledger")
        )
    ]
    assert guilty == []
    happen("a:b:c")
    for statement in (
        "DELETE FROM ledger_event",
        "DELETE FROM ledger_node",
        "UPDATE ledger_event SET at = now()",
        "TRUNCATE ledger_event",
    ):
        with pytest.raises(sa.exc.ProgrammingError, match="kept as written"), transaction() as current:
            current.execute(sa.text(statement))
