"""The doors of transcripts: pages, the editor's JSON, refusals with their remedies, and what the invisible answers."""

import io
import json
import uuid
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import reads
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from tests.app.analysis.spoken import LINES, Hearing, heard_again, hearing
from tests.people import People, csrf_token, signed_in

ELSEWHERE = ("/evidence", "/incidents", "/utterances", "/spoken", "/api")


class Hands:
    """A browser on one recording's transcript."""

    def __init__(self, client: FlaskClient, heard: Hearing) -> None:
        self.client, self.heard = client, heard
        self.page = f"/evidence/{heard.item.id}/transcript"
        self.token = csrf_token(client, "/account")

    def get(self, rest: str = "", **given):
        return self.client.get(self._where(rest), **given)

    def _where(self, rest: str) -> str:
        return rest if rest.startswith(ELSEWHERE) else self.page + rest

    def text(self, rest: str = "") -> str:
        answer = self.get(rest)
        assert answer.status_code == 200, answer.get_data(as_text=True)[-900:]
        return unescape(answer.get_data(as_text=True))

    def post(self, path: str, *, as_json: bool = False, **form):
        headers = {"Accept": "application/json"} if as_json else {}
        return self.client.post(self._where(path), data={"csrf_token": self.token, **form}, headers=headers)

    def line(self, number: int, act: str = "", *, as_json: bool = True, **form):
        line = self.heard.line(number)
        form = {"edition": line.edition, **form}
        return self.post(f"/utterances/{line.id}" + (f"/{act}" if act else ""), as_json=as_json, **form)


@pytest.fixture
def hands(app: Flask, people: People) -> Hands:
    heard = hearing(people)
    return Hands(signed_in(app, heard.officer), heard)


def test_engine_and_doubt_stand_on_every_page_that_shows_or_leads_to_the_words(hands: Hands) -> None:
    heard = hands.heard
    for path in ("", "/versions", "/summary"):
        text = hands.text(path)
        assert "pocketsphinx" in text
        assert "doubts <strong>2</strong> of 23 words (9 %)" in text
    assert "pocketsphinx" in hands.text(f"/incidents/{heard.item.incident_id}?evidence={heard.item.id}")
    assert f'hx-get="{hands.page}/summary"' in hands.text(f"/evidence/{heard.item.id}")
    page = hands.text()
    assert (
        '<span class="w doubt" data-start="2.0" data-end="2.4">car<span class="visually-hidden"> (doubted)</span></span>'
        in page
    )


def test_a_role_under_half_sure_is_marked_until_a_person_sets_it(hands: Hands) -> None:
    heard = hands.heard
    desk = f"/incidents/{heard.item.incident_id}?evidence={heard.item.id}"
    assert "role-doubted" not in hands.text() + hands.text(desk)
    with transaction():
        line = heard.line(0)
        line.speaker, line.role, line.speaker_confidence = "S1", "officer", 0.45
    marked = 'title="The machine is not sure who speaks">Officer<span aria-hidden="true">?</span>'
    assert hands.text().count("role-doubted") == 1
    assert marked in hands.text()
    assert marked in hands.text(desk)
    assert hands.line(0, "speaker", speaker="S1", role="officer").status_code == 200
    assert "role-doubted" not in hands.text() + hands.text(desk)


def test_markup_in_words_and_names_is_shown_as_words(hands: Hands) -> None:
    bad = '<script>alert(1)</script> & "quotes"'
    assert hands.line(0, text=bad).status_code == 200
    assert hands.line(0, "speaker", speaker="<img src=x onerror=alert(1)>", role="other").status_code == 200
    for path in ("", "/versions", "/replace?find=alert&put=x", f"/evidence/{hands.heard.item.id}/speakers", "?q=alert"):
        html = hands.get(path).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert hands.heard.texts()[0] == bad


def test_a_line_is_saved_by_json_and_by_a_plain_form(hands: Hands) -> None:
    answer = hands.line(0, text="Get out of the car now, please.")
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["edition"] == 2
    assert (
        "Get out" in unescape(body["lines"][0]["html"]).replace("</span> <span", " ")
        or "by-person" in body["lines"][0]["html"]
    )
    answer = hands.line(1, as_json=False, text="I have a firearm.")
    assert answer.status_code == 303
    assert f"#u-{hands.heard.line(1).id}" in answer.location
    page = hands.text(f"/utterances/{hands.heard.line(1).id}")
    assert "I have a firearm." in page
    assert "corrected by people: version 2" in hands.text()


def test_two_editors_are_shown_both_texts(hands: Hands) -> None:
    stale = hands.heard.line(0).edition
    hands.line(0, text="first")
    answer = hands.line(0, text="second", edition=stale)
    assert answer.status_code == 409
    assert {name: answer.get_json()[name] for name in ("conflict", "text", "edition")} == {
        "conflict": True,
        "text": "first",
        "edition": 2,
    }
    answer = hands.line(0, as_json=False, text="second", edition=stale)
    page = unescape(answer.get_data(as_text=True))
    assert (answer.status_code, ">second</textarea>" in page, "<q>first</q>" in page) == (409, True, True)
    assert hands.heard.texts()[0] == "first"


