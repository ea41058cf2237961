"""Our verdict on each given fixture against the documented one; the disagreements are the ones the docs list (N3)."""

from tests.app.nibrs.fixtures import Verdict, sample_verdicts, submission_verdicts
from tests.conftest import shared

# The list in docs/decisions/0014-nibrs.md.
WITHOUT_WINDOW = {"OCTMULTI0007": ({"390"}, set()), "OCTTARUN113": (set(), {"404"}), "OCTTARUN43": ({"085"}, set())}


def test_the_fbis_own_error_list_is_found_again() -> None:
    """Everything but the two-year window (171), which the FBI's test system did not hold this file to."""
    found = list(submission_verdicts(shared("data", "nibrs")))
    assert len(found) == 224
    assert sum(bool(one.documented) for one in found) == 26
    differing = {one.name: _difference(one) for one in found if one.documented != one.ours - {"171"}}
    assert differing == WITHOUT_WINDOW


def test_only_the_window_is_found_beyond_the_list() -> None:
    found = list(submission_verdicts(shared("data", "nibrs")))
    by_window = [one for one in found if "171" in one.ours]
    assert len(by_window) == 62
    assert not any("171" in one.documented for one in found)


def test_the_samples_of_the_exchange_are_taken() -> None:
    """All but one, which as distributed has text before its XML declaration."""
    refused = {one.name: one.ours for one in sample_verdicts(shared("data", "nibrs")) if not one.agrees}
    assert list(refused) == ["nibrs_GroupAReplace_Sample.xml"]
    assert "XML declaration allowed only at the start" in next(iter(refused["nibrs_GroupAReplace_Sample.xml"]))


def _difference(one: Verdict) -> tuple[set[str], set[str]]:
    """(documented and not ours, ours and not documented), the window aside."""
    return set(one.documented - one.ours), set(one.ours - one.documented - {"171"})
