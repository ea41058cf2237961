"""Draft report: everything read in an incident's recordings, as sentences that each name their seconds."""

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Mention, Step, StepState, Tag
from app.config import settings
from app.core.actor import Actor
from app.core.db import session
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.reports import agency, service
from app.reports.schemas import DraftedSentence
from workers.celery_app import celery
from workers.engines import reading, writing
from workers.engines.writing.local_model import LocalModel
from workers.engines.writing.rephrasing import rephrase
from workers.tasks.inputs import heard_in
from workers.tasks.steps import Progress, Reading, engine_dict, run


@dataclass(frozen=True, slots=True)
class Inputs:
    """The brief for the writing engine, and what it was made from, for the record."""

    brief: writing.Brief
    sources: list[dict[str, Any]]
    engines: list[dict[str, Any]]


Written = tuple[Inputs, writing.Draft]


def _gather(item: Evidence) -> Inputs | None:
    """What the draft is made of; None where the agency lets no machine draft (A12)."""
    incident = session().get_one(Incident, item.incident_id)
    if agency.rules().blocks(incident.kind):
        return None
    items = list(
        session().scalars(
            sa.select(Evidence)
            .where(
                Evidence.incident_id == incident.id,
                Evidence.state == EvidenceState.SEALED,
                Evidence.duplicate_of.is_(None),
            )
            .order_by(Evidence.recorded_at.nulls_last(), Evidence.received_at)
        )
    )
    steps = list(
        session().scalars(
            sa.select(Step).where(Step.evidence_id.in_([one.id for one in items]), Step.state == StepState.DONE)
        )
    )
    sources = [
        {
            "evidence_id": str(one.id),
            "title": one.title,
            "sha256": one.sha256,
            "size": one.size,
            "steps": {step.name: str(step.id) for step in steps if step.evidence_id == one.id},
        }
        for one in items
    ]
    brief = writing.Brief(incident=_facts(incident, item), recordings=tuple(_recording(one, steps) for one in items))
    return Inputs(brief, sources, _engines(steps))


def _facts(incident: Incident, item: Evidence) -> writing.IncidentFacts:
    officer = item.officer
    return writing.IncidentFacts(
        number=incident.number,
        kind=incident.kind.value,
        occurred_at=incident.occurred_at,
        place=incident.place,
        officer_name=officer.title,
        badge=officer.badge,
    )


def _recording(item: Evidence, steps: list[Step]) -> writing.Recording:
    heard = heard_in(item.id)
    lines = {identity: index for index, identity in enumerate(heard.utterance_ids)}
    done = [step.id for step in steps if step.evidence_id == item.id]
    tags = session().scalars(sa.select(Tag).where(Tag.step_id.in_(done)).order_by(Tag.start_s))
    mentions = session().scalars(sa.select(Mention).where(Mention.step_id.in_(done)).order_by(Mention.start_s))
    return writing.Recording(
        evidence_id=str(item.id),
        title=item.title,
        kind=item.media_kind.value if item.media_kind else "other",
        started_at=item.recorded_at,
        duration=item.duration_s or 0.0,
        lines=heard.lines,
        tags=tuple(
            writing.TagFact(
                kind=tag.kind,
                label=tag.label,
                start=tag.start_s,
                end=tag.end_s,
                confidence=tag.confidence,
                count=tag.count,
            )
            for tag in tags
        ),
        mentions=tuple(_mention(row, lines[row.utterance_id]) for row in mentions if row.utterance_id in lines),
    )


def _mention(row: Mention, line: int) -> reading.Mention:
    return reading.Mention(
        kind=row.kind,
        text=row.text,
        value=row.value,
        line=line,
        start_char=row.start_char,
        end_char=row.end_char,
        confidence=row.confidence,
        method=row.method,
    )


def _engines(steps: list[Step]) -> list[dict[str, Any]]:
    """Every program that had a part in the text, once each (A1, A5)."""
    named: dict[tuple[str, str, str], dict[str, Any]] = {}
    for step in steps:
        if step.name == "renditions":
            continue
        for engine in step.engine.get("engines") or [step.engine]:
            if engine.get("name"):
                key = engine["name"], str(engine.get("model", "")), str(engine.get("version", ""))
                named[key] = engine
    return list(named.values())


def _compute(inputs: Inputs | None, progress: Progress) -> Written | None:
    if inputs is None:
        return None
    draft, config = writing.compose(inputs.brief), settings()
    if config.rephrase_url:
        model = LocalModel(
            config.rephrase_url,
            config.rephrase_model,
            config.rephrase_key,
            config.rephrase_seconds,
            config.rephrase_anywhere,
        )
        draft = rephrase(draft, inputs.brief, model, progress)
    return inputs, draft


def _keep(step: Step, item: Evidence, result: Written | None, actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    incident = session().scalars(sa.select(Incident).where(Incident.id == item.incident_id).with_for_update()).one()
    if result is None or agency.rules().blocks(incident.kind):
        service.refuse_draft(incident, author=item.officer, actor=actor)
        return {}, {"draft": 0, "refused": "blocked_kind"}
    inputs, draft = result
    engine = engine_dict(draft.engine)
    report = service.report_for(incident, author=item.officer)
    sentences = [
        DraftedSentence(
            section=sentence.section,
            text=sentence.text,
            confidence=sentence.confidence,
            gap=sentence.gap,
            sources=[(uuid.UUID(one.evidence_id), one.start, one.end, one.quote) for one in sentence.sources],
        )
        for sentence in draft.sentences
    ]
    kept = service.keep_draft(
        report,
        step_id=step.id,
        engines=[*inputs.engines, engine],
        inputs=inputs.sources,
        sentences=sentences,
        actor=actor,
    )
    return engine, {"draft": kept.number, "sentences": len(sentences)}


READING = Reading("draft_report", _gather, _compute, _keep)


@celery.task(name="draft_report")
def draft_report(step_id: str) -> None:
    """Runs one draft_report step."""
    run(READING, step_id)
