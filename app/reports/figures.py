"""The figures of a report that lists show, counted whenever the report, or what its checks look at, changes."""

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.core.db import session
from app.reports import agency
from app.reports.checks import findings
from app.reports.models import Authorship, Report, ReportState, Sentence
from app.reports.work import Comment, Figures


def recount(report: Report, **given: int) -> None:
    """Counts again what stands, and what the checks find in it now. `given` as in `refresh`."""
    session().flush()
    session().expire(report, ["sentences"])  # statements past the ORM may have changed which stand, and their order
    found = findings(report)
    errors = sum(one.is_error for one in found)
    refresh(report.id, errors=errors, warnings=len(found) - errors, **given)


def recount_around(incident_id: uuid.UUID) -> int:
    """Counts again the unfiled reports of an incident around which something changed: people, offenses, coding, findings
    that people decided on. Returns how many.

    Each is locked first: who edits it counts before or after, never in between with an older text.
    """
    query = sa.select(Report).where(Report.incident_id == incident_id, Report.state != ReportState.FILED)
    locked = query.order_by(Report.id).with_for_update()
    reports = session().scalars(locked, execution_options={"populate_existing": True}).all()
    for report in reports:
        recount(report)
    return len(reports)


def incidents_at_work() -> list[uuid.UUID]:
    """The incidents that have a report which is not filed."""
    return list(session().scalars(sa.select(Report.incident_id).where(Report.state != ReportState.FILED).distinct()))


def refresh(report_id: uuid.UUID, **given: int) -> None:
    """Counts again what the database can count by itself. `given` sets what only its caller knows: errors, warnings,
    returns, changed_since_return. One statement, whatever the length of the report."""
    session().flush()
    counted = _counted(report_id, agency.rules().least_confidence).subquery()
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
