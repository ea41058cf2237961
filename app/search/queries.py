"""Moments an actor may see that fit a search, best first, each with its words, tags, picture and second; kept searches."""

import base64
import binascii
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.models import Decision, Tag, Utterance
from app.analysis.tags.kinds import kind_of
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Invalid, NotFound
from app.evidence.models import Evidence, Rendition
from app.incidents.models import Incident
from app.search.asking import Question, plates_of, question
from app.search.gathering import plate_sign
from app.search.language import read
from app.search.marking import Pieces, hit, marked
from app.search.models import Moment, SavedSearch
from app.search.parts import Asked
from app.search.ranking import BLOCK, Place, block

PAGE = 20
LINES, TAGS = 3, 8  # of one result
LOOKED_INTO = 4  # moments of a long result whose words are looked through
_STILLS = ("poster", "thumbnail")
_FRAMES = "storyboard/index.vtt"


@dataclass(frozen=True, slots=True)
class Line:
    """Something said, cut into (is it one of the words, text)."""

    said: Utterance
    pieces: Pieces

    @property
    def hit(self) -> bool:
        """Whether it has any of the words."""
        return hit(self.pieces)


@dataclass(frozen=True, slots=True)
class Sight:
    """Something seen, and whether it is what was asked for."""

    tag: Tag
    hit: bool

    @property
    def sure(self) -> bool:
        """Whether a person confirmed it."""
        return self.tag.decision is Decision.CONFIRMED


@dataclass(frozen=True, slots=True)
class Result:
    """Neighbouring moments of one recording that fit, as one. `second` is where to look first; `more` is how many lines
    and tags are not shown; `still` says whether there is a picture of the recording, `frames` whether there are small ones
    of its moments."""

    item: Evidence
    moment_id: uuid.UUID
    start_s: float
    end_s: float
    second: float
    at: datetime
    score: float
    lines: list[Line] = field(default_factory=list)
    tags: list[Sight] = field(default_factory=list)
    more: int = 0
    still: bool = False
    frames: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `moments` is how many fit of those ranked together, all there are unless `beyond`."""

    asked: Asked
    results: list[Result]
    moments: int = 0
    beyond: bool = False
    next_cursor: str = ""


def find(actor: Actor, text: str, *, cursor: str = "", size: int = PAGE) -> Found:
    """One page of what fits, ranked; nothing for a search of which nothing is left. Invalid for a search that is too
    long, and for a cursor that none gave out."""
    asking = question(read(text), actor)
    if not asking.asked.parts:
        return Found(asking.asked, [])
    begins, skip = _read_cursor(cursor)
    got = block(asking, begins, skip=skip, size=size + 1)
    following = ""
    if len(got.rows) > size and got.begins:
        following = _cursor(got.begins, skip + size)
    elif got.following:
        following = _cursor(got.following, 0)
    return Found(asking.asked, _shown(got.rows[:size], asking), got.moments, got.following is not None, following)


def saved_of(actor: Actor) -> list[SavedSearch]:
    """The actor's own kept searches by name."""
    query = sa.select(SavedSearch).where(SavedSearch.officer_id == actor.officer_id)
    return list(session().scalars(query.order_by(sa.func.lower(SavedSearch.name))))


def own_saved(actor: Actor, saved_id: uuid.UUID) -> SavedSearch:
    """One of the actor's own. NotFound when it is not there or another's."""
    query = sa.select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.officer_id == actor.officer_id)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such search, or it is not one of yours.")
    return found


def _shown(rows: Sequence[sa.Row[tuple[uuid.UUID]]], asking: Question) -> list[Result]:
    """Each row with what was said and seen there as it stands this moment: what was rejected or taken out since the
    moments were gathered is not shown."""
    wanted = {one for row in rows for one in row.ids[:LOOKED_INTO]}
    moments = {one.id: one for one in session().scalars(sa.select(Moment).where(Moment.id.in_(wanted)))}
    lines = _lines([one for moment in moments.values() for one in moment.utterance_ids], asking)
    tags = _tags([one for moment in moments.values() for one in moment.tag_ids], asking)
    items = _items({row.evidence_id for row in rows})
    pictures = _pictures(items)
    return [
        _result(row, [moments[one] for one in row.ids[:LOOKED_INTO] if one in moments], lines, tags, items, pictures)
        for row in rows
        if row.evidence_id in items
    ]


