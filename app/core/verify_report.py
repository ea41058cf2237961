#!/usr/bin/env python3
"""Checks signed reports and discovery bundles of Blotter, without Blotter. Needs verify.py beside it.

    python verify_report.py REPORT.pdf      a report; REPORT.sig must lie beside it (or give it as --proof)
    python verify_report.py BUNDLE          a discovery bundle (a BagIt folder or a .zip of one)
    python verify_report.py QR.txt          what the code on a printed page says, saved as a text file
      --key KEY           the agency's public key, as its office or its web page gives it; without it, the key inside
                          is used and the answer says that nobody vouched for it
      --revocation FILE   a statement of the agency that an officer's key is ended; may be given several times
      --checkpoint FILE   a checkpoint of the ledger kept from earlier (for bundles); may be given several times

Ends 0 when everything holds, 1 when something does not, 2 when there is nothing to check. Every fault is one line.

What is signed: the officer signs the SHA-256 of the report's content (JSON, keys sorted, no spaces, UTF-8) with a key of
their own, the agency certifies that key and states which PDF, by its SHA-256, is that content on paper; the ledger's
tree holds the event of each signature. Methods as in verify.py; bundles as in BagIt (RFC 8493).
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

if __package__:
    from app.core import verifier as base
else:  # shipped: verify.py lies beside this file, perhaps in a bundle, into which nothing may be written
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import verify as base  # type: ignore[import-not-found, no-redef]

PROOF = "blotter-report-proof-1"
CERTIFICATE = "blotter-officer-key/1"
REVOCATION = "blotter-key-revoked/1"
SIGNATURE = "blotter-signature/1"
PAPER = "blotter-report/1"
PAGE = "blotter-page/1"
_ACTS = {"author": "reports:report:submit", "approver": "reports:report:approve"}
_FROZEN = ("reports:report:submit", "reports:report:file")


def digest(content: Any) -> str:
    """SHA-256 of content as it is signed."""
    return base.sha256_hex(base.canonical(content))


def read(note: str, mark: str, key: base.Key) -> dict[str, Any]:
    """What a signed note of this kind states; Fault unless `key` signed it."""
    told, _, content = base.open_note(note, key).partition("\n")
    if told != mark:
        raise base.Fault(f"a note of the kind {told} where {mark} belongs")
    return dict(json.loads(content))


def read_page(note: str, key: base.Key) -> dict[str, str]:
    """What the code on a printed page states; Fault unless the agency signed it."""
    mark, incident, version, content, report = [*base.open_note(note, key).splitlines(), *[""] * 5][:5]
    if mark != PAGE:
        raise base.Fault("this is not what a printed page says")
    return {"incident": incident, "version": version, "content_sha256": content, "report": report}


def check_signature(
    entry: dict[str, str], content: str, key: base.Key, events: list[dict[str, Any]], ended: Sequence[str]
) -> dict[str, Any]:
    """What one signature states; Fault when it does not stand.

    `content` is the SHA-256 signed, `events` what the ledger shows, `ended` further notes that end officers' keys.
    """
    vouched = read(entry["certificate"], CERTIFICATE, key)
    told = read(entry["note"], SIGNATURE, base.Key.read(vouched["key"]))
    who = f"{told['part']} {told['name']} (#{told['badge']})"
    if told["content_sha256"] != content:
        raise base.Fault(f"the {who} signed other content")
    if (told["officer"], told["badge"]) != (vouched["officer"], vouched["badge"]):
        raise base.Fault(f"the {who} signed with the key of #{vouched['badge']}")
    noted = base.sha256_hex(entry["note"].encode())
    borne = [one for one in events if one["details"].get("note_sha256") == noted]
    if not any(one["act"] == _ACTS[told["part"]] and one["subject_id"] == told["report"] for one in borne):
        raise base.Fault(f"the ledger shows no such act of the {who}")
    moments = [told["at"], *(one["at"] for one in borne)]
    if min(moments) < vouched["made_at"] or moments[0] > moments[-1]:
        raise base.Fault(f"the {who} signed at a time that cannot be")
    for note in filter(None, [entry.get("revocation", ""), *ended]):
        end = read(note, REVOCATION, key)
        if end["key"] == vouched["key"] and max(moments) >= end["revoked_from"]:
            raise base.Fault(f"the {who} signed {max(moments)}, but the key is ended from {end['revoked_from']} on")
    return told


def check_events(entries: list[dict[str, Any]], point: base.Checkpoint) -> Iterator[str]:
    """Every event that is not in the tree of the checkpoint."""
    for entry in entries:
        event = entry["event"]
        proof = [base._base64(one) for one in entry["proof"]]  # noqa: SLF001 (one program in two files)
        try:
            leaf = base.leaf_hash(base.canonical(event))
            base.check_inclusion(leaf, event["seq"] - 1, point.size, proof, point.root)
        except base.Fault as fault:
            yield f"event {event['seq']}: {fault}"


def check_proof(
    proof: dict[str, Any], pdf: Any, key: base.Key | None, ended: Sequence[str], said: list[str]
) -> Iterator[str]:
    """Every fault in a report's proof, and in its PDF when there is one; what holds is told in `said`."""
    if proof.get("format") != PROOF:
        yield "the proof is not one of a report"
        return
    key = key or base.Key.read(proof["key"])
    paper, content = read(proof["paper"], PAPER, key), digest(proof["content"])
    if paper["content_sha256"] != content:
        yield "the content is not what the agency says was signed"
    if pdf is not None and _hash(pdf) != paper["pdf_sha256"]:
        yield "the PDF was changed: its SHA-256 is not the one the agency signed"
    if (proof["content"].get("report"), proof["content"]["incident"]["number"]) != (paper["report"], paper["incident"]):
        yield "the content is of another report"
    point = base.Checkpoint.read(proof["checkpoint"], key)
    yield from check_events(proof["events"], point)
    yield from check_signatures(proof["signatures"], paper, content, key, proof["events"], ended, said)


