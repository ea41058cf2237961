"""What happened to an item, in words: the ledger's acts, and how the two hashes compare."""

from dataclasses import dataclass

from app.core.ledger import Event
from app.evidence.models import Evidence, EvidenceState

_ACTS = {
    "evidence:item:receive": "Received whole",
    "evidence:item:seal": "Sealed",
    "evidence:item:quarantine": "Set aside: it could not be sealed",
    "evidence:item:view": "Viewed",
    "evidence:item:play": "Opened for playing",
    "evidence:item:download": "Original downloaded",
    "evidence:item:export": "Exported",
    "evidence:rendition:derive": "Working copy made",
    "evidence:item:categorise": "Categories chosen",
    "evidence:item:queue": "Past its date: entered the deletion queue",
    "evidence:item:unqueue": "Taken out of the deletion queue",
    "evidence:item:restore": "Taken back by a person: kept 30 days more",
    "evidence:item:let-go": "May be deleted although a filed report cites it",
    "evidence:item:purge": "Deleted by its rule",
    "evidence:item:destroy": "Key and bytes destroyed",
    "evidence:hold:place": "Hold placed",
    "evidence:hold:release": "Hold released",
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
_DETAILS = (
    "kind",
    "what",
    "door",
    "tool",
    "version",
    "size",
    "claimed",
    "start",
    "why",
    "rule",
    "rule_number",
    "reference",
)


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
    if item.state is EvidenceState.SEALED:
        return Comparison("The phone and the server computed the same SHA-256: what is kept is what was sent.", "done")
    return Comparison("The phone and the server computed the same SHA-256.", "note")


def act_words(event: Event) -> str:
    """The event's act as a reader says it; one that another room named is spelled out."""
    known = _ACTS.get(event.act)
    if known:
        return known
    return " ".join(event.act.split(":")).replace("_", " ").replace("-", " ").capitalize()


def detail_words(event: Event) -> str:
    """The codes that say more about the act; hashes and ids stay in the ledger."""
    said = [_said(name, event.details[name]) for name in _DETAILS if event.details.get(name) not in (None, "", 0)]
    return ", ".join(said)


def _said(name: str, value: object) -> str:
    if name in ("size", "start") and isinstance(value, int):
        return f"{value:,} bytes" if name == "size" else f"from byte {value:,}"
    if name == "claimed":
        return {"agrees": "hash agrees with the phone's", "none given": "the phone gave no hash"}.get(str(value), "")
    if name == "rule_number":
        return f"version {value}"
    if name in ("door", "what"):
        return _PLACES.get(str(value), str(value))
    return str(value)
