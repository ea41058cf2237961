"""An officer who reads Spanish: signs in, sends, loses the network, reads and corrects, and meets no English words."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from samples.browser import await_value
from tests.app.reports.conftest import Desk, desk, drafted, keep  # noqa: F401  (desk is a fixture)
from tests.browser.conftest import PHONE, settle
from tests.browser.phones import WAIT, file, incident_of, seal_all
from tests.browser.served import address  # noqa: F401  (a fixture)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import PASSWORD
from tools.words import PAGES, SCREEN, kept

pytestmark = pytest.mark.browser
# Every text and label that a person can meet, with what stands in no language or in English left out.
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const place = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (place.closest("script, style, body [lang=en]")) continue;
    if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
    else for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(node.getAttribute(name) ?? "");
  }
  return found.map((one) => one.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
KEPT = """async () => Boolean(navigator.serviceWorker.controller) &&
  Boolean(await caches.match("/phone/shell?language=es-US")) && Boolean(await caches.match("/words/es.js"))"""


def english() -> tuple[set[str], re.Pattern[str]]:
    """What the catalogues have in English and otherwise in Spanish: short words whole, sentences wherever they stand."""
    said = set()
    for one in [*kept("es", PAGES), *kept("es", SCREEN)]:
        if one.id:
            pairs = zip(one.id, one.string, strict=False) if isinstance(one.id, tuple) else [(one.id, one.string)]
            said |= {words for words, spanish in pairs if words != spanish}
    long = [one for one in said if len(one) > 15]
    parts = [re.sub(r"%\\\(\w+\\\)s|\\\{\w+\\\}", ".{0,80}?", re.escape(one)) for one in long]
    return said - set(long), re.compile("|".join(parts))


SHORT, LONG = english()


def in_english(page: Page) -> list[str]:
    """The texts of the page that are the English catalogue's."""
    return [one for one in page.evaluate(TEXTS) if one in SHORT or LONG.search(one)]


def check(page: Page, *, axe: bool = False) -> None:
    """No English, nothing that sticks out, and where it is asked for nothing serious for axe."""
    assert page.evaluate("document.documentElement.lang") == "es-US"
    assert in_english(page) == []
    assert sticking_out(page) == []
    assert not axe or serious(page) == []


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[BrowserContext]:  # noqa: F811
    """A phone whose browser is set to English."""
    context = chromium.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        base_url=address,
        has_touch=True,
        locale="en-US",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT)
    thrown: list[str] = []
    context.on("page", lambda page: page.on("pageerror", lambda error: thrown.append(f"{page.url}: {error}")))
    yield context
    context.close()
    assert thrown == []


def signed_in(page: Page, badge: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", name="Iniciar sesión")).to_be_visible()
    page.get_by_role("button", name="Iniciar sesión").click()
    expect(page.get_by_role("alert")).to_contain_text("Lea el aviso y marque la casilla.")
    check(page, axe=True)
    page.get_by_label("He leído este aviso y doy mi consentimiento").check()
    page.get_by_label("Placa").fill(badge)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_the_day_of_an_officer_who_reads_spanish(app: Flask, desk: Desk, phone: BrowserContext) -> None:  # noqa: F811
    incident_of(desk.officer, "Elm Street")
    page = phone.new_page()
    signed_in(page, desk.officer.badge)
    for path in ("/", "/account", "/phone/reports", f"/reports/{desk.report_id}/submit", "/nowhere"):
        page.goto(path)
        settle(page)
        check(page)
    _reads_and_corrects(page, desk)
    _sends(page, app)
    _without_a_network(page, phone)
    _back_to_english(page)


def _reads_and_corrects(page: Page, of: Desk) -> None:
    page.goto(f"/reports/{of.report_id}")
    settle(page)
    check(page)
    page.locator(".sentence-edit > summary").first.click()
    page.locator(".sentence-edit[open] textarea").first.fill("Officer Test greeted Ms. Lopez.")
    expect(page.locator(".sentence-edit[open] [data-state]").first).to_have_text(re.compile(r"Guardado a las \d+:\d\d"))
    check(page)
    page.get_by_role("button", name="Teclas", exact=True).or_(page.get_by_role("button", name="? Teclas")).first.click()
    assert in_english(page) == []


def _sends(page: Page, app: Flask) -> None:
    page.goto("/phone")
    settle(page)
    for one in page.locator("details").all():
        one.evaluate("one => one.open = true")
    expect(page.locator("phone-day")).to_contain_text("2 incidentes abiertos, a esta hora.")
    check(page)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Elija el incidente al que pertenece.")
    page.locator("input[name=file]").set_input_files([file("one.zip"), file("two.zip"), file("empty.zip", copies=0)])
    expect(page.locator("[data-picked]")).to_contain_text("one.zip, two.zip, empty.zip")
    page.locator("#pu-incident").select_option(index=1)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("queue-list")).to_contain_text("Llegó. El servidor lo está comprobando.")
    await_value(
        lambda: (seal_all(app), page.locator("queue-list li.is-sealed").count())[1], lambda n: n == 3, seconds=60
    )
    expect(page.locator("queue-list .queue-all")).to_contain_text("3 sellados")
    expect(page.locator("queue-list li").first).to_contain_text("Conserve el recibo")
    check(page, axe=True)


def _without_a_network(page: Page, context: BrowserContext) -> None:
    page.goto("/phone")
    await_value(lambda: page.evaluate(KEPT), bool, seconds=60, pause=0.1)
    context.set_offline(True)
    page.goto("/phone")
    expect(page.locator("phone-notices")).to_contain_text("Sin red")
    page.locator("input[name=file]").set_input_files([file("later.zip")])
    page.locator("#pu-incident").select_option(index=1)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("queue-list li").filter(has_text="later.zip")).to_contain_text("En espera de la red")
    assert in_english(page) == []
    page.goto("/incidents")
    expect(page.get_by_role("heading", name="Sin red")).to_be_visible()
    assert in_english(page) == []
    context.set_offline(False)
    page.goto("/phone")
    expect(page.locator("queue-list li").filter(has_text="later.zip")).to_contain_text("Llegó.")
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 archivo sin sellar sigue en este dispositivo.")
    assert in_english(page) == []
    page.get_by_role("button", name="Seguir con la sesión iniciada").click()


def _back_to_english(page: Page) -> None:
    page.goto("/incidents")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("[data-english]")).to_have_text("Esta página todavía está solo en inglés.")
    page.goto("/phone")
    page.locator("phone-settings summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Send a recording")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("queue-list li").first).to_contain_text("Arrived.")
    assert len(in_english(page)) > 20, "this story sees English where it stands"
