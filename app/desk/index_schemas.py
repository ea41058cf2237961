"""What programs send to the master index and are told of it."""

import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.analysis.mentions.schemas import CandidateCard
from app.desk.index_forms import REASONS
from app.people.models import FactKind


class Sought(BaseModel):
    """Who is looked for, what for, and in which case (T5)."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=200)
    reason: str = Field(json_schema_extra={"enum": [one.value for one in REASONS]})
    case: str = Field(min_length=1, max_length=40)


class Known(BaseModel):
    """A fact a person knows from elsewhere."""

    model_config = ConfigDict(extra="forbid")
    kind: FactKind
    value: str = Field(min_length=1, max_length=200)


class Same(BaseModel):
    """The entry that is the same as another and becomes part of it."""

    model_config = ConfigDict(extra="forbid")
    merged: uuid.UUID


class FoundList(BaseModel):
    """Entries like what was sent, likeliest first."""

    found: list[CandidateCard]


class FactCard(BaseModel):
    """A fact of an entry: who confirmed it, and the second it was said where it came from a recording."""

    id: uuid.UUID
    kind: str
    value: str
    masked: bool
    confirmed_by: str
    confirmed_at: datetime
    evidence_id: uuid.UUID | None
    second: float | None


class AppearanceCard(BaseModel):
    """An incident the entry appears in; without id and number where it is not one's own to see."""

    link: uuid.UUID
    role: str
    incident_id: uuid.UUID | None
    number: str | None


class MergeCard(BaseModel):
    """A merge that stands."""

    id: uuid.UUID
    merged: uuid.UUID
    at: datetime


class EntryCard(BaseModel):
    """An entry of the master index; `stands_as` is the entry it became part of, or itself."""

    id: uuid.UUID
    kind: str
    label: str
    stands_as: uuid.UUID
    facts: list[FactCard]
    incidents: list[AppearanceCard]
    merges: list[MergeCard]
