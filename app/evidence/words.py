"""What happened to an item, in words: the ledger's acts, and how the two hashes compare."""

from dataclasses import dataclass
from typing import Any

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
    "evidence:item:clip": "Clip cut",
    "evidence:item:still": "Still taken",
    "evidence:custody:view": "Custody page opened",
    "evidence:custody:download": "Custody taken as a file",
    "evidence:receipt:download": "Receipt taken as a file",
    "evidence:upload:open": "Upload begun",
    "evidence:upload:declare": "Length of the upload said",
    "evidence:upload:complete": "A part of it arrived whole",
    "evidence:upload:join": "Upload joined from parts",
    "evidence:upload:terminate": "Upload given up",
    "access:evidence:read": "Access refused",
    "access:evidence:export": "Export refused",
    "analysis:steps:planned": "Readings planned",
    "analysis:step:done": "Read by a machine",
    "analysis:step:failed": "A machine could not read it",
    "analysis:step:rerun": "Reading asked for again",
    "analysis:mention:confirm": "A finding was confirmed",
    "analysis:mention:reject": "A finding was rejected",
    "analysis:mention:reconsider": "A decision on a finding taken back",
    "analysis:mention:correct": "A finding was corrected",
    "analysis:mention:add": "A finding that machines missed added",
    "analysis:mention:undo": "A decision on a finding undone",
    "analysis:mentions:carry": "Decisions on findings taken over to a newer reading",
    "analysis:tag:confirm": "What was seen was confirmed",
    "analysis:tag:reject": "What was seen was rejected",
    "analysis:tag:reconsider": "A decision on what was seen taken back",
    "analysis:tag:add": "What machines did not see added",
    "analysis:tag:undo": "A decision on what was seen undone",
    "analysis:tags:carry": "Decisions on what was seen taken over to a newer look",
    "evidence:transcript:export": "Transcript taken as a file",
    "analysis:transcript:correct": "Words of its transcript corrected",
    "analysis:transcript:check": "Words of its transcript checked",
    "analysis:transcript:split": "A line of its transcript cut",
    "analysis:transcript:join": "Lines of its transcript joined",
    "analysis:transcript:add": "A line added to its transcript",
    "analysis:transcript:remove": "A line taken out of its transcript",
    "analysis:transcript:redact": "Words of its transcript marked to be left out",
    "analysis:transcript:unredact": "A mark to leave words out taken back",
    "analysis:transcript:speakers": "Who speaks corrected",
    "analysis:transcript:replace": "Words of its transcript found and replaced",
    "analysis:transcript:undo": "A version of its transcript taken back",
    "analysis:transcript:offer": "A transcript to import looked at",
    "analysis:transcript:import": "A transcript imported",
    "analysis:transcript:carry": "Corrections of an earlier reading taken over",
    "analysis:transcript:done": "Done correcting: its readings are made again",
    "earlywarning:recording:scored": "Language scored by a machine",
    "evidence:rendition:derive": "Working copy made",
    "evidence:fixity:copy": "Copied to the replica store",
    "evidence:fixity:restore": "Restored from the replica store",
    "evidence:fixity:recover": "Found whole again",
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
    "stream": "working copy",
    "storyboard": "storyboard",
    "peaks": "waveform",
    "poster": "still",
    "thumbnail": "still",
}
_DETAILS = (
    "step",
    "kind",
    "what",
    "door",
    "format",
    "tool",
    "engine",
    "version",
    "size",
    "claimed",
    "start",
    "from_s",
    "to_s",
    "near_byte",
    "place",
    "reason",
    "case",
    "bytes_out",
    "assigned",
    "why",
    "categories",
    "rule",
    "rule_number",
    "reference",
)
LARGE_S = 60
_PLAIN = {
    "claimed": {"agrees": "hash agrees with the phone's", "none given": "the phone gave no hash"},
    "assigned": {"True": "", "False": "not assigned to it"},
}
_BYTES = {"size": "{:,} bytes", "start": "from byte {:,}", "near_byte": "near byte {:,}"}


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


def position(said: dict[str, Any]) -> str:
    """Where the phone said it was, in degrees and metres; "" when it said nothing."""
    if not said:
        return ""
    return f"{said['latitude']:.5f}, {said['longitude']:.5f} (±{said['accuracy_m']:.0f} m)"


def _span(seconds: float) -> str:
    if seconds < LARGE_S:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    days, hours = divmod(minutes // 60, 24)
    told = [(days, "days" if days != 1 else "day"), (hours, "h"), (minutes % 60, "min")]
    return " ".join(f"{count:,} {unit}" for count, unit in told if count)


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
    return words_of(event.act)


def words_of(act: str) -> str:
    """An act as a reader says it."""
    known = _ACTS.get(act)
    return known or " ".join(act.split(":")).replace("_", " ").replace("-", " ").capitalize()


def detail_words(event: Event) -> str:
    """The codes that say more about the act; hashes and ids stay in the ledger."""
    given = {name: event.details.get(name) for name in _DETAILS}
    said = [_said(name, value) for name, value in given.items() if value is False or value not in (None, "", 0)]
    return ", ".join(filter(None, said))


def _said(name: str, value: object) -> str:
    if name in _BYTES and isinstance(value, int):
        return _BYTES[name].format(value)
    if name in _PLAIN:
        return _PLAIN[name].get(str(value), "")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name in ("from_s", "to_s"):
        return f"{'from' if name == 'from_s' else 'to'} second {value:g}"
    if name == "bytes_out":
        return f"{value:,} bytes sent"
    if name == "case":
        return f"case {value}"
    if name == "rule_number":
        return f"version {value}"
    if name in ("reason", "step"):
        return str(value).replace("_", " ")
    if name in ("door", "what"):
        return _PLACES.get(str(value), str(value))
    return str(value)
