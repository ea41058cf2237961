"""The demonstration: a recording travels from an officer's phone to an approved report, through the real doors.

`python -m samples.demo` (or `make demo`). With ONCE=1 it ends when the story has been told; otherwise it keeps serving.
"""

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.config import settings
from app.core import db, ledger
from app.station import Station, running
from samples.agency import PASSWORD, PEOPLE, enrol_everybody
from samples.browser import Browser, await_value
from samples.phone import Phone
from samples.telling import bar, heading, line, table

HERE = Path(__file__).resolve().parent
STOP = HERE / "traffic_stop.mp4"
CLIPS = (
    ("1042", "clip_noise_complaint.m4a", "other", "Loud music", "Elm Street"),
    ("1043", "clip_parking_dispute.m4a", "other", "Parking dispute", "Oak Avenue"),
    ("1044", "clip_found_wallet.m4a", "found_property", "Found wallet", "City Park"),
)
OFFICER, SUPERVISOR = "1041", "2010"
ANSWERS = {
    "who else": "Nobody else was present.",
    "injur": "No injuries were seen or reported.",
    "force": "No force was used.",
    "weather": "Clear and dry, at night.",
    "make, model": "a red sedan.",
    "license plate]": "7ABC123.",
    "disposition": "The driver was given a verbal warning.",
}
MISHEARD = {"step out of the car no": "step out of the car, now", "No I am not heard": "No, I am not hurt"}
ADDED = "The tail light was not mentioned during this stop."
STEPS_WITHIN_S = 600.0


def main() -> None:
    """Tells the story, then serves."""
    once = os.environ.get("ONCE", "") not in ("", "0")
    # A minute of speech is far too little for a rate, and the pages say so; here the plot is to be seen all the same.
    os.environ.setdefault("BLOTTER_MINIMUM_EXPOSURE_MINUTES", "0.1")
    with running(settings()) as station:
        fresh = enrol_everybody(station.database_url)
        if fresh:
            tell(station)
        else:
            heading("The demonstration's data is there already; `make clean` removes it.")
        sign_ins(station)
        if not once:
            print("\nServing until Ctrl-C.", flush=True)
            station.watch()
    print("Everything has ended.")


def tell(station: Station) -> None:
    """The whole road, act by act."""
    heading("1. The officer's phone sends the recording")
    officer = Browser(station.address)
    officer.sign_in(OFFICER, PASSWORD)
    incident = open_incident(officer, "traffic_stop", "Red light", "Main Street")
    evidence = send(station, OFFICER, STOP, incident, "Traffic stop on Main Street")
    heading("2. The machines read it")
    follow(officer, evidence)
    say_what_was_read(officer, evidence)
    heading("3. The officer corrects, the supervisor returns once, the officer signs again, the supervisor approves")
    report = review(station, officer, incident)
    heading("4. Three short recordings by other officers, for early warning")
    for badge, file, kind, title, place in CLIPS:
        browser = Browser(station.address)
        browser.sign_in(badge, PASSWORD)
        item = send(station, badge, HERE / file, open_incident(browser, kind, title, place), title)
        follow(browser, item, quiet=True)
    early_warning(station)
    heading("5. What the record says")
    custody(station, evidence, report)


def open_incident(browser: Browser, kind: str, title: str, place: str) -> str:
    """Opens an incident through the page; returns its id."""
    answer = browser.submit("/incidents/new", kind=kind, title=title, place=place)
    return answer.url.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]


def send(station: Station, badge: str, file: Path, incident: str, title: str) -> str:
    """Uploads as a phone does and waits for the seal; returns the evidence's id."""
    phone = Phone(station.address, badge, PASSWORD)
    phone.sign_in()
    upload = phone.send(
        file,
        incident=incident,
        title=title,
        chunk=128 * 1024,
        recorded_at=datetime.now(UTC),
        progress=lambda sent, total: bar(f"sending {file.name}", sent / total),
    )
    status = phone.await_seal(upload)
    if status["state"] != "sealed":
        raise SystemExit(f"{file.name} was quarantined: {status['reason']}")
    line(f"sealed under SHA-256 {status['sha256']}")
    return str(status["url"]).rsplit("/", 1)[-1]


def follow(browser: Browser, evidence: str, *, quiet: bool = False) -> None:
    """A progress bar per step until each is over."""

    def read() -> list[dict[str, Any]]:
        steps = list(browser.json(f"/api/v1/evidence/{evidence}/steps")["steps"])
        if not quiet:
            for step in steps:
                bar(step["name"].replace("_", " "), step["progress"], state=step["state"])
        return steps

    steps = await_value(
        read,
        lambda found: found and all(step["state"] in ("done", "failed") for step in found),
        seconds=STEPS_WITHIN_S,
        pause=0.5,
    )
    failed = [step for step in steps if step["state"] == "failed"]
    if failed:
        raise SystemExit(f"{failed[0]['name']} failed: {failed[0]['error']}")


def say_what_was_read(browser: Browser, evidence: str) -> None:
    """Prints what was heard, tagged and found, with engine and doubt."""
    heard = browser.json(f"/api/v1/evidence/{evidence}/transcript")
    engine = heard["engine"]
    line(f"heard by {engine['name']} {engine['version']} ({engine['model']}):")
    table(
        [(clock(one["start_s"]), one["role"], f"{one['confidence']:.0%}", one["text"]) for one in heard["utterances"]]
    )
    tags = browser.json(f"/api/v1/evidence/{evidence}/tags")["tags"]
    line("seen:")
    table(
        [
            (f"{clock(tag['start_s'])}-{clock(tag['end_s'])}", tag["kind"], f"{tag['confidence']:.0%}", tag["label"])
            for tag in tags
        ]
    )
    line("found in what was heard (proposals, until a person confirms them):")
    table(
        [
            (clock(one["start_s"]), one["kind"], f"{one['confidence']:.0%}", f"{one['value']}  ({one['method']})")
            for one in browser.json(f"/api/v1/evidence/{evidence}/mentions")["mentions"]
        ]
    )


