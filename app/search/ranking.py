"""The one statement behind a search: the newest that fit, ranked, neighbours put together."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by

from app.core.db import session
from app.search.asking import Question
from app.search.models import Moment

BLOCK = 500  # so many of the newest that fit are ranked at once; behind them come the next
NEAR_S = 1.0  # moments of one recording that lie so close are one result
WEIGHTS = "{0.1, 0.4, 0.4, 1.0}"  # of ts_rank: doubted, said, seen, seen and confirmed
Place = tuple[datetime, uuid.UUID]
_AS_ASKED = sa.text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)")


@dataclass(frozen=True, slots=True)
class Block:
    """Some results of one block, a row each (evidence_id, ids best first, start_s, end_s, at, score); how many moments the
    block holds; where it begins, and where the next one does, if there is one."""

    rows: list[Any]
    moments: int
    begins: Place | None
    following: Place | None


def block(asking: Question, begins: Place | None, *, skip: int, size: int) -> Block:
    """`size` results of the block that begins at `begins` (the newest where None), from `skip` on.

    Every search is planned for its own words: a plan that fits any word fits none.
    """
    session().execute(_AS_ASKED)
    rows = list(session().execute(_results(_hits(asking, begins), asking.ranked).limit(size).offset(skip)))
    if not rows:
        return Block([], 0, None, None)
    one = rows[0]
    following = (one.next_at, one.next_id) if one.next_id is not None else None
    return Block(rows, min(one.moments, BLOCK), (one.first_at, one.first_id), following)


def _hits(asking: Question, begins: Place | None) -> sa.CTE:
    """The newest BLOCK that fit, and one more. Where rights, an officer or an incident leave few, those are gathered
    first and sorted after: to go through everything by time would take long to find them."""
    conditions = list(asking.conditions)
    if begins is not None:
        at, first = begins
        conditions += [Moment.at <= at, sa.or_(Moment.at < at, Moment.id >= first)]
    columns = (Moment.id, Moment.evidence_id, Moment.start_s, Moment.end_s, Moment.at, Moment.found)
    if not asking.few:
        return sa.select(*columns).where(*conditions).order_by(Moment.at.desc(), Moment.id).limit(BLOCK + 1).cte("hit")
    fitting = sa.select(Moment.id, Moment.at).where(*conditions).cte("fitting").prefix_with("MATERIALIZED")
    newest = sa.select(fitting.c.id).order_by(fitting.c.at.desc(), fitting.c.id).limit(BLOCK + 1).subquery()
    return sa.select(*columns).join(newest, newest.c.id == Moment.id).cte("hit")


def _results(hit: sa.CTE, ranked: str) -> sa.Select[Any]:
    place = sa.func.row_number().over(order_by=(hit.c.at.desc(), hit.c.id)).label("place")
    numbered = sa.select(hit, place, sa.func.count().over().label("moments")).cte("numbered")
    rows = _islands(numbered, ranked)
    first = sa.select(numbered.c.at, numbered.c.id).where(numbered.c.place == 1).cte("first")
    behind = sa.select(numbered.c.at, numbered.c.id).where(numbered.c.place == BLOCK + 1).cte("behind")
    best = aggregate_order_by(rows.c.id, rows.c.score.desc(), rows.c.start_s)
    at, score, start = sa.func.max(rows.c.at), sa.func.max(rows.c.score), sa.func.min(rows.c.start_s)
    return (
        sa.select(
            rows.c.evidence_id,
            sa.func.array_agg(best).label("ids"),
            start.label("start_s"),
            sa.func.max(rows.c.end_s).label("end_s"),
            at.label("at"),
            score.label("score"),
            sa.func.max(rows.c.moments).label("moments"),
            sa.select(first.c.at).scalar_subquery().label("first_at"),
            sa.select(first.c.id).scalar_subquery().label("first_id"),
            sa.select(behind.c.at).scalar_subquery().label("next_at"),
            sa.select(behind.c.id).scalar_subquery().label("next_id"),
        )
        .group_by(rows.c.evidence_id, rows.c.island)
        .order_by(score.desc(), at.desc(), rows.c.evidence_id, start)
    )


def _islands(numbered: sa.CTE, ranked: str) -> sa.CTE:
    """Each moment of the block with its score, and which run of neighbours in its recording it is of."""
    words = sa.cast(sa.literal(ranked), TSQUERY)
    weights: sa.ColumnElement[Any] = sa.literal_column(f"'{WEIGHTS}'::real[]")
    score = sa.func.ts_rank(weights, numbered.c.found, words) if ranked else sa.cast(sa.literal(0.0), sa.Float)
    in_time: dict[str, Any] = {"partition_by": numbered.c.evidence_id, "order_by": (numbered.c.start_s, numbered.c.id)}
    before = sa.func.max(numbered.c.end_s).over(**in_time, rows=(None, -1))
    alone = sa.case((numbered.c.start_s > before + NEAR_S, 1), else_=0).label("alone")
    scored = sa.select(numbered, score.label("score"), alone).where(numbered.c.place <= BLOCK).cte("scored")
    run = sa.func.sum(scored.c.alone).over(partition_by=scored.c.evidence_id, order_by=(scored.c.start_s, scored.c.id))
    return sa.select(scored, run.label("island")).cte("islands")
