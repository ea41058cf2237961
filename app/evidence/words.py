"""What happened to an item, in words: the ledger's acts, and how the two hashes compare."""

from dataclasses import dataclass

from app.core.ledger import Event
from app.evidence.models import Evidence, EvidenceState, FixityState

_ACTS = {
    "evidence:item:receive": "Received whole",
    "evidence:item:seal": "Sealed",
    "evidence:item:quarantine": "Set aside: it could not be sealed",
    "evidence:item:view": "Viewed",
    "evidence:item:play": "Opened for playing",
    "evidence:item:download": "Original downloaded",
    "evidence:item:export": "Exported",
    "evidence:rendition:derive": "Working copy made",
    "evidence:fixity:copy": "Copied to the replica store",
    "evidence:fixity:restore": "Restored from the replica store",
    "evidence:fixity:recover": "Found whole again",
}
_PLACES = {
    "page": "this page",
    "api": "as data",
    "desk": "on the incident page",
    "proxy": "working copy",
    "peaks": "waveform",
    "poster": "still",
    "thumbnail": "still",
}
_BYTES = {"size": "{:,} bytes", "start": "from byte {:,}", "near_byte": "near byte {:,}"}
_DETAILS = ("kind", "what", "door", "tool", "version", "size", "claimed", "start", "near_byte", "place")


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the phone's hash and the server's compare; `tone` is a name of the design system."""

    text: str
    tone: str


def compared(item: Evidence) -> Comparison:
    """Whether what is kept is what was sent, in one sentence."""
    if not item.sha256:
        return Comparison("The server has not computed its own SHA-256 yet.", "note")
    if not item.claimed_sha256:
        return Comparison("The phone gave no SHA-256. The server's was computed from what is stored.", "doubt")
    if item.claimed_sha256 != item.sha256:
        return Comparison("The two SHA-256 differ: what arrived is not what the phone says it sent.", "error")
    if item.fixity not in (None, FixityState.SOUND):
        return Comparison(
            "They were the same SHA-256 when it was sealed. What lies in the store now is not that.", "error"
        )
    if item.state is EvidenceState.SEALED:
        return Comparison("The phone and the server computed the same SHA-256: what is kept is what was sent.", "done")
    return Comparison("The phone and the server computed the same SHA-256.", "note")


def kept(item: Evidence) -> Comparison | None:
    """What the last re-hash of the stored original found; None before the first."""
    if item.fixity is None or item.fixity_at is None:
        return None
    if item.fixity is FixityState.SOUND:
        return Comparison("Read back whole, decrypted and hashed again: it is what was sealed.", "done")
    said = {
        FixityState.ALTERED: "was altered in the store",
        FixityState.MISSING: "is missing from the store",
        FixityState.UNREADABLE: "cannot be read from the store",
    }
    return Comparison(f"This original {said.get(item.fixity, 'is not what was sealed')}", "error")


def second_hash(item: Evidence) -> tuple[str, str]:
    """The name of the second algorithm as it is usually written, and the hash; both empty when there is none."""
    name, _, digest = item.second_hash.partition(":")
    return {"sha512": "SHA-512", "blake2b": "BLAKE2b", "sha3-256": "SHA3-256"}.get(name, name), digest


def act_words(event: Event) -> str:
    """The event's act as a reader says it; one that another room named is spelled out."""
    if event.act == "evidence:fixity:fail":
        return f"Found {event.outcome} in the store"
    known = _ACTS.get(event.act)
    if known:
        return known
    return " ".join(event.act.split(":")).replace("_", " ").replace("-", " ").capitalize()


def detail_words(event: Event) -> str:
    """The codes that say more about the act; hashes and ids stay in the ledger."""
    said = [_said(name, event.details[name]) for name in _DETAILS if event.details.get(name) not in (None, "", 0)]
    return ", ".join(said)


def _said(name: str, value: object) -> str:
    if name in _BYTES and isinstance(value, int):
        return _BYTES[name].format(value)
    if name == "claimed":
        return {"agrees": "hash agrees with the phone's", "none given": "the phone gave no hash"}.get(str(value), "")
    if name in ("door", "what"):
        return _PLACES.get(str(value), str(value))
    return str(value)
