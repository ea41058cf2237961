"""The audit queue: draws of recordings, what people heard in them, and how right each rule was in the random part (W4)."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Permission
from app.earlywarning import drawing
from app.earlywarning.drawing import Candidate
from app.earlywarning.drawn import AuditDraw, AuditItem, AuditMoment, DrawKind, ListenState
from app.earlywarning.intervals import Share, share
from app.earlywarning.models import Exposure, LanguageEvent, Polarity
from app.earlywarning.queries import counts_surely, current_reading
from app.earlywarning.service import not_about_oneself
from app.evidence.models import Evidence, EvidenceState

MOST = 200
NEAR_S = 4.0  # a listener's second and the machine's may be so far apart and mean the same moment
CATEGORIES = ("directed_profanity", "insult", "slur", "threat", "shouting", "repeated_command", "dismissal")


@dataclass(frozen=True, slots=True)
class Said:
    """A harsh moment that a listener heard: seconds from the start, and what it was."""

    at_s: float
    category: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How right one rule (or how complete one category) was in the random recordings: out of `of` moments `right` were."""

    name: str
    right: int
    of: int
    share: Share


@dataclass(frozen=True, slots=True)
class Estimates:
    """What the random part says: precision by rule, recall by category, both over all, and over how much speech."""

    recordings: int
    hours: float
    rules: list[Measured]
    categories: list[Measured]
    precision: Measured
    recall: Measured


def draw(kind: DrawKind, *, wanted: int, days: int, actor: Actor) -> AuditDraw:
    """Draws `wanted` recordings of the last `days` days and puts them into the queue.

    The seed is the ledger's newest hash, which nobody chooses; seed, population and what was drawn go into the ledger.
    Invalid outside 1 to 200 recordings and 1 to 400 days; Conflict when there is nothing to draw from.
    """
    if not 1 <= wanted <= MOST:
        raise Invalid(f"Between 1 and {MOST} recordings.", field="wanted")
    if not 1 <= days <= 400:
        raise Invalid("Between 1 and 400 days.", field="days")
    last = now().date()
    first = last - timedelta(days=days - 1)
    population = _population(kind, first)
    seed = "{}:{}".format(*ledger.head())
    chosen = _chosen(kind, seed, population, wanted)
    if not chosen:
        raise Conflict("Nothing was heard in that time.", field="days", remedy="Choose more days.")
    kept, sha256 = drawing.packed(population)
    made = AuditDraw(
        id=uuid.uuid4(),
        at=now(),
        drawn_by=actor.id,
        kind=kind,
        seed=seed,
        first_day=first,
        last_day=last,
        wanted=wanted,
        recordings=len(population),
        hours=sum(one.speech_s for one in population) / 3600,
        population_sha256=sha256,
        population=kept,
    )
    session().add(made)
    _queue(made, chosen)
    _note(made, "draw", actor)
    return made


def repeated(made: AuditDraw) -> bool:
    """Whether drawing again, from the kept population and with the kept seed, gives the same recordings in the same order,
    and the population is the one whose hash the ledger has."""
    population = drawing.unpacked(made.population)
    again = [one.id for one in _chosen(made.kind, made.seed, population, made.wanted)]
    same = drawing.packed(population)[1] == made.population_sha256 == _noted(made).get("population_sha256")
    return same and _noted(made).get("seed") == made.seed and again == [str(one.evidence_id) for one in made.items]


def hear(item: AuditItem, *, said: Sequence[Said], unhearable: bool, note: str, actor: Actor) -> AuditItem:
    """Keeps what a listener heard of the whole recording, and beside it what the machine had counted there at this moment.

    Decides nothing about any moment. Conflict when it was heard already; Forbidden about oneself; Invalid for an unknown
    category, a second outside the recording, or moments in what could not be heard.
    """
    item = session().get_one(AuditItem, item.id, with_for_update=True, populate_existing=True)
    not_about_oneself(item.officer_id, actor)
    if item.state is not ListenState.OPEN:
        raise Conflict("This recording was listened to already.", remedy="Take the next one.")
    _check(item, said, unhearable)
    item.state = ListenState.UNHEARABLE if unhearable else ListenState.HEARD
    item.heard_by, item.heard_at, item.note = actor.id, now(), note.strip()
    for moment in [] if unhearable else _compared(item, said):
        session().add(moment)
    session().flush()
    ledger.record(
        "earlywarning:audit:heard",
        actor=actor,
        subject_kind="audit_item",
        subject_id=item.id,
        incident_id=item.evidence.incident_id,
        evidence=item.evidence_id,
        state=item.state.value,
        heard=len(said),
    )
    return item


