"""From what was asked of the library to conditions on its rows: rights, words, facets, days."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from app.core.actor import Actor
from app.core.db import session
from app.core.permissions import Role
from app.incidents.queries import reach
from app.search.gathering import plate_sign
from app.search.library.asked import Asked, days
from app.search.library.facets import DATE, FACETS, condition
from app.search.library.models import LibraryItem

MOST_WORDS = 12
_ENGLISH: sa.ColumnElement[str] = sa.literal_column("'english'::regconfig")
_TERM = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>\S+))')
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d{4}-\d{3,6}")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a question: `all_of` is what an item must have, `any_of` what is marked in it, both tsqueries as
    text and empty where nothing is looked for; `common` are the words that no index keeps."""

    all_of: str = ""
    any_of: str = ""
    common: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """What rows must be: always, and one for each facet that was chosen. `few`: only few are there to be gone through;
    `theirs`: because the actor sees few."""

    always: tuple[sa.ColumnElement[bool], ...]
    by_facet: Mapping[str, sa.ColumnElement[bool]]
    words: Words
    few: bool
    theirs: bool

    def few_without(self, facet: str) -> bool:
        """Whether they are few also without this facet: of an incident's few, the incident itself must stand."""
        return self.few and (facet != "incident" or self.theirs)

    def all(self, *, without: str = "") -> list[sa.ColumnElement[bool]]:
        """Every condition, but that of one facet."""
        return [*self.always, *(one for key, one in self.by_facet.items() if key != without)]


def conditions(asked: Asked, actor: Actor) -> Conditions:
    """What rows must be for this actor and question. Words too common to be looked for are left out and told."""
    words = _words(asked.text)
    always = _rights(actor)
    theirs = actor.role is Role.OFFICER
    few = theirs or bool(asked.chosen.get("incident"))
    if words.all_of:
        fits = LibraryItem.words.bool_op("@@")(sa.cast(sa.literal(words.all_of), TSQUERY))
        # Of an officer's few each is looked at: the index of words would first gather everybody's. It does not know IS TRUE.
        always.append(fits.is_(sa.true()) if theirs else fits)
    by_facet = {key: condition(FACETS[key], values) for key, values in asked.chosen.items() if key in FACETS}
    if asked.chosen.get(DATE):
        spans = days(asked.chosen[DATE])
        by_facet[DATE] = sa.or_(*(sa.and_(LibraryItem.at >= since, LibraryItem.at < until) for since, until in spans))
    return Conditions(tuple(always), by_facet, words, few, theirs)


def plan_for_these_words() -> None:
    """Every question is planned for its own words, until the transaction ends: a plan that fits any word fits none. With the
    usual 4 MB the bitmaps of common words and tags forget which rows they meant, and half of all are looked at again."""
    given = {"plan_cache_mode": "force_custom_plan", "jit": "off", "work_mem": "64MB"}
    session().execute(sa.select(*(sa.func.set_config(name, value, True) for name, value in given.items())))


def _rights(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Only items of incidents the actor may see. The unit that is seen whole is in the row and never changes; the incidents
    besides are few and looked up first."""
    seen = reach(actor)
    if seen.everything:
        return []
    ids = session().scalars(seen.others).all() if seen.others is not None else []
    mine = [LibraryItem.unit_id == seen.unit_id] if seen.unit_id else []
    return [sa.or_(*mine, _one_of(ids)) if ids or not mine else mine[0]]


def _one_of(ids: Sequence[uuid.UUID]) -> sa.ColumnElement[bool]:
    return LibraryItem.incident_id == sa.any_(sa.cast(sa.literal(list(ids), ARRAY(sa.Uuid())), ARRAY(sa.Uuid())))


def _words(text: str) -> Words:
    """Every word must be there; "…" in this order; -word must not; the last word may be the beginning of one."""
    found = [one for one in _TERM.finditer(text) if _WORD.search(one["phrase"] or one["word"] or "")][:MOST_WORDS]
    if not found:
        return Words()
    open_end = found[-1]["word"] is not None and not text.endswith('"')
    columns = [
        sa.cast(_term(one, begins=open_end and one is found[-1]), sa.Text).label(f"t{n}") for n, one in enumerate(found)
    ]
    row = session().execute(sa.select(*columns)).one()
    every, positive, common = [], [], []
    for one, query in zip(found, row, strict=True):
        said = one["phrase"] or one["word"]
        signs = _signs(one["word"] or "")
        whole = " | ".join([*([f"({query})"] if query else []), *signs])
        if not whole:
            common.append(said)
            continue
        every.append(f"!({whole})" if one["no"] else f"({whole})")
        if not one["no"] and query:
            positive.append(f"({query})")
    return Words(" & ".join(every), " | ".join(positive), tuple(common))


def _term(one: re.Match[str], *, begins: bool) -> sa.ColumnElement[str]:
    """Only letters and digits reach to_tsquery, each word quoted: nothing typed is an operator there."""
    said = one["phrase"] if one["phrase"] is not None else one["word"]
    phrase: sa.ColumnElement[str] = sa.func.phraseto_tsquery(_ENGLISH, said)
    if not begins:
        return phrase
    beginning = " <-> ".join(f"'{word}':*" for word in _WORD.findall(said))
    return phrase.op("||")(sa.func.to_tsquery(_ENGLISH, beginning))


def _signs(word: str) -> list[str]:
    """An incident's number, or a plate, written whole."""
    signs = [f"'n/{word}'"] if _NUMBER.fullmatch(word) else []
    plate = plate_sign(word)
    if 4 <= len(plate) - 2 <= 10 and any(c.isdigit() for c in plate):
        signs.append(f"'{plate}'")
    return signs
