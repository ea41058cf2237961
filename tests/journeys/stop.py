"""One traffic stop, sent from a phone and read: where most stories begin."""

from dataclasses import dataclass
from pathlib import Path

from app.accounts.models import Officer
from app.analysis.models import StepState
from app.core.permissions import Role
from tests.journeys.station import TestStation


@dataclass(frozen=True, slots=True)
class Stop:
    """The people and the ids of one traffic stop whose draft is written."""

    officer: Officer
    supervisor: Officer
    incident: str
    evidence: str
    report: str


def sent_stop(station: TestStation, sample: Path) -> Stop:
    """The sample, from the phone to the draft."""
    officer, supervisor = station.person(name="James Carter"), station.person(Role.SUPERVISOR)
    incident = station.incident(officer)
    phone = station.phone(officer)
    status = phone.await_seal(phone.send(sample, incident=incident, title="Traffic stop"))
    evidence = str(status["url"]).rsplit("/", 1)[-1]
    steps = station.await_steps(evidence, seconds=1200)
    assert {step.state for step in steps.values()} == {StepState.DONE}, {s.name: s.error for s in steps.values()}
    report = station.browser(officer).json("/api/v1/reports")["reports"][0]["id"]
    return Stop(officer, supervisor, incident, evidence, report)