def test_bad_input_says_what_to_do(hands: Hands) -> None:
    for answer in (
        hands.line(0, text=" "),
        hands.line(0, "split", at="x"),
        hands.line(0, "redact", first="9", last="99", reason="minor"),
    ):
        assert answer.status_code == 422
        assert answer.get_json()["remedy"]
    answer = hands.line(0, as_json=False, text="")
    assert (answer.status_code, "Type what was said." in answer.get_data(as_text=True)) == (422, True)
    assert hands.post("/lines", start="x", text="y").status_code == 422
    assert hands.post("/carry", transcript="x").status_code == 404
    assert hands.post("/versions/1/undo").status_code == 409
    assert hands.get("/file?format=exe").status_code == 422
    assert hands.get("/file?format=txt&version=7").status_code == 404
    assert hands.get("/versions?old=3").status_code == 404
    assert hands.get("/spoken?q=").status_code == 422
    assert hands.get("/api/v1/spoken").get_json()["remedy"]
    assert hands.get("/replace?find=").status_code == 422
    assert hands.post("/import").status_code == 422


def test_every_act_on_a_line_by_the_editor(hands: Hands) -> None:
    body = hands.line(1, "split", at=4).get_json()
    assert [one["id"] for one in body["lines"]] == [str(hands.heard.line(1).id), str(hands.heard.line(2).id)]
    gone = str(hands.heard.line(2).id)
    assert hands.line(1, "join").get_json()["gone"] == gone
    assert hands.line(1, "check").status_code == 200
    assert hands.line(1, "redact", first=3, last=4, reason="minor").status_code == 200
    assert 'class="redacted"' in hands.text()
    assert hands.line(1, "redact", first=3, last=4, reason="").status_code == 200
    assert hands.line(2, "newspeaker", speaker="Witness").status_code == 200
    assert hands.heard.line(2).speaker == "Witness"
    assert hands.line(3, "remove").status_code == 200
    assert hands.post("/lines", start="0:05", text="Missed.", role="other").status_code == 303
    assert "Missed." in hands.heard.texts()


def test_done_is_pressed_once_and_says_when_there_was_nothing(hands: Hands) -> None:
    hands.line(0, text="Get out.")
    assert "not read again yet" in hands.text()
    assert hands.post("/done").status_code == 303
    assert "being made again from the corrected words" in hands.text()
    assert "not read again yet" not in hands.text()
    hands.post("/done")
    assert "Nothing has changed" in hands.text()


def test_speakers_page_renames_sets_roles_and_undoes(hands: Hands) -> None:
    page = f"/evidence/{hands.heard.item.id}/speakers"
    assert hands.post(page, speaker="S2", act="rename", name="Driver").status_code == 303
    assert hands.post(page, speaker="Driver", act="role", role="unknown").status_code == 303
    assert hands.post(page, speaker="Driver", act="merge", into="S1").status_code == 303
    assert {one.speaker for one in hands.heard.lines()} == {"S1"}
    assert hands.post("/versions/4/undo", back="speakers").location == page
    text = hands.text(page)
    assert "Driver" in text
    assert "Version 5: Taken back 4" in text
    for wrong in (
        {"act": "rename", "name": " "},
        {"act": "merge", "into": "S1"},
        {"act": "x"},
        {"act": "role", "role": "x"},
    ):
        assert hands.post(page, speaker="S1", **wrong).status_code == 422
    assert hands.post(page, speaker="nobody", act="role", role="other").status_code == 409


def test_versions_show_their_word_error_rate(hands: Hands) -> None:
    hands.line(1, text="I have a firearm in the glove box.")
    text = hands.text("/versions")
    assert '<strong class="num" data-wer>9.1 %</strong>' in text  # 2 of the 22 words
    assert "<del>fire arm</del> <ins>firearm</ins>" in text
    assert "No word differs" in hands.text("/versions?old=2&new=2")


def test_an_offered_earlier_reading_is_taken_over(app: Flask, hands: Hands) -> None:
    hands.line(0, text="Get out of the car now, please.")
    earlier = hands.heard.transcript_id
    hands.heard = heard_again(hands.heard, "get out of a car")
    assert "Corrections of an earlier reading are kept" in hands.text()
    assert hands.post("/carry", transcript=str(earlier)).status_code == 303
    assert hands.heard.texts()[0] == "Get out of the car now, please."


def test_language_other_than_english_is_marked(hands: Hands) -> None:
    with transaction():
        session().execute(sa.update(Transcript).values(language="es"))
    for path in ("", f"/incidents/{hands.heard.item.incident_id}?evidence={hands.heard.item.id}"):
        assert "Not English" in hands.text(path)


