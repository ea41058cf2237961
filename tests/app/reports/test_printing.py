"""The printed report: the disclosure on every page, who wrote it, what it rests on, and what is only a draft."""

import io
import unicodedata

import pypdf
import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.core.db import transaction
from app.reports import service
from app.reports.authorship import DISCLOSURE_CA, DISCLOSURE_UT
from app.reports.models import Authorship
from tests.app.reports.conftest import Desk
from tests.people import signed_in


def printed(app: Flask, desk: Desk) -> str:
    """The page a person prints."""
    return signed_in(app, desk.officer).get(f"/reports/{desk.report_id}/print").get_data(as_text=True)


def test_a1_the_sentence_of_california_and_every_program_with_its_version(app: Flask, desk: Desk) -> None:
    assert DISCLOSURE_CA == "This report was written either fully or in part using artificial intelligence."
    html = printed(app, desk)
    assert DISCLOSURE_CA in html
    assert DISCLOSURE_UT not in html
    assert "blotter-writing extractive 1.2; pocketsphinx en-us 5.1.1" in html


def test_a2_utah_by_a_switch(app: Flask, desk: Desk) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"disclosure_states": ("UT",)})
    html = printed(app, desk)
    assert DISCLOSURE_UT in html
    assert DISCLOSURE_CA not in html


def test_a1_no_machine_text_no_disclosure(app: Flask, desk: Desk) -> None:
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    with transaction():
        service.add_sentence(desk.report, text="I wrote all of this myself.", section="Contact", actor=desk.author)
    assert {one.authorship for one in desk.report.sentences} == {Authorship.OFFICER}
    html = printed(app, desk)
    assert "artificial intelligence" not in html.lower()


def test_a7_a_draft_says_that_it_is_no_statement(app: Flask, desk: Desk) -> None:
    assert "not an officer" in printed(app, desk)
    version = desk.submit()
    html = printed(app, desk)
    assert "not an officer" not in html
    assert version.sha256 in html
    assert "Signed electronically by" in html
    assert desk.evidence.sha256 in html, "the exhibits are named with their hashes"


@pytest.mark.browser
def test_a1_on_every_page_of_the_paper(app: Flask, desk: Desk, chromium: Browser) -> None:
    """Three pages or more, printed by a real browser; the text of each page is read back."""
    for number in range(90):
        with transaction():
            service.add_sentence(
                desk.report,
                text=f"Sentence {number} says at some length what the officer saw on that evening.",
                section=("Contact", "Search", "Injuries")[number % 3],
                actor=desk.author,
            )
    desk.submit()
    browser = signed_in(app, desk.officer)
    page = chromium.new_page(base_url="http://blotter.test")

    def serve(route, request) -> None:
        with browser.get(request.url.removeprefix("http://blotter.test")) as answer:
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())

    page.route("http://blotter.test/**", serve)
    page.goto(f"/reports/{desk.report_id}/print")
    pages = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages
    page.close()
    assert len(pages) >= 3
    for number, sheet in enumerate(pages, 1):
        # NFKC: some machines' fonts join letters, "fi" for one
        text = " ".join(unicodedata.normalize("NFKC", sheet.extract_text()).split())
        assert DISCLOSURE_CA in text, f"page {number}"
        assert "blotter-writing extractive 1.2" in text, f"page {number}"
