"""Words and speakers that people corrected, read by the back room as it reads: findings, language, and the draft follow."""

from collections.abc import Callable
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis import queries
from app.analysis.models import StepState
from app.analysis.transcripts import correcting, speakers
from app.core.db import session, transaction
from app.earlywarning.models import Exposure, LanguageEvent
from app.reports.models import Draft
from tests.app.analysis.spoken import Hearing, hearing
from tests.people import People

TaskRoom = Callable[[str], ModuleType]
SAID = ("my name is james carter", "why did you stop me", "shut up you idiot", "the plate is seven able bravo")


@pytest.fixture
def heard(app: Flask, people: People) -> Hearing:
    return hearing(people, *SAID)


def read_again(heard: Hearing, task_room: TaskRoom) -> set[str]:
    """Done correcting, and then whatever is queued, as the workers do it."""
    with transaction():
        correcting.finish(heard.transcript, heard.item, actor=heard.actor)
    done = set()
    while waiting := [one for one in heard.steps().values() if one.state is StepState.QUEUED]:
        for one in waiting:
            getattr(task_room(one.name), one.name)(str(one.id))
            done.add(one.name)
    assert {one.state for one in heard.steps().values()} == {StepState.DONE}
    return done


def counted(heard: Hearing) -> list[tuple[str, str]]:
    """The moments of the reading that stands."""
    session().rollback()
    standing = sa.select(Exposure.step_id).where(Exposure.evidence_id == heard.item.id)
    query = sa.select(LanguageEvent).where(LanguageEvent.step_id.in_(standing)).order_by(LanguageEvent.start_s)
    return [(one.category, one.phrase) for one in session().scalars(query)]


def test_moments_and_exposure_follow_the_corrected_role_and_words(heard: Hearing, task_room: TaskRoom) -> None:
    given = {"transcript": heard.transcript, "item": heard.item, "actor": heard.actor}
    with transaction():
        speakers.set_role(**given, speaker="S2", role="unknown")
    assert read_again(heard, task_room) == {"find_entities", "score_language", "draft_report"}
    assert ("insult", "idiot") in [(category, phrase.split()[-1]) for category, phrase in counted(heard)]
    whole = session().scalars(sa.select(Exposure.speech_s)).one()
    line = heard.line(2)
    with transaction():
        speakers.assign([line.id], heard.transcript, heard.item, speaker="Driver", role="other", actor=heard.actor)
    read_again(heard, task_room)
    assert "insult" not in {category for category, _ in counted(heard)}
    assert session().scalars(sa.select(Exposure.speech_s)).one() < whole
    line = heard.line(1)
    edition = line.edition
    said = "Why did you stop me? My name is Anna Novak."
    with transaction():
        correcting.correct(line, heard.transcript, heard.item, text=said, edition=edition, actor=heard.actor)
    read_again(heard, task_room)
    found = [one.mention for one in queries.mentions_of(heard.item.id)]
    assert ("Anna Novak", line.id) in {(one.value, one.utterance_id) for one in found}
    drafts = session().scalars(sa.select(Draft).order_by(Draft.number)).all()
    assert "Novak" in str(drafts[-1].content)
    assert "Novak" not in str(drafts[0].content)
