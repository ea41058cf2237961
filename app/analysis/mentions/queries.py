"""Findings of a whole incident: what a person confirmed (all that other rooms use), and the piles of the review page."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.findings import BY_HAND
from app.analysis.mentions.models import MentionGroup, MentionMember
from app.analysis.models import Decision, Mention, Step, StepState, Utterance
from app.analysis.queries import standing
from app.core import cursors
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.people import queries as people
from app.people.models import Appearance

ROWS = 100  # so many rows a page, give or take the last pile


def confirmed(incident_id: uuid.UUID) -> list[tuple[Mention, str]]:
    """Findings of an incident that stand confirmed by a person, by time, each with the title of its recording.

    What other rooms may use of what machines found: extracted is not confirmed.
    """
    query = (
        sa.select(Mention, Evidence.title)
        .join(Evidence, Evidence.id == Mention.evidence_id)
        .where(
            Evidence.incident_id == incident_id, Mention.decision == Decision.CONFIRMED, Mention.carried_to.is_(None)
        )
        .order_by(Mention.start_s, Mention.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the review page shows it. `earlier`: decided on an earlier reading and not found by the newest.
    `offer`: what a person had decided there on an earlier reading, where this one found something else."""

    mention: Mention
    recording: str
    playable: bool
    decider: str
    member: MentionMember | None = None
    earlier: bool = False
    offer: Mention | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person marked it."""
        return self.mention.method == BY_HAND


@dataclass(frozen=True, slots=True)
class Pile:
    """A group with its findings, or one finding that is in none."""

    rows: list[Row]
    group: MentionGroup | None = None
    link: Appearance | None = None
    decider: str = ""

    @property
    def kind(self) -> str:
        """Of the group, or of the only finding."""
        return self.group.kind if self.group else self.rows[0].mention.kind

    @property
    def label(self) -> str:
        """What it is called: the fullest value of its own kind that a person confirmed, or else the machine's choice."""
        sure = [
            row.mention.value
            for row in self.rows
            if row.mention.decision is Decision.CONFIRMED and row.mention.kind == self.kind
        ]
        first = self.rows[0].mention
        return max(sure, key=len) if sure else self.group.label if self.group else first.value or first.text

    @property
    def open(self) -> int:
        """How many of its findings nobody decided."""
        return sum(row.mention.decision is Decision.PROPOSED for row in self.rows)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty members narrow nothing. A program goes on behind a `cursor`, a person by `page`."""

    kind: str = ""
    state: str = ""
    recording: str = ""
    page: int = 1
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One page of piles, and figures of the whole incident."""

    piles: list[Pile]
    pages: int
    page: int
    total: int
    undecided: int
    kinds: list[tuple[str, int]] = field(default_factory=list)
    running: bool = False
    next_cursor: str = ""


def of_incident(incident_id: uuid.UUID, only: sa.SelectBase | None = None) -> list[Row]:
    """Every finding of an incident that stands, or that somebody decided, by recording and time. Rejected ones too.
    `only` narrows to some."""
    ids = session().scalars(sa.select(Evidence.id).where(Evidence.incident_id == incident_id)).all()
    now_standing = set(session().scalars(standing(ids))) if ids else set()
    query = (
        sa.select(Mention, Evidence, Officer, MentionMember)
        .join(Evidence, Evidence.id == Mention.evidence_id)
        .outerjoin(Officer, Officer.id == Mention.decided_by)
        .outerjoin(MentionMember, MentionMember.mention_id == Mention.id)
        .options(orm.lazyload(Officer.unit))
        .where(
            Evidence.incident_id == incident_id,
            Mention.carried_to.is_(None),
            sa.or_(Mention.step_id.in_(now_standing), Mention.decision != Decision.PROPOSED, Mention.step_id.is_(None)),
        )
        .order_by(Evidence.received_at, Evidence.id, Mention.start_s, Mention.start_char, Mention.id)
    )
    if only is not None:
        query = query.where(Mention.id.in_(only))
    found = [
        Row(
            mention=mention,
            recording=item.title or item.original_name,
            playable=item.playable,
            decider=officer.label if officer else "",
            member=member,
            earlier=mention.step_id is not None and mention.step_id not in now_standing,
        )
        for mention, item, officer, member in session().execute(query)
    ]
    return _with_offers(_without_doubles(found))


def review(incident_id: uuid.UUID, wanted: Wanted) -> Review:
    """One page of an incident's findings, put together: undecided piles first, then by kind and time. Invalid for a cursor
    that none gave out."""
    rows = of_incident(incident_id)
    kinds: dict[str, int] = defaultdict(int)
    for row in rows:
        kinds[row.mention.kind] += 1
    piles = [pile for pile in _piles(rows) if _fits(pile, wanted)]
    if wanted.cursor:
        last = cursors.read(wanted.cursor, bool, int, str, str, float, uuid.UUID)
        piles = [pile for pile in piles if _order(pile) > last]
    pages = _pages(piles)
    page = min(max(wanted.page, 1), max(len(pages), 1))
    return Review(
        piles=pages[page - 1] if pages else [],
        pages=len(pages),
        page=page,
        total=len(rows),
        undecided=sum(row.mention.decision is Decision.PROPOSED for row in rows),
        kinds=sorted(kinds.items()),
        running=_running(incident_id),
        next_cursor=cursors.write(*_order(pages[page - 1][-1])) if page < len(pages) else "",
    )


