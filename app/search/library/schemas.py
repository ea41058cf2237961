"""The library and playlists as a program reads them."""

import uuid
from datetime import datetime

import pydantic

from app.search.schemas import LinePiece


class LibraryPassage(pydantic.BaseModel):
    """Something said that fits, with its second."""

    start_s: float
    pieces: list[LinePiece]


class LibraryItemOut(pydantic.BaseModel):
    """One item: what it is, and the passages that fit."""

    evidence: uuid.UUID
    title: str
    incident: uuid.UUID
    incident_number: str
    place: str
    officer: str
    unit: str
    kind: str
    state: str
    retention: str
    recorded_at: datetime | None
    received_at: datetime
    duration_s: float | None
    size: int
    sha256: str
    categories: list[str]
    tags: list[str]
    said: list[LibraryPassage]


class FacetValue(pydantic.BaseModel):
    """A value of a facet as it is asked for, in words, and how many fit by it."""

    value: str
    words: str
    count: int
    chosen: bool


class FacetOut(pydantic.BaseModel):
    """A facet; `more`: it has values that are not listed."""

    key: str
    title: str
    values: list[FacetValue]
    more: bool


class LibraryPage(pydantic.BaseModel):
    """A page of the library. `total` is how many fit, all there are unless `beyond`; facets count those."""

    total: int
    beyond: bool
    facets: list[FacetOut]
    items: list[LibraryItemOut]
    next_cursor: str


class LibraryQuery(pydantic.BaseModel):
    """What is asked: words, an order, a cursor; each facet may be given several times."""

    q: str = ""
    sort: str = "-recorded"
    cursor: str = ""
    kind: str = ""
    category: str = ""
    incident: str = ""
    officer: str = ""
    unit: str = ""
    tag: str = ""
    place: str = ""
    date: str = ""
    state: str = ""
    retention: str = ""


class PlaylistPartOut(pydantic.BaseModel):
    """One part in order; both seconds None for the whole of a still or a document."""

    part: int
    incident: str
    title: str
    start_s: float | None
    end_s: float | None
    note: str
    recorded_at_utc: datetime | None
    sha256: str
    second_hash: str
    evidence_id: uuid.UUID
    recorded_by: str


class PlaylistOut(pydantic.BaseModel):
    """A playlist: the parts the caller may see, and how many they may not."""

    id: uuid.UUID
    name: str
    made_by: str
    changed_at: datetime
    hidden: int
    parts: list[PlaylistPartOut]


class PlaylistLine(pydantic.BaseModel):
    """A playlist in a list, with the number of parts the caller may see."""

    id: uuid.UUID
    name: str
    made_by: str
    changed_at: datetime
    parts: int


class PlaylistList(pydantic.BaseModel):
    """Newest first."""

    playlists: list[PlaylistLine]