def check_signatures(
    entries: list[dict[str, str]],
    paper: dict[str, Any],
    content: str,
    key: base.Key,
    shown: list[dict[str, Any]],
    ended: Sequence[str],
    said: list[str],
) -> Iterator[str]:
    """Every signature that does not stand, is missing, or was put there."""
    hashes = [base.sha256_hex(one["note"].encode()) for one in entries]
    if hashes != paper["signatures"]:
        yield "the signatures are not those the agency says there are"
    officers: dict[str, str] = {}
    for entry in entries:
        try:
            told = check_signature(entry, content, key, [one["event"] for one in shown], ended)
        except base.Fault as fault:
            yield f"a signature: {fault}"
            continue
        if told["officer"] in officers:
            yield f"{told['name']} signed as {told['part']} and as {officers[told['officer']]}"
        officers[told["officer"]] = told["part"]
        said.append(f"{told['part']}: {told['rank']} {told['name']} (#{told['badge']}), {told['at']}")
    for old in paper.get("without_key", []):
        said.append(f"{old}: signed before officers had keys; the agency and the ledger bear it out, no key of theirs")


def check_bundle(
    root: Any, key: base.Key | None, notes: Sequence[str], ended: Sequence[str], said: list[str]
) -> Iterator[str]:
    """Every fault in a discovery bundle: its files, its report, its drafts and versions, its events."""
    yield from check_bag(root)
    data = root / "data"
    yield from base.check_export(data, key, notes, [])
    told = json.loads((data / "export.json").read_text(encoding="utf-8"))
    events = [entry["event"] for entry in told["events"]]
    yield from _check_whole(events)
    identity = yield from _check_report(data, "", key, ended, events, said)
    made = [one for one in events if (one["act"], one["subject_id"]) == ("reports:bundle:make", identity)]
    promised = made[-1]["details"].get("supplements", []) if made else []
    there = {one.name for one in (data / "supplements").iterdir()} if (data / "supplements").is_dir() else set()
    for name in sorted(there | {str(number) for number in promised}, key=lambda one: (len(one), one)):
        said.append(f"supplement {name}")
        try:
            yield from _check_report(data / "supplements" / name, f"supplements/{name}/", key, ended, events, said)
        except (FileNotFoundError, KeyError):
            yield f"supplements/{name}: missing, or it cannot be read"


def _check_report(
    folder: Any, place: str, key: base.Key | None, ended: Sequence[str], events: list[dict[str, Any]], said: list[str]
) -> Generator[str, None, str]:
    """Every fault in one report of a bundle and in its drafts and versions; returns which report it is."""
    proof = json.loads((folder / "report" / "report.sig").read_text(encoding="utf-8"))
    yield from (place + fault for fault in check_proof(proof, folder / "report" / "report.pdf", key, ended, said))
    identity = str(proof["content"]["report"])
    own = [event for event in events if event["subject_id"] == identity]
    yield from _check_drafts(folder, place, own)
    yield from _check_versions(folder, place, own)
    return identity


def _check_whole(events: list[dict[str, Any]]) -> Iterator[str]:
    """Events of one thing are counted: one left out shows."""
    counted: dict[tuple[str, str], list[int | None]] = {}
    for event in sorted(events, key=lambda one: one["seq"]):
        counted.setdefault((event["subject_kind"], event["subject_id"]), []).append(event.get("nth"))
    for (kind, subject), numbers in counted.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{kind} {subject}: of its events {numbers} some are missing"


