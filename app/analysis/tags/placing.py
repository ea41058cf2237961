"""Where on the picture tags were seen, second by second: what a player draws over it."""

import uuid
from typing import Any

from app.analysis import queries
from app.analysis.models import Tag

LONGEST_S = 120.0
MOST_BOXES = 20_000
_BESIDE_S = 1.0
_LASTS_S = 0.5


def boxes_between(evidence_id: uuid.UUID, start_s: float, end_s: float) -> list[dict[str, Any]]:
    """The tags seen between two seconds, at most two minutes of them, each with [second, x, y, width, height, confidence].

    A tag's places are those its reading kept (`detail["boxes"]`), otherwise the one of its best picture. Fractions of the
    picture. Tags without a place are left out.
    """
    end_s = min(end_s, start_s + LONGEST_S)
    made, count = [], 0
    for tag in queries.tags_of(evidence_id):
        if tag.end_s < start_s - _BESIDE_S or tag.start_s > end_s + _BESIDE_S:
            continue
        places = [one for one in _places(tag) if start_s - _BESIDE_S <= one[0] <= end_s + _BESIDE_S]
        if places and count < MOST_BOXES:
            count += len(places)
            made.append({"id": str(tag.id), "kind": tag.kind, "label": tag.label, "boxes": places})
    return made


def _places(tag: Tag) -> list[list[float]]:
    kept = tag.detail.get("boxes") if isinstance(tag.detail, dict) else None
    if kept:
        return sorted([float(value) for value in one] for one in kept)
    if not tag.box:
        return []
    until = min(tag.best_s + _LASTS_S, max(tag.end_s, tag.best_s))
    return [[at, *tag.box, tag.confidence] for at in dict.fromkeys((tag.best_s, until))]
