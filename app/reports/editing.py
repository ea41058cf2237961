"""More than one sentence at a time: pasted paragraphs, quotations from a transcript, and the order of sentences."""

import enum
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis.models import Transcript, Utterance
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, NotFound
from app.core.phrases import N_
from app.evidence.models import Evidence, EvidenceState
from app.reports import service, wording
from app.reports.canonical import digest
from app.reports.models import Authorship, Report, Sentence, SentenceSource

SPOKE = {"officer": "the officer said", "other": "the other speaker said"}


class Direction(enum.StrEnum):
    """Which way a sentence moves."""

    UP = "up"
    DOWN = "down"


def add_paragraphs(
    report: Report, *, text: str, section: str, actor: Actor, behind: Sentence | None = None
) -> list[Sentence]:
    """What the officer typed or pasted, a sentence row for each paragraph, at the end of a section or behind a sentence.

    Whatever part of it cannot be used, nothing of it is: Invalid names the paragraph.
    """
    service.editable(report, actor)
    texts = wording.paragraphs(text)
    section = behind.section if behind else service.section_name(section)
    places = service.places(report, count=len(texts), section=section, behind=behind)
    added = [
        service.own_sentence(report, text=one, section=section, position=place, actor=actor)
        for one, place in zip(texts, places, strict=True)
    ]
    service.changed(report)
    return added


def quote(report: Report, utterance_id: uuid.UUID, *, actor: Actor, behind: Sentence | None = None) -> Sentence:
    """What was said, word for word as the machine heard it, with its speaker, time and source, as one sentence.

    The words are a machine's: they count as machine text, with the transcript's engine and confidence (A1, A8, A9).
    NotFound when the utterance is of another incident.
    """
    service.editable(report, actor)
    heard = _heard(report, utterance_id)
    said, item = heard.utterance, heard.item
    text = wording.sentence(_quotation(said, item))
    section = behind.section if behind else _last_section(report)
    [place] = service.places(report, count=1, section=section, behind=behind)
    sentence = Sentence(
        id=uuid.uuid4(),
        report_id=report.id,
        position=place,
        section=section,
        text=text,
        machine_text=text,
        machine_characters=len(text),
        authorship=Authorship.MACHINE,
        confidence=said.confidence,
        engines=[heard.transcript.engine],
        edited_by=actor.id,
        edited_at=now(),
    )
    sentence.sources = [SentenceSource(evidence_id=item.id, start_s=said.start_s, end_s=said.end_s, quote=said.text)]
    session().add(sentence)
    service.changed(report)
    service.record(
        "reports:sentence:quote", report, actor, sentence=sentence.id, utterance=said.id, sha256=digest(text)
    )
    return sentence


def move(sentence: Sentence, report: Report, *, direction: Direction, actor: Actor) -> Sentence | None:
    """One place up or down, into the next section at its edge; returns the neighbour it passed, None at either end.

    The words stay as they are: a move is no new edition, and collides with nobody's typing.
    """
    service.editable(report, actor)
    standing = sorted(report.sentences, key=lambda one: one.position)
    here = next(number for number, one in enumerate(standing) if one.id == sentence.id)
    there = here + (1 if direction is Direction.DOWN else -1)
    if not 0 <= there < len(standing):
        return None
    other = standing[there]
    if other.section != sentence.section:
        _place(sentence, sentence.position, other.section)
    else:
        first, second = sentence.position, other.position
        _place(sentence, second, sentence.section)
        _place(other, first, other.section)
    service.changed(report)
    service.record("reports:sentence:move", report, actor, sentence=sentence.id, direction=direction.value)
    return other


@dataclass(frozen=True, slots=True)
class Heard:
    """An utterance with the transcript and the recording it is of."""

    utterance: Utterance
    transcript: Transcript
    item: Evidence


def _heard(report: Report, utterance_id: uuid.UUID) -> Heard:
    query = (
        sa.select(Utterance, Transcript, Evidence)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .join(Evidence, Evidence.id == Transcript.evidence_id)
        .where(Utterance.id == utterance_id, Utterance.gone.is_(False))
        .where(Evidence.incident_id == report.incident_id)
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound(N_("There are no such words in this incident's recordings."))
    if row[2].state is not EvidenceState.SEALED:
        raise Conflict(N_("This recording is not there any more."), remedy=N_("Quote from one that is."))
    return Heard(row[0], row[1], row[2])


def _quotation(said: Utterance, item: Evidence) -> str:
    minutes, seconds = divmod(int(said.start_s), 60)
    where = f"At {minutes}:{seconds:02d} of “{item.title or item.original_name}”"
    return f"{where}, {SPOKE.get(said.role, 'a speaker said')}: “{said.text.strip()}”"


def _last_section(report: Report) -> str:
    return report.sentences[-1].section if report.sentences else "Narrative"


def _place(sentence: Sentence, position: float, section: str) -> None:
    """Past the ORM's edition: who types in another window keeps typing."""
    session().execute(
        sa.update(Sentence)
        .where(Sentence.id == sentence.id)
        .values(position=position, section=section)
        .execution_options(synchronize_session=False)
    )
    session().expire(sentence, ["position", "section"])
