"""A report that cites an item keeps it: under work always, filed until a person says that it can go. Bundles go with it."""

import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.core.db import session
from app.evidence.models import Evidence
from app.evidence.retention.keeping import Room
from app.evidence.retention.rules import Reason
from app.reports.models import Bundle, BundleState, Draft, Report, ReportState, Sentence, SentenceSource

_AT_WORK = Reason("cited_at_work", "A report that is still being worked on cites it.")
_FILED = Reason("cited_filed", "A filed report cites it.", may_be_let_go=True)


def keeps(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Reason]]:
    """Cited: the seconds of the item stand behind a sentence, a removed one included, or behind a machine's draft."""
    found: dict[uuid.UUID, Reason] = {}
    for evidence_id, state in session().execute(sa.union(_by_sentence(ids), _by_draft(ids))):
        reason = _FILED if state is ReportState.FILED else _AT_WORK
        if found.get(evidence_id) is not _AT_WORK:
            found[evidence_id] = reason
    return {one: (reason,) for one, reason in found.items()}


def objects(evidence_id: uuid.UUID) -> Sequence[str]:
    """The discovery bundles that hold it: whole recordings, and what was said in them."""
    return [one.storage_key for one in _bundles(evidence_id)]


def removes(evidence_id: uuid.UUID) -> Mapping[str, int]:
    """Its bundles, which can be made again without it. Drafts, sentences and versions are the report's, and stay as long
    as it does (A4)."""
    gone = _bundles(evidence_id)
    for one in gone:
        one.state = BundleState.REMOVED
    return {"discovery_bundles": len(gone)}


def _bundles(evidence_id: uuid.UUID) -> Sequence[Bundle]:
    """Every one that was made of a report of its incident: each holds all recordings there were."""
    incident = sa.select(Evidence.incident_id).where(Evidence.id == evidence_id).scalar_subquery()
    query = sa.select(Bundle).join(Report, Report.id == Bundle.report_id)
    query = query.where(Report.incident_id == incident, Bundle.state == BundleState.MADE)
    return session().scalars(query.order_by(Bundle.asked_at)).all()


def _by_sentence(ids: Sequence[uuid.UUID]) -> sa.Select[uuid.UUID, ReportState]:
    return (
        sa.select(SentenceSource.evidence_id, Report.state)
        .join(Sentence, Sentence.id == SentenceSource.sentence_id)
        .join(Report, Report.id == Sentence.report_id)
        .where(SentenceSource.evidence_id.in_(ids))
    )


def _by_draft(ids: Sequence[uuid.UUID]) -> sa.Select[uuid.UUID, ReportState]:
    """Drafts that no sentence was taken from cite too. Only drafts of the items' own incidents are looked at."""
    named = sa.cast(Draft.content, sa.Text).contains(sa.cast(Evidence.id, sa.Text))
    return (
        sa.select(Evidence.id, Report.state)
        .join(Report, Report.incident_id == Evidence.incident_id)
        .join(Draft, Draft.report_id == Report.id)
        .where(Evidence.id.in_(ids), named)
    )


ROOM = Room("reports", keeps, removes, objects)
