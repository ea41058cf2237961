"""Searching as a program does it: what was understood, results with their second, one's own kept searches."""

import uuid
from datetime import datetime

import pydantic

from app.search.language import LONGEST


class MomentsQuery(pydantic.BaseModel):
    """What is looked for, as typed on the page, and the cursor of the answer before."""

    q: str = pydantic.Field(default="", max_length=LONGEST)
    cursor: str = ""


class UnderstoodPart(pydantic.BaseModel):
    """One condition as it was understood; `without` is the search that leaves it out."""

    sort: str
    says: str
    negated: bool
    without: str


class NotUnderstood(pydantic.BaseModel):
    """What was typed and could not be used, and why."""

    text: str
    why: str


class LinePiece(pydantic.BaseModel):
    """A piece of a line, and whether it is one of the words."""

    hit: bool
    text: str


class FoundLine(pydantic.BaseModel):
    """Something said."""

    utterance: uuid.UUID
    start_s: float
    speaker: str
    pieces: list[LinePiece]


class FoundTag(pydantic.BaseModel):
    """Something seen, with a person's decision; `hit`: it is what was asked for."""

    tag: uuid.UUID
    kind: str
    label: str
    start_s: float
    end_s: float
    confidence: float
    decision: str
    hit: bool


class FoundMoment(pydantic.BaseModel):
    """Neighbouring moments of one recording as one result; `second` is where to look first, `at` when it happened."""

    moment: uuid.UUID
    evidence: uuid.UUID
    incident: uuid.UUID
    incident_number: str
    place: str
    start_s: float
    end_s: float
    second: float
    at: datetime | None
    score: float
    address: str
    lines: list[FoundLine]
    tags: list[FoundTag]


class MomentList(pydantic.BaseModel):
    """A page of results. `moments` is how many fit of those ranked together, all there are unless `beyond`."""

    understood: list[UnderstoodPart]
    not_understood: list[NotUnderstood]
    moments: int
    beyond: bool
    results: list[FoundMoment]
    next_cursor: str


class SavedIn(pydantic.BaseModel):
    """A search to keep, or to change: what is left out stays."""

    name: str | None = None
    text: str | None = None


class Saved(pydantic.BaseModel):
    """A kept search."""

    id: uuid.UUID
    name: str
    text: str
    changed_at: datetime


class SavedList(pydantic.BaseModel):
    """One's own kept searches, by name."""

    searches: list[Saved]


class Removed(pydantic.BaseModel):
    """It is forgotten."""

    removed: bool
