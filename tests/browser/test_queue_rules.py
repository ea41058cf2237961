"""The rules of the phone's queue, run as they are in Node: order, waiting, network, room, suggestion, words, answers."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_sha256 import node

JS = Path(__file__).parents[2] / "static" / "js"
PROGRAM = r"""
import * as rules from "%(js)s/queue-order.js";
import * as said from "%(js)s/queue-words.js";
globalThis.location = { href: "http://phone/" };
globalThis.indexedDB = {};
const sending = await import("%(js)s/queue-send.js");
const MB = 1024 * 1024;
const one = (id, size, more = {}) => ({ id, size, owner: "me", target: "i", state: "waiting", at: 1, place: 0, sent: 0, ...more });
const incidents = [
  { id: "far", occurred_at: "2026-11-25T08:00:00Z" },
  { id: "noon", occurred_at: "2026-11-25T12:00:00Z" },
  { id: "there", occurred_at: "2026-11-25T10:30:00Z", position: { latitude: 52.5163, longitude: 13.3777 } },
];
const at = Date.parse("2026-11-25T12:20:00Z");
const here = { latitude: 52.5165, longitude: 13.3780, accuracy_m: 10 };
const many = Array.from({ length: 3000 }, (_, place) => one(String(place), 3 * MB, { place, state: place < 12 ? "sealed" : "waiting", sent: place < 12 ? 3 * MB : 0 }));
const record = { sha256: "ab", target: "i", recordedAt: 0, size: 5 };
const sent_at = sending.metadata(record, { name: "a.jpg", type: "image/jpeg", title: "A", position: here }).sent_at;
// A film of boxes [name, length, words]; a number of boxes, then perhaps a name and a type.
async function film(...given) {
  const boxes = given.filter(Array.isArray);
  const [name = "a.mov", type = "video/quicktime"] = given.filter((one) => !Array.isArray(one));
  const parts = boxes.flatMap(([kind, length, words = ""]) => {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, length && length + 8);
    [...kind].forEach((letter, place) => head.setUint8(4 + place, letter.charCodeAt(0)));
    return [head, words.padEnd(length)];
  });
  return rules.isHevc(Object.assign(new Blob(parts, { type }), { name }));
}
console.log(JSON.stringify({
  order: rules.order([one("big2", 900 * MB), one("big1", 100 * MB), one("late", 1, { at: 2 }), one("early", 2),
    one("theirs", 1, { owner: "you" }), one("unsaid", 1, { target: "" }), one("held", 1, { state: "paused" }), one("done", 1, { state: "sealed" }),
  ], "me").map((r) => r.id),
  begun: rules.order([one("big1", 100 * MB), one("big2", 900 * MB, { sent: 8 * MB }), one("small", 1)], "me").map((r) => r.id),
  waits: [1, 2, 8, 50].map((tries) => [rules.backOff(tries, 0), rules.backOff(tries, 1)]),
  networks: [undefined, {}, { type: "wifi" }, { type: "cellular" }, { type: "wifi", saveData: true }].map((c) => rules.network(c ?? null)),
  held: [[true, "cellular"], [true, "wifi"], [false, "cellular"], [true, undefined]].map(([wifiOnly, type]) => rules.held({ wifiOnly }, { type })),
  override: rules.held({ wifiOnly: true, override: true }, { type: "cellular" }),
  room: [[10e6, { quota: 100e6, usage: 50e6 }], [60e6, { quota: 100e6, usage: 50e6 }], [1, null], [1, { quota: 0 }]].map(([n, e]) => rules.room(n, e).fits),
  suggested: [rules.suggest(incidents, at), rules.suggest(incidents, at, here), rules.suggest(incidents, at + 30 * 3600e3), rules.suggest([], at)],
  metres: Math.round(rules.distance(here, incidents[2].position)),
  words: Object.fromEntries([
    ["taking", said.words(one("a", 100, { state: "keeping" }), 43)], ["waiting", said.words(one("a", 100))],
    ["blocked", said.words(one("a", 100), 0, "Waiting for the network")], ["unsaid", said.words(one("a", 100, { target: "" }))],
    ["sending", said.words(one("a", 100, { state: "sending", sent: 20 }), 43)], ["all sent", said.words(one("a", 100, { state: "sending" }), 100)],
    ["checking", said.words(one("a", 100, { state: "checking" }))], ["sealed", said.words(one("a", 100, { state: "sealed" }))],
    ["refused", said.words(one("a", 100, { state: "refused", reason: "Incident 2026-1 is closed" }))], ["twin", said.words(one("a", 1, { state: "twin" }))],
  ]),
  summary: said.summary(many, new Map()), shown: said.shown(many, 30).map((r) => r.state),
  pinned: said.shown([...many, one("bad", 1, { state: "torn", at: 0 })], 30)[0].id,
  meanings: Object.fromEntries([
    ["lost", sending.meaning(0, "PATCH")], ["ended", sending.meaning(401, "HEAD")],
    ["other session", sending.meaning(400, "PATCH", { detail: "The CSRF token is missing." })],
    ["offset", sending.meaning(409, "PATCH")], ["closed", sending.meaning(409, "POST", { detail: "Incident 1 is closed.", field: "incident" })],
    ["given up", sending.meaning(410, "PATCH")], ["forgotten", sending.meaning(404, "PATCH")],
    ["moved", sending.meaning(404, "POST", { detail: "There is no such incident." })],
    ["held", sending.meaning(423, "PATCH")], ["checksum", sending.meaning(460, "PATCH")], ["down", sending.meaning(502, "PATCH")],
    ["too many", sending.meaning(429, "POST", { detail: "Too many." }, "90")], ["too large", sending.meaning(413, "POST", { detail: "Too large." })],
  ].map(([name, { kind, wait = 0 }]) => [name, [kind, wait]])),
  hevc: await Promise.all([film(["ftyp", 16], ["mdat", 5000], ["moov", 90, "stsd hvc1"]), film(["ftyp", 16], ["moov", 90, "hev1"], ["mdat", 50]),
    film(["ftyp", 16], ["moov", 90, "stsd avc1"]), film(["ftyp", 16], ["mdat", 0]), film(["mdat", 3]), film(["moov", 9, "hvc1"], "note.txt", "text/plain"),
    rules.isHevc(Object.assign(new Blob(["short"]), { name: "a.mov" }))]),
  position: sending.metadata(record, { position: here }).position, chunk: sending.CHUNK, now: Math.abs(Date.parse(sent_at) - Date.now()),
}));
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    program = PROGRAM % {"js": JS.as_uri()}
    run = [node(), "--input-type=module", "-e", program]
    answer = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_small_files_go_first_then_large_ones_and_what_was_begun_is_ended(told: dict[str, Any]) -> None:
    assert told["order"] == ["early", "late", "big1", "big2"]
    assert told["begun"] == ["small", "big2", "big1"]
    assert told["chunk"] < 100_000_000


