"""What a typed search says, part by part: the nouns of its language."""

import enum
from dataclasses import dataclass
from datetime import datetime

from app.incidents.models import IncidentKind


class Sort(enum.StrEnum):
    """What a part asks for."""

    WORDS = "words"
    PLATE = "plate"
    PLACE = "place"
    CLOCK = "clock"
    DAYS = "days"
    OFFICER = "officer"
    INCIDENT = "incident"
    KIND = "kind"


class Where(enum.StrEnum):
    """Whether words may be said or seen."""

    ANY = "any"
    SAID = "said"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a phrase that stands together, or how a word begins (`begins`)."""

    text: str
    where: Where = Where.ANY
    phrase: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One condition and where in the text it was typed. Of WORDS any one of `terms` will do; CLOCK is minutes of the
    station's day, `since` <= minute < `until`, over midnight where `since` is more; DAYS the same of moments, aware."""

    sort: Sort
    start: int
    end: int
    said: str  # as its chip says it
    negated: bool = False
    terms: tuple[Term, ...] = ()
    value: str = ""
    begins: bool = False
    minutes: tuple[int | None, int | None] = (None, None)
    days: tuple[datetime | None, datetime | None] = (None, None)
    kind: IncidentKind | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """What was typed and not understood, and what to write instead."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was understood."""

    text: str
    parts: tuple[Part, ...] = ()
    unread: tuple[Unread, ...] = ()

    def without(self, part: Part) -> str:
        """The text with this part taken out."""
        return " ".join((self.text[: part.start] + " " + self.text[part.end :]).split())
