"""What the pages of retention show."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import critical
from app.evidence.retention.models import (
    Category,
    Choice,
    CriticalIncident,
    DoomedObject,
    Hold,
    Proposal,
    ProposalState,
    Queued,
    RuleVersion,
    Tombstone,
)
from app.evidence.retention.standing import everybody
from app.incidents.models import Incident
from app.incidents.queries import visibility

SHOWN = 50
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Counted:
    """A category with the number of its items."""

    category: Category
    items: int


def categories() -> list[Counted]:
    """Every category, those in use first, with how many items have it."""
    alive = sa.select(Choice.category_id, sa.func.count().label("total")).join(
        Evidence, sa.and_(Evidence.id == Choice.evidence_id, Evidence.state != EvidenceState.PURGED)
    )
    counts = alive.group_by(Choice.category_id).subquery()
    query = (
        sa.select(Category, sa.func.coalesce(counts.c.total, 0))
        .outerjoin(counts, counts.c.category_id == Category.id)
        .order_by(Category.retired_at.is_not(None), Category.name)
    )
    return [Counted(category, items) for category, items in session().execute(query)]


def in_use() -> list[Category]:
    """Categories that can be chosen, by name."""
    return list(session().scalars(sa.select(Category).where(Category.retired_at.is_(None)).order_by(Category.name)))


def category(category_id: uuid.UUID) -> Category:
    """One category with every version of its rule and who made it. NotFound."""
    people = orm.selectinload(Category.rules).options(
        orm.joinedload(RuleVersion.maker), orm.joinedload(RuleVersion.approver)
    )
    found = session().get(Category, category_id, options=[people], populate_existing=True)
    if found is None:
        raise NotFound("There is no such category.")
    return found


def proposal(proposal_id: uuid.UUID) -> Proposal:
    """One proposal. NotFound."""
    found = session().get(Proposal, proposal_id)
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def waiting_proposals() -> list[Proposal]:
    """What waits for a second person, the oldest first."""
    query = sa.select(Proposal).where(Proposal.state == ProposalState.WAITING).order_by(Proposal.proposed_at)
    return list(session().scalars(query.options(orm.joinedload(Proposal.category), orm.joinedload(Proposal.proposer))))


def queued(limit: int = SHOWN) -> list[Queued]:
    """What waits to be deleted, the first to go first."""
    query = sa.select(Queued).order_by(Queued.purge_at, Queued.evidence_id).limit(limit)
    return list(session().scalars(query.options(_whose(Queued.evidence), orm.joinedload(Queued.rule))))


def queued_item(evidence_id: uuid.UUID) -> Evidence:
    """The item, when it waits to be deleted. NotFound otherwise."""
    query = (
        sa.select(Evidence)
        .join(Queued, Queued.evidence_id == Evidence.id)
        .where(Evidence.id == evidence_id)
        .options(orm.joinedload(Evidence.incident))
    )
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("This item is not in the deletion queue: it was deleted, or taken back already.")
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the overview and of the notice on home pages."""

    queued: int
    first_purge: datetime | None
    uncategorised: int
    held: int
    purged: int
    unfinished: int
    proposals: int


def counts() -> Counts:
    """All of them, one query."""
    alive = Evidence.state != EvidenceState.PURGED
    has_one = sa.exists().where(
        Choice.evidence_id == Evidence.id, Choice.category_id == Category.id, Category.retired_at.is_(None)
    )
    figures = {
        "queued": sa.select(sa.func.count()).select_from(Queued),
        "first_purge": sa.select(sa.func.min(Queued.purge_at)),
        "uncategorised": sa.select(sa.func.count()).where(alive, Evidence.state == EvidenceState.SEALED, ~has_one),
        "held": sa.select(sa.func.count()).select_from(Hold).where(Hold.released_at.is_(None)),
        "purged": sa.select(sa.func.count()).select_from(Tombstone),
        "unfinished": sa.select(sa.func.count()).select_from(DoomedObject).where(DoomedObject.over_at.is_(None)),
        "proposals": sa.select(sa.func.count()).select_from(Proposal).where(Proposal.state == ProposalState.WAITING),
    }
    columns = [one.scalar_subquery().label(name) for name, one in figures.items()]
    return Counts(**session().execute(sa.select(*columns)).mappings().one())


def uncategorised(limit: int = SHOWN) -> list[Evidence]:
    """Sealed items that no category in use says anything about, the oldest first: they are kept until one does."""
    has_one = sa.exists().where(
        Choice.evidence_id == Evidence.id, Choice.category_id == Category.id, Category.retired_at.is_(None)
    )
    query = sa.select(Evidence).where(Evidence.state == EvidenceState.SEALED, ~has_one)
    query = query.options(orm.joinedload(Evidence.incident), orm.joinedload(Evidence.officer))
    return list(session().scalars(query.order_by(Evidence.received_at).limit(limit)))


