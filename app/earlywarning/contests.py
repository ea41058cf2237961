"""An officer contests a confirmed moment of their own; somebody other than the one who confirmed it answers (W5)."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.models import Decision
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.states import Moves
from app.earlywarning.models import Contest, ContestState, LanguageEvent
from app.earlywarning.service import not_about_oneself, put_decision, reasoned

MOVES = Moves("contest", {ContestState.OPEN: {ContestState.UPHELD, ContestState.REFUSED}})


def contest(event: LanguageEvent, *, statement: str, actor: Actor) -> Contest:
    """Keeps the officer's statement. NotFound when the moment is not theirs; Conflict unless it is confirmed and not
    contested already."""
    if event.officer_id != actor.officer_id:
        raise NotFound("There is no such moment.")
    event = session().get_one(LanguageEvent, event.id, with_for_update=True, populate_existing=True)
    if event.decision is not Decision.CONFIRMED:
        raise Conflict("Only a confirmed moment counts, and can be contested.", field="statement")
    if open_on(event.id) is not None:
        raise Conflict("You contested this moment already.", field="statement", remedy="Wait for the answer.")
    made = Contest(
        id=uuid.uuid4(),
        event_id=event.id,
        officer_id=actor.id,
        state=ContestState.OPEN,
        statement=reasoned(statement, field="statement"),
        made_at=now(),
    )
    session().add(made)
    session().flush()
    _note(made, "made", actor)
    return made


def answer(made: Contest, *, uphold: bool, reason: str, actor: Actor) -> Contest:
    """Upheld, the moment is rejected and leaves every count; refused, it stays confirmed. Either way with the reason.

    Forbidden to whoever confirmed the moment, and to the officer; Conflict when it was answered already.
    """
    made = session().get_one(Contest, made.id, with_for_update=True, populate_existing=True)
    event = session().get_one(LanguageEvent, made.event_id, with_for_update=True, populate_existing=True)
    not_about_oneself(event.officer_id, actor)
    state = MOVES.check(made.state, ContestState.UPHELD if uphold else ContestState.REFUSED)
    if event.decided_by == actor.id:
        raise Forbidden(
            "You confirmed this moment: somebody else answers the contest.",
            remedy="Ask a colleague in internal affairs.",
        )
    words = reasoned(reason)
    made.state, made.answer, made.answered_by, made.answered_at = state, words, actor.id, now()
    if uphold:
        put_decision(event, decision=Decision.REJECTED, reason=words, actor=actor)
    session().flush()
    _note(made, "answered", actor, state=state.value)
    return made


def one(contest_id: uuid.UUID) -> Contest:
    """One contest; NotFound."""
    found = session().get(Contest, contest_id, populate_existing=True)
    if found is None:
        raise NotFound("There is no such contest.")
    return found


def waiting() -> list[Contest]:
    """What waits for an answer, the longest first, with officer and moment."""
    return _whole(Contest.state == ContestState.OPEN)


def of_officer(officer_id: uuid.UUID) -> list[Contest]:
    """Every contest of one officer, oldest first."""
    return _whole(Contest.officer_id == officer_id)


def open_on(event_id: uuid.UUID) -> Contest | None:
    """The open contest of a moment, if there is one."""
    query = sa.select(Contest).where(Contest.event_id == event_id, Contest.state == ContestState.OPEN)
    return session().scalars(query).one_or_none()


def _whole(condition: sa.ColumnElement[bool]) -> list[Contest]:
    people = orm.joinedload(Contest.officer), orm.joinedload(Contest.answerer), orm.joinedload(Contest.event)
    return list(session().scalars(sa.select(Contest).where(condition).options(*people).order_by(Contest.made_at)))


def _note(made: Contest, act: str, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"earlywarning:contest:{act}",
        actor=actor,
        subject_kind="contest",
        subject_id=made.id,
        officer=made.officer_id,
        moment=made.event_id,
        **details,
    )
