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
LARGE_S = 60
_DETAILS = ("kind", "what", "door", "tool", "version", "size", "claimed", "start")


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


def clock(offset_s: float | None) -> Comparison | None:
    """How far the phone's clock was off when it sent the item, phone minus server in seconds; None when unknown (E9).

    From LARGE_S on it is a doubt: what the phone says of when it recorded is off by as much.
    """
    if offset_s is None:
        return None
    if abs(offset_s) < 1:
        return Comparison("agreed with the server's to the second", "done")
    side = "ahead of" if offset_s > 0 else "behind"
    tone = "doubt" if abs(offset_s) >= LARGE_S else "note"
    return Comparison(f"{_span(abs(offset_s))} {side} the server's", tone)


def _span(seconds: float) -> str:
    if seconds < LARGE_S:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    days, hours = divmod(minutes // 60, 24)
    told = [(days, "days" if days != 1 else "day"), (hours, "h"), (minutes % 60, "min")]
    return " ".join(f"{count:,} {unit}" for count, unit in told if count)


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
    if name in ("door", "what"):
        return _PLACES.get(str(value), str(value))
    return str(value)
