"""Every act on an item or a report has words of its own: on its page, in its custody, and in what a court is given."""

import csv
import io

import pytest

from app.core.clock import now
from app.core.ledger import Event
from app.desk.words import in_words
from app.evidence.custody import as_csv
from app.evidence.words import act_words
from app.reports import acts
from tests.app.home.doors import LEFT

OF_ITEMS = ("evidence:item:", "evidence:upload:", "evidence:custody:", "evidence:receipt:", "evidence:transcript:",
            "evidence:hold:", "analysis:step", "analysis:mention:", "analysis:tag:", "analysis:transcript:")  # fmt: skip
OF_REPORTS = ("reports:report:", "reports:draft:", "reports:sentence:", "reports:comment:", "reports:bundle:",
              "reports:paper:", "reports:finding:", "reports:mistake:", "reports:recollection:", "reports:supplement:")  # fmt: skip
LEFT_BY_DOORS = sorted({act for left in LEFT.values() for act, outcome in left if outcome == "done"})


def event(act: str) -> Event:
    return Event(
        act=act,
        outcome="done",
        seq=1,
        details={},
        actor_label="",
        address="",
        device="",
        session_id="",
        hash="",
        at=now(),
    )


def spelled(act: str) -> set[str]:
    """What an act without words is shown as."""
    room, thing, verb = act.replace("-", " ").replace("_", " ").split(":")
    return {act, f"{room} {thing} {verb}".capitalize(), f"{thing} {verb}".capitalize()}


@pytest.mark.parametrize("act", [one for one in LEFT_BY_DOORS if one.startswith((*OF_ITEMS, *OF_REPORTS))])
def test_no_act_is_shown_by_its_code(act: str) -> None:
    say = act_words if act.startswith(OF_ITEMS) else acts.act_words
    assert say(event(act)) not in spelled(act)
    assert in_words(event(act)).text not in spelled(act)


def test_the_custody_of_a_report_is_told_in_its_own_words() -> None:
    [head, row] = csv.reader(io.StringIO(as_csv([event("reports:report:approve")], say=acts.act_words)))
    told = dict(zip(head, row, strict=True))
    assert (told["act"], told["what"]) == ("reports:report:approve", "Approved the report")
