"""Steps: planned once, claimed by one, finished once, whatever dies on the way."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.analysis import service
from app.analysis.models import Failure, Step, StepState
from app.analysis.service import LeaseLost, Plan
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.errors import Conflict
from app.core.outbox import Job
from app.evidence.models import Evidence
from tests.app.analysis.items import sealed_item
from tests.people import People, actor_for

PLANS = (
    Plan("transcribe", "hearing"),
    Plan("find_entities", "default", ("transcribe",)),
    Plan("draft_report", "default", ("find_entities",)),
)
WORKER = machine("test")
LEASE = timedelta(seconds=30)


@pytest.fixture
def item(people: People) -> Evidence:
    item = sealed_item(people.one())
    with transaction():
        service.plan(item, PLANS, actor=WORKER)
    return item


def _steps(item: Evidence) -> dict[str, Step]:
    return {step.name: step for step in service.current_steps(item.id)}


def _finish(step_id: uuid.UUID, worker: str = "w") -> None:
    with transaction():
        assert service.claim(step_id, worker=worker, lease=LEASE) is not None
    with transaction():
        service.finish(service.hold(step_id, worker=worker), engine={"name": "e", "version": "1"}, actor=WORKER)


def _claim(step_id: uuid.UUID, worker: str, lease: timedelta = LEASE) -> Step | None:
    with transaction():
        return service.claim(step_id, worker=worker, lease=lease)


def test_planning_twice_adds_nothing(item: Evidence) -> None:
    with transaction():
        assert service.plan(item, PLANS, actor=WORKER) == []
    assert len(_steps(item)) == 3


def test_only_what_waits_for_nothing_is_queued(item: Evidence) -> None:
    states = {name: step.state for name, step in _steps(item).items()}
    assert states == {
        "transcribe": StepState.QUEUED,
        "find_entities": StepState.WAITING,
        "draft_report": StepState.WAITING,
    }
    assert session().scalars(sa.select(Job.task)).all() == ["transcribe"]


def test_finishing_queues_what_became_ready(item: Evidence) -> None:
    _finish(_steps(item)["transcribe"].id)
    assert _steps(item)["find_entities"].state is StepState.QUEUED


def test_one_worker_gets_a_step(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    assert _claim(step.id, "first") is not None
    assert _claim(step.id, "second") is None


def test_a_dead_workers_step_can_be_taken_over_and_its_late_result_is_refused(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    _claim(step.id, "dead", lease=timedelta(seconds=-1))
    assert _claim(step.id, "alive") is not None
    with pytest.raises(LeaseLost), transaction():
        service.hold(step.id, worker="dead")


def test_a_step_whose_lease_ended_comes_back_by_itself(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    _claim(step.id, "dead", lease=timedelta(seconds=-1))
    with transaction():
        assert service.come_back() == 1
    assert _steps(item)["transcribe"].state is StepState.QUEUED


def test_a_step_that_kills_every_worker_ends(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    for _ in range(service.MAX_ATTEMPTS):
        _claim(step.id, "dead", lease=timedelta(seconds=-1))
        with transaction():
            service.come_back()
    assert _steps(item)["transcribe"].state is StepState.FAILED


def test_a_failure_soon_is_queued_again_with_a_pause(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    _claim(step.id, "w")
    with transaction():
        service.fail(service.hold(step.id, worker="w"), failure=Failure.SOON, reason="disk away", actor=WORKER)
    assert _steps(item)["transcribe"].state is StepState.QUEUED
    latest = session().scalars(sa.select(Job).order_by(Job.id.desc())).first()
    assert latest is not None
    assert latest.due_at > latest.created_at


def test_a_failure_for_ever_does_not_hold_up_the_rest(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    _claim(step.id, "w")
    with transaction():
        service.fail(service.hold(step.id, worker="w"), failure=Failure.NEVER, reason="no sound", actor=WORKER)
    steps = _steps(item)
    assert steps["transcribe"].state is StepState.FAILED
    assert steps["find_entities"].state is StepState.QUEUED


def test_a_rerun_keeps_the_old_and_redoes_what_was_made_from_it(item: Evidence, people: People) -> None:
    for name in ("transcribe", "find_entities", "draft_report"):
        _finish(_steps(item)[name].id)
    with transaction():
        service.rerun(_steps(item)["find_entities"], actor=actor_for(people.one()))
    steps = _steps(item)
    assert steps["transcribe"].generation == 1
    assert (steps["find_entities"].generation, steps["find_entities"].state) == (2, StepState.QUEUED)
    assert (steps["draft_report"].generation, steps["draft_report"].state) == (2, StepState.WAITING)
    kept = session().scalar(sa.select(sa.func.count()).select_from(Step).where(Step.evidence_id == item.id))
    assert kept == 5


def test_a_step_under_way_cannot_be_rerun(item: Evidence, people: People) -> None:
    with pytest.raises(Conflict, match="under way"), transaction():
        service.rerun(_steps(item)["transcribe"], actor=actor_for(people.one()))


def test_progress_is_kept_only_for_the_holder(item: Evidence) -> None:
    step = _steps(item)["transcribe"]
    _claim(step.id, "w")
    with transaction():
        assert service.keep_alive(step.id, worker="w", lease=LEASE, progress=0.4)
        assert not service.keep_alive(step.id, worker="other", lease=LEASE, progress=0.9)
    session().expire_all()
    assert _steps(item)["transcribe"].progress == pytest.approx(0.4)