def estimates() -> Estimates:
    """From the random recordings that were heard. Long recordings are drawn more often in proportion to their speech, so
    each moment weighs as the inverse of it (Horvitz and Thompson 1952); intervals are Wilson's on the effective number."""
    query = (
        sa.select(AuditItem)
        .join(AuditDraw)
        .where(AuditDraw.kind == DrawKind.RANDOM, AuditItem.state == ListenState.HEARD)
        .options(orm.selectinload(AuditItem.moments))
    )
    items = list(session().scalars(query))
    weighed = [(moment, 1 / max(item.speech_s, 1.0)) for item in items for moment in item.moments]
    found = [(one, weight) for one, weight in weighed if one.found]
    heard = [(one, weight) for one, weight in weighed if one.heard]
    rules, categories = defaultdict(list), defaultdict(list)
    for one, weight in found:
        rules[one.rule].append((one.heard, weight))
    for one, weight in heard:
        categories[one.category].append((one.found, weight))
    return Estimates(
        len(items),
        sum(one.speech_s for one in items) / 3600,
        [_measured(name, rows) for name, rows in sorted(rules.items())],
        [_measured(name, rows) for name, rows in sorted(categories.items())],
        _measured("all", [(one.heard, weight) for one, weight in found]),
        _measured("all", [(one.found, weight) for one, weight in heard]),
    )


def draws(limit: int = 20) -> list[AuditDraw]:
    """The newest draws with their items."""
    items = orm.selectinload(AuditDraw.items)
    query = sa.select(AuditDraw).options(orm.joinedload(AuditDraw.drawer), items).order_by(AuditDraw.at.desc())
    return list(session().scalars(query.limit(limit)))


def one_draw(draw_id: uuid.UUID) -> AuditDraw:
    """One draw; NotFound."""
    items = orm.selectinload(AuditDraw.items)
    people = items.joinedload(AuditItem.officer), items.joinedload(AuditItem.listener)
    query = sa.select(AuditDraw).where(AuditDraw.id == draw_id).options(orm.undefer(AuditDraw.population), *people)
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such draw.")
    return found


def to_hear(actor: Actor, *, limit: int = 100) -> list[AuditItem]:
    """What waits for this listener and is still there, oldest draw first: everything for internal affairs, one's own unit
    for a supervisor."""
    query = (
        sa.select(AuditItem)
        .join(AuditDraw)
        .join(Evidence, Evidence.id == AuditItem.evidence_id)
        .where(AuditItem.state == ListenState.OPEN, Evidence.state == EvidenceState.SEALED, _visible(actor))
        .options(orm.joinedload(AuditItem.evidence).joinedload(Evidence.incident), orm.joinedload(AuditItem.draw))
        .order_by(AuditDraw.at, AuditItem.place)
    )
    return list(session().scalars(query.limit(limit)))


def item_for(actor: Actor, item_id: uuid.UUID) -> AuditItem:
    """One item that this listener may hear; NotFound."""
    query = sa.select(AuditItem).where(AuditItem.id == item_id, _visible(actor))
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such recording to listen to.")
    return found


def note_view(subject_id: object, *, actor: Actor) -> None:
    """Looking at the queue, a draw or an item is kept."""
    ledger.record("earlywarning:audit:viewed", actor=actor, subject_kind="audit", subject_id=subject_id)


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.may(Permission.WARNING_READ):
        return AuditItem.officer_id != actor.officer_id
    mine = sa.select(Officer.id).where(Officer.unit_id == actor.unit_id, Officer.id != actor.officer_id)
    return AuditItem.officer_id.in_(mine)


def _population(kind: DrawKind, first: date) -> list[Candidate]:
    there = Evidence.state == EvidenceState.SEALED
    if kind is DrawKind.RANDOM:
        query = sa.select(Exposure.evidence_id, Exposure.speech_s, Exposure.speech_s)
    else:
        waiting = (
            sa.select(LanguageEvent.evidence_id, sa.func.sum(LanguageEvent.confidence).label("sum"))
            .where(
                LanguageEvent.polarity == Polarity.AGGRESSIVE,
                LanguageEvent.decision == Decision.PROPOSED,
                current_reading(),
            )
            .group_by(LanguageEvent.evidence_id)
            .subquery()
        )
        queued = sa.select(AuditItem.evidence_id)
        there = sa.and_(there, Exposure.evidence_id.not_in(queued))
        query = sa.select(Exposure.evidence_id, Exposure.speech_s, waiting.c.sum).join(
            waiting, waiting.c.evidence_id == Exposure.evidence_id
        )
    query = query.join(Evidence, Evidence.id == Exposure.evidence_id).where(
        there, Evidence.duplicate_of.is_(None), Exposure.said_at >= first, Exposure.speech_s > 0
    )
    return [
        Candidate(str(name), round(speech, 3), round(weight, 3)) for name, speech, weight in session().execute(query)
    ]


