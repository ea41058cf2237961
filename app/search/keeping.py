"""Moments go with their recording; they never keep it."""

import uuid
from collections.abc import Mapping, Sequence

from app.evidence.retention.keeping import Room
from app.evidence.retention.rules import Reason
from app.search.gathering import forget


def keeps(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Reason]]:
    """Nothing."""
    return {}


def removes(evidence_id: uuid.UUID) -> Mapping[str, int]:
    """Its moments."""
    return {"moments": forget(evidence_id)}


ROOM = Room("search", keeps, removes)