def pile_of(mention: Mention, incident_id: uuid.UUID) -> Pile:
    """The group a finding is in with all of its findings, or the finding alone."""
    group = sa.select(MentionMember.group_id).where(MentionMember.mention_id == mention.id).scalar_subquery()
    there = sa.select(MentionMember.mention_id).where(MentionMember.group_id == group)
    itself = sa.select(Mention.id).where(Mention.id == mention.id)
    for pile in _piles(of_incident(incident_id, only=there.union(itself))):
        if any(row.mention.id == mention.id for row in pile.rows):
            return pile
    raise NotFound("There is no such finding any more.", remedy="Open the list again.")


def visible_group(actor: Actor, group_id: uuid.UUID) -> tuple[MentionGroup, Incident]:
    """The group and its incident. NotFound when it is not there, was put together anew, or is not theirs to see."""
    query = (
        sa.select(MentionGroup, Incident)
        .join(Incident, Incident.id == MentionGroup.incident_id)
        .where(MentionGroup.id == group_id, visibility(actor))
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound("There is no such group, or it was put together anew.", remedy="Open the list again.")
    return row[0], row[1]


def visible_mentions(actor: Actor, ids: Collection[uuid.UUID]) -> list[tuple[Mention, Evidence]]:
    """Some findings with their recordings; those that are not the actor's to see are left out."""
    query = (
        sa.select(Mention, Evidence)
        .join(Evidence, Evidence.id == Mention.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .where(Mention.id.in_(ids), visibility(actor))
        .order_by(Mention.kind, Mention.start_s, Mention.id)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def utterances(rows: Iterable[Row]) -> dict[uuid.UUID, str]:
    """The words around each finding that was heard, by its utterance."""
    ids = {row.mention.utterance_id for row in rows if row.mention.utterance_id}
    return {
        row[0]: row[1]
        for row in session().execute(sa.select(Utterance.id, Utterance.text).where(Utterance.id.in_(ids)))
    }


def _piles(rows: Sequence[Row]) -> list[Pile]:
    together: dict[uuid.UUID, list[Row]] = defaultdict(list)
    loose = []
    for row in rows:
        if row.member is not None:
            together[row.member.group_id].append(row)
        else:
            loose.append(Pile([row]))
    query = (
        sa.select(MentionGroup, Officer)
        .outerjoin(Officer, Officer.id == MentionGroup.decided_by)
        .options(orm.lazyload(Officer.unit))
        .where(MentionGroup.id.in_(together))
    )
    links = people.links_of_groups(list(together)) if together else {}
    grouped = [
        Pile(together[group.id], group, links.get(group.id), officer.label if officer else "")
        for group, officer in session().execute(query)
    ]
    return sorted([*grouped, *loose], key=_order)


_FIRST = ("person", "vehicle", "place")


def _order(pile: Pile) -> tuple[bool, int, str, str, float, uuid.UUID]:
    first = pile.rows[0].mention
    rank = _FIRST.index(pile.kind) if pile.kind in _FIRST else len(_FIRST)
    return not pile.open, rank, pile.kind, pile.rows[0].recording, first.start_s, first.id


def _fits(pile: Pile, wanted: Wanted) -> bool:
    if wanted.kind and all(row.mention.kind != wanted.kind for row in pile.rows):
        return False
    if wanted.recording and all(str(row.mention.evidence_id) != wanted.recording for row in pile.rows):
        return False
    if wanted.state == "marked":
        return bool(pile.group and pile.group.marks)
    return not wanted.state or any(row.mention.decision.value == wanted.state for row in pile.rows)


def _pages(piles: Sequence[Pile]) -> list[list[Pile]]:
    pages: list[list[Pile]] = []
    rows = ROWS
    for pile in piles:
        if rows >= ROWS:
            pages.append([])
            rows = 0
        pages[-1].append(pile)
        rows += len(pile.rows)
    return pages


def _same(mention: Mention) -> tuple[uuid.UUID, str, str, int]:
    return mention.evidence_id, mention.kind, mention.value.casefold(), round(mention.start_s)


def _without_doubles(rows: list[Row]) -> list[Row]:
    """A decided finding stands for the new proposal of the same value and second."""
    decided = {_same(row.mention) for row in rows if row.mention.decision is not Decision.PROPOSED}
    return [row for row in rows if row.mention.decision is not Decision.PROPOSED or _same(row.mention) not in decided]


def _with_offers(rows: list[Row]) -> list[Row]:
    earlier = [row.mention for row in rows if row.earlier]
    if not earlier:
        return rows
    return [
        Row(row.mention, row.recording, row.playable, row.decider, row.member, row.earlier, _offer(row, earlier))
        for row in rows
    ]


def _offer(row: Row, earlier: Sequence[Mention]) -> Mention | None:
    mention = row.mention
    if mention.decision is not Decision.PROPOSED:
        return None
    near = (
        one for one in earlier
        if one.evidence_id == mention.evidence_id and one.kind == mention.kind and abs(one.start_s - mention.start_s) <= 2
    )  # fmt: skip
    return next(near, None)


def _running(incident_id: uuid.UUID) -> bool:
    under_way = (StepState.WAITING, StepState.QUEUED, StepState.RUNNING)
    query = (
        sa.select(Step.id)
        .join(Evidence, Evidence.id == Step.evidence_id)
        .where(Evidence.incident_id == incident_id, Step.name == "find_entities", Step.state.in_(under_way))
    )
    return session().scalar(sa.select(query.exists())) or False
