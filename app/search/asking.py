"""From what was asked to what the database is asked: conditions on moments, and the words that are ranked and marked."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from app.accounts.models import Officer
from app.core.actor import Actor
from app.core.db import session
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.search.gathering import plate_sign
from app.search.models import Moment
from app.search.parts import Asked, Part, Sort, Term, Unread, Where
from app.search.places import place_words

_ENGLISH: sa.ColumnElement[str] = sa.literal_column("'english'::regconfig")
_SIMPLE: sa.ColumnElement[str] = sa.literal_column("'simple'::regconfig")
_WEIGHTS = {Where.ANY: "", Where.SAID: "C", Where.SEEN: "ABD"}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Question:
    """What the database is asked: `conditions` on Moment, `ranked` (a tsquery as text) for rank and marks, and the
    search as far as it could be used. `few`: only few moments fit by something no index of words knows."""

    asked: Asked
    conditions: tuple[sa.ColumnElement[bool], ...]
    ranked: str
    few: bool


def question(asked: Asked, actor: Actor) -> Question:
    """The question of a search; parts that cannot be used (words without meaning, an unknown officer) are told in
    `asked.unread`, and an officer or incident that is not there finds nothing."""
    queries = _words_as_queries([part for part in asked.parts if part.sort is Sort.WORDS])
    kept, unread = [], list(asked.unread)
    for part in asked.parts:
        if part.sort is Sort.WORDS and not queries[part]:
            unread.append(Unread(asked.text[part.start : part.end], "It is too common a word to look for."))
        else:
            kept.append(part)
    found = [
        _signed(queries[part] if part.sort is Sort.WORDS else _plate(part), part) for part in kept if _in_index(part)
    ]
    positive = [queries[p] if p.sort is Sort.WORDS else _plate(p) for p in kept if _in_index(p) and not p.negated]
    conditions: list[sa.ColumnElement[bool]] = []
    if found:
        conditions.append(Moment.found.bool_op("@@")(_tsquery(" & ".join(found))))
    conditions += [_condition(part, unread) for part in kept if not _in_index(part) and part.sort is not Sort.CLOCK]
    conditions += _clock([part for part in kept if part.sort is Sort.CLOCK])
    few = actor.role is Role.OFFICER or any(p.sort in (Sort.OFFICER, Sort.INCIDENT) and not p.negated for p in kept)
    conditions += _rights(actor)
    told = replace(asked, parts=tuple(kept), unread=tuple(unread))
    return Question(told, tuple(conditions), " | ".join(f"({one})" for one in positive), few)


def _rights(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Only moments of incidents the actor may see. An officer's are few: they are looked up first, because a planner that
    does not know so goes through everybody's."""
    seen = visibility(actor)
    if isinstance(seen, sa.True_):
        return []
    theirs = sa.select(Incident.id).where(seen)
    if actor.role is not Role.OFFICER:
        return [Moment.incident_id.in_(theirs)]
    return [Moment.incident_id == _any_of(session().scalars(theirs).all())]


def _any_of(ids: Sequence[uuid.UUID]) -> sa.CollectionAggregate[Any]:
    return sa.any_(sa.cast(sa.literal(list(ids), ARRAY(sa.Uuid())), ARRAY(sa.Uuid())))


def _in_index(part: Part) -> bool:
    return part.sort in (Sort.WORDS, Sort.PLATE)


def _signed(query: str, part: Part) -> str:
    return f"!({query})" if part.negated else f"({query})"


def _tsquery(text: str) -> sa.ColumnElement[str]:
    return sa.cast(sa.literal(text), TSQUERY)


def _plate(part: Part) -> str:
    return f"'{plate_sign(part.value)}'" + (":*" if part.begins else "")