def _check_drafts(data: Any, place: str, events: list[dict[str, Any]]) -> Iterator[str]:
    kept = {one["details"]["number"]: one["details"]["sha256"] for one in events if one["act"] == "reports:draft:keep"}
    for number, expected in kept.items():
        name = f"drafts/draft-{number}.json"
        try:
            draft = json.loads((data / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, KeyError):
            yield f"{place}{name}: missing"
            continue
        parts = ("content", "engines", "inputs", *(("left_out",) if draft.get("left_out") else ()))
        if digest({part: draft[part] for part in parts}) != expected:
            yield f"{place}{name}: not what the machine wrote"


def _check_versions(data: Any, place: str, events: list[dict[str, Any]]) -> Iterator[str]:
    frozen = {one["details"]["version"]: one["details"]["sha256"] for one in events if one["act"] in _FROZEN}
    for number, expected in frozen.items():
        name = f"versions/version-{number}.json"
        try:
            version = json.loads((data / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, KeyError):
            yield f"{place}{name}: missing"
            continue
        if digest(version["content"]) != expected:
            yield f"{place}{name}: not what was frozen then"


def check_bag(root: Any) -> Iterator[str]:
    """Every file that is missing, altered, or not listed (RFC 8493 with SHA-256)."""
    for name in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"):
        if not (root / name).exists():
            yield f"{name}: missing"
            return
    listed = _listed(root, "manifest-sha256.txt")
    for name, expected in {**_listed(root, "tagmanifest-sha256.txt"), **listed}.items():
        if ".." in name.split("/") or name.startswith("/"):
            yield f"{name}: not a name inside the bundle"
        elif not (root / name).is_file():
            yield f"{name}: missing"
        elif _hash(root / name) != expected:
            yield f"{name}: altered"
    for name in _files(root / "data", "data"):
        if name not in listed:
            yield f"{name}: was put there"


def _listed(root: Any, manifest: str) -> dict[str, str]:
    lines = (root / manifest).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {name.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"): hashed for hashed, name in pairs}


def _files(folder: Any, name: str) -> Iterator[str]:
    for one in folder.iterdir():
        inside = f"{name}/{one.name}"
        if one.is_dir():
            yield from _files(one, inside)
        else:
            yield inside


def _hash(path: Any) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bag(path: Path) -> Any:
    """The bag's own folder, in a folder or in an archive; None when there is none."""
    root: Any = zipfile.Path(zipfile.ZipFile(path)) if path.is_file() else path
    found = [root, *(one for one in root.iterdir() if one.is_dir())]
    return next((one for one in found if (one / "bagit.txt").is_file()), None)


def check(path: Path, given: argparse.Namespace, key: base.Key | None, said: list[str]) -> tuple[str, list[str]]:
    """(what it is, its faults)."""
    ended = [one.read_text(encoding="utf-8") for one in given.revocation]
    notes = [one.read_text(encoding="utf-8") for one in given.checkpoint]
    try:
        if path.is_dir() or zipfile.is_zipfile(path):
            bag = _bag(path)
            if bag is None:
                return "bundle", ["there is no bagit.txt: this is not a bundle"]
            return "bundle", list(check_bundle(bag, key, notes, ended, said))
        if path.suffix.lower() in (".pdf", ".sig"):
            beside = given.proof or path.with_suffix(".sig")
            if not beside.is_file():
                return "report", [f"its proof is not there: put {beside.name} beside it, or give --proof"]
            proof = json.loads(beside.read_text(encoding="utf-8"))
            return "report", list(check_proof(proof, path if path.suffix.lower() == ".pdf" else None, key, ended, said))
        if key is None:
            return "page", ["what a page says can only be checked with the agency's public key: give --key"]
        told = read_page(path.read_text(encoding="utf-8"), key)
        said.extend(f"{name}: {value}" for name, value in told.items())
    except base.Fault as fault:
        return "file", [str(fault)]
    except (KeyError, TypeError, ValueError, AttributeError, OSError, zipfile.BadZipFile) as error:
        return "file", [f"it cannot be read as a report, a bundle or a page: {type(error).__name__} {error}"]
    return "page", []


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the top of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--proof", type=Path, help="the report's proof, when it does not lie beside it")
    parser.add_argument("--key", help="the agency's public key, or a file that holds it")
    parser.add_argument("--revocation", type=Path, action="append", default=[], help="a signed note that ends a key")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="a signed note kept from earlier")
    given = parser.parse_args(arguments)
    if not given.path.exists():
        print(f"There is nothing at {given.path}.", file=sys.stderr)
        return 2
    said: list[str] = []
    try:
        told = Path(given.key).read_text() if given.key and Path(given.key).is_file() else given.key
        key = base.Key.read(told) if told else None
    except base.Fault as damaged:
        print(f"FAULT  {damaged}")
        return 1
    what, faults = check(given.path, given, key, said)
    for fault in faults:
        print(f"FAULT  {fault}")
    if not faults:
        print(f"The {what} holds: every byte, every signature, every event.")
        for line in said:
            print(f"  {line}")
        if key is None:
            print("Nobody vouched for its key. Compare it with the agency's own, and give it as --key.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