def review(station: Station, officer: Browser, incident: str) -> str:
    """Correct, submit, return, correct, submit, approve: all through the pages; returns the report's id."""
    cards = officer.json("/api/v1/reports")["reports"]
    report = str(cards[0]["id"])
    first = officer.json(f"/api/v1/reports/{report}")["sentences"]
    line(f"drafted: {len(first)} sentences, {sum(one['gap'] for one in first)} of them gaps for a person to fill")
    correct(officer, report)
    sign(officer, report)
    line("signed and submitted")
    sergeant = Browser(station.address)
    sergeant.sign_in(SUPERVISOR, PASSWORD)
    notes = "Please add what you said to the driver about her tail light, or that it was not mentioned."
    sergeant.submit(f"/reports/{report}", action="/return", notes=notes)
    line(f"returned by the supervisor: “{notes}”")
    officer.submit(f"/reports/{report}", action="/sentences", section="Contact", text=ADDED)
    sign(officer, report)
    line("the officer added a sentence of his own, signed again and resubmitted")
    sergeant.submit(f"/reports/{report}/approve", notes="Complete.", password=PASSWORD)
    final = officer.json(f"/api/v1/reports/{report}")
    line("approved. The report as it stands, each sentence with its author and its seconds:")
    table(
        [
            (sentence["authorship"], " ".join(clock(one["start_s"]) for one in sentence["sources"]), sentence["text"])
            for sentence in final["sentences"]
        ]
    )
    if final["state"] != "approved":
        raise SystemExit(f"the report is {final['state']}, not approved")
    return report


def correct(officer: Browser, report: str) -> None:
    """Fills each gap, corrects what was misheard, and stands by the rest the machine doubted, as after listening."""
    for sentence in officer.json(f"/api/v1/reports/{report}")["sentences"]:
        if sentence["gap"]:
            said = next((words for key, words in ANSWERS.items() if key in sentence["text"].lower()), "Not observed.")
            text = re.sub(r"\[INSERT[^\]]*\]\.?", said, sentence["text"])
            officer.submit(f"/reports/{report}", action=f"/sentences/{sentence['id']}", text=text)
            continue
        wrong = next((words for words in MISHEARD if words in sentence["text"]), "")
        if wrong:
            text = sentence["text"].replace(wrong, MISHEARD[wrong])
            officer.submit(f"/reports/{report}", action=f"/sentences/{sentence['id']}", text=text)
        elif sentence["confidence"] is not None and sentence["confidence"] < 0.5:
            officer.submit(f"/reports/{report}", action=f"/sentences/{sentence['id']}/acknowledge")
    read_warnings(officer, report)


def sign(officer: Browser, report: str) -> None:
    """Reads what the checks warn of, stands by the text, certifies, and signs with the password."""
    read_warnings(officer, report)
    officer.submit(f"/reports/{report}/submit", certified="y", password=PASSWORD)


def read_warnings(officer: Browser, report: str) -> None:
    """Stands by the text wherever the checks only warn."""
    page = f"/reports/{report}/submit"
    warnings = [form.action for form in officer.forms(page) if "/findings/" in form.action]
    for action in warnings:
        officer.submit(page, action=action.rsplit("/", 1)[-1])


def early_warning(station: Station) -> None:
    """What internal affairs see: rates with their intervals."""
    from app.earlywarning import queries

    db.connect(station.database_url, pool_size=1)
    try:
        rows = [
            (
                one.name,
                f"{one.speech_s:.0f} s of speech",
                f"{one.aggressive} aggressive",
                f"{one.courteous} courteous",
                f"{one.rate.per_hour or 0:.0f} an hour (95 %: {one.rate.low:.0f} to {one.rate.high:.0f})",
            )
            for one in queries.standings()
        ]
    finally:
        db.disconnect()
    table(rows)


def custody(station: Station, evidence: str, report: str) -> None:
    """The custody trail of the recording and the report, and the state of the chain."""
    db.connect(station.database_url, pool_size=1)
    try:
        trail = [
            *ledger.custody(subject_kind="evidence", subject_id=evidence),
            *ledger.custody(subject_kind="report", subject_id=report),
        ]
        table(
            [
                (str(one.seq), one.at.strftime("%H:%M:%S.%f")[:-4], one.actor_label, one.act)
                for one in sorted(trail, key=lambda one: one.seq)
                if not one.act.endswith(":view")
            ]
        )
        views = sum(one.act.endswith(":view") for one in trail)
        line(f"and {views} times somebody looked at them, each an event of its own")
        broken = list(ledger.faults())
        count, head = ledger.head()
        line(f"ledger: {count} events, {'unbroken' if not broken else f'{len(broken)} FAULTS'}; last hash {head[:16]}…")
    finally:
        db.disconnect()


def sign_ins(station: Station) -> None:
    """Where to go and as whom."""
    heading(f"Blotter is at {station.address}")
    line(f"everyone's password here: {PASSWORD}")
    table([(one.badge, f"{one.rank} {one.name}", one.role.title, one.unit) for one in PEOPLE])


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nEnded.")
        sys.exit(130)
