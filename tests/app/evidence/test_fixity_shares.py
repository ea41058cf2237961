"""How much a round takes, so that a week covers everything and the longest waiting come first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.config import Settings
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.evidence import fixity, rounds
from app.evidence.models import StoredObject
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, sealed

CLOCK = machine("fixity")


def test_a_week_covers_everything_however_much_there_is() -> None:
    """The share of a round times the rounds of a cycle is at least everything; a day's rest and it is within a week."""
    per_cycle = rounds.CYCLE // rounds.EVERY
    for objects, size in ((0, 0), (3, 10), (999, 1 << 40), (5_000_000, 1 << 46), (10**9, 1)):
        part = rounds.share(fixity.Totals(objects, size, 0, 0))
        assert part.objects * per_cycle >= objects
        assert part.size * per_cycle >= size
    assert rounds.CYCLE + rounds.REST <= rounds.LATE < fixity.WEEK
    late = rounds.share(fixity.Totals(10**6, 1 << 44, 10**6, 1 << 44))
    rounds_left = (fixity.WEEK - rounds.LATE) // rounds.EVERY
    assert late.size * rounds_left >= 1 << 44, "what is late is caught up within the week"


def test_a_round_does_its_share_and_the_longest_waiting_come_first(
    app: Flask, settings: Settings, phone: Phone, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [sealed(app, phone.send(incident, b"film %d" % number)) for number in range(6)]
    monkeypatch.setattr(rounds, "LEAST_OBJECTS", 2)
    order = [one.taken.key for _ in range(3) for one in round_of(settings)]
    assert order == [item.storage_key for item in items]
    assert round_of(settings) == []
    with transaction():
        session().execute(sa.update(StoredObject).values(turn_at=now() - timedelta(days=6, hours=1)))
    assert len(round_of(settings)) == 2
    stop = rounds.regular(settings, actor=CLOCK, goes_on=lambda: False)
    assert len(list(stop)) == 1


def round_of(settings: Settings) -> list[rounds.Checked]:
    """One round of the clock."""
    return list(rounds.regular(settings, actor=CLOCK))