def test_the_waits_grow_to_a_minute_and_phones_do_not_come_back_together(told: dict[str, Any]) -> None:
    assert told["waits"] == [[375, 625], [750, 1250], [45_000, 75_000], [45_000, 75_000]]


def test_only_what_the_browser_says_of_the_network_is_relied_on(told: dict[str, Any]) -> None:
    assert told["networks"] == ["", "", "wifi", "metered", "metered"]
    assert told["held"] == ["Waiting for Wi-Fi", "", "", ""]
    assert told["override"] == ""


def test_what_does_not_fit_is_known_before(told: dict[str, Any]) -> None:
    assert told["room"] == [True, False, True, True]


def test_hevc_is_known_by_the_head_of_the_file_wherever_it_stands(told: dict[str, Any]) -> None:
    assert told["hevc"] == [True, True, False, False, False, False, False]


def test_an_incident_is_suggested_by_time_and_place(told: dict[str, Any]) -> None:
    assert told["suggested"] == ["noon", "there", None, None]
    assert 20 < told["metres"] < 40


def test_the_words_are_honest(told: dict[str, Any]) -> None:
    words = told["words"]
    assert words["taking"] == "Taking in 43 %. Keep Blotter open until it is through."
    assert words["waiting"] == "Waiting."
    assert words["blocked"] == "Waiting for the network."
    assert words["unsaid"].startswith("On this phone only.")
    assert words["sending"] == "Sending 43 %"
    assert words["refused"] == "Not taken. Incident 2026-1 is closed."
    assert words["twin"].startswith("Chosen twice")
    before = [text for state, text in words.items() if state != "sealed"]
    assert not [text for text in before if any(word in text.lower() for word in ("done", "sealed", "complete"))]
    assert words["all sent"] == "Sending 100 %"
    assert words["checking"] == "Arrived. The server is checking it."


def test_three_thousand_are_one_line_and_a_few_rows(told: dict[str, Any]) -> None:
    assert told["summary"]["words"] == "3,000 files, 9.4 GB: 2,988 waiting, 12 sealed"
    assert abs(told["summary"]["part"] - 12 / 3000) < 1e-9
    assert len(told["shown"]) == 30
    assert told["pinned"] == "bad"


def test_what_an_answer_means_for_a_file(told: dict[str, Any]) -> None:
    assert told["meanings"] == {
        "lost": ["away", 0],
        "ended": ["out", 0],
        "other session": ["out", 0],
        "offset": ["busy", 0],
        "closed": ["refused", 0],
        "given up": ["anew", 0],
        "forgotten": ["anew", 0],
        "moved": ["refused", 0],
        "held": ["busy", 0],
        "checksum": ["busy", 0],
        "down": ["busy", 0],
        "too many": ["later", 90_000],
        "too large": ["refused", 0],
    }


def test_the_place_is_told_as_the_server_reads_it_and_the_clock_anew(told: dict[str, Any]) -> None:
    assert told["position"] == "52.5165,13.378,10"
    assert told["now"] < 60_000
