"""What joining reads: mentions as they were said, the parts of a name, and the words that give evidence."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import JaroWinkler

PERSON, VEHICLE = "person", "vehicle"
SINGLE = {"date_of_birth": "date of birth", "ssn": "SSN", "driver_licence": "driver license"}
PERSONAL = {**SINGLE, "phone": "phone number", "email": "e-mail address"}
OF_VEHICLES = {"plate": "plate", "vin": "VIN"}
ALIKE = {**SINGLE, **OF_VEHICLES}  # a thing has one of each
THING = {**dict.fromkeys((PERSON, "relation", *PERSONAL), PERSON), **dict.fromkeys((VEHICLE, *OF_VEHICLES), VEHICLE)}
_CIVIL = {"mr", "mrs", "ms", "miss", "mx", "sir", "maam", "dr", "doctor", "mister", "missus"}
_POLICE = {
    "officer",
    "ofc",
    "sergeant",
    "sgt",
    "detective",
    "det",
    "deputy",
    "corporal",
    "lieutenant",
    "lt",
    "captain",
    "chief",
}
_SELF = re.compile(
    r"\b(?:my (?:full |first |last )?name(?:'s| is)?|i'?m|i am|this is|they call me)\b[^.?!]{0,30}$", re.IGNORECASE
)
_ASKED_NAME = re.compile(r"\byour (?:full |first |last )?name\b|\bwho are you\b", re.IGNORECASE)
OWN = re.compile(r"\b(?:my|mine|i was|i'm)\b[^.?!]{0,60}$", re.IGNORECASE)
ASKED_OWN = re.compile(
    r"\b(?:your|you)\b[^.?!]*\b(?:birth|born|phone|number|licen[cs]e|social|e-?mail)\b", re.IGNORECASE
)
BETWEEN = re.compile(r"[\s,:]*(?:(?:is|was|named|called|identified as|as|a|an|the|my|our)[\s,]*)*", re.IGNORECASE)
STREET = re.compile(
    r"\b(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|place|highway|\d+)\b"
)
REACH = 60
NEAR = 0.94


@dataclass(frozen=True)
class Said:
    """One mention as it was said. `line` counts the utterances of `recording`, `before` is the one before it; `fixed`
    names the group a person put it in, empty where none did; `detail` holds parts of the value, as text."""

    id: str
    kind: str
    value: str
    text: str
    recording: str
    line: int
    start_char: int
    end_char: int
    sentence: str
    before: str
    speaker: str
    role: str
    confidence: float
    method: str
    fixed: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Name:
    """A name without title, accents and case; `police` says whose title stood before it, None where none did."""

    tokens: tuple[str, ...]
    police: bool | None

    @property
    def full(self) -> bool:
        """Whether it has more than one part."""
        return len(self.tokens) > 1


def gave_own_name(one: Said) -> bool:
    """Whether the voice that said this name gave it as its own."""
    return bool(_SELF.search(one.sentence[: one.start_char])) or (
        one.role != "officer" and bool(_ASKED_NAME.search(one.before))
    )


def name_of(one: Said) -> Name:
    """The name in a mention; “Lopez, Maria” is turned round, a title is taken from the words before it."""
    value = one.value or one.text
    if value.count(",") == 1:
        last, _, rest = value.partition(",")
        value = f"{rest} {last}"
    parts = tokens(value)
    before = tokens(one.sentence[: one.start_char][-12:])
    titles = {*parts[:1], *before[-1:]}
    own = gave_own_name(one)
    police = True if titles & _POLICE or (own and one.role == "officer") else False if titles & _CIVIL or own else None
    while len(parts) > 1 and parts[0] in _POLICE | _CIVIL:
        parts = parts[1:]
    return Name(tuple(parts), police)


def tokens(text: str, *, digits: bool = False) -> list[str]:
    """The words of a text, small, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+" if digits else r"[^\W\d_]+", plain.replace("'", "").replace("’", ""))


def without_title(between: str) -> str:
    """Words between two mentions, without a title."""
    return re.sub(rf"\b(?:{'|'.join(sorted(_CIVIL | _POLICE))})\b\.?", "", between, flags=re.IGNORECASE)


def plain(value: str) -> str:
    """Letters and digits only, small: plates, numbers and dates are compared so."""
    return "".join(tokens(value, digits=True))


def part_of(one: Said) -> str:
    """The part a mention of a relation names: driver, victim."""
    return one.detail.get("relation") or re.sub(
        r"^(?:the|a|an|my|our|her|his)\s+", "", (one.value or one.text).casefold()
    )


def agree(one: bool | None, other: bool | None) -> bool:
    """Whether both can be one person's as far as titles say."""
    return one is None or other is None or one == other


def compatible(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names can be one person's: one within the other, or spelled nearly alike."""
    if set(one) <= set(other) or set(other) <= set(one):
        return True
    if len(one) > 1 and len(other) > 1:
        one, other = (one[0], one[-1]), (other[0], other[-1])
    return JaroWinkler.similarity(" ".join(one), " ".join(other), score_cutoff=NEAR) >= NEAR
