"""Items of the library an actor may see that fit, a page at a time in any order, each with the passages that fit."""

import base64
import binascii
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from app.analysis.models import Decision, Mention, Tag, Utterance
from app.analysis.queries import standing_tags
from app.analysis.tags.kinds import QUIET
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Invalid
from app.evidence.models import Evidence, Rendition
from app.incidents.models import Incident, Participant
from app.incidents.queries import visibility
from app.search.library.asked import Asked
from app.search.library.conditions import Conditions, conditions, plan_for_these_words
from app.search.library.facets import tag_words
from app.search.library.models import LibraryItem
from app.search.marking import Pieces, hit, marked
from app.search.models import Moment

PAGE = 40
LINES, SIGHTS = 2, 4  # of one item
STILLS = ("poster", "thumbnail")
STORYBOARDS = ("storyboard", "storyboard/index.vtt")
_SORTED = {
    "recorded": LibraryItem.at,
    "title": LibraryItem.title,
    "incident": LibraryItem.number,
    "size": LibraryItem.size,
    "length": LibraryItem.duration_s,
}


@dataclass(frozen=True, slots=True)
class Said:
    """Something said, and the second."""

    start_s: float
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Point:
    """An item on the map."""

    evidence_id: uuid.UUID
    title: str
    number: str
    at: datetime
    lat: float
    lon: float


