"""The figures of a report that lists show, counted by the database whenever the report changes."""

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.core.db import session
from app.reports.models import Authorship, Sentence
from app.reports.work import Comment, Figures


def refresh(report_id: uuid.UUID, *, least_confidence: float, **given: int) -> None:
    """Counts again what stands. `given` sets what only its caller knows: errors, warnings, returns,
    changed_since_return. One statement, whatever the length of the report."""
    session().flush()
    counted = _counted(report_id, least_confidence).subquery()
    columns = [column.name for column in counted.columns]
    kept = {name: value for name, value in given.items() if name in Figures.__table__.columns}
    others = {name: 0 for name in ("errors", "warnings", "returns", "changed_since_return") if name not in kept}
    chosen = sa.select(
        sa.literal(report_id, sa.Uuid()),
        *(counted.c[name] for name in columns),
        *(sa.literal(value) for value in (kept | others).values()),
    )
    statement = insert(Figures).from_select(["report_id", *columns, *(kept | others)], chosen)
    updated = {name: statement.excluded[name] for name in (*columns, *kept)}
    session().execute(statement.on_conflict_do_update(index_elements=[Figures.report_id], set_=updated))


def of(report_id: uuid.UUID) -> Figures:
    """The figures as they stand; zeros for a report nothing was ever done to."""
    query = sa.select(Figures).where(Figures.report_id == report_id)
    found = session().scalars(query, execution_options={"populate_existing": True}).one_or_none()
    return found or Figures(
        report_id=report_id, **{column.name: 0 for column in Figures.__table__.columns if column.name != "report_id"}
    )


def _counted(report_id: uuid.UUID, least_confidence: float) -> sa.Select[tuple[object, ...]]:
    characters = sa.func.coalesce(sa.func.sum(sa.func.length(Sentence.text)), 0)
    machine = sa.func.coalesce(sa.func.sum(Sentence.machine_characters), 0)
    shaky = sa.and_(Sentence.authorship == Authorship.MACHINE, Sentence.confidence < least_confidence)
    comments = sa.select(sa.func.count()).where(
        Comment.report_id == report_id, Comment.resolved_at.is_(None), Comment.answers_id.is_(None)
    )
    return sa.select(
        characters.label("characters"),
        machine.label("machine_characters"),
        sa.func.count().label("sentences"),
        sa.func.count().filter(Sentence.authorship != Authorship.OFFICER).label("ai_sentences"),
        sa.func.count().filter(shaky).label("doubtful"),
        sa.func.count().filter(Sentence.text.contains("[INSERT", autoescape=True)).label("gaps"),
        comments.scalar_subquery().label("open_comments"),
        sa.func.coalesce(machine * 1.0 / sa.func.nullif(characters, 0), 0.0).cast(sa.Double()).label("share"),
    ).where(Sentence.report_id == report_id, Sentence.removed_at.is_(None))
