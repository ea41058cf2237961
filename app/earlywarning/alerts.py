"""The life of an alert: raised by a run, assigned, reviewed and answered by people. Nothing follows by itself (W7)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Permission, allowed
from app.core.states import Moves
from app.earlywarning.found import Found, Further
from app.earlywarning.models import (
    OPEN_STATES,
    Alert,
    AlertState,
    AlertStep,
    LanguageEvent,
    Outcome,
    PatternRun,
    Polarity,
)
from app.earlywarning.queries import current_reading
from app.earlywarning.service import close_question, not_about_oneself, reasoned

ASK_AGAIN = timedelta(days=90)  # an answered question rests so long, and until something new was said
ANSWERS = {AlertState(one.value) for one in Outcome}
MOVES = Moves(
    "alert",
    {
        AlertState.NEW: {AlertState.ASSIGNED},
        AlertState.ASSIGNED: {AlertState.ASSIGNED, AlertState.REVIEWING},
        AlertState.REVIEWING: {AlertState.ASSIGNED, *ANSWERS},
    },
)


def follow(run: PatternRun, found: Iterable[Found], further: Sequence[Further] = (), *, actor: Actor) -> int:
    """Raises an alert for everybody above the level who has none, and tells the open ones what the run says now.

    Language first; who is above by the agency's own counts alone is asked about by the surest of them. An alert keeps the
    levels and figures it was raised with. The number of new ones.
    """
    by_officer = {one.officer_id: one for one in found}
    by_counts = {(one.officer_id, one.name): one for one in further}
    opened = {one.officer_id: one for one in session().scalars(sa.select(Alert).where(Alert.state.in_(OPEN_STATES)))}
    for officer_id, alert in opened.items():
        indicator = alert.figures.get("indicator")
        now_said = by_counts.get((officer_id, indicator)) if indicator else by_officer.get(officer_id)
        _bring_up_to_date(alert, run, now_said, actor)
    answered, asked = _last_answers(), set(opened)
    surest = sorted((one for one in further if one.above), key=lambda one: -one.probability)
    above: list[Found | Further] = [one for one in by_officer.values() if one.above]
    for one in [*above, *surest]:
        if one.officer_id not in asked and _asks_again(one, answered.get(one.officer_id), run.at):
            _raise(run, one, actor)
            asked.add(one.officer_id)
    return len(asked) - len(opened)


def assign(alert: Alert, *, to: Officer, actor: Actor) -> Alert:
    """Gives an alert to a colleague in internal affairs, or takes it. Invalid for anybody else or the officer asked about."""
    alert = _locked(alert, actor)
    if to.closed_at is not None or not allowed(to.role, Permission.WARNING_DECIDE):
        raise Invalid("Only people of internal affairs review alerts.", field="assignee", remedy="Choose one of them.")
    if to.id == alert.officer_id:
        raise Invalid("Nobody reviews an alert about themselves.", field="assignee", remedy="Choose somebody else.")
    _move(alert, AlertState.ASSIGNED, "assign", actor, assignee=to.id)
    return alert


def begin(alert: Alert, *, actor: Actor) -> Alert:
    """The assignee starts to review. Forbidden to others."""
    alert = _locked(alert, actor)
    MOVES.check(alert.state, AlertState.REVIEWING)
    _only_the_assignee(alert, actor)
    _move(alert, AlertState.REVIEWING, "begin", actor)
    return alert


def answer(alert: Alert, *, outcome: Outcome, reason: str, actor: Actor) -> Alert:
    """The assignee's answer, with the reason. Anything but no concern needs a confirmed moment: a machine's word is none.
    (The agency's own counts are no machine's word: a question they raised needs none.)

    Conflict while no moment in force is confirmed; Invalid without a reason; Forbidden to others than the assignee.
    """
    alert = _locked(alert, actor)
    state = MOVES.check(alert.state, AlertState(outcome.value))
    _only_the_assignee(alert, actor)
    words = reasoned(reason)
    by_language = not alert.figures.get("indicator")
    if outcome is not Outcome.NO_CONCERN and by_language and not _anything_confirmed(alert.officer_id):
        raise Conflict(
            "No moment of this officer is confirmed.",
            field="outcome",
            remedy="Listen, and confirm what was said, or answer that there is no concern.",
        )
    alert.decided_by, alert.decided_at, alert.reason = actor.id, now(), words
    _move(alert, state, "answer", actor, reason=words, figures=alert.latest)
    close_question(alert.officer, outcome=outcome, reason=words, figures=alert.latest, actor=actor)
    return alert


def note_view(alert: Alert, *, actor: Actor) -> None:
    """Looking at an alert is kept (W5)."""
    _note(alert, "viewed", actor)


def _raise(run: PatternRun, one: Found | Further, actor: Actor) -> None:
    figures = _figures(run, one)
    alert = Alert(
        id=uuid.uuid4(),
        officer_id=one.officer_id,
        state=AlertState.NEW,
        levels=run.levels,
        engine=run.engine,
        figures=figures,
        latest=figures,
        raised_at=run.at,
        latest_at=run.at,
        touched_at=run.at,
    )
    session().add(alert)
    session().flush()
    _step(alert, "raise", None, figures=figures)
    _note(alert, "raised", actor, levels=run.levels.get("number"))


def _bring_up_to_date(alert: Alert, run: PatternRun, one: Found | Further | None, actor: Actor) -> None:
    gone: dict[str, Any] = {name: alert.figures[name] for name in ("indicator", "per") if name in alert.figures}
    gone |= {"above": False, "events": 0, "hours": 0.0}
    before, after = alert.latest, _figures(run, one) if one else gone
    alert.latest, alert.latest_at = after, run.at
    if all(before.get(name) == after.get(name) for name in ("events", "above", "hours", "exposure")):
        return
    act = "recompute" if before.get("above") == after.get("above") else ("above" if after.get("above") else "below")
    _step(alert, act, None, figures=after)
    _note(alert, "recomputed", actor, above=bool(after.get("above")))


def _figures(run: PatternRun, one: Found | Further) -> dict[str, Any]:
    shared = {
        "events": one.events,
        "expected": round(one.expected, 2),
        "ratio": round(one.ratio, 3),
        "low": round(one.low, 3),
        "high": round(one.high, 3),
        "probability": round(one.probability, 4),
        "above": one.above,
    }
    return shared | (_of_counts(one) if isinstance(one, Further) else _of_language(run, one))


def _of_counts(one: Further) -> dict[str, Any]:
    return {
        "indicator": one.name,
        "per": one.per,
        "exposure": round(one.exposure, 2),
        "first_month": one.first.isoformat(),
        "last_month": one.last.isoformat(),
        "peers_low": round(one.low_peers, 3),
        "peers_high": round(one.high_peers, 3),
        "signalled": None,
        "since": None,
    }


def _of_language(run: PatternRun, one: Found) -> dict[str, Any]:
    return {
        "hours": round(one.hours, 2),
        "utterances": one.utterances,
        "recordings": one.recordings,
        "first_month": run.first_month.isoformat(),
        "last_month": run.last_month.isoformat(),
        "peers_low": round(run.peers.get("low", 1.0), 3),
        "peers_high": round(run.peers.get("high", 1.0), 3),
        "signalled": one.signalled.isoformat() if one.signalled else None,
        "since": one.since.isoformat() if one.since else None,
    }


def _last_answers() -> dict[uuid.UUID, datetime]:
    query = sa.select(Alert.officer_id, sa.func.max(Alert.decided_at)).group_by(Alert.officer_id)
    return {officer_id: at for officer_id, at in session().execute(query) if at is not None}


def _asks_again(one: Found | Further, answered: datetime | None, moment: datetime) -> bool:
    if answered is None:
        return True
    return moment - answered >= ASK_AGAIN and one.latest is not None and one.latest > answered


def _anything_confirmed(officer_id: uuid.UUID) -> bool:
    query = sa.select(LanguageEvent.id).where(
        LanguageEvent.officer_id == officer_id,
        LanguageEvent.polarity == Polarity.AGGRESSIVE,
        LanguageEvent.decision == Decision.CONFIRMED,
        current_reading(),
    )
    return session().scalar(query.limit(1)) is not None


def _locked(alert: Alert, actor: Actor) -> Alert:
    not_about_oneself(alert.officer_id, actor)
    return session().get_one(Alert, alert.id, with_for_update=True, populate_existing=True)


def _only_the_assignee(alert: Alert, actor: Actor) -> None:
    if alert.assignee_id != actor.officer_id:
        raise Forbidden("This alert is assigned to somebody else.", remedy="Have it assigned to you first.")


def _move(
    alert: Alert,
    state: AlertState,
    act: str,
    actor: Actor,
    *,
    assignee: uuid.UUID | None = None,
    reason: str = "",
    figures: Mapping[str, Any] | None = None,
) -> None:
    alert.state = MOVES.check(alert.state, state)
    alert.assignee_id = assignee or alert.assignee_id
    alert.touched_at = now()
    _step(alert, act, actor.id, reason=reason, figures=figures or {})
    _note(alert, act, actor, state=state.value, assignee=alert.assignee_id)


def _step(alert: Alert, act: str, by: uuid.UUID | None, *, figures: Mapping[str, Any], reason: str = "") -> None:
    session().add(
        AlertStep(
            alert_id=alert.id,
            at=now(),
            act=act,
            state=alert.state,
            by=by,
            assignee_id=alert.assignee_id,
            reason=reason,
            figures=dict(figures),
        )
    )
    session().flush()


def _note(alert: Alert, act: str, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"earlywarning:alert:{act}",
        actor=actor,
        subject_kind="warning_alert",
        subject_id=alert.id,
        officer=alert.officer_id,
        **details,
    )
