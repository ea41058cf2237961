"""From detections in single frames to tags: spans with a count, a best moment and its box."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from workers.engines.seeing.results import Sighting, Tag

ALIKE = 0.72  # two readings of a sign this similar are one sign


def merge(sightings: Iterable[Sighting], *, gap: float, step: float, duration: float, method: str) -> list[Tag]:
    """Tags of one detector. Sightings of a label at most `gap` s apart are one span; each lasts `step` s at least."""
    spans: dict[tuple[str, str], list[list[Sighting]]] = defaultdict(list)
    for sighting in sorted(sightings, key=lambda one: one.at):
        runs = spans[sighting.kind, sighting.label]
        if runs and sighting.at - runs[-1][-1].at <= gap:
            runs[-1].append(sighting)
        else:
            runs.append([sighting])
    tags = [_tag(run, step, duration, method) for runs in spans.values() for run in runs]
    return sorted(tags, key=lambda tag: (tag.start, tag.kind, tag.label))


def merge_readings(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Readings of the same text in nearly the same words, under the surest reading's words."""
    surest: list[Sighting] = []
    named = []
    for sighting in sorted(sightings, key=lambda one: -one.confidence):
        same = next((one for one in surest if one.kind == sighting.kind and _alike(one, sighting)), None)
        if same is None:
            surest.append(sighting)
            same = sighting
        named.append(Sighting(sighting.kind, same.label, sighting.at, sighting.confidence, sighting.box))
    return named


def _alike(one: Sighting, other: Sighting) -> bool:
    if one.label == other.label:
        return True
    if one.kind == "plate" and len(one.label) != len(other.label):
        return False
    return SequenceMatcher(None, one.label.casefold(), other.label.casefold()).ratio() >= ALIKE


def _tag(run: list[Sighting], step: float, duration: float, method: str) -> Tag:
    best = max(run, key=lambda one: one.confidence)
    per_frame: dict[float, int] = defaultdict(int)
    for sighting in run:
        per_frame[sighting.at] += 1
    return Tag(
        kind=best.kind,
        label=best.label,
        start=run[0].at,
        end=min(run[-1].at + step, max(duration, run[-1].at)),
        confidence=round(best.confidence, 3),
        best_at=best.at,
        method=method,
        count=max(per_frame.values()),
        box=best.box,
        detail={"frames": len(per_frame)},
    )
