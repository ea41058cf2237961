"""What programs send about findings and are told of them: groups with their findings, decisions, links to the master index."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.analysis.mentions.deciding import LONGEST
from app.analysis.mentions.linking import facts_of, kind_of
from app.analysis.mentions.queries import Pile, Row
from app.analysis.models import Decision
from app.people.queries import Candidate

LABEL = 200  # signs of the name of a new entry, as in the browser


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Decided(_Body):
    """A decision about one finding. With `value` (and `kind`) it is confirmed as that; `edition` is what was seen."""

    decision: Decision
    kind: str = ""
    value: str = Field(default="", max_length=LONGEST)
    edition: int | None = None


class Seen(_Body):
    """The edition of a group that was looked at; none: whatever stands."""

    edition: int | None = None


class Moved(_Body):
    """The finding that another belongs with."""

    to: uuid.UUID


class LinkTo(_Body):
    """Who or what a group is: an entry of the master index, or "new" with what it is called; and its part in the incident."""

    entry: uuid.UUID | Literal["new"]
    role: str
    label: str = Field(default="", max_length=LABEL)
    also_name: bool = False


class Declined(_Body):
    """Entries that a group is none of."""

    entries: list[uuid.UUID] = Field(min_length=1, max_length=100)


class GroupsQuery(BaseModel):
    """What narrows the findings, and the cursor in `next` of the page before; none for the first."""

    kind: str = ""
    state: str = ""
    recording: str = ""
    cursor: str = ""


class FindingCard(BaseModel):
    """A finding with its decision and the edition to decide over; `why_here` says why it is in its group."""

    id: uuid.UUID
    evidence_id: uuid.UUID
    kind: str
    text: str
    value: str
    detail: dict[str, Any]
    start_s: float
    end_s: float
    confidence: float
    method: str
    engine: dict[str, Any]
    edition: int
    decision: str
    decided_by: str
    decided_at: datetime | None
    earlier_reading: bool
    why_here: list[Any]


class LinkCard(BaseModel):
    """What of the master index a group is, and its part in the incident."""

    id: uuid.UUID
    entry: uuid.UUID
    role: str


class GroupCard(BaseModel):
    """A group with its findings, or one finding that is in none (`id` null): why together, by whom, linked to what."""

    id: uuid.UUID | None
    kind: str
    label: str
    state: str | None
    edition: int | None
    confidence: float | None
    reasons: list[Any]
    marks: list[Any]
    engine: dict[str, Any] | None
    decided_by: str
    undecided: int
    index_kind: str | None
    link: LinkCard | None
    mentions: list[FindingCard]


class GroupList(BaseModel):
    """A page of groups, undecided first, and `next`, the query that asks for the page after it, empty on the last;
    `reading`: machines are still at it."""

    groups: list[GroupCard]
    next: str
    total: int
    undecided: int
    reading: bool


class GroupState(BaseModel):
    """How a group stands now."""

    id: uuid.UUID
    state: str
    edition: int


class ReasonCard(BaseModel):
    """Why an entry may be meant; a weight below zero speaks against it."""

    words: str
    weight: float


class FactValue(BaseModel):
    """Something known of an entry, identifiers masked."""

    kind: str
    value: str


class CandidateCard(BaseModel):
    """An entry that may be meant, how likely and why."""

    entry: uuid.UUID
    label: str
    score: float
    reasons: list[ReasonCard]
    facts: list[FactValue]
    incidents: int


class CandidateList(BaseModel):
    """Who may be meant, likeliest first; `confirmed` is what would go over to the one chosen."""

    candidates: list[CandidateCard]
    too_many_share_the_name: bool
    confirmed: dict[str, list[str]]


class Linked(BaseModel):
    """The link that was made, and what could not go over and why."""

    link: uuid.UUID
    entry: uuid.UUID
    role: str
    not_taken: list[str]


class Unlinked(BaseModel):
    """The link is taken back."""

    link: uuid.UUID
    state: str


def finding_card(row: Row) -> FindingCard:
    """One finding."""
    mention = row.mention
    names = ("kind", "text", "value", "detail", "start_s", "end_s", "confidence", "method", "engine", "edition")
    return FindingCard(
        id=mention.id,
        evidence_id=mention.evidence_id,
        **{name: getattr(mention, name) for name in names},
        decision=mention.decision.value,
        decided_by=row.decider,
        decided_at=mention.decided_at,
        earlier_reading=row.earlier,
        why_here=list(row.member.reasons) if row.member else [],
    )


def group_card(pile: Pile) -> GroupCard:
    """One group."""
    group, link, index_kind = pile.group, pile.link, kind_of(pile)
    return GroupCard(
        id=group.id if group else None,
        kind=pile.kind,
        label=pile.label,
        state=group.state.value if group else None,
        edition=group.edition if group else None,
        confidence=group.confidence if group else None,
        reasons=list(group.reasons) if group else [],
        marks=list(group.marks) if group else [],
        engine=group.engine if group else None,
        decided_by=pile.decider,
        undecided=pile.open,
        index_kind=index_kind.value if index_kind else None,
        link=LinkCard(id=link.id, entry=link.entry_id, role=link.role) if link else None,
        mentions=[finding_card(row) for row in pile.rows],
    )


def candidate_card(one: Candidate) -> CandidateCard:
    """One candidate."""
    return CandidateCard(
        entry=one.entry.id,
        label=one.entry.label,
        score=round(one.likeness.score, 4),
        reasons=[ReasonCard(words=reason.words, weight=reason.weight) for reason in one.likeness.reasons],
        facts=[FactValue(kind=fact.kind.value, value=fact.value) for fact in one.facts],
        incidents=one.appearances,
    )


def wanted_facts(pile: Pile) -> dict[str, list[str]]:
    """What of a group would go over: its confirmed findings by kind of fact."""
    return {kind.value: values for kind, values in facts_of(pile).items()}