def active_holds(limit: int = SHOWN) -> list[Hold]:
    """Holds that are not released, the oldest first."""
    query = sa.select(Hold).where(Hold.released_at.is_(None)).order_by(Hold.placed_at).limit(limit)
    return list(session().scalars(query.options(*_around(), _whose(Hold.evidence))))


def hold(actor: Actor, hold_id: uuid.UUID) -> Hold:
    """One hold of an incident the actor may see. NotFound."""
    query = sa.select(Hold).join(Hold.incident).where(Hold.id == hold_id, visibility(actor)).options(*_around())
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such hold, or it is not on one of your incidents.")
    return found


def holds_on(incident_id: uuid.UUID, evidence_id: uuid.UUID | None = None) -> list[Hold]:
    """The holds on an incident and its items, or those that cover one item; released ones too, newest first."""
    query = sa.select(Hold).where(Hold.incident_id == incident_id).order_by(Hold.placed_at.desc())
    if evidence_id is not None:
        query = query.where(sa.or_(Hold.evidence_id.is_(None), Hold.evidence_id == evidence_id))
    people = (orm.joinedload(Hold.placer), orm.joinedload(Hold.releaser), orm.joinedload(Hold.evidence))
    return list(session().scalars(query.options(*people)))


def chosen(evidence_id: uuid.UUID) -> list[Choice]:
    """The categories an item has, by name; those out of use too."""
    query = sa.select(Choice).join(Choice.category).where(Choice.evidence_id == evidence_id).order_by(Category.name)
    return list(session().scalars(query.options(orm.contains_eager(Choice.category))))


def tombstone(evidence_id: uuid.UUID) -> Tombstone | None:
    """What is left of an item that was deleted."""
    return session().get(Tombstone, evidence_id)


def objects_of(evidence_id: uuid.UUID) -> list[DoomedObject]:
    """The stored objects of a deleted item and what became of each."""
    query = sa.select(DoomedObject).where(DoomedObject.evidence_id == evidence_id).order_by(DoomedObject.storage_key)
    return list(session().scalars(query))


def tombstones(limit: int = SHOWN) -> list[Tombstone]:
    """What was deleted, the latest first."""
    return list(session().scalars(sa.select(Tombstone).order_by(Tombstone.purged_at.desc()).limit(limit)))


def clock_of(incident_id: uuid.UUID) -> critical.Clock | None:
    """The incident's release clock, running or ended."""
    found = session().get(CriticalIncident, incident_id, options=[orm.selectinload(CriticalIncident.delays)])
    return critical.read(found) if found else None


def by_month(months: int = MONTHS) -> list[tuple[datetime, int]]:
    """How many items become deletable in each of the coming months as things stand; past dates count as this month."""
    first = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starts = [first]
    while len(starts) < months:
        starts.append((starts[-1] + timedelta(days=32)).replace(day=1))
    count: Counter[datetime] = Counter()
    for one in everybody(sa.exists().where(Choice.evidence_id == Evidence.id)):
        due = one.verdict.due
        if due is not None and due < (starts[-1] + timedelta(days=32)).replace(day=1):
            count[max(first, due.replace(day=1, hour=0, minute=0, second=0, microsecond=0))] += 1
    return [(start, count[start]) for start in starts]


def _whose(
    path: orm.attributes.InstrumentedAttribute[Evidence] | orm.attributes.InstrumentedAttribute[Evidence | None],
) -> orm.strategy_options._AbstractLoad:
    return orm.joinedload(path).joinedload(Evidence.incident)


def _around() -> Sequence[orm.strategy_options._AbstractLoad]:
    return (orm.joinedload(Hold.incident).joinedload(Incident.unit), orm.joinedload(Hold.placer))


@dataclass(frozen=True, slots=True)
class Glance:
    """What keeps an incident's recordings, for the incident's page."""

    holds: list[Hold]
    clock: critical.Clock | None


def glance(incident_id: uuid.UUID) -> Glance:
    """The holds that are not released and the release clock of an incident, in one query."""
    active = sa.and_(Hold.incident_id == Incident.id, Hold.released_at.is_(None))
    query = (
        sa.select(CriticalIncident, Hold)
        .select_from(Incident)
        .outerjoin(CriticalIncident, CriticalIncident.incident_id == Incident.id)
        .outerjoin(Hold, active)
        .where(Incident.id == incident_id)
        .options(orm.joinedload(Hold.placer), orm.lazyload(CriticalIncident.delays))
        .order_by(Hold.placed_at)
    )
    rows = session().execute(query).all()
    clock = next((row[0] for row in rows if row[0] is not None), None)
    return Glance([row[1] for row in rows if row[1] is not None], critical.read(clock) if clock else None)
