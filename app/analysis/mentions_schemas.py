"""What programs send about findings and are told of them: groups with their findings, decisions, links to the master index."""

import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.analysis.decisions import LONGEST
from app.analysis.mentions_linking import facts_of, kind_of
from app.analysis.mentions_queries import Pile, Row
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


def mention_row(row: Row) -> dict[str, Any]:
    """A finding with its decision and the edition to decide over."""
    mention = row.mention
    names = ("kind", "text", "value", "detail", "start_s", "end_s", "confidence", "method", "engine", "edition")
    return {
        "id": str(mention.id),
        "evidence_id": str(mention.evidence_id),
        **{name: getattr(mention, name) for name in names},
        "decision": mention.decision.value,
        "decided_by": row.decider,
        "decided_at": mention.decided_at.isoformat() if mention.decided_at else None,
        "earlier_reading": row.earlier,
        "why_here": list(row.member.reasons) if row.member else [],
    }


def group_card(pile: Pile) -> dict[str, Any]:
    """A group with its findings, or one finding that is in none (`id` null): why together, by whom, linked to what."""
    group, link, index_kind = pile.group, pile.link, kind_of(pile)
    return {
        "id": str(group.id) if group else None,
        "kind": pile.kind,
        "label": pile.label,
        "state": group.state.value if group else None,
        "edition": group.edition if group else None,
        "confidence": group.confidence if group else None,
        "reasons": list(group.reasons) if group else [],
        "marks": list(group.marks) if group else [],
        "engine": group.engine if group else None,
        "decided_by": pile.decider,
        "undecided": pile.open,
        "index_kind": index_kind.value if index_kind else None,
        "link": {"id": str(link.id), "entry": str(link.entry_id), "role": link.role} if link else None,
        "mentions": [mention_row(row) for row in pile.rows],
    }


def candidate_card(one: Candidate) -> dict[str, Any]:
    """An entry that may be meant, how likely and why; identifiers masked."""
    return {
        "entry": str(one.entry.id),
        "label": one.entry.label,
        "score": round(one.likeness.score, 4),
        "reasons": [{"words": reason.words, "weight": reason.weight} for reason in one.likeness.reasons],
        "facts": [{"kind": fact.kind.value, "value": fact.value} for fact in one.facts],
        "incidents": one.appearances,
    }


def wanted_facts(pile: Pile) -> dict[str, list[str]]:
    """What of a group would go over: its confirmed findings by kind of fact."""
    return {kind.value: values for kind, values in facts_of(pile).items()}
