"""From detections in single frames to tags: spans with a count, a best moment, and the boxes of what was followed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from workers.engines.seeing.results import Sighting, Tag
from workers.engines.seeing.tracks import LOST_S, Track, followed

ALIKE = 0.72  # two readings of a sign this similar are one sign
SAME_SIGN_S = 60.0
MOST_BOXES = 240
SURE_ALONE = 0.4  # what is seen in one picture only must be this sure


def thing_tags(sightings: Iterable[Sighting], *, step: float, duration: float, method: str) -> list[Tag]:
    """Tags of followed things: each track under the label most of its sure sightings give, and tracks of one label that follow
    within LOST_S as one span. `step`: how long (s) one sighting lasts at least; 0 for a photograph."""
    by_kind: dict[str, list[Sighting]] = defaultdict(list)
    for one in sightings:
        by_kind[one.kind].append(one)
    by_label: dict[tuple[str, str], list[Track]] = defaultdict(list)
    for kind, seen in by_kind.items():
        for track in followed(seen):
            if step == 0 or len(track.sightings) > 1 or track.last.confidence >= SURE_ALONE:
                by_label[kind, _label(track)].append(track)
    tags = []
    for (kind, label), tracks in by_label.items():
        for together in _spans(tracks):
            tags.append(_thing(kind, label, together, step, duration, method))
    return sorted(tags, key=lambda tag: (tag.start, tag.kind, tag.label))


def merge(sightings: Iterable[Sighting], *, gap: float, step: float, duration: float, method: str) -> list[Tag]:
    """Tags of one reader. Sightings of a label at most `gap` s apart are one span; each lasts `step` s at least."""
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
    """Readings of the same text in nearly the same words, at most SAME_SIGN_S apart, under the surest reading's words."""
    signs: list[list[Sighting]] = []
    open_signs: list[list[Sighting]] = []
    for sighting in sorted(sightings, key=lambda one: (one.at, -one.confidence)):
        open_signs = [sign for sign in open_signs if sighting.at - sign[-1].at <= SAME_SIGN_S]
        same = next((sign for sign in open_signs if _alike(sign[-1], sighting)), None)
        if same is None:
            same = []
            signs.append(same)
            open_signs.append(same)
        same.append(sighting)
    named = []
    for sign in signs:
        words = max(sign, key=lambda one: one.confidence).label
        named += [replace(one, label=words) for one in sign]
    return named


def boxes_of(sightings: Sequence[Sighting]) -> list[list[float]]:
    """[[second, x, y, width, height, confidence], ...] by time, thinned evenly to MOST_BOXES."""
    ordered = sorted(sightings, key=lambda one: (one.at, one.box))
    few = len(ordered) <= MOST_BOXES
    chosen = ordered if few else [ordered[index * len(ordered) // MOST_BOXES] for index in range(MOST_BOXES)]
    return [[round(one.at, 3), *one.box, round(one.confidence, 3)] for one in chosen]


def _label(track: Track) -> str:
    weights: Counter[str] = Counter()
    for one in track.sightings:
        weights[one.label] += round(1000 * one.confidence)
    return min(weights, key=lambda label: (-weights[label], label))


def _spans(tracks: Sequence[Track]) -> list[list[Track]]:
    spans: list[list[Track]] = []
    until = 0.0
    for track in sorted(tracks, key=lambda one: one.sightings[0].at):
        if spans and track.sightings[0].at - until <= LOST_S:
            spans[-1].append(track)
            until = max(until, track.last.at)
        else:
            spans.append([track])
            until = track.last.at
    return spans


def _thing(kind: str, label: str, tracks: Sequence[Track], step: float, duration: float, method: str) -> Tag:
    seen = [one for track in tracks for one in track.sightings]
    tag = _tag(sorted(seen, key=lambda one: one.at), step, duration, method)
    detail: dict[str, object] = {**tag.detail, "tracks": len(tracks), "boxes": boxes_of(seen)}
    return Tag(kind, label, tag.start, tag.end, tag.confidence, tag.best_at, method, tag.count, tag.box, detail)


def _alike(one: Sighting, other: Sighting) -> bool:
    if one.label == other.label:
        return True
    return SequenceMatcher(None, one.label.casefold(), other.label.casefold()).ratio() >= ALIKE


def _tag(run: Sequence[Sighting], step: float, duration: float, method: str) -> Tag:
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
        detail={"frames": len(per_frame), "boxes": boxes_of(run)},
    )