def _words_as_queries(parts: Sequence[Part]) -> dict[Part, str]:
    """Each part as the text of a tsquery; empty where nothing of it is looked for. One query for all of them."""
    terms = [(part, term) for part in parts for term in part.terms]
    if not terms:
        return {}
    columns = [sa.cast(_term(term), sa.Text).label(f"t{n}") for n, (_, term) in enumerate(terms)]
    row = session().execute(sa.select(*columns)).one()
    made: dict[Part, list[str]] = {part: [] for part in parts}
    for (part, _), text in zip(terms, row, strict=True):
        if text:
            made[part].append(f"({text})")
    return {part: " | ".join(texts) for part, texts in made.items()}


def _term(term: Term) -> sa.ColumnElement[str]:
    """Only letters and digits reach to_tsquery, each word quoted: nothing typed is an operator there."""
    weight = _WEIGHTS[term.where]
    if not weight and not term.begins:
        return sa.func.phraseto_tsquery(_ENGLISH, term.text)
    tail = (":" if weight or term.begins else "") + ("*" if term.begins else "") + weight
    return sa.func.to_tsquery(_ENGLISH, " <-> ".join(f"'{word}'{tail}" for word in _WORD.findall(term.text)))


def _condition(part: Part, unread: list[Unread]) -> sa.ColumnElement[bool]:
    if part.sort is Sort.PLACE:
        words = sa.func.plainto_tsquery(_SIMPLE, place_words(part.value))
        rule: sa.ColumnElement[bool] = Moment.place.bool_op("@@")(words)
    elif part.sort is Sort.DAYS:
        since, until = part.days
        bounds = [Moment.at >= since] if since else []
        rule = sa.and_(*bounds, *([Moment.at < until] if until else []))
    elif part.sort is Sort.KIND:
        rule = Moment.incident_id.in_(sa.select(Incident.id).where(Incident.kind == part.kind))
    elif part.sort is Sort.INCIDENT:
        numbered = session().scalars(sa.select(Incident.id).where(Incident.number == part.value)).all()
        rule = Moment.incident_id == _any_of(numbered)
    else:
        rule = _officer(part, unread)
    return sa.not_(rule) if part.negated else rule


def _officer(part: Part, unread: list[Unread]) -> sa.ColumnElement[bool]:
    """Recorded by whoever has this badge, or else this name."""
    ids = officers(part.value)
    if not ids:
        unread.append(Unread(part.said, "No officer has this badge or name."))
    recorded = sa.select(Evidence.id).where(Evidence.officer_id.in_(ids))
    return Moment.evidence_id == _any_of(session().scalars(recorded).all())


def officers(text: str) -> list[uuid.UUID]:
    """Officers with this badge; where there is none, those whose name holds every word of it."""
    exact = session().scalars(sa.select(Officer.id).where(Officer.badge == text)).all()
    if exact:
        return list(exact)
    named = [Officer.name.icontains(word, autoescape=True) for word in text.split()[:4]]
    return list(session().scalars(sa.select(Officer.id).where(*named).limit(200)))


def _clock(parts: Sequence[Part]) -> list[sa.ColumnElement[bool]]:
    """Times of day. One `after` that is later than one `before` is a night: either will do."""
    bounds = [part.minutes for part in parts]
    after = [since for since, until in bounds if since is not None and until is None]
    before = [until for since, until in bounds if until is not None and since is None]
    if len(after) == len(before) == 1 and after[0] > before[0]:
        bounds = [one for one in bounds if None not in one] + [(after[0], before[0])]
    return [_between(since, until) for since, until in bounds]


def _between(since: int | None, until: int | None) -> sa.ColumnElement[bool]:
    sides: list[sa.ColumnElement[bool]] = []
    if since is not None:
        sides.append(Moment.minute >= since)
    if until is not None:
        sides.append(Moment.minute < until)
    over_midnight = since is not None and until is not None and since > until
    return sa.or_(*sides) if over_midnight else sa.and_(*sides)


def plates_of(parts: Iterable[Part]) -> list[tuple[str, bool]]:
    """The plates asked for, and whether the beginning is enough."""
    return [(part.value, part.begins) for part in parts if part.sort is Sort.PLATE and not part.negated]
