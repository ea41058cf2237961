"""When a pattern asks a question: the levels in force, proposals with a preview, and a second person's approval."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import ledger, outbox
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.states import Moves
from app.earlywarning.models import Levels, LevelsState
from app.earlywarning.service import reasoned

MOVES = Moves("proposal", {LevelsState.WAITING: {LevelsState.APPROVED, LevelsState.REJECTED}})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The levels: percentile of the peers to exceed, its posterior probability, the false-discovery rate of all alerts
    together, the least hours of own speech, and after how many days without a move a person is reminded.

    The defaults are those that `tests/bench/warning_agencies.py` measures; they hold until an agency approves others.
    """

    percentile: float = 0.9
    probability: float = 0.9
    false_discovery_rate: float = 0.1
    minimum_hours: float = 1.0
    remind_days: int = 14
    number: int = 0

    def told(self) -> dict[str, Any]:
        """As kept with what was computed by them."""
        return asdict(self)


_RANGES = {
    "percentile": (0.5, 0.99),
    "probability": (0.5, 0.999),
    "false_discovery_rate": (0.001, 0.5),
    "minimum_hours": (0.05, 1000.0),
    "remind_days": (1, 365),
}


def in_force() -> Wanted:
    """The newest approved levels, or the defaults as number 0."""
    query = sa.select(Levels).where(Levels.state == LevelsState.APPROVED).order_by(Levels.number.desc())
    found = session().scalars(query.limit(1)).first()
    return wanted_of(found) if found else Wanted()


def wanted_of(one: Levels) -> Wanted:
    """The levels of a proposal or version."""
    return Wanted(
        one.percentile, one.probability, one.false_discovery_rate, one.minimum_hours, one.remind_days, one.number or 0
    )


def versions() -> list[Levels]:
    """Every proposal, newest first, with who proposed and decided."""
    people = orm.joinedload(Levels.proposer), orm.joinedload(Levels.decider)
    return list(session().scalars(sa.select(Levels).options(*people).order_by(Levels.proposed_at.desc())))


def proposal(levels_id: uuid.UUID) -> Levels:
    """One proposal; NotFound."""
    found = session().get(Levels, levels_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def propose(wanted: Wanted, *, reason: str, actor: Actor) -> Levels:
    """Keeps a proposal and asks the back room for its preview. Nothing changes until somebody else approves it.

    Invalid outside the ranges; Conflict while another proposal waits or when nothing would change.
    """
    values = {name: getattr(wanted, name) for name in _RANGES}
    for name, (least, most) in _RANGES.items():
        if not least <= values[name] <= most:
            raise Invalid(f"Between {least:g} and {most:g}.", field=name)
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if session().scalar(sa.select(Levels.id).where(Levels.state == LevelsState.WAITING)) is not None:
        raise Conflict("A proposal waits already.", field="percentile", remedy="Have it approved or rejected first.")
    present = in_force()
    if all(values[name] == getattr(present, name) for name in _RANGES):
        raise Conflict("Those are the levels in force.", field="percentile")
    made = Levels(
        id=uuid.uuid4(),
        state=LevelsState.WAITING,
        **values,
        reason=reasoned(reason),
        preview={},
        proposed_by=actor.id,
        proposed_at=now(),
    )
    session().add(made)
    session().flush()
    outbox.enqueue("preview_levels", levels_id=made.id)
    _note(made, "propose", actor)
    return made


def keep_preview(levels_id: uuid.UUID, preview: Mapping[str, Any], *, actor: Actor) -> None:
    """Keeps what the proposal would have given; a proposal decided meanwhile keeps what it was decided on."""
    made = session().get_one(Levels, levels_id, with_for_update=True, populate_existing=True)
    if made.state is LevelsState.WAITING:
        made.preview = dict(preview)
        _note(made, "preview", actor)


def decide(made: Levels, *, approve: bool, actor: Actor) -> Levels:
    """A second person's answer. Forbidden to the proposer's own approval; Conflict before the preview is there."""
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    made = session().get_one(Levels, made.id, with_for_update=True, populate_existing=True)
    state = MOVES.check(made.state, LevelsState.APPROVED if approve else LevelsState.REJECTED)
    if approve and made.proposed_by == actor.id:
        raise Forbidden("Somebody else must approve what you proposed.", remedy="Ask a colleague.")
    if approve and not made.preview:
        raise Conflict("The preview is not there yet.", remedy="Wait until it is computed, and read it.")
    made.state, made.decided_by, made.decided_at = state, actor.id, now()
    if approve:
        made.number = (session().scalar(sa.select(sa.func.max(Levels.number))) or 0) + 1
    session().flush()
    _note(made, "approve" if approve else "reject", actor)
    return made


_LOCK = 0x1E7E15


def _note(made: Levels, act: str, actor: Actor) -> None:
    values = {name: getattr(made, name) for name in _RANGES}
    ledger.record(
        f"earlywarning:levels:{act}",
        actor=actor,
        subject_kind="warning_levels",
        subject_id=made.id,
        number=made.number,
        **values,
    )
