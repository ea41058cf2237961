"""What a phone is told: the incidents it may send to, and the day it keeps."""

import uuid
from datetime import datetime

import pydantic


class Offered(pydantic.BaseModel):
    """An open incident; `label` is one line to choose it by."""

    id: uuid.UUID
    number: str
    kind: str
    title: str
    place: str
    occurred_at: datetime
    label: str


class OfferedList(pydantic.BaseModel):
    """At most thirty, the sender's own first."""

    incidents: list[Offered]


class DayIncident(Offered):
    """An incident of the day, and where it is, if that is known."""

    position: dict[str, float] | None


class Who(pydantic.BaseModel):
    """Whose phone it is."""

    id: uuid.UUID
    label: str


class Category(pydantic.BaseModel):
    """A retention category, and for which kinds of incident it is offered."""

    code: str
    name: str
    kinds: list[str]


class ReportsWaiting(pydantic.BaseModel):
    """How many of one's reports were returned, and how many are drafts."""

    returned: int
    drafts: int


class Day(pydantic.BaseModel):
    """All that a phone keeps for when there is no network, for at most `keep_hours`."""

    officer: Who
    csrf: str
    now: datetime
    keep_hours: int
    max_bytes: int
    incidents: list[DayIncident]
    categories: list[Category]
    reports: ReportsWaiting
