"""The words of a moment go with the recording. What internal affairs decided stays, without the words."""

import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.analysis.models import Decision
from app.core.db import session
from app.earlywarning.drawn import AuditItem
from app.earlywarning.models import Exposure, LanguageEvent
from app.evidence.retention.keeping import Room
from app.evidence.retention.rules import Reason


def keeps(_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Reason]]:
    """A question about an officer's language keeps nothing by itself: internal affairs place a hold."""
    return {}


def removes(evidence_id: uuid.UUID) -> Mapping[str, int]:
    """Moments nobody decided go: they can no longer be checked, so they may not count (W1, W4). Decided ones keep
    rule, time and decision. The time spoken stays only where a decided moment is measured by it. What a listener heard
    of a drawn recording stays by second and category, without the listener's note."""
    current = session()
    mine = LanguageEvent.evidence_id == evidence_id
    undecided = sa.delete(LanguageEvent).where(mine, LanguageEvent.decision == Decision.PROPOSED)
    gone = len(current.scalars(undecided.returning(LanguageEvent.id)).all())
    kept = sa.update(LanguageEvent).where(mine).values(phrase="", utterance_id=None)
    silenced = len(current.scalars(kept.returning(LanguageEvent.id)).all())
    current.execute(sa.update(AuditItem).where(AuditItem.evidence_id == evidence_id).values(note=""))
    if not silenced:
        current.execute(sa.delete(Exposure).where(Exposure.evidence_id == evidence_id))
    return {"language_moments": gone, "language_moments_without_words": silenced}


ROOM = Room("earlywarning", keeps, removes)
