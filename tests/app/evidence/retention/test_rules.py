"""R1 as properties: the latest date of all, none with any reason, whatever the categories, cases and holds are."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.retention.models import CountsFrom
from app.evidence.retention.presets import presets
from app.evidence.retention.rules import Item, Reason, Rule, date_by, recorded, shortens, verdict
from app.incidents.models import IncidentKind

DAY = timedelta(days=1)
moments = st.integers(0, 20_000_000).map(lambda minutes: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
rules = st.builds(
    Rule,
    id=st.builds(uuid.uuid4),
    code=st.sampled_from("abcdefgh"),
    name=st.just("x"),
    number=st.integers(1, 9),
    days=st.none() | st.integers(1, 20_000),
    counts_from=st.sampled_from(CountsFrom),
)
items = st.builds(
    Item,
    received_at=moments,
    recorded_at=st.none() | moments,
    clock_offset_s=st.none() | st.floats(-200_000, 200_000),
    kept_until=st.none() | moments,
)
categories = st.lists(rules, max_size=6, unique_by=lambda rule: rule.code)
reasons = st.lists(
    st.sampled_from([Reason("hold", "h"), Reason("incident_open", "o"), Reason("cited", "c")]), max_size=3
)


@given(items, categories, reasons)
def test_r1_the_date_is_the_latest_of_all_and_none_with_any_reason(item, its_rules, why) -> None:
    """R1."""
    said = verdict(item, its_rules, why)
    dates = [date_by(rule, item) for rule in its_rules]
    if why or not its_rules or None in dates:
        assert said.due is None
    else:
        assert said.due == max([*dates, *([item.kept_until] if item.kept_until else [])])
    assert said.reasons == tuple(why)


@given(items, categories, rules)
def test_r1_another_category_never_deletes_earlier(item, its_rules, more) -> None:
    before = verdict(item, its_rules)
    after = verdict(item, [*its_rules, more])
    if its_rules and after.due is not None:
        assert before.due is not None
        assert after.due >= before.due


@given(items, categories, reasons, reasons)
def test_r1_lifting_a_reason_never_sets_another_date_than_the_rules(item, its_rules, some, others) -> None:
    assert verdict(item, its_rules, [*some, *others]).due in (None, verdict(item, its_rules).due)


@given(items, categories)
def test_the_deciding_rule_gives_the_date(item, its_rules) -> None:
    said = verdict(replace(item, kept_until=None), its_rules)
    if said.rule is None:
        assert not its_rules
    else:
        assert said.due == date_by(said.rule, item)


@given(items, rules)
def test_nothing_is_counted_from_after_receipt_nor_from_a_clock_that_was_wrong(item, rule) -> None:
    start = recorded(item)
    assert start <= item.received_at
    if abs(item.clock_offset_s or 0) > 86_400:
        assert start == item.received_at
    if rule.days is not None:
        assert date_by(rule, item) >= start + rule.days * DAY


def test_a_clock_that_was_never_set_deletes_nothing_early() -> None:
    received = datetime(2026, 11, 1, tzinfo=UTC)
    for said in (datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)):
        assert recorded(Item(received, said)) == received
    assert recorded(Item(received, received - 3 * DAY, clock_offset_s=-90_000.0)) == received
    assert recorded(Item(received, received - 3 * DAY, clock_offset_s=2.0)) == received - 3 * DAY


@given(items, rules, rules)
def test_r4_a_change_that_is_not_called_shorter_deletes_nothing_earlier(item, before, after) -> None:
    """R4: whatever could go earlier is caught."""
    after = replace(after, code=before.code)
    if not shortens(before, after):
        then, today = date_by(after, item), date_by(before, item)
        assert then is None or (today is not None and then >= today)


def test_the_presets_say_what_they_rest_on() -> None:
    assert {"california", "illinois", "texas", "general"} == presets().keys()
    kinds = {kind.value for kind in IncidentKind}
    codes = [one.code for preset in presets().values() for one in preset.categories]
    assert len(set(codes)) == len(codes)
    for preset in presets().values():
        for one in preset.categories:
            assert one.source.startswith(preset.source)
            assert set(one.kinds) <= kinds
            assert one.days is None or one.days > 0
    california = {one.code: one for one in presets()["california"].categories}
    assert california["ca-non-evidentiary"].days == 60
    assert california["ca-evidentiary"].days >= 2 * 365
    assert california["ca-evidentiary"].unverified