def _chosen(kind: DrawKind, seed: str, population: Sequence[Candidate], number: int) -> list[Candidate]:
    if kind is DrawKind.RANDOM:
        return drawing.drawn(seed, population, number)
    return drawing.ranked(population, number)


def _queue(made: AuditDraw, chosen: Sequence[Candidate]) -> None:
    ids = [uuid.UUID(one.id) for one in chosen]
    rows = session().execute(sa.select(Evidence.id, Evidence.officer_id).where(Evidence.id.in_(ids)))
    whose = {row.id: row.officer_id for row in rows}
    for place, one in enumerate(chosen, start=1):
        evidence_id = uuid.UUID(one.id)
        made.items.append(
            AuditItem(evidence_id=evidence_id, officer_id=whose[evidence_id], place=place, speech_s=one.speech_s)
        )
    session().flush()


def _check(item: AuditItem, said: Sequence[Said], unhearable: bool) -> None:
    if unhearable and said:
        raise Invalid(
            "Moments were entered for what could not be heard.", field="moments", remedy="Choose one of both."
        )
    length = item.evidence.duration_s
    for one in said:
        if one.category not in CATEGORIES:
            raise Invalid("That is no category.", field="moments", remedy="Choose one of the list.")
        if one.at_s < 0 or (length is not None and one.at_s > length + 1):
            raise Invalid(
                "That second is not in the recording.", field="moments", remedy="Minutes and seconds, such as 3:25."
            )


def _compared(item: AuditItem, said: Sequence[Said]) -> list[AuditMoment]:
    """The listener's moments and the machine's, each pair as one: the nearest first, the same category before others."""
    machine = _counted_in(item)
    pairs = sorted(
        (
            (one.category != event.category, _apart(one, event), a, b)
            for a, one in enumerate(said)
            for b, event in enumerate(machine)
        )
    )
    mine: dict[int, LanguageEvent] = {}
    taken: set[int] = set()
    for _, apart, a, b in pairs:
        if apart <= NEAR_S and a not in mine and b not in taken:
            mine[a] = machine[b]
            taken.add(b)
    made = [_moment(item, one.at_s, one.category, mine.get(place), heard=True) for place, one in enumerate(said)]
    rest = [event for b, event in enumerate(machine) if b not in taken]
    return made + [_moment(item, event.start_s, event.category, event, heard=False) for event in rest]


def _counted_in(item: AuditItem) -> list[LanguageEvent]:
    query = sa.select(LanguageEvent).where(
        LanguageEvent.evidence_id == item.evidence_id,
        LanguageEvent.polarity == Polarity.AGGRESSIVE,
        counts_surely(),
        current_reading(),
    )
    return list(session().scalars(query.order_by(LanguageEvent.start_s)))


def _apart(one: Said, event: LanguageEvent) -> float:
    return max(0.0, event.start_s - one.at_s, one.at_s - event.end_s)


def _moment(item: AuditItem, at: float, category: str, event: LanguageEvent | None, *, heard: bool) -> AuditMoment:
    return AuditMoment(
        item_id=item.id,
        at_s=at,
        category=category,
        rule=event.rule if event else "",
        event_id=event.id if event else None,
        heard=heard,
        found=event is not None,
    )


def _measured(name: str, rows: Sequence[tuple[bool, float]]) -> Measured:
    total, squares = sum(w for _, w in rows), sum(w * w for _, w in rows)
    effective = total * total / squares if squares else 0.0  # Kish's number of equally weighing moments
    value = sum(w for right, w in rows if right) / total if total else 0.0
    return Measured(name, sum(right for right, _ in rows), len(rows), share(value * effective, effective))


def _noted(made: AuditDraw) -> dict[str, Any]:
    events = ledger.custody(subject_kind="audit_draw", subject_id=made.id)
    return next((event.details for event in events if event.act == "earlywarning:audit:draw"), {})


def _note(made: AuditDraw, act: str, actor: Actor) -> None:
    ledger.record(
        f"earlywarning:audit:{act}",
        actor=actor,
        subject_kind="audit_draw",
        subject_id=made.id,
        kind=made.kind.value,
        seed=made.seed,
        first_day=made.first_day.isoformat(),
        last_day=made.last_day.isoformat(),
        wanted=made.wanted,
        recordings=made.recordings,
        hours=round(made.hours, 3),
        population_sha256=made.population_sha256,
        drawn=[str(one.evidence_id) for one in made.items],
    )