def test_three_thousand_lines_come_in_parts(app: Flask, people: People) -> None:
    heard = hearing(people, *(f"line number {n} of a long shift" for n in range(3_000)))
    hands = Hands(signed_in(app, heard.officer), heard)
    page = hands.text()
    assert page.count('<li class="utterance') == reads.PAGE
    assert "Part 1 of 15" in page
    [late, last] = session().execute(
        sa.select(Utterance.id, Utterance.start_s).where(Utterance.position.in_((2_500, 2_999)))
    )
    assert f'id="u-{late.id}"' in hands.text(f"?at={late.start_s}")
    part = hands.get("?page=2", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.count('<li class="utterance') == reads.PAGE
    assert "<html" not in part
    desk = hands.text(f"/incidents/{heard.item.incident_id}")
    assert desk.count('<li class="utterance') == 200
    assert "All 3000 lines" in desk
    assert hands.post(f"/utterances/{last.id}", text="The last line.", edition=1).status_code == 303
    assert "of 20996 words" in hands.text("/summary")


def test_who_may_not_see_the_incident_finds_no_transcript_and_who_was_not_assigned_says_why(
    app: Flask, hands: Hands, people: People
) -> None:
    stranger = Hands(signed_in(app, people.one(unit="Elsewhere")), hands.heard)
    line = hands.heard.line(0)
    for path in ("", "/versions", "/file?format=txt", "/import", "/replace", "/summary", f"/utterances/{line.id}"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/utterances/{line.id}", text="x", edition=1).status_code == 404
    auditor = Hands(signed_in(app, people.one(Role.INTERNAL_AFFAIRS)), hands.heard)
    assert auditor.get("/file?format=txt").status_code == 422
    assert auditor.get("/file?format=txt&reason=internal_review&case=IA-7").status_code == 200
    query = sa.select(Event).where(Event.act == "evidence:transcript:export")
    [event] = session().scalars(query)
    assert (event.details["assigned"], event.details["case"], event.details["version"]) == (False, "IA-7", 1)
    assert event.details["sha256"]


def test_no_transcript_yet_is_said(app: Flask, hands: Hands) -> None:
    with transaction():
        session().execute(sa.delete(Utterance))
        session().execute(sa.delete(Transcript))
    assert hands.get().status_code == 404
    assert "There is no transcript yet" in hands.text("/summary")


def test_spoken_words_as_page_and_json(hands: Hands) -> None:
    assert "<mark>glove</mark>" in hands.text("/spoken?q=gloves")
    assert "Nobody is known to have said this" in hands.text("/spoken?q=elephant")
    [one] = hands.get("/api/v1/spoken?q=gloves").get_json()["found"]
    assert one["utterance"] == str(hands.heard.line(1).id)
    assert "1 line with" in hands.text("?q=glove")


def test_an_import_is_seen_before_it_stands(hands: Hands) -> None:
    def send(name: str, content: bytes):
        return hands.post("/import", file=(io.BytesIO(content), name))

    answer = send("human.srt", b"1\n00:00:09,000 --> 00:00:08,000\nHello\n")
    assert (answer.status_code, "Line 2: it ends before it begins." in answer.get_data(as_text=True)) == (422, True)
    text = b"Officer: Get out of the car now, please.\n\nMaria Lopez: I have a firearm in the glove box.\n"
    answer = send("human.txt", text)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "2 of 2 lines have no times" in page
    assert hands.heard.texts() == list(LINES), "nothing stands before it is confirmed"
    where = page.split("/transcript/import/")[1].split('"')[0]
    assert hands.post(f"/import/{where}").status_code == 303
    [first, second] = hands.heard.lines()
    assert (first.role, second.role, second.speaker) == ("officer", "other", "Maria Lopez")
    assert (first.start_s, round(second.start_s, 1)) == (0.0, 4.5)
    assert hands.post(f"/import/{where}").status_code == 404
    assert hands.post(f"/import/{uuid.uuid4()}").status_code == 404
    hands.post("/versions/2/undo")
    assert hands.heard.texts() == list(LINES)
    page = unescape(send("again.txt", text).get_data(as_text=True))
    where = page.split("/transcript/import/")[1].split('"')[0]
    hands.line(0, text="Somebody was faster.")
    assert hands.post(f"/import/{where}").status_code == 409
    assert json.loads(hands.get("/file?format=json").data)["lines"][0]["text"] == "Somebody was faster."


def test_a_line_says_in_which_channel_it_was_heard(hands: Hands) -> None:
    assert "channel)" not in hands.text()
    with transaction():
        session().execute(sa.update(Utterance).where(Utterance.position == 1).values(channel=0))
        session().execute(sa.update(Utterance).where(Utterance.position == 2).values(channel=1))
    text = hands.text()
    assert text.index("(left channel)") < text.index("(right channel)")
    answer = hands.get(f"/api/v1/evidence/{hands.heard.item.id}/transcript")
    assert [one["channel"] for one in answer.get_json()["utterances"]] == [None, 0, 1, None]
