"""A recording while it is heard: lines as they are ready; and a transcript made again in the language a person sets."""

import os

from playwright.sync_api import expect

from app.analysis import chunks
from app.analysis.models import StepState, Transcript
from app.core.db import transaction
from tests.app.desk.scene import heard, item, step, stop
from tests.browser.conftest import PHONE
from tests.browser.served import Look, address, look  # noqa: F401 - fixtures
from tests.people import People

SHOTS = os.environ.get("BLOTTER_SHOTS", "")


def test_lines_show_as_they_are_heard(people: People, look: Look) -> None:  # noqa: F811
    officer = people.one()
    recording = item(stop(officer), officer)
    step(recording, "transcribe", StepState.RUNNING)
    with transaction():
        lines = [{"start": 4.0 * at, "text": f"Step out of the car {at}."} for at in range(3)]
        chunks.keep_chunk(recording.id, "k", 0, language="en", end_s=60.0, utterances=lines)
    page = look(officer, PHONE)
    page.goto(f"/incidents/{recording.incident_id}?evidence={recording.id}")
    page.get_by_role("button", name="Show what is heard so far").click()
    expect(page.locator("#heard")).to_contain_text("Step out of the car 2.")
    page.wait_for_timeout(2500)  # the steps are asked for again meanwhile: what was opened stays
    expect(page.locator("#heard")).to_contain_text("Step out of the car 2.")
    if SHOTS:
        page.locator("#reading").screenshot(path=f"{SHOTS}/heard.png")


def test_a_person_says_which_language_is_spoken(people: People, look: Look) -> None:  # noqa: F811
    officer = people.one()
    recording = item(stop(officer), officer)
    transcript = heard(step(recording, "transcribe"), "buenas tardes")
    with transaction() as db:
        db.get_one(Transcript, transcript.id).language = "und"
    page = look(officer)
    page.goto(f"/incidents/{recording.incident_id}?evidence={recording.id}")
    expect(page.get_by_text("The machine could not tell the language.")).to_be_visible()
    page.locator("#reading > summary").click()
    page.get_by_text("Read again").click()
    page.get_by_label("Spoken language").select_option("es")
    if SHOTS:
        page.locator("#reading").screenshot(path=f"{SHOTS}/language.png")
    page.get_by_role("button", name="Transcribe in this language").click()
    expect(page.locator("[data-step=transcribe]")).to_contain_text("Queued", ignore_case=True)
