"""A recording with a transcript, and the hands that correct it, for tests of transcripts."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Step, StepState, Transcript, Utterance
from app.analysis.transcripts import reads
from app.core.actor import Actor
from app.core.db import session
from app.core.ledger import Event
from app.evidence.models import Evidence
from tests.app.desk import scene
from tests.people import People, actor_for

LINES = ("get out of the car now please", "i have a fire arm in the glove box", "keep your hands up", "okay sir okay")


@dataclass
class Hearing:
    """An officer, their recording, and what stands of its transcript."""

    officer: Officer
    item: Evidence
    transcript_id: object
    actor: Actor

    @property
    def transcript(self) -> Transcript:
        session().rollback()
        return session().get_one(Transcript, self.transcript_id, populate_existing=True)

    def line(self, number: int) -> Utterance:
        """The line as it stands, from 0."""
        return self.lines()[number]

    def lines(self) -> list[Utterance]:
        """What stands, read afresh."""
        session().expire_all()
        return reads.lines(self.transcript, limit=None)

    def texts(self) -> list[str]:
        return [one.text for one in self.lines()]

    def said_at(self, number: int) -> list[str]:
        """What stood at a version."""
        session().expire_all()
        return [one.text for one in reads.as_of(self.transcript, number)]

    def steps(self) -> dict[str, Step]:
        """The newest generation of each step."""
        session().expire_all()
        query = sa.select(Step).where(Step.evidence_id == self.item.id).order_by(Step.generation)
        return {one.name: one for one in session().scalars(query)}

    def acts(self) -> list[str]:
        """What the ledger holds of this transcript, oldest first."""
        query = sa.select(Event.act).where(
            Event.subject_id == str(self.item.id), Event.act.like("analysis:transcript:%")
        )
        return list(session().scalars(query.order_by(Event.seq)))


def hearing(people: People, *lines: str) -> Hearing:
    """A recording that was read whole: every step of the road is done."""
    officer = people.one()
    item = scene.item(scene.stop(officer), officer)
    for name in ("renditions", "tag_video", "find_entities", "score_language", "draft_report"):
        scene.step(item, name)
    transcript = scene.heard(scene.step(item, "transcribe"), *(lines or LINES))
    return Hearing(officer, item, transcript.id, actor_for(officer))


def heard_again(of: Hearing, *lines: str) -> Hearing:
    """A second reading of the same recording, done; the first is superseded."""
    with scene.transaction():
        session().execute(
            sa.update(Step)
            .where(Step.evidence_id == of.item.id, Step.name == "transcribe")
            .values(state=StepState.SUPERSEDED)
        )
    transcript = scene.heard(scene.step(of.item, "transcribe", generation=2), *lines)
    return Hearing(of.officer, of.item, transcript.id, of.actor)
