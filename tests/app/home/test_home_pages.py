"""The first page of every role says what waits for it; the ledger's page finds; health answers."""

import re

import pytest
from flask import Flask

from app.core import ledger
from app.core.actor import machine
from app.core.db import transaction
from app.core.permissions import Role
from app.reports import service as reports
from tests.app.desk.scene import stop
from tests.people import People, signed_in


def text(app: Flask, officer, path: str = "/") -> str:
    """A page as this person sees it."""
    answer = signed_in(app, officer).get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "there", "not_there"),
    [
        (Role.OFFICER, ["/phone", "/reports", "/early-warning/mine"], ["/accounts", "/ledger"]),
        (Role.SUPERVISOR, ["/incidents", "/reports"], ["/accounts", "/ledger"]),
        (Role.INTERNAL_AFFAIRS, ["/early-warning/", "/ledger"], ["/accounts", "/phone"]),
        (Role.RECORDS, ["/reports", "/ledger"], ["/accounts", "/phone"]),
        (Role.ADMINISTRATOR, ["/accounts", "/ledger"], ["/incidents", "/reports", "/early-warning/"]),
    ],
)
def test_each_role_is_led_where_it_may_go(app: Flask, people: People, role: Role, there, not_there) -> None:
    html = text(app, people.one(role))
    nav = html.split("<nav", 1)[1].split("</nav>", 1)[0]
    assert all(f'href="{path}"' in nav for path in there)
    assert not any(f'href="{path}"' in nav for path in not_there)


def test_what_waits_is_counted_whole_and_the_longest_waiting_named(app: Flask, people: People) -> None:
    officer = people.one()
    for number in range(14):
        incident = stop(officer, title=f"Stop {number}")
        with transaction():
            reports.report_for(incident, author=officer)
    html = text(app, officer)
    assert re.search(r'"stat-value num">14</span> <span class="stat-label">drafts to correct and sign', html)
    assert html.count('<td class="main" data-label="Incident">') == 12
    assert re.search(r'<a href="/reports">All 14 of them</a>', html)
    assert 'href="/reports?shelf=all">All reports' in text(app, people.one(Role.SUPERVISOR))


def test_a_stranger_is_asked_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_the_administrator_sees_who_is_locked_and_how_the_machines_are(app: Flask, people: People) -> None:
    admin, officer = people.one(Role.ADMINISTRATOR), people.one(name="Ivo Marsh")
    with transaction():
        from app.core.clock import now

        officer.locked_at = now()
    html = text(app, admin)
    assert "Ivo Marsh" in html
    assert ledger.head()[1][:12] in html


def test_healthz_answers_anybody(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True, "ledger": True})


def test_the_styles_are_for_whoever_keeps_the_house(app: Flask, people: People) -> None:
    shown = text(app, people.one(Role.ADMINISTRATOR), "/styles")
    assert [theme for theme in ("Light", "Dark", "Night patrol") if f"<h3>{theme}</h3>" not in shown] == []
    assert shown.count("58 of 58 pairs stand") == 3
    assert "14.64 to 1, needs 4.5" in shown, "measured from the style sheet"
    assert "too weak" not in shown
    assert [
        kind
        for kind in ("as-hover", "as-focus", "as-busy", "disabled", 'aria-invalid="true"', "No incident fits")
        if kind not in shown
    ] == []
    assert text(app, people.one(Role.ADMINISTRATOR), "/styles/incident")
    assert signed_in(app, people.one()).get("/styles").status_code == 403


def many(count: int, act: str, who: str = "test") -> None:
    """Events to page through."""
    with transaction():
        for number in range(count):
            ledger.record(act, actor=machine(who), subject_kind="thing", subject_id=f"thing-{number}")


def test_the_ledger_is_read_a_page_at_a_time_and_misses_nothing(app: Flask, people: People) -> None:
    many(120, "test:thing:happen")
    browser = signed_in(app, people.one(Role.RECORDS))
    seen: list[str] = []
    path = "/ledger?act=test:thing"
    while path:
        html = browser.get(path).get_data(as_text=True)
        seen += [f"thing-{n}" for n in range(120) if f"thing-{n}<" in html or f'thing-{n}"' in html]
        older = [part.split('"')[0] for part in html.split('href="')[1:] if "before=" in part.split('"')[0]]
        path = older[0].replace("&amp;", "&") if older else ""
    assert sorted(seen) == sorted(f"thing-{n}" for n in range(120))


def test_the_ledger_is_narrowed_by_act_actor_subject_and_day(app: Flask, people: People) -> None:
    many(2, "test:one:happen", "left hand")
    many(1, "test:other:happen", "right hand")
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    for query, there, gone in (
        ("act=test:other", "test:other:happen", "test:one:happen"),
        ("who=left+hand", "test:one:happen", "test:other:happen"),
        ("subject=thing-1", "test:one:happen", "test:other:happen"),
    ):
        html = browser.get(f"/ledger?{query}").get_data(as_text=True)
        assert f">{there}<" in html
        assert f">{gone}<" not in html
    assert ">test:one:happen<" not in browser.get("/ledger?since=2199-01-01").get_data(as_text=True)
    assert browser.get("/ledger?since=tomorrow&before=x&act=%25").status_code == 200


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_the_ledger_is_not_for_everybody(app: Flask, people: People, role: Role) -> None:
    assert signed_in(app, people.one(role)).get("/ledger").status_code == 403