def _result(
    row: sa.Row[tuple[uuid.UUID]],
    moments: Sequence[Moment],
    lines: dict[uuid.UUID, Line],
    tags: dict[uuid.UUID, Sight],
    items: dict[uuid.UUID, Evidence],
    pictures: dict[uuid.UUID, set[str]],
) -> Result:
    said = [lines[one] for one in dict.fromkeys(u for m in moments for u in m.utterance_ids) if one in lines]
    seen = [tags[one] for one in dict.fromkeys(t for m in moments for t in m.tag_ids) if one in tags]
    best = moments[0] if moments else None
    chosen = sorted(said, key=lambda one: not one.hit)[:LINES]
    things = _each_once(sorted(seen, key=lambda one: (not one.hit, not one.sure, -one.tag.confidence)))
    shown = things[:TAGS]
    return Result(
        item=items[row.evidence_id],
        moment_id=row.ids[0],
        start_s=row.start_s,
        end_s=row.end_s,
        second=_second(best, lines, tags) if best else row.start_s,
        at=row.at,
        score=row.score,
        lines=sorted(chosen, key=lambda one: one.said.start_s),
        tags=shown,
        more=len(said) - len(chosen) + len(things) - len(shown),
        still=not pictures[row.evidence_id].isdisjoint(_STILLS),
        frames=_FRAMES in pictures[row.evidence_id],
    )


def _each_once(seen: Sequence[Sight]) -> list[Sight]:
    """The same plate seen in three stretches is one thing to read."""
    things: dict[tuple[str, str], Sight] = {}
    for one in seen:
        things.setdefault((one.tag.kind, one.tag.label.casefold()), one)
    return list(things.values())


def _second(best: Moment, lines: dict[uuid.UUID, Line], tags: dict[uuid.UUID, Sight]) -> float:
    """Where the first thing asked for begins in the best of the moments; where nothing is marked, where it begins."""
    said = [lines[one].said.start_s for one in best.utterance_ids if one in lines and lines[one].hit]
    seen = [max(tags[one].tag.start_s, best.start_s) for one in best.tag_ids if one in tags and tags[one].hit]
    return min([*said, *seen], default=best.start_s)


def _lines(ids: Collection[uuid.UUID], asking: Question) -> dict[uuid.UUID, Line]:
    query = sa.select(Utterance).where(Utterance.id.in_(ids), Utterance.gone.is_(False)).order_by(Utterance.start_s)
    found = list(session().scalars(query))
    pieces = marked([one.text for one in found], asking.ranked)
    return {one.id: Line(one, cut) for one, cut in zip(found, pieces, strict=True)}


def _tags(ids: Collection[uuid.UUID], asking: Question) -> dict[uuid.UUID, Sight]:
    query = sa.select(Tag).where(Tag.id.in_(ids), Tag.decision != Decision.REJECTED, Tag.carried_to.is_(None))
    found = list(session().scalars(query.order_by(Tag.start_s)))
    texts = [f"{one.label} {kind_of(one.kind).title} {kind_of(one.kind).words}" for one in found]
    plates = [(plate_sign(value), begins) for value, begins in plates_of(asking.asked.parts)]
    pieces = marked(texts, asking.ranked)
    return {one.id: Sight(one, hit(cut) or _is_plate(one, plates)) for one, cut in zip(found, pieces, strict=True)}


def _is_plate(tag: Tag, plates: Sequence[tuple[str, bool]]) -> bool:
    sign = plate_sign(tag.label)
    return tag.kind == "plate" and any(sign == one or (begins and sign.startswith(one)) for one, begins in plates)


def _items(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Evidence]:
    query = (
        sa.select(Evidence)
        .where(Evidence.id.in_(ids))
        .options(orm.joinedload(Evidence.incident).joinedload(Incident.unit), orm.joinedload(Evidence.officer))
    )
    return {one.id: one for one in session().scalars(query)}


def _pictures(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Which kinds of picture there are of each recording."""
    kinds = (*_STILLS, _FRAMES)
    query = sa.select(Rendition.evidence_id, Rendition.kind).where(
        Rendition.evidence_id.in_(ids), Rendition.kind.in_(kinds)
    )
    made: dict[uuid.UUID, set[str]] = {one: set() for one in ids}
    for evidence_id, kind in session().execute(query):
        made[evidence_id].add(kind)
    return made


def _cursor(place: Place, skip: int) -> str:
    plain = f"{place[0].isoformat()}|{place[1]}|{skip}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[Place | None, int]:
    if not cursor:
        return None, 0
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, first, skip = plain.split("|")
        return (datetime.fromisoformat(at).astimezone(), uuid.UUID(first)), min(max(int(skip), 0), BLOCK)
    except (ValueError, binascii.Error) as error:
        raise Invalid(
            "That page of results cannot be found.", field="cursor", remedy="Start again from the first page."
        ) from error
