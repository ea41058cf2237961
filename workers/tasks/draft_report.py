"""Draft report: everything read in an incident's recordings, as sentences that each name their seconds."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Decision, Mention, Step, StepState
from app.analysis.queries import tags_of
from app.config import settings
from app.core.actor import Actor
from app.core.db import session
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.reports import agency, recollection, redrafting, report_types, service
from workers.celery_app import celery
from workers.engines import reading, writing
from workers.engines.writing.local_model import LocalModel
from workers.engines.writing.rephrasing import rephrase
from workers.tasks.briefs import sentence_of, type_of
from workers.tasks.inputs import heard_in
from workers.tasks.steps import Progress, Reading, engine_dict, run


@dataclass(frozen=True, slots=True)
class Inputs:
    """The brief for the writing engine, and what it was made from, for the record."""

    brief: writing.Brief
    sources: list[dict[str, Any]]
    engines: list[dict[str, Any]]
    used: dict[str, str] = field(default_factory=dict)


Written = tuple[Inputs, writing.Draft]


def _gather(item: Evidence) -> Inputs | None:
    """What the draft is made of; None where the agency lets no machine draft (A12)."""
    incident = session().get_one(Incident, item.incident_id)
    if agency.rules().blocks(incident.kind):
        return None
    report = redrafting.target(incident, item)
    items = redrafting.recordings(incident.id, report, author_id=item.officer_id)
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
    author, adds = (report.author, bool(report.supplements_id)) if report else (item.officer, False)
    remembered = None if adds else recollection.of(incident.id, author.id)
    kind = report_types.standing("supplement" if adds else incident.kind.value)
    brief = writing.Brief(
        incident=_facts(incident, author),
        recordings=tuple(_recording(one, steps) for one in items),
        notes=(remembered.text,) if remembered else (),
        type=type_of(kind),
        first_person=agency.rules().narrative_person == "first",
    )
    used = {"recollection": str(remembered.id), "recollection_sha256": remembered.sha256} if remembered else {}
    return Inputs(brief, sources, _engines(steps), used)


def _facts(incident: Incident, officer: Officer) -> writing.IncidentFacts:
    return writing.IncidentFacts(
        number=incident.number,
        kind=incident.kind.value,
        occurred_at=incident.occurred_at,
        place=incident.place,
        officer_name=officer.title,
        badge=officer.badge,
        people=tuple(
            writing.PersonFact(one.part.value, one.name, one.date_of_birth.isoformat() if one.date_of_birth else "")
            for one in incident.participants
        ),
        offences=tuple(one.description for one in incident.offences),
    )


def _recording(item: Evidence, steps: list[Step]) -> writing.Recording:
    heard = heard_in(item.id)
    lines = {identity: index for index, identity in enumerate(heard.utterance_ids)}
    done = [step.id for step in steps if step.evidence_id == item.id]
    tags = tags_of(item.id)  # what a person rejected stays out, what one added is in
    of_item = sa.or_(Mention.step_id.in_(done), sa.and_(Mention.step_id.is_(None), Mention.evidence_id == item.id))
    kept = sa.select(Mention).where(of_item, Mention.decision != Decision.REJECTED)  # what a person threw out stays out
    mentions = [row for row in session().scalars(kept.order_by(Mention.start_s)) if row.utterance_id in lines]
    return writing.Recording(
        evidence_id=str(item.id),
        title=item.title,
        kind=item.media_kind.value if item.media_kind else "other",
        started_at=item.recorded_at,
        duration=item.duration_s or 0.0,
        officer_name=item.officer.title,
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
        mentions=tuple(_mention(row, lines[row.utterance_id]) for row in mentions if row.utterance_id),
        confirmed=frozenset(
            (lines[row.utterance_id], row.start_char, row.end_char)
            for row in mentions
            if row.utterance_id and row.decision is Decision.CONFIRMED
        ),
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
    engine["parameters"] |= inputs.used
    report = redrafting.target(incident, item) or service.report_for(incident, author=item.officer)
    sentences = [sentence_of(one) for one in draft.sentences]
    kept = service.keep_draft(
        report,
        step_id=step.id,
        engines=[*inputs.engines, engine],
        inputs=inputs.sources,
        sentences=sentences,
        actor=actor,
        left_out=[(one.evidence_id, one.start, one.end, one.text, one.reason) for one in draft.left_out],
    )
    return engine, {"draft": kept.number, "sentences": len(sentences)}


READING = Reading("draft_report", _gather, _compute, _keep)


@celery.task(name="draft_report")
def draft_report(step_id: str) -> None:
    """Runs one draft_report step."""
    run(READING, step_id)
