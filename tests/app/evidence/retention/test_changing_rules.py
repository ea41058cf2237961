"""R4: longer at once, shorter by two people, who see how much it would delete; and the lists that come with the house."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.ledger import Event
from app.evidence.retention import categories
from app.evidence.retention.categories import Affected, Wanted
from app.evidence.retention.models import Category, CountsFrom, Proposal, RuleVersion
from app.evidence.retention.presets import presets
from app.evidence.retention.standing import standing
from tests.app.evidence.retention.conftest import Shelf
from tests.people import actor_for

Find = Callable[[str], Category]


def rule(days: int | None, counts_from: CountsFrom = CountsFrom.RECORDED, source: str = "Policy 9") -> Wanted:
    return Wanted(days, counts_from, source, confirmed=True, reason="The council changed the policy.")


def test_r4_longer_holds_at_once_and_the_versions_before_stay(shelf: Shelf, category: Find) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    with transaction():
        made = categories.change_rule(category("short"), rule(400), actor=actor_for(shelf.records))
    assert isinstance(made, RuleVersion)
    assert [(one.number, one.days) for one in category("short").rules] == [(1, 30), (2, 400)]
    shelf.sweep()
    assert shelf.queued(item) is None


def test_r4_shorter_shows_its_effect_and_waits_for_a_second_person(shelf: Shelf, category: Find) -> None:
    """R4: one goes at once, one within thirty days; two others are kept by a hold's sort of reason or a longer rule."""
    at_once, soon = shelf.recording("long", days_old=100), shelf.recording("long", days_old=45, content=b"2")
    shelf.recording("long", "ever", content=b"3")
    shelf.recording("long", content=b"4", closed=False)
    with transaction():
        made = categories.change_rule(category("long"), rule(60), actor=actor_for(shelf.records))
    assert isinstance(made, Proposal)
    assert (made.affected_now, made.affected_month) == (1, 1)
    assert category("long").rule.days == 1000
    shelf.sweep()
    assert shelf.queued(at_once) is None
    with pytest.raises(Forbidden, match="Somebody else"), transaction():
        categories.decide(made, approve=True, actor=actor_for(shelf.records))
    with pytest.raises(Conflict, match="waits already"), transaction():
        categories.change_rule(category("long"), rule(50), actor=actor_for(shelf.administrator))
    with transaction():
        categories.decide(made, approve=True, actor=actor_for(shelf.administrator))
    version = category("long").rule
    assert (version.days, version.number) == (60, 2)
    assert (version.made_by, version.approved_by) == (shelf.records.id, shelf.administrator.id)
    shelf.sweep()
    assert shelf.queued(at_once) is not None
    assert shelf.queued(soon) is None
    with pytest.raises(Conflict), transaction():
        categories.decide(made, approve=True, actor=actor_for(shelf.administrator))
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:rule:propose")).one()
    assert (event.details["affected_now"], event.details["affected_month"]) == (1, 1)


def test_r4_counting_from_recording_instead_of_receipt_is_shorter_too(shelf: Shelf, category: Find) -> None:
    with transaction():
        made = categories.change_rule(category("short"), rule(30, CountsFrom.RECEIVED), actor=actor_for(shelf.records))
    assert isinstance(made, RuleVersion)
    with transaction():
        back = categories.change_rule(category("short"), rule(400), actor=actor_for(shelf.records))
    assert isinstance(back, Proposal)


def test_r4_taking_a_category_out_of_use_needs_two_as_well(shelf: Shelf, category: Find) -> None:
    both, only = shelf.recording("short", "long"), shelf.recording("long", content=b"2")
    assert categories.affected(category("long"), None) == Affected(1, 0)
    with transaction():
        made = categories.retire(category("long"), reason="No longer in the policy.", actor=actor_for(shelf.records))
    with transaction():
        categories.decide(made, approve=False, actor=actor_for(shelf.records))
    assert category("long").retired_at is None, "whoever proposed it may take it back"
    with transaction():
        made = categories.retire(category("long"), reason="No longer in the policy.", actor=actor_for(shelf.records))
    with transaction():
        categories.decide(made, approve=True, actor=actor_for(shelf.administrator))
    shelf.sweep()
    assert shelf.queued(both) is not None
    assert shelf.queued(only) is None, "what is left without a category is kept"
    assert standing(only.id).rules == ()
    with pytest.raises(Invalid), transaction():
        categories.choose(shelf.again(only), ["long"], actor=actor_for(shelf.records))
    with pytest.raises(Conflict, match="out of use"), transaction():
        categories.change_rule(category("long"), rule(5000), actor=actor_for(shelf.records))


def test_bad_rules_are_refused_with_field_and_remedy(shelf: Shelf, category: Find) -> None:
    actor = actor_for(shelf.records)
    for days in (0, -3, 40_000):
        with pytest.raises(Invalid) as refused, transaction():
            categories.change_rule(category("short"), rule(days), actor=actor)
        assert refused.value.field == "days"
    with pytest.raises(Invalid, match="10 to 400"), transaction():
        categories.change_rule(category("short"), Wanted(90, CountsFrom.RECORDED, reason="why"), actor=actor)
    with pytest.raises(Conflict, match="rule in force"), transaction():
        categories.change_rule(category("short"), rule(30, source="Policy 7"), actor=actor)
    with pytest.raises(Invalid) as refused, transaction():
        categories.add("Use of force!", "Force", kinds=[], wanted=rule(3), actor=actor)
    assert refused.value.field == "code"
    with pytest.raises(Conflict), transaction():
        categories.add("short", "Short again", kinds=[], wanted=rule(3), actor=actor)
    with pytest.raises(NotFound), transaction():
        categories.load_preset("atlantis", actor=actor)


def test_a_list_is_added_once_and_marked_as_a_preset(shelf: Shelf, category: Find) -> None:
    with transaction():
        first = categories.load_preset("california", actor=actor_for(shelf.records))
    with transaction():
        again = categories.load_preset("california", actor=actor_for(shelf.administrator))
    assert len(first) == len(presets()["california"].categories)
    assert again == []
    kept = category("ca-evidentiary").rule
    assert (kept.preset, kept.unverified, kept.days) == ("california", True, 731)
    assert kept.source.startswith("Penal Code 832.18")
