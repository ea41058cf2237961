"""Recordings with things seen and said in them, gathered into moments, for tests of searching."""

from datetime import UTC, datetime

import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Tag
from app.core.db import session, transaction
from app.evidence.models import Evidence
from app.search import gathering, queries
from app.search.queries import Found
from tests.app.desk import scene
from tests.people import actor_for

EVENING = datetime(2026, 11, 20, 22, 15).astimezone(UTC)  # the station's quarter past ten


def recording(
    officer: Officer,
    *lines: str,
    seen: tuple[tuple[str, str, float, float], ...] = (),
    at: datetime | None = EVENING,
    place: str = "Main Street",
    **given: object,
) -> Evidence:
    """A sealed recording: `lines` said one after the other, `seen` as (kind, label, start, end); gathered."""
    item = scene.item(scene.stop(officer, place=place, **given), officer)
    with transaction() as db:
        db.execute(sa.update(Evidence).where(Evidence.id == item.id).values(recorded_at=at))
    if lines:
        scene.heard(scene.step(item, "transcribe"), *lines)
    if seen:
        by = scene.step(item, "tag_video")
        for kind, label, start, end in seen:
            scene.seen(by, kind=kind, label=label, start=start, end=end)
    gather(item)
    return session().get_one(Evidence, item.id, populate_existing=True)


def gather(item: Evidence) -> int:
    """What the back room does after a change."""
    with transaction():
        return gathering.gather(item.id)


def tags(item: Evidence) -> list[Tag]:
    """Everything seen in it, rejected ones too, read afresh."""
    session().expire_all()
    return list(session().scalars(sa.select(Tag).where(Tag.evidence_id == item.id).order_by(Tag.start_s, Tag.label)))


def find(officer: Officer, text: str, **more: object) -> Found:
    """What the officer finds."""
    session().rollback()
    return queries.find(actor_for(officer), text, **more)


def seconds(found: Found) -> list[tuple[str, float]]:
    """Title and second of each result, in order."""
    return [(one.item.title, one.second) for one in found.results]
