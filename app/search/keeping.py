"""Moments, the library's row and the parts of playlists go with their recording; they never keep it."""

import uuid
from collections.abc import Mapping, Sequence

from app.evidence.retention.keeping import Room
from app.evidence.retention.rules import Reason
from app.search.gathering import forget
from app.search.library import shelving
from app.search.library.playlists import drop


def keeps(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Reason]]:
    """Nothing."""
    return {}


def removes(evidence_id: uuid.UUID) -> Mapping[str, int]:
    """Its moments, what the library found it by, and its places in playlists; that it was there is still shown."""
    shelving.empty(evidence_id)
    return {"moments": forget(evidence_id), "playlist_parts": drop(evidence_id)}


ROOM = Room("search", keeps, removes)
