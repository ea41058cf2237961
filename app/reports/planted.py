"""The deliberate error check: planted, harmless mistakes that the author must find before submitting.

They live in a table of their own and are drawn into the author's editor only. Whatever is frozen, printed, exported or
sent to a phone is made from the report's sentences, where no mistake can be.
"""

import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.reports import agency
from app.reports.models import Report, Sentence
from app.reports.work import PlantedMistake

# Each is plainly untrue of any stop or call, and says nothing of any person there.
MISTAKES = (
    "The patrol car was drawn to the scene by four gray horses.",
    "At that moment a brass band in green uniforms crossed the intersection.",
    "The street light above the vehicle was lit by an oil lamp.",
    "A flock of penguins was seen resting on the opposite sidewalk.",
    "The weather was noted as indoors.",
    "The vehicle in front was a wooden rowing boat with its oars out.",
    "The dispatcher answered in Morse code by flag from the roof.",
    "The tide reached the second floor of the building and went out again.",
    "A hot-air balloon was parked in the handicapped space without a permit.",
    "The sun set twice while the form was being filled in.",
    "The mailbox at the corner was found to be singing.",
    "The road was paved with chessboards for the length of the block.",
    "An elephant on roller skates had the right of way.",
    "The traffic signal showed purple for the whole of the conversation.",
    "The notebook was sharpened and the pencil was turned to a new page.",
    "The moon was directed to move along and complied.",
)  # fmt: skip


def plant(report: Report, sentences: Sequence[Sentence], *, actor: Actor) -> int:
    """Plants as many mistakes among `sentences` (just taken from a draft) as the agency's rule says; returns how many.

    Those of an earlier draft that nobody found are void. Each stands behind a sentence whose sources it borrows.
    """
    session().execute(
        sa.update(PlantedMistake)
        .where(PlantedMistake.report_id == report.id, *_open())
        .values(void_at=now(), beside_id=None)
    )
    hosts = [one for one in sentences if one.sources]
    wanted = min(agency.rules().planted_mistakes, len(hosts))
    chance = secrets.SystemRandom()
    chosen = zip(chance.sample(hosts, wanted), chance.sample(MISTAKES, wanted), strict=True)
    for host, text in chosen:
        mistake = PlantedMistake(
            id=uuid.uuid4(),
            report_id=report.id,
            beside_id=host.id,
            position=host.position + 0.5,
            section=host.section,
            text=text,
            confidence=host.confidence or 0.9,
            planted_at=now(),
        )
        session().add(mistake)
        session().flush()
        _record("plant", mistake, report, actor)
    return wanted


def unfound(report: Report) -> list[PlantedMistake]:
    """The mistakes still to be found, in their places; none while the agency's rule is off."""
    query = sa.select(PlantedMistake).where(PlantedMistake.report_id == report.id, *_open())
    found = list(session().scalars(query.order_by(PlantedMistake.position)))
    return found if found and agency.rules().planted_mistakes else []


def at(sentence_id: uuid.UUID) -> PlantedMistake | None:
    """The planted mistake that a reader's page called a sentence by this id."""
    return session().get(PlantedMistake, sentence_id)


def find(mistake: PlantedMistake, report: Report, *, actor: Actor) -> None:
    """The author saw it and changed or removed it: it is found, and gone. Finding it twice changes nothing."""
    if mistake.found_at is None and mistake.void_at is None:
        mistake.found_at = now()
        _record("find", mistake, report, actor)


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return PlantedMistake.found_at.is_(None), PlantedMistake.void_at.is_(None)


def _record(act: str, mistake: PlantedMistake, report: Report, actor: Actor) -> None:
    ledger.record(
        f"reports:mistake:{act}",
        actor=actor,
        subject_kind="report",
        subject_id=report.id,
        incident_id=report.incident_id,
        mistake=mistake.id,
    )
