"""How acts of this package are written down, and the words that people must give for them."""

from typing import Any

from app.core import ledger
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.outbox import enqueue_once
from app.evidence.models import Evidence
from app.evidence.retention.models import Category

SHORTEST_REASON, LONGEST_REASON = 10, 400


def note_item(item: Evidence, act: str, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    """An event of one item, in its custody; the library shows what it changed."""
    enqueue_once("shelve", evidence_id=item.id)
    ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        outcome=outcome,
        **details,
    )


def note_category(category: Category, act: str, actor: Actor, **details: Any) -> None:
    """An event of one category."""
    ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind="retention_category",
        subject_id=category.id,
        code=category.code,
        **details,
    )


def reasoned(text: str, field: str = "reason") -> str:
    """A reason a later reader can follow: 10 to 400 characters. Raises Invalid."""
    clean = " ".join(text.split())
    if not SHORTEST_REASON <= len(clean) <= LONGEST_REASON:
        raise Invalid(
            f"A reason has {SHORTEST_REASON} to {LONGEST_REASON} characters; this has {len(clean)}.",
            field=field,
            remedy="Say in a sentence why.",
        )
    return clean
