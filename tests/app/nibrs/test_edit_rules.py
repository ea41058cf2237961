"""The edit rules: valid records pass, and each of the 269 rules, broken once, is found by its own number (N3, N5)."""

import pytest

from app.nibrs.edits import check, check_submission, rules
from app.nibrs.edits.rules import EDITS
from app.nibrs.records import Report
from tests.app.nibrs.breaking import BREAKS
from tests.app.nibrs.valid import REFERENCE, VALID


@pytest.mark.parametrize("report", VALID.values(), ids=VALID)
def test_a_valid_report_passes(report: Report) -> None:
    assert [(one.number, one.path, one.value) for one in check(report, REFERENCE)] == []


def test_there_are_269_rules_and_each_has_a_predicate_and_a_case_that_breaks_it() -> None:
    assert len(rules()) == 269
    assert EDITS.ids == set(rules())
    assert set(BREAKS) == set(rules())


@pytest.mark.parametrize("rule_id", sorted(BREAKS))
def test_a_broken_rule_is_found_by_its_own_number(rule_id: str) -> None:
    broken = BREAKS[rule_id]()
    found = check_submission(broken.submission, broken.reference)
    own = [one for one in found if one.rule.id == rule_id]
    assert own, f"found instead: {sorted({one.rule.id for one in found})}"
    assert own[0].number == rule_id[:3]
    assert own[0].words
    assert "{" not in own[0].words


@pytest.mark.parametrize("rule_id", sorted(BREAKS))
def test_a_finding_names_a_field_of_the_record_it_is_about(rule_id: str) -> None:
    broken = BREAKS[rule_id]()
    for one in check_submission(broken.submission, broken.reference):
        if one.rule.id == rule_id and one.report >= 0:
            _follow(broken.submission.reports[one.report], one.path)


def test_nine_rules_only_warn() -> None:
    warnings = {one.number for one in rules().values() if one.severity == "warning"}
    assert warnings == {"269", "342", "343", "449", "549", "640", "641", "740", "741"}


def _follow(record: object, path: str) -> None:
    for step in path.split("."):
        record = record[int(step)] if step.isdigit() and isinstance(record, tuple) else getattr(record, step)