@dataclass(slots=True)
class Shown:
    """One item of a page. `title` and `place` are cut into (is it one of the words, text), `named` people and findings
    that are among the words, `seen` tags that are; `tags` the rest of what was seen."""

    item: Evidence
    row: LibraryItem
    title: Pieces
    place: Pieces
    said: list[Said] = field(default_factory=list)
    seen: list[Pieces] = field(default_factory=list)
    named: list[Pieces] = field(default_factory=list)
    still: bool = False
    storyboard: str = ""

    @property
    def tags(self) -> list[str]:
        """What was seen, in words."""
        return [tag_words(one) for one in self.row.tags]


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the cursor of those behind; empty at the end. `common` are words too common to be looked for."""

    items: list[Shown]
    next_cursor: str = ""
    common: tuple[str, ...] = ()


def page(actor: Actor, asked: Asked, *, cursor: str = "", size: int = PAGE, quoted: bool = True) -> Page:
    """One page of what fits, with its passages where they are to be `quoted`. Invalid for a cursor that none gave out."""
    having = conditions(asked, actor)
    rows = list(session().execute(rows_of(having, asked, cursor, size + 1)))
    ids = [row.evidence_id for row in rows[:size]]
    following = _cursor(rows[size - 1], asked) if len(rows) > size else ""
    return Page(_shown(actor, ids, having.words.any_of if quoted else ""), following, having.words.common)


def rows_of(having: Conditions, asked: Asked, cursor: str, limit: int) -> sa.Select[Any]:
    """Ids of what fits in the order asked for, from the cursor on, with what the next cursor is made of."""
    plan_for_these_words()
    name, falling = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    column: Any = _SORTED[name]
    wanted = having.all()
    if cursor:
        value, last = _read_cursor(cursor, name)
        beyond = column < value if falling else column > value
        edge = column <= value if falling else column >= value
        wanted += [edge, sa.or_(beyond, LibraryItem.evidence_id > last)]
    order = (column.desc() if falling else column, LibraryItem.evidence_id)
    columns = (LibraryItem.evidence_id, column.label("value"))
    if not having.few:
        return sa.select(*columns).where(*wanted).order_by(*order).limit(limit)
    fitting = sa.select(*columns).where(*wanted).cte("fitting").prefix_with("MATERIALIZED")
    return (
        sa.select(fitting)
        .order_by(fitting.c.value.desc() if falling else fitting.c.value, fitting.c.evidence_id)
        .limit(limit)
    )


def titled(actor: Actor, asked: Asked, *, most: int) -> list[LibraryItem]:
    """The newest items that have every word of `asked` in title or number, at most `most`; nothing of what was said or seen
    is looked at or shown."""
    having = conditions(asked, actor)
    if not having.words.all_of:
        return []
    plan_for_these_words()
    named = [
        sa.or_(LibraryItem.title.icontains(word, autoescape=True), LibraryItem.number.icontains(word, autoescape=True))
        for word in asked.text.split()
    ]
    query = sa.select(LibraryItem).where(*having.all(), *named)
    return list(session().scalars(query.order_by(LibraryItem.at.desc(), LibraryItem.evidence_id).limit(most)))


def points(actor: Actor, asked: Asked, *, most: int = 2000) -> tuple[list[Point], int]:
    """The newest of what fits that has a position, at most `most`, and how many of what fits there are with one (at most
    one more than `most`)."""
    having = conditions(asked, actor)
    plan_for_these_words()
    row = LibraryItem
    query = sa.select(row.evidence_id, row.title, row.number, row.at, row.lat, row.lon)
    query = query.where(*having.all(), row.lat.is_not(None)).order_by(row.at.desc(), row.evidence_id)
    found = [Point(*tuple[Any, ...](one)) for one in session().execute(query.limit(most + 1))]
    return found[:most], len(found)


def by_day(actor: Actor, asked: Asked, bounds: Sequence[datetime]) -> list[int]:
    """How many fit in each span between one of `bounds` (rising, aware) and the next."""
    having = conditions(asked, actor)
    plan_for_these_words()
    kind = ARRAY(sa.DateTime(timezone=True))
    span = sa.func.width_bucket(LibraryItem.at, sa.cast(sa.literal(list(bounds), kind), kind))
    query = sa.select(span, sa.func.count()).where(
        *having.all(), LibraryItem.at >= bounds[0], LibraryItem.at < bounds[-1]
    )
    counted = {one: n for one, n in session().execute(query.group_by(span))}  # noqa: C416  (a Row is no pair to mypy)
    return [counted.get(n, 0) for n in range(1, len(bounds))]


def newest(actor: Actor, asked: Asked) -> datetime | None:
    """When the newest that fits was recorded."""
    having = conditions(asked, actor)
    plan_for_these_words()
    query = sa.select(LibraryItem.at).where(*having.all()).order_by(LibraryItem.at.desc()).limit(1)
    return session().scalar(query)


def count(actor: Actor, asked: Asked, *, most: int = 1000) -> int:
    """How many fit, at most one more than `most`."""
    having = conditions(asked, actor)
    plan_for_these_words()
    some = sa.select(LibraryItem.evidence_id).where(*having.all()).limit(most + 1).subquery()
    return session().scalar(sa.select(sa.func.count()).select_from(some)) or 0


def items(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Evidence]:
    """Those of these items the actor may see, each with incident, unit and officer."""
    query = (
        sa.select(Evidence)
        .join(Evidence.incident)
        .where(Evidence.id.in_(ids), visibility(actor))
        .options(orm.contains_eager(Evidence.incident).joinedload(Incident.unit), orm.joinedload(Evidence.officer))
    )
    return {one.id: one for one in session().scalars(query)}


def stills(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Which pictures there are of each item."""
    query = sa.select(Rendition.evidence_id, Rendition.kind)
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for one, kind in session().execute(
        query.where(Rendition.evidence_id.in_(ids), Rendition.kind.in_((*STILLS, *STORYBOARDS)))
    ):
        found[one].add(kind)
    return found


def _shown(actor: Actor, ids: Sequence[uuid.UUID], any_of: str) -> list[Shown]:
    theirs, pictures = items(actor, ids), stills(ids)
    rows = {
        one.evidence_id: one
        for one in session().scalars(sa.select(LibraryItem).where(LibraryItem.evidence_id.in_(ids)))
    }
    here = [one for one in ids if one in theirs and one in rows]
    titles = marked([text for one in here for text in (rows[one].title, theirs[one].incident.place)], any_of)
    made = {
        one: Shown(
            theirs[one],
            rows[one],
            titles[2 * n],
            titles[2 * n + 1],
            still=bool(pictures[one] & set(STILLS)),
            storyboard=f"/evidence/{one}/storyboard/index.vtt" if pictures[one] & set(STORYBOARDS) else "",
        )
        for n, one in enumerate(here)
    }
    if any_of:
        _add_said(made, any_of)
        _add_seen(made, any_of)
        _add_named(made, any_of)
    return list(made.values())


