"""How every item stands: its rules, what keeps it, and the date that follows, for one item or thousands."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.db import session
from app.evidence.fixity import FAULTY
from app.evidence.models import Evidence, EvidenceState, Upload
from app.evidence.retention import keeping
from app.evidence.retention.models import (
    Category,
    Choice,
    CriticalIncident,
    Extension,
    Hold,
    LettingGo,
    Queued,
    RuleVersion,
)
from app.evidence.retention.rules import Item, Reason, Rule, Verdict, verdict
from app.incidents.models import Incident, IncidentState

BATCH = 1000
_OPEN = Reason("incident_open", "Its incident is open.")
_RELEASE = Reason("release_clock", "Its incident is critical and the recordings have not been released yet.")
_STATES = {
    EvidenceState.RECEIVED: Reason("received", "It has not been sealed yet."),
    EvidenceState.QUARANTINED: Reason("quarantined", "It was set aside, and a person must look at it."),
    EvidenceState.PURGED: Reason("purged", "It was deleted already."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One item with its rules and what follows from them. `queued` is its place in the deletion queue, if any."""

    evidence: Evidence
    item: Item
    rules: tuple[Rule, ...]
    verdict: Verdict
    queued: Queued | None

    def under(self, category_code: str, changed: Rule | None) -> Verdict:
        """How it would stand with one category's rule changed, or without that category."""
        rules = [one for one in self.rules if one.code != category_code]
        if changed is not None and len(rules) != len(self.rules):
            rules.append(changed)
        return verdict(self.item, rules, self.verdict.reasons)


def standing(evidence_id: uuid.UUID) -> Standing:
    """How one item stands now, read afresh."""
    return standings([evidence_id])[evidence_id]


def everybody(*conditions: sa.ColumnElement[bool]) -> Iterator[Standing]:
    """Every item that is not purged and meets `conditions` on Evidence and Incident, a thousand at a time."""
    after = uuid.UUID(int=0)
    query = sa.select(Evidence.id).join(Evidence.incident).where(Evidence.state != EvidenceState.PURGED, *conditions)
    while True:
        ids = session().scalars(query.where(Evidence.id > after).order_by(Evidence.id).limit(BATCH)).all()
        if not ids:
            return
        yield from standings(ids).values()
        after = ids[-1]


def standings(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """How each of `ids` stands, in a fixed number of queries. Items that are not there are left out."""
    rows = session().execute(_rows().where(Evidence.id.in_(ids)), execution_options={"populate_existing": True}).all()
    rules, reasons = rules_of(ids), keeping.reasons(ids)
    let_go = set(session().scalars(sa.select(LettingGo.evidence_id).where(LettingGo.evidence_id.in_(ids))))
    found = {}
    for row in rows:
        evidence: Evidence = row.Evidence
        item = Item(evidence.received_at, evidence.recorded_at, row.clock_offset_s, row.kept_until)
        theirs = [one for one in reasons[evidence.id] if not (one.may_be_let_go and evidence.id in let_go)]
        its_rules = tuple(rules.get(evidence.id, ()))
        said = verdict(item, its_rules, (*_own_reasons(evidence, row.held, row.critical), *theirs))
        found[evidence.id] = Standing(evidence, item, its_rules, said, row.Queued)
    return found


def rules_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Rule]]:
    """The rules in force of each item's categories; retired categories count for nothing."""
    query = (
        sa.select(Choice.evidence_id, Category.code, Category.name, RuleVersion)
        .join(Category, Category.id == Choice.category_id)
        .join(RuleVersion, RuleVersion.category_id == Category.id)
        .where(Choice.evidence_id.in_(ids), Category.retired_at.is_(None), in_force())
    )
    found: dict[uuid.UUID, list[Rule]] = defaultdict(list)
    for evidence_id, code, name, version in session().execute(query):
        found[evidence_id].append(as_rule(code, name, version))
    return found


def in_force() -> sa.ColumnElement[bool]:
    """The condition on RuleVersion that it is its category's newest."""
    other = orm.aliased(RuleVersion)
    newest = sa.select(sa.func.max(other.number)).where(other.category_id == RuleVersion.category_id)
    return RuleVersion.number == newest.scalar_subquery()


def as_rule(code: str, name: str, version: RuleVersion) -> Rule:
    """A version as the pure rules take it."""
    return Rule(version.id, code, name, version.number, version.days, version.counts_from)


def rule_of(category: Category) -> Rule:
    """A category's rule in force."""
    return as_rule(category.code, category.name, category.rule)


def active_hold() -> sa.Exists:
    """A condition on Evidence: a hold that is not released covers it, by itself or through its incident."""
    covers = sa.or_(Hold.evidence_id.is_(None), Hold.evidence_id == Evidence.id)
    return sa.exists().where(Hold.incident_id == Evidence.incident_id, covers, Hold.released_at.is_(None))


def last_moment(moment: datetime) -> sa.ColumnElement[bool]:
    """A condition that every item meets which some rule could let go by `moment`: the cheap first sieve of the queue."""
    shortest = sa.select(sa.func.min(RuleVersion.days)).join(Category, Category.id == RuleVersion.category_id)
    days = shortest.where(Category.retired_at.is_(None), in_force()).scalar_subquery()
    start = sa.func.least(Evidence.received_at, sa.func.coalesce(Evidence.recorded_at, Evidence.received_at))
    return start + sa.func.make_interval(0, 0, 0, days) <= moment


def _rows() -> sa.Select[Evidence, float | None, datetime | None, bool, bool, Queued | None]:
    until = sa.select(sa.func.max(Extension.until)).where(Extension.evidence_id == Evidence.id).scalar_subquery()
    critical = sa.exists().where(
        CriticalIncident.incident_id == Evidence.incident_id, CriticalIncident.ended_at.is_(None)
    )
    return (
        sa.select(
            Evidence,
            Upload.clock_offset_s,
            until.label("kept_until"),
            active_hold().label("held"),
            critical.label("critical"),
            Queued,
        )
        .join(Evidence.incident)
        .join(Upload, Upload.id == Evidence.upload_id)
        .outerjoin(Queued, Queued.evidence_id == Evidence.id)
        .options(orm.contains_eager(Evidence.incident), orm.lazyload(Evidence.renditions))
        .order_by(Evidence.id)
    )


def _own_reasons(evidence: Evidence, held: bool, critical: bool) -> Iterator[Reason]:
    if evidence.state in _STATES:
        yield _STATES[evidence.state]
    incident: Incident = evidence.incident
    if incident.state is IncidentState.OPEN:
        yield _OPEN
    if held:
        yield Reason("hold", "A hold is on it.")
    if evidence.fixity in FAULTY:
        yield Reason("damage", "It is not what was sealed: a person must look at it first.")
    if critical:
        yield _RELEASE
