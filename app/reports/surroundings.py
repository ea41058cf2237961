"""What surrounds a report's text, looked up in one query: rules, planted mistakes, comments, recollection, drafts."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.actor import Actor
from app.core.db import session
from app.reports import agency
from app.reports.models import Draft, Report
from app.reports.work import AgencyRule, Comment, PlantedMistake, Recollection


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The agency's rules, and whether there is anything more to read."""

    rules: agency.Rules
    planted: int
    comments: int
    recollected: bool
    drafted: bool

    def recollection_due(self, report: Report, actor: Actor) -> bool:
        """The same as `recollection.is_due`, without asking the database again."""
        first = report.author_id == actor.officer_id and not report.supplements_id and report.submitted_at is None
        return first and self.rules.recollection_first and self.drafted and not self.recollected


def of(report: Report) -> Surroundings:
    """One query, whatever there is."""
    newest = sa.select(AgencyRule.name, AgencyRule.value).order_by(AgencyRule.name, AgencyRule.id.desc())
    standing = newest.ext(distinct_on(AgencyRule.name)).subquery()
    unfound = (PlantedMistake.found_at.is_(None), PlantedMistake.void_at.is_(None))
    row = (
        session()
        .execute(
            sa.select(
                sa.select(sa.func.jsonb_object_agg(standing.c.name, standing.c.value)).scalar_subquery(),
                sa.select(sa.func.count()).where(PlantedMistake.report_id == report.id, *unfound).scalar_subquery(),
                sa.select(sa.func.count()).where(Comment.report_id == report.id).scalar_subquery(),
                sa.exists().where(
                    Recollection.incident_id == report.incident_id, Recollection.officer_id == report.author_id
                ),
                sa.exists().where(Draft.report_id == report.id),
            )
        )
        .one()
    )
    rules = agency.from_values(row[0] or {})
    return Surroundings(rules, row[1] if rules.planted_mistakes else 0, row[2], row[3], row[4])