def _add_said(made: dict[uuid.UUID, Shown], any_of: str) -> None:
    """What was said, from the best moments: lines that a person took out or changed since are as they are now."""
    words = sa.cast(sa.literal(any_of), TSQUERY)
    best = sa.func.row_number().over(
        partition_by=Moment.evidence_id, order_by=(sa.func.ts_rank(Moment.found, words).desc(), Moment.start_s)
    )
    fitting = (
        sa.select(Moment.evidence_id, Moment.utterance_ids, best.label("place"))
        .where(Moment.evidence_id.in_(made), Moment.found.bool_op("@@")(words))
        .subquery()
    )
    rows = session().execute(sa.select(fitting.c.evidence_id, fitting.c.utterance_ids).where(fitting.c.place <= 2))
    owner = {line: row.evidence_id for row in rows for line in row.utterance_ids}
    said = sa.select(Utterance).where(Utterance.id.in_(owner), Utterance.gone.is_(False)).order_by(Utterance.start_s)
    lines = list(session().scalars(said))
    for line, pieces in zip(lines, marked([one.text for one in lines], any_of), strict=True):
        shown = made[owner[line.id]]
        if hit(pieces) and len(shown.said) < LINES:
            shown.said.append(Said(line.start_s, pieces))


def _add_seen(made: dict[uuid.UUID, Shown], any_of: str) -> None:
    query = sa.select(Tag.evidence_id, Tag.kind, Tag.label).where(
        Tag.evidence_id.in_(made), Tag.kind.not_in(QUIET), Tag.decision != Decision.REJECTED, standing_tags(list(made))
    )
    found = list(session().execute(query.distinct().order_by(Tag.evidence_id, Tag.kind, Tag.label)))
    for row, pieces in zip(found, marked([tag_words(f"{one.kind}/{one.label}") for one in found], any_of), strict=True):
        if hit(pieces) and len(made[row.evidence_id].seen) < SIGHTS:
            made[row.evidence_id].seen.append(pieces)


def _add_named(made: dict[uuid.UUID, Shown], any_of: str) -> None:
    """People of the incident, and what people confirmed in the recording."""
    by_incident: dict[uuid.UUID, list[Shown]] = defaultdict(list)
    for one in made.values():
        by_incident[one.item.incident_id].append(one)
    people = sa.select(Participant.incident_id, Participant.name).where(Participant.incident_id.in_(by_incident))
    confirmed = sa.select(Mention.evidence_id, Mention.value).where(
        Mention.evidence_id.in_(made), Mention.decision == Decision.CONFIRMED, Mention.carried_to.is_(None)
    )
    named = [(by_incident[where], text) for where, text in session().execute(people.order_by(Participant.created_at))]
    named += [([made[where]], text) for where, text in session().execute(confirmed.distinct())]
    for (whose, _), pieces in zip(named, marked([text for _, text in named], any_of), strict=True):
        for one in whose if hit(pieces) else ():
            if pieces not in one.named and len(one.named) < SIGHTS:
                one.named.append(pieces)


def _cursor(row: sa.Row[Any], asked: Asked) -> str:
    value = row.value.isoformat() if isinstance(row.value, datetime) else row.value
    plain = json.dumps([asked.sort, value, str(row.evidence_id)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, name: str) -> tuple[Any, uuid.UUID]:
    try:
        sort, value, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        kinds: dict[str, Callable[[Any], Any]] = {
            "recorded": _moment,
            "title": str,
            "incident": str,
            "size": int,
            "length": float,
        }
        return {name: kinds[name]}[sort.removeprefix("-")](value), uuid.UUID(
            last
        )  # a KeyError where the order is another
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError) as error:
        raise Invalid(
            "That page of the library cannot be found.", field="cursor", remedy="Start again from the first page."
        ) from error


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone()
