"""Figures of the master index: how long candidates take among 100,000 persons, and that the right one is among them."""

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import embedded, migrate
from app.core import db
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session, transaction
from app.people import queries
from app.people.keys import keys
from app.people.models import EntryKind, Fact, FactKind, IndexEntry, IndexKey
from tests.people import People, actor_for

SIZES = (10_000, 100_000)
ASKED = 200
GIVEN = [
    "maria",
    "juan",
    "james",
    "william",
    "mohammed",
    "ana",
    "li",
    "wei",
    "david",
    "sofia",
    "olga",
    "ivan",
    "fatima",
    "john",
    "robert",
    "carlos",
    "linh",
    "minh",
    "yusuf",
    "elena",
]
FAMILY = [
    "lopez",
    "garcia",
    "smith",
    "johnson",
    "nguyen",
    "haddad",
    "shevchenko",
    "patel",
    "kim",
    "wang",
    "brown",
    "clark",
    "reyes",
    "ruiz",
    "obrien",
    "meyer",
    "ivanov",
    "silva",
]
HABITS = {
    "reversed": lambda g, f: f"{f} {g}",
    "misspelled": lambda g, f: f"{g} {f[:-1]}{'s' if f[-1] == 'z' else f[-1] * 2}",
    "as kept": lambda g, f: f"{g} {f}",
}


def measure() -> dict[str, Any]:
    """Grows one index and asks it at each size."""
    home = Path(tempfile.mkdtemp(prefix="bench-people-"))
    home.chmod(0o755)
    url = embedded.database_url(home)
    try:
        migrate.upgrade(url)
        db.connect(url)
        actor = actor_for(People().one())
        figures: dict[str, Any] = {}
        there = 0
        for size in SIZES:
            people = list(_people(there, size))
            _fill(people, actor)
            there = size
            figures[f"persons_{size}"] = _ask(people)
            print(f"{size}: {figures[f'persons_{size}']}", flush=True)
        first, last = (figures[f"persons_{size}"]["candidates_ms_median"] for size in SIZES)
        return {**figures, "ten_times_the_persons_takes_times": round(last / first, 2)}
    finally:
        db.disconnect()
        embedded.stop_database(home)


def _people(start: int, end: int) -> Iterator[tuple[str, str, str]]:
    """Given name, family name, birth date; the common names as skewed as in life."""
    dice = random.Random(start)
    for number in range(start, end):
        common = dice.random() < 0.6
        given = dice.choice(GIVEN) if common else f"{dice.choice(GIVEN)[:3]}{dice.choice(FAMILY)[:4]}"
        family = (
            FAMILY[min(int(dice.expovariate(0.25)), len(FAMILY) - 1)]
            if common
            else f"{dice.choice(FAMILY)[:4]}{number % 997:x}".translate(str.maketrans("0123456789", "ghijklmnop"))
        )
        born = date(1940, 1, 1) + timedelta(days=dice.randrange(25_000))
        yield given.title(), family.title(), born.isoformat()


def _fill(people: list[tuple[str, str, str]], actor: Actor) -> None:
    for at in range(0, len(people), 5000):
        entries, facts, rows = [], [], []
        for given, family, born in people[at : at + 5000]:
            entry = uuid.uuid4()
            entries.append(
                {
                    "id": entry,
                    "kind": EntryKind.PERSON,
                    "label": f"{given} {family}",
                    "made_by": actor.id,
                    "made_at": now(),
                }
            )
            for kind, value in ((FactKind.NAME, f"{given} {family}"), (FactKind.BIRTH, born)):
                fact = uuid.uuid4()
                facts.append(
                    {
                        "id": fact,
                        "entry_id": entry,
                        "kind": kind,
                        "value": value,
                        "confirmed_by": actor.id,
                        "confirmed_at": now(),
                    }
                )
                rows += [
                    {"fact_id": fact, "key": key, "entry_id": entry} for key in keys(EntryKind.PERSON, kind, value)
                ]
        with transaction():
            for model, made in ((IndexEntry, entries), (Fact, facts), (IndexKey, rows)):
                session().execute(sa.insert(model), made)
    session().execute(sa.text("ANALYZE"))
    session().commit()


def _ask(people: list[tuple[str, str, str]]) -> dict[str, Any]:
    dice, took = random.Random(7), []
    found: dict[str, list[bool]] = {habit: [] for habit in HABITS}
    for given, family, born in dice.sample(people, ASKED):
        habit = dice.choice(list(HABITS))
        wanted = {FactKind.NAME: [HABITS[habit](given, family)], FactKind.BIRTH: [born]}
        start = time.perf_counter()
        proposed = queries.candidates(EntryKind.PERSON, wanted).found
        took.append((time.perf_counter() - start) * 1000)
        session().rollback()
        found[habit].append(f"{given} {family}" in [one.entry.label for one in proposed])
    shares = {
        f"found_{habit.replace(' ', '_')}": round(sum(hits) / len(hits), 3) for habit, hits in found.items() if hits
    }
    ordered = sorted(took)
    return {
        "candidates_ms_median": round(statistics.median(took), 1),
        "candidates_ms_p95": round(ordered[int(len(ordered) * 0.95)], 1),
        **shares,
    }
