"""The back room and moments: made anew after each change, the same twice; a draft knows what people decided on tags."""

import threading

import sqlalchemy as sa

from app.analysis import results
from app.analysis.models import Decision, Step
from app.analysis.tags import deciding as tags_deciding
from app.analysis.tags.deciding import Added
from app.core.db import session, transaction
from app.core.outbox import Job
from app.search.models import Moment
from tests.app.desk import scene
from tests.app.search.scene import find, recording, tags
from tests.people import People, actor_for

ROW = {"kind": "vehicle", "label": "car", "start": 3.0, "end": 5.0, "best_at": 4.0, "count": 9, "confidence": 0.8, "box": None,
       "method": "yolox-nano", "detail": {}}  # fmt: skip


def test_a_reading_asks_for_moments_and_making_them_twice_makes_the_same(people: People, task_room) -> None:
    officer = people.one()
    item = scene.item(scene.stop(officer), officer)
    step = scene.step(item, "tag_video")
    with transaction():
        results.keep_tags(step, [ROW])
    [job] = session().scalars(sa.select(Job).where(Job.task == "gather_moments"))
    made = []
    for _ in range(2):
        worker = threading.Thread(target=task_room("gather_moments").gather_moments, kwargs=job.arguments)
        worker.start()
        worker.join()
        session().rollback()
        made.append(session().execute(sa.select(Moment.id, Moment.start_s, Moment.tag_ids)).all())
    assert made[0] == made[1]
    assert len(made[0]) == 1
    assert [one.second for one in find(officer, "car").results] == [3.0]


def test_a_draft_is_written_from_what_people_left_and_added(people: People, task_room) -> None:
    officer = people.one()
    actor = actor_for(officer)
    item = recording(officer, seen=(("vehicle", "Car", 1.0, 2.0), ("plate", "7ABC123", 3.0, 4.0)))
    car = tags(item)[0]
    with transaction():
        tags_deciding.decide_tag(car, evidence=item, decision=Decision.REJECTED, actor=actor)
        tags_deciding.add_tag(item, added=Added("object", "knife", 5.0, 6.0), actor=actor)
    steps = list(session().scalars(sa.select(Step).where(Step.evidence_id == item.id)))
    told = task_room("draft_report")._recording(item, steps).tags
    assert [(one.kind, one.label) for one in told] == [("plate", "7ABC123"), ("object", "knife")]
