#!/usr/bin/env python3
"""Checks what Blotter exports, without Blotter: Python 3.11 and the `cryptography` library are all this file needs.

    python verify.py EXPORT              an export (a folder or a .zip)
    python verify.py LEDGER.jsonl        a dump of the whole ledger, made by `blotter ledger dump`
    python verify.py RECEIPT.json        a receipt that a phone was given
    python verify_report.py REPORT.pdf   a signed report, or a discovery bundle: the program beside this one
      --key KEY           the agency's public key, as its office or its web page gives it; without it, the key
                          inside the export is used and the answer says that nobody vouched for it
      --checkpoint FILE   a checkpoint kept from earlier (a signed note); may be given several times

Ends 0 when everything holds, 1 when something does not, 2 when there is nothing to check. Every fault is one line.
Methods: Merkle trees as in RFC 6962 section 2.1 and RFC 9162 sections 2.1.3 and 2.1.4; checkpoints as in C2SP
tlog-checkpoint; signatures as in C2SP signed-note with Ed25519.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # a stranger's machine
    print("This needs the library `cryptography`. Install it with: python -m pip install cryptography", file=sys.stderr)
    sys.exit(2)

GENESIS = "0" * 64
OTHERS = "a signed report or a discovery bundle is checked by: python verify_report.py FILE"
EMPTY_ROOT = hashlib.sha256(b"").digest()
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_SIGNATURE = re.compile("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]+=*)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Fault(Exception):
    """Something does not hold; the message says what."""


def sha256_hex(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def leaf_hash(content: bytes) -> bytes:
    """SHA-256 of a leaf, in its own domain (RFC 6962: 0x00)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of an inner node (RFC 6962: 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows; it keeps one hash for each complete subtree on its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Appends a leaf by its hash."""
        carried, size = leaf, self.size
        while size & 1:
            carried, size = node_hash(self._edge.pop(), carried), size >> 1
        self._edge.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self._edge:
            return EMPTY_ROOT
        top = self._edge[-1]
        for one in reversed(self._edge[:-1]):
            top = node_hash(one, top)
        return top


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises Fault unless `proof` shows that `leaf` is at `index` in the tree of `size` with `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != 32:
        raise Fault(f"place {index} is outside a tree of {size}, or the leaf is no hash")
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            raise Fault("the proof of inclusion is too long")
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise Fault("the proof of inclusion does not lead to the tree's root")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises Fault unless `proof` shows that the tree of `new` leaves begins with that of `old` (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        raise Fault(f"a tree of {new} cannot hold one of {old}")
    if old in (0, new):
        empty_first = old_root == EMPTY_ROOT and len(new_root) == 32
        if proof or (old == new and old_root != new_root) or (old == 0 and not empty_first):
            raise Fault("the two trees are not the same")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise Fault("the proof of consistency is empty")
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    was = now = path[0]
    for one in path[1:]:
        if second == 0:
            raise Fault("the proof of consistency is too long")
        if first & 1 or first == second:
            was, now = node_hash(one, was), node_hash(one, now)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            now = node_hash(now, one)
        first, second = first >> 1, second >> 1
    if second or was != old_root or now != new_root:
        raise Fault("the later tree does not begin with the earlier one")


@dataclass(frozen=True, slots=True)
class Key:
    """An Ed25519 public key with the name it signs under: `name+keyhash+base64(0x01 || key)`."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> "Key":
        """A key as it is written down; Fault when it is not one."""
        name, _, rest = text.strip().partition("+")
        told, _, encoded = rest.partition("+")
        try:
            content = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise Fault("the key is not written as name+hash+base64") from error
        key = cls(name, content[1:])
        if content[:1] != b"\x01" or len(key.public) != 32 or key.hash.hex() != told:
            raise Fault("the key is damaged: its own hash does not fit")
        return key

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature says which key it was made with."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"

    def check(self, signature: bytes, content: bytes) -> None:
        """Raises Fault unless `signature` over `content` was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, content)
        except InvalidSignature as error:
            raise Fault(f"the signature is not {self.name}'s") from error


def open_note(note: str, key: Key) -> str:
    """The text of a signed note; Fault unless `key` signed it. What others signed it with is passed over."""
    text, gap, signatures = note.rpartition("\n\n")
    found = [_SIGNATURE.fullmatch(line) for line in signatures.split("\n")[:-1]]
    if not gap or _CONTROL.search(note) or not signatures.endswith("\n") or None in found or len(found) > 100:
        raise Fault("this is not a signed note")
    text, signed = text + "\n", False
    for name, encoded in (line.groups() for line in found if line):
        content = _base64(encoded)
        if name == key.name and content[:4] == key.hash:
            key.check(content[4:], text.encode())
            signed = True
    if not signed:
        raise Fault(f"the note carries no signature of {key.name}")
    return text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the agency once signed: so many events, and the root of the tree over them."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, note: str, key: Key) -> "Checkpoint":
        """A checkpoint from its signed note; Fault when the signature or the form is wrong."""
        lines = open_note(note, key).split("\n")[:-1]
        if len(lines) < 3 or "" in lines or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
            raise Fault("the note is not a checkpoint")
        root = _base64(lines[2])
        if len(root) != 32 or (lines[1] == "0" and root != EMPTY_ROOT):
            raise Fault("the root that was signed is none of a tree of so many events")
        return cls(lines[0], int(lines[1]), root)


def canonical(event: dict[str, Any]) -> bytes:
    """An event's bytes as they were hashed: JSON, keys sorted, no spaces, UTF-8."""
    return _JSON.encode(event).encode()


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Fault("damaged Base64") from error


def check_ledger(lines: Iterable[str], key: Key | None, notes: Sequence[str], receipts: Sequence[str]) -> Iterator[str]:
    """Every fault in a dump: an edited, missing, reordered, inserted or cut-off event, a rewritten history."""
    given = iter(lines)
    header = json.loads(next(given))
    key = key or Key.read(header["key"])
    signed: dict[int, bytes] = {}
    for note in [*header["checkpoints"], *notes]:
        try:
            point = Checkpoint.read(note, key)
        except Fault as fault:
            yield f"a checkpoint: {fault}"
            continue
        if signed.setdefault(point.size, point.root) != point.root:
            yield f"two checkpoints of {point.size} events were signed with different roots: history was rewritten"
    promised = {told["seq"]: told["leaf"] for told in (read_receipt(note, key) for note in receipts)}
    tree = Tree()
    yield from _check_events(given, tree, signed, promised)
    for size in sorted(size for size in signed if size):
        yield f"the ledger ends at {tree.size} events, but a checkpoint of {size} was signed: its tail was cut off"
    for seq in promised:
        yield f"event {seq}: a receipt was given for it, and it is not there"


def _check_events(
    lines: Iterable[str], tree: Tree, signed: dict[int, bytes], promised: dict[int, str]
) -> Iterator[str]:
    """Grows `tree` by each event; takes out of `signed` and `promised` what was met."""
    expected, previous, at = 1, GENESIS, ""
    for line in lines:
        entry = json.loads(line)
        event, seq = entry["event"], entry["event"]["seq"]
        leaf = leaf_hash(content := canonical(event))
        if seq != expected:
            yield (
                f"event {expected}: missing; the next one is {seq}" if seq > expected else f"event {seq}: out of order"
            )
        elif event["previous_hash"] != previous:
            yield f"event {seq}: does not follow from the one before it"
        if sha256_hex(content) != entry["hash"]:
            yield f"event {seq}: changed after it was written"
        if event["at"] < at:
            yield f"event {seq}: dated before the one before it"
        if promised.pop(seq, leaf.hex()) != leaf.hex():
            yield f"event {seq}: not the one that a receipt was given for"
        expected, previous, at = seq + 1, entry["hash"], event["at"]
        tree.add(leaf)
        if signed.pop(tree.size, None) not in (None, tree.root()):
            yield f"the first {tree.size} events are not those of the checkpoint signed then: history was rewritten"


RECEIPT = "blotter-receipt/1"


def read_receipt(note: str, key: Key) -> dict[str, Any]:
    """What a receipt states: evidence, upload, claimed_sha256, sha256, size, at, seq, leaf. Fault when not genuine."""
    mark, _, content = open_note(note, key).partition("\n")
    if mark != RECEIPT:
        raise Fault("the note is not a receipt")
    return dict(json.loads(content))


def check_export(root: Any, key: Key | None, notes: Sequence[str], receipts: Sequence[str]) -> Iterator[str]:
    """Every fault in an export: its checkpoint, each event, each file, each item's custody, earlier checkpoints."""
    told = json.loads((root / "export.json").read_text(encoding="utf-8"))
    key = key or Key.read(told["key"])
    point = Checkpoint.read(told["checkpoint"], key)
    for entry in told["events"]:
        try:
            proof = [_base64(one) for one in entry["proof"]]
            check_inclusion(
                leaf_hash(canonical(entry["event"])), entry["event"]["seq"] - 1, point.size, proof, point.root
            )
        except Fault as fault:
            yield f"event {entry['event']['seq']}: {fault}"
    events = sorted((entry["event"] for entry in told["events"]), key=lambda event: event["seq"])
    for item in told["items"]:
        yield from _check_item(root, item, events)
    yield from _check_earlier(told["earlier"], notes, key, point)
    leaves = {event["seq"]: leaf_hash(canonical(event)).hex() for event in events}
    for note in receipts:
        statement = read_receipt(note, key)
        if leaves.get(statement["seq"]) != statement["leaf"]:
            yield f"event {statement['seq']}: not the one that a receipt was given for"


def _check_item(root: Any, item: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    name, own = item["file"], [event for event in events if event["subject_id"] == item["id"]]
    if ".." in name or name.startswith("/"):
        yield f"{name}: not a name inside the export"
        return
    sealed = {event["details"].get("sha256") for event in own if event["act"] == "evidence:item:seal"}
    if sealed != {item["sha256"]}:
        yield f"{name}: the ledger did not seal an original with the hash {item['sha256']}"
    try:
        with (root / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, KeyError):
        yield f"{name}: missing"
    else:
        if found != item["sha256"]:
            yield f"{name}: altered; its SHA-256 is {found}, the one sealed is {item['sha256']}"
    counted = [event.get("nth") for event in own]
    if counted != list(range(1, len(own) + 1)):
        yield f"{name}: its custody is not whole; of events {counted} some are missing"
    if not own or own[-1]["act"] != "evidence:item:export":
        yield f"{name}: its custody does not reach to this export"


def _check_earlier(earlier: list[dict[str, Any]], notes: Sequence[str], key: Key, point: Checkpoint) -> Iterator[str]:
    proofs = {}
    for entry in earlier:
        try:
            old = Checkpoint.read(entry["note"], key)
            proofs[old.size] = [_base64(one) for one in entry["proof"]]
            check_consistency(old.size, point.size, proofs[old.size], old.root, point.root)
        except Fault as fault:
            yield f"an earlier checkpoint: {fault}"
    for note in notes:
        try:
            old = Checkpoint.read(note, key)
            if old.size not in proofs and old.size not in (0, point.size):
                yield f"the checkpoint of {old.size} events cannot be compared: the export holds no proof for it"
                continue
            check_consistency(old.size, point.size, proofs.get(old.size, []), old.root, point.root)
        except Fault as fault:
            yield f"the checkpoint you kept: {fault}: history was rewritten"


def check(path: Path, key: Key | None, notes: Sequence[str], receipts: Sequence[str]) -> tuple[str, list[str]]:
    """(what it is, its faults)."""
    try:
        if path.is_dir():
            return "export", list(check_export(path, key, notes, receipts))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return "export", list(check_export(zipfile.Path(archive), key, notes, receipts))
        with path.open(encoding="utf-8") as file:
            if file.readline().startswith("{"):
                file.seek(0)
                return "ledger", list(check_ledger(file, key, notes, receipts))
        if key is None:
            return "receipt", ["a receipt can only be checked with the agency's public key: give --key"]
        read_receipt(path.read_text(encoding="utf-8"), key)
    except Fault as fault:
        return "file", [str(fault)]
    except (KeyError, TypeError, ValueError, UnicodeDecodeError, FileNotFoundError) as error:
        return "file", [f"it cannot be read as an export, a ledger or a receipt ({OTHERS}): {error}"]
    return "receipt", []


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see the top of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--key", help="the agency's public key, or a file that holds it")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="a signed note kept from earlier")
    parser.add_argument("--receipt", type=Path, action="append", default=[], help="a receipt that must be borne out")
    given = parser.parse_args(arguments)
    if not given.path.exists() or given.path.suffix.lower() in (".pdf", ".sig"):
        print(OTHERS if given.path.exists() else f"There is nothing at {given.path}.", file=sys.stderr)
        return 2
    try:
        text = Path(given.key).read_text() if given.key and Path(given.key).is_file() else given.key
        key = Key.read(text) if text else None
    except (Fault, OSError, ValueError) as wrong:
        print(f"FAULT  the key cannot be used: {str(wrong)[:200]}")
        return 1
    notes = [path.read_text(encoding="utf-8") for path in given.checkpoint]
    what, faults = check(given.path, key, notes, [path.read_text(encoding="utf-8") for path in given.receipt])
    told = [f"FAULT  {fault}" for fault in faults] or [f"The {what} holds: every hash, every signature, every event."]
    if key is None and not faults:
        told.append("Nobody vouched for its key. Compare it with the agency's own, and give it as --key.")
    print("\n".join(told))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
