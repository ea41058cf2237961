"""The phone's queue in Chromium: it outlives page, network and session, tells the truth, and leaves nothing behind."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, Route, expect

from app.accounts.models import SignInSession
from app.core.db import transaction
from app.evidence.models import Upload, UploadState
from app.incidents import service as incidents
from app.incidents.models import Incident
from tests.app.phone.test_phone_page import a_report
from tests.browser.conftest import PHONE, sign_in
from tests.browser.phones import PLAIN, WAIT, Hand, file, incident_of, seal_all, uploads
from tests.browser.served import address, look
from tests.people import People, actor_for

__all__ = ["address", "look"]
pytestmark = pytest.mark.browser
Look = Callable[..., Page]
A_DAY_AHEAD = """const Real = Date; globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + 86_400_000); }
  static now() { return Real.now() + 86_400_000; } };"""
CELLULAR = (
    "Object.defineProperty(navigator, 'connection', { value: Object.assign(new EventTarget(), { type: 'cellular' }) });"
)
FULL = "navigator.storage.estimate = async () => ({ quota: 1000, usage: 900 });"
NO_STORE = "indexedDB.open = () => { throw new DOMException('denied', 'SecurityError'); };"
SOON = "AbortSignal.timeout = () => { const end = new AbortController(); setTimeout(() => end.abort(), 1500); return end.signal; };"
REFUSED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };"
A_TONE = """navigator.mediaDevices.getUserMedia = async () => { const sound = new AudioContext(); const tone = sound.createOscillator();
  const end = sound.createMediaStreamDestination(); tone.connect(end); tone.start(); return end.stream; };"""
SHARE = """async (words) => { const given = new DataTransfer(); given.items.add(new File([words], "shared.jpg", { type: "image/jpeg" }));
  const form = document.createElement("form"); Object.assign(form, { method: "post", action: "/phone/share", enctype: "multipart/form-data" });
  const input = document.createElement("input"); Object.assign(input, { type: "file", name: "files" }); input.files = given.files;
  form.append(input); document.body.append(form); form.submit(); }"""


def test_without_a_network_it_records_and_reads_the_day_and_later_sends(app: Flask, people: People, look: Look) -> None:
    """Flight mode, the page killed, opened again without a network; then sealed, and nothing is left on the phone."""
    officer = people.one()
    incident_of(officer, "River Lane 7")
    hand = Hand(look(officer, PHONE)).open()
    context = hand.page.context
    context.set_offline(True)
    hand.page.goto("/phone")
    hand.notice("No network")
    expect(hand.page.locator("phone-day")).to_contain_text("1 open incident, kept")
    hand.page.get_by_text("Open incidents").click()
    expect(hand.page.locator("[data-day]")).to_contain_text("River Lane 7")
    hand.send(file(copies=60_000), title="In the tunnel").says("In the tunnel", re.compile("Waiting|Trying"))
    kept = hand.kept()
    assert len(kept["pieces"]) == 3
    everything = repr(kept)
    assert not [word for word in (PLAIN.decode(), "In the tunnel", "River Lane", "a.zip") if word in everything]
    assert '"extractable":false' in "".join(kept["kept"])
    hand.page.close()
    hand = Hand(context.new_page())
    hand.page.goto("/phone")
    hand.says("In the tunnel", re.compile("Waiting|Trying"))
    context.set_offline(False)
    hand.says("In the tunnel", "Arrived. The server is checking it.")
    assert "ealed" not in hand.row("In the tunnel").inner_text()
    assert hand.row("In the tunnel").get_by_role("button").count() == 0  # nothing may be removed before the seal
    assert hand.kept()["pieces"]
    (item,) = seal_all(app)
    hand.says("In the tunnel", "Sealed").says("In the tunnel", item.sha256)
    assert hand.kept()["pieces"] == []  # C27


def test_two_tabs_the_same_file_twice_an_empty_one_and_heic(people: People, look: Look) -> None:
    """One tab sends, the other shows; what is chosen twice goes once; what is empty is named and the rest goes on."""
    officer = people.one()
    incident_of(officer)
    one = Hand(look(officer, PHONE)).open()
    other = Hand(one.page.context.new_page()).open()
    twice = file("twice.zip")
    empty = {"name": "empty.mp4", "mimeType": "video/mp4", "buffer": b""}
    other.page.locator("input[name=file]").set_input_files([file("photo.heic", kind="image/heic"), empty, twice])
    expect(other.page.locator("[data-heic]")).to_be_visible()
    expect(other.page.locator("[data-hevc]")).to_be_hidden()
    other.page.get_by_role("button", name="Send", exact=True).click()
    expect(other.page.locator("[data-error]")).to_contain_text("empty.mp4 is empty: there is nothing in it to keep.")
    for hand in (one, other):
        hand.says("photo.heic", "Arrived").says("twice.zip", "Arrived")
    other.send({**twice, "name": "again.zip"}).says("again.zip", "Chosen twice")
    assert sorted(upload.filename for upload in uploads(officer)) == ["photo.heic", "twice.zip"]
    one.page.close()  # the tab that sends is closed: the other takes over
    other.send(file("third.zip")).says("third.zip", "Arrived")


def test_an_hevc_film_is_told_and_kept_as_it_is(people: People, look: Look) -> None:
    """What iPhones record: this phone may not play it; it is sent unchanged, and the copy is made at the station."""
    officer = people.one()
    incident_of(officer)
    hand = Hand(look(officer, PHONE)).open()
    whole = b"\0\0\0\x10ftypqt  \0\0\0\0" + b"\0\0\0\x30moov" + b"stsd hvc1".ljust(40)
    hand.page.locator("input[name=file]").set_input_files(
        [{"name": "IMG_7.MOV", "mimeType": "video/quicktime", "buffer": whole}]
    )
    expect(hand.page.locator("[data-hevc]")).to_contain_text("sent and kept as it is")
    hand.page.get_by_role("button", name="Clear").click()
    expect(hand.page.locator("[data-hevc]")).to_be_hidden()
    hand.send({"name": "IMG_8.MOV", "mimeType": "video/quicktime", "buffer": whole}).says("IMG_8.MOV", "Arrived")
    assert [(one.filename, one.length) for one in uploads(officer)] == [("IMG_8.MOV", len(whole))]


def test_more_than_an_hour_takes_waits_politely_and_goes_on(app: Flask, people: People, look: Look) -> None:
    """The server is there and said when: nobody is told of a lost network, nothing is lost, and nothing is asked meanwhile."""
    officer = people.one()
    incident_of(officer)
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"uploads_per_hour": 1})
    page = look(officer, PHONE)
    page.clock.install()
    hand = Hand(page).open()
    hand.send(file("first.zip")).says("first.zip", "Arrived")
    hand.send(file("second.zip")).says(
        "second.zip", re.compile(r"Waiting until \d+:\d+.*You began 1 uploads within the hour")
    )
    expect(page.locator("phone-notices")).not_to_contain_text("cannot be reached")
    assert len(uploads(officer)) == 1
    with transaction() as current:
        current.execute(sa.update(Upload).values(created_at=Upload.created_at - timedelta(hours=2)))
    page.clock.fast_forward("01:00:05")
    hand.says("second.zip", "Arrived")
    assert sorted(one.filename for one in uploads(officer)) == ["first.zip", "second.zip"]


def test_a_question_that_is_never_answered_does_not_hold_up_the_queue(people: People, look: Look) -> None:
    """A connection that hangs after a change of network: it ends, is asked again, and what waits is sent."""
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    page.add_init_script(SOON)
    hand = Hand(page).open()
    hung: list[Route] = []

    def hang(route: Route) -> None:
        if hung:
            route.continue_()
        else:
            hung.append(route)  # and nothing comes

    page.context.set_offline(True)
    hand.send(file("waits.zip")).says("waits.zip", re.compile("Waiting|Trying"))
    page.route("**/api/v1/phone/day", hang)
    page.context.set_offline(False)
    hand.says("waits.zip", "Arrived")
    assert len(hung) == 1


def test_an_upload_that_the_server_gave_up_meanwhile_is_begun_anew(people: People, look: Look) -> None:
    """As when a page dies mid-file: its broken request ends the upload just after the next page was told to go on with it."""
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    hand = Hand(page).open()
    over: list[str] = []

    def give_up(route: Route) -> None:
        if route.request.method == "PATCH" and not over:
            over.append(route.request.url)
            with transaction() as current:
                current.execute(sa.update(Upload).values(state=UploadState.TERMINATED))
        route.continue_()

    page.route("**/api/v1/uploads/*", give_up)
    hand.send(file("torn.zip", copies=80_000)).says("torn.zip", "Arrived")
    assert len(over) == 1
    assert sorted(one.state.value for one in uploads(officer)) == ["received", "terminated"]


def test_three_thousand_photos_at_once_leave_the_page_usable(people: People, look: Look) -> None:
    officer = people.one()
    incident_of(officer)
    hand = Hand(look(officer, PHONE)).open()
    hand.page.context.set_offline(True)
    photos = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": b"%d" % n} for n in range(3000)]
    hand.page.locator("input[name=file]").set_input_files(photos)
    expect(hand.page.locator("[data-picked]")).to_contain_text("0.jpg, 1.jpg, 2.jpg and 2,997 more")
    hand.page.get_by_role("button", name="Send", exact=True).click()
    expect(hand.page.locator(".queue-all")).to_contain_text("3,000 files", timeout=WAIT)
    assert hand.page.locator("queue-list li").count() == 30
    expect(hand.page.get_by_role("button", name="Show more (2,970 not shown)")).to_be_visible()
    hand.page.get_by_label("Title").fill("still answers")
    expect(hand.page.locator(".queue-all")).to_contain_text("waiting", timeout=WAIT)


def test_the_session_ends_and_the_incident_is_closed_with_files_waiting(people: People, look: Look) -> None:
    """Signed in again the queue goes on; what its incident no longer takes is offered to another."""
    officer = people.one()
    closing, other = incident_of(officer, "Closing Court"), incident_of(officer, "Other Road")
    hand = Hand(look(officer, PHONE)).open()
    with transaction() as current:
        current.execute(sa.update(SignInSession).values(expires_at=SignInSession.created_at))
        incidents.close(current.get_one(Incident, closing.id), actor=actor_for(officer))
    hand.send(file(), title="Late", incident="Closing Court").notice("Sign in again")
    hand.says("Late", "Waiting until you sign in again")
    assert uploads(officer) == []
    hand.page.get_by_role("link", name="Sign in").click()
    sign_in(hand.page, officer)
    hand.page.goto("/phone")
    hand.says("Late", "Not taken. Incident").says("Late", "is closed. Reopen the incident, or choose another.")
    choice = hand.row("Late").get_by_label("Incident")
    choice.select_option(label=next(one for one in choice.locator("option").all_inner_texts() if "Other Road" in one))
    hand.says("Late", "Arrived")
    assert [upload.incident_id for upload in uploads(officer)] == [other.id]


def test_an_incident_is_given_to_others_with_files_waiting(people: People, look: Look) -> None:
    """What the officer no longer sees is not named; the file stays, and is offered to one they do see."""
    officer, colleague = people.one(), people.one()
    theirs, own = incident_of(colleague, "Moved Lane"), incident_of(officer, "Own Road")
    with transaction() as current:
        moving = current.get_one(Incident, theirs.id)
        incidents.assign(moving, officer=officer, actor=actor_for(colleague))
    hand = Hand(look(officer, PHONE)).open()
    hand.page.context.set_offline(True)
    hand.send(file(), title="Kept", incident="Moved Lane").says("Kept", re.compile("Waiting|Trying"))
    with transaction() as current:
        incidents.unassign(current.get_one(Incident, theirs.id), officer=officer, actor=actor_for(colleague))
    hand.page.context.set_offline(False)
    hand.says("Kept", "Not taken. There is no such incident, or it is not one of yours.")
    choice = hand.row("Kept").get_by_label("Incident")
    choice.select_option(label=next(one for one in choice.locator("option").all_inner_texts() if "Own Road" in one))
    hand.says("Kept", "Arrived")
    assert [upload.incident_id for upload in uploads(officer)] == [own.id]


def test_a_clock_a_day_wrong_and_mobile_data(people: People, look: Look) -> None:
    """The difference is said and recorded (E9); with Wi-Fi only nothing goes over mobile data until the officer says so."""
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    page.add_init_script(A_DAY_AHEAD + CELLULAR)
    hand = Hand(page).open().notice("Your phone's clock is wrong").notice("24 h ahead")
    page.get_by_role("heading", name="This phone").click()
    page.get_by_label("Send over Wi-Fi only").check()
    hand.send(file(), title="Dear").says("Dear", "Waiting for Wi-Fi").notice("as you chose below")
    assert uploads(officer) == []
    page.get_by_role("button", name="Send now all the same").click()
    hand.says("Dear", "Arrived")
    (upload,) = uploads(officer)
    assert upload.clock_offset_s is not None
    assert abs(upload.clock_offset_s - 86_400) < 120


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(FULL, "Little room on this phone"), (NO_STORE, "Nothing can be kept here")],
    ids=["full", "no store"],
)
def test_no_room_is_said_before_anything_is_recorded(people: People, look: Look, trouble: str, words: str) -> None:
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    page.add_init_script(trouble)
    page.goto("/phone")
    hand = Hand(page).notice(words)
    if trouble == FULL:
        hand.send(file())
        expect(page.locator("[data-error]")).to_contain_text(
            re.compile(r"this phone lets Blotter keep .* Free some space")
        )
        assert hand.kept()["items"] == []


def test_a_note_by_voice_and_a_microphone_that_is_refused(people: People, look: Look) -> None:
    """Refused, it says where to allow it; else its level shows, it pauses, is heard, and is sent like any file."""
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    page.add_init_script(REFUSED)
    page.goto("/phone")
    page.get_by_role("button", name="Voice note").click()
    expect(page.locator("[data-voice-error]")).to_contain_text("Allow it for this site in the browser's settings")
    page.add_init_script(A_TONE)
    hand = Hand(page).open()
    page.get_by_role("button", name="Voice note").click()
    expect(page.locator(".voice-level .is-lit").first).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".voice")).to_contain_text("Paused")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".voice audio")).to_be_visible()
    page.get_by_role("button", name="Use this note").click()
    page.get_by_role("button", name="Send", exact=True).click()
    hand.says("Voice note", "Arrived")
    (upload,) = uploads(officer)
    assert (upload.claimed_type, upload.title) == ("audio/webm", "Voice note")
    assert (upload.length or 0) > 200


def test_c27_at_sign_out_what_waits_is_said_and_kept_or_removed(people: People, look: Look) -> None:
    """Kept, it is sent after the next sign-in and shown to nobody else; removed, nothing is left."""
    officer, colleague = people.one(), people.one()
    incident_of(officer)
    hand = Hand(look(officer, PHONE)).open()
    page = hand.page
    hand.send(file(), title="Not yet")
    hand.says("Not yet", "Arrived")
    page.get_by_role("button", name="Sign out").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 file that is not sealed is still on this device.")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Keep them and sign out").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, colleague)
    page.goto("/phone")
    expect(page.locator("queue-list")).to_contain_text("1 file of somebody else waits on this phone, encrypted")
    assert "Not yet" not in page.locator("main").inner_text()
    kept = hand.kept()
    assert [name for name in kept["names"] if name.startswith("day:")] == [f"day:{colleague.id}"]
    page.get_by_role("button", name="Sign out").click()
    expect(dialog).to_contain_text("They belong to somebody else.")
    dialog.get_by_role("button", name="Keep them and sign out").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, officer)
    page.goto("/phone")
    hand.says("Not yet", "Arrived")
    page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Remove them and sign out").click()
    page.wait_for_url("**/sign-in")
    assert page.evaluate("async () => (await indexedDB.databases()).length + (await caches.keys()).length") == 0


def test_what_another_app_shares_waits_in_the_queue_for_its_incident(people: People, look: Look) -> None:
    officer = people.one()
    there = incident_of(officer)
    hand = Hand(look(officer, PHONE)).open()
    hand.page.evaluate(SHARE, "shared bytes")
    hand.page.wait_for_url("**/phone")
    hand.says("shared.jpg", "On this phone only. Choose its incident, then it is sent.")
    hand.row("shared.jpg").get_by_label("Incident").select_option(index=1)
    hand.says("shared.jpg", "Arrived")
    assert [(one.incident_id, one.length) for one in uploads(officer)] == [(there.id, 12)]


def test_a_touch_beside_a_report_does_not_open_it(people: People, look: Look) -> None:
    officer = people.one()
    incident = incident_of(officer)
    with transaction() as current:
        current.add(a_report(incident, officer, "draft"))
    page = look(officer, PHONE)
    page.goto("/phone/reports")
    page.get_by_role("button", name="Theme: As the device").click()
    expect(page).to_have_url(re.compile("/phone/reports$"))
    expect(page.get_by_role("dialog", name="Theme")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".phone-card").first.click()  # the card itself does
    expect(page).to_have_url(re.compile("/reports/[0-9a-f-]{36}$"))


def test_the_page_is_light(people: People, look: Look) -> None:
    """Everything that the phone's home loads, as it comes over the network, headers and all: under 150 KB, scripts under 80."""
    officer = people.one()
    incident_of(officer)
    page = look(officer, PHONE)
    page.wait_for_load_state("networkidle")  # what the page before it still loads is not counted
    protocol = page.context.new_cdp_session(page)
    kinds: dict[str, tuple[str, str]] = {}
    sizes: dict[str, float] = {}
    protocol.on(
        "Network.responseReceived", lambda one: kinds.update({one["requestId"]: (one["type"], one["response"]["url"])})
    )
    protocol.on("Network.loadingFinished", lambda one: sizes.update({one["requestId"]: one["encodedDataLength"]}))
    protocol.send("Network.enable")
    protocol.send("Network.clearBrowserCache")
    page.goto("/phone", wait_until="networkidle")
    scripts = sum(size for key, size in sizes.items() if kinds[key][0] == "Script")
    names = {url.rpartition("/")[2] for _, url in kinds.values()}
    assert names >= {"phone", "phone.js", "queue.js", "tus.min.js", "phone.css", "day"}
    assert 20_000 < scripts < 80_000
    assert scripts < sum(sizes.values()) < 150_000
    sizes.clear()
    page.goto("/phone", wait_until="networkidle")
    assert sum(sizes.values()) < 12_000  # who comes again loads the page alone
