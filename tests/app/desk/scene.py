"""A traffic stop with recordings and what machines made of them, put straight into the tables for tests of pages."""

import hashlib
import uuid

from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Mention, Step, StepState, Tag, Transcript, Utterance
from app.core.clock import now
from app.core.db import session, transaction
from app.evidence.models import Evidence, EvidenceState, MediaKind, Rendition, Upload, UploadState
from app.incidents import service
from app.incidents.models import Incident, IncidentKind
from app.reports.models import Authorship, Draft, Report, ReportState, Review, Sentence, SentenceSource, Version
from tests.people import actor_for

HEARD = {"name": "pocketsphinx", "model": "en-us", "version": "5.1.1", "parameters": {}}
SPEAKERS = {"name": "blotter-speakers", "model": "", "version": "1", "parameters": {}}
READ = {"name": "blotter-reading", "model": "first", "version": "1", "parameters": {}}
ROAD = {
    "renditions": (),
    "transcribe": (),
    "tag_video": (),
    "find_entities": ("transcribe",),
    "score_language": ("transcribe",),
    "draft_report": ("tag_video", "find_entities", "score_language"),
}


def stop(officer: Officer, **given) -> Incident:
    """A traffic stop opened by `officer`."""
    given = {"kind": IncidentKind.TRAFFIC_STOP, "occurred_at": now(), "place": "Main Street", **given}
    with transaction():
        return service.open_incident(actor=actor_for(officer), **given)


def item(
    incident: Incident,
    officer: Officer,
    *,
    title: str = "Dash camera",
    kind: MediaKind | None = MediaKind.VIDEO,
    state: EvidenceState = EvidenceState.SEALED,
    reason: str = "",
) -> Evidence:
    """One item of the incident, sealed unless `state` says otherwise."""
    moment = now()
    upload = Upload(
        id=uuid.uuid4(),
        officer_id=officer.id,
        incident_id=incident.id,
        state=UploadState.RECEIVED,
        length=9,
        offset=9,
        filename="stop.mp4",
        created_at=moment,
        expires_at=moment,
    )
    made = Evidence(
        id=uuid.uuid4(),
        incident_id=incident.id,
        officer_id=officer.id,
        upload_id=upload.id,
        state=state,
        reason=reason,
        title=title,
        original_name="stop.mp4",
        media_kind=kind,
        media_type="video/mp4",
        size=2_000_000,
        sha256=hashlib.sha256(uuid.uuid4().bytes).hexdigest() if state is EvidenceState.SEALED else "",
        duration_s=75.0 if kind in (MediaKind.VIDEO, MediaKind.AUDIO) else None,
        received_at=moment,
        sealed_at=moment if state is EvidenceState.SEALED else None,
        facts={},
    )
    with transaction() as db:
        db.add(upload)
        db.flush()
        db.add(made)
        if state is EvidenceState.SEALED:
            db.flush()
            db.add_all(rendition(made, kind) for kind in ("poster", "proxy", "peaks"))
    return made


def rendition(of: Evidence, kind: str) -> Rendition:
    """A row for a working copy; no file is behind it."""
    return Rendition(
        evidence_id=of.id,
        kind=kind,
        media_type="image/jpeg",
        storage_key=f"renditions/{of.id}/{kind}",
        size=1,
        sha256="0" * 64,
        parent_sha256=of.sha256,
        tool="pyav",
        version="14",
        created_at=now(),
    )


def step(of: Evidence, name: str, state: StepState = StepState.DONE, generation: int = 1, **given) -> Step:
    """A step of an item."""
    over = state in (StepState.DONE, StepState.FAILED, StepState.SUPERSEDED)
    made = Step(
        id=uuid.uuid4(),
        evidence_id=of.id,
        name=name,
        generation=generation,
        state=state,
        queue="default",
        after=list(ROAD[name]),
        input_hash=of.sha256,
        engine=READ if state is StepState.DONE else {},
        progress=1.0 if state is StepState.DONE else 0.4,
        finished_at=now() if over else None,
        **given,
    )
    with transaction() as db:
        db.add(made)
    return made


def heard(by: Step, *lines: str) -> Transcript:
    """A transcript whose words last half a second each; every fifth word is doubtful."""
    transcript = Transcript(
        id=uuid.uuid4(),
        evidence_id=by.evidence_id,
        step_id=by.id,
        engine=HEARD,
        speaker_engine=SPEAKERS,
        language="en",
        duration_s=75.0,
        created_at=now(),
    )
    with transaction() as db:
        db.add(transcript)
        db.flush()
        clock = 0.0
        for position, line in enumerate(lines):
            words = [
                [w, clock + n / 2, clock + n / 2 + 0.4, 0.3 if n % 5 == 4 else 0.9] for n, w in enumerate(line.split())
            ]
            end = clock + len(words) / 2
            db.add(
                Utterance(
                    transcript_id=transcript.id,
                    position=position,
                    start_s=clock,
                    end_s=end,
                    text=line,
                    words=words,
                    confidence=0.75,
                    speaker=f"S{position % 2 + 1}",
                    role=("officer", "other")[position % 2],
                    speaker_confidence=0.8,
                )
            )
            clock = end + 1
    return transcript


def seen(by: Step, kind: str = "vehicle", label: str = "Car", start: float = 1.0, end: float = 5.0) -> Tag:
    """A tag."""
    with transaction() as db:
        tag = Tag(
            id=uuid.uuid4(),
            evidence_id=by.evidence_id,
            step_id=by.id,
            kind=kind,
            label=label,
            start_s=start,
            end_s=end,
            best_s=start + 1,
            confidence=0.7,
            box=[0.1, 0.2, 0.3, 0.4],
            method="yolox-nano",
        )
        db.add(tag)
    return tag


def found(by: Step, kind: str = "plate", value: str = "7ABC123", start: float = 3.0) -> Mention:
    """A mention."""
    with transaction() as db:
        mention = Mention(
            id=uuid.uuid4(),
            evidence_id=by.evidence_id,
            step_id=by.id,
            kind=kind,
            text=value.lower(),
            value=value,
            start_char=0,
            end_char=5,
            start_s=start,
            end_s=start + 1,
            confidence=0.82,
            method="rule:plate",
            engine=READ,
        )
        db.add(mention)
    return mention


def read_whole(of: Evidence) -> dict[str, Step]:
    """Every step of the road done, with something heard, seen and found."""
    steps = {name: step(of, name) for name in ROAD}
    heard(steps["transcribe"], "good evening officer reyes springfield police", "good evening what did i do officer")
    seen(steps["tag_video"])
    seen(steps["tag_video"], kind="plate", label="7ABC123", start=9, end=12)
    found(steps["find_entities"])
    found(steps["find_entities"], kind="person", value="Maria Lopez", start=20)
    session().expunge_all()
    return steps


def reported(of: Evidence, author: Officer, sentences: int = 12) -> Report:
    """A report returned once, with a draft, a version, a review and sentences that each rest on two sources."""
    moment = now()
    drafting = session().query(Step).filter_by(evidence_id=of.id, name="draft_report").one()
    report = Report(
        id=uuid.uuid4(),
        incident_id=of.incident_id,
        author_id=author.id,
        state=ReportState.RETURNED,
        created_at=moment,
        changed_at=moment,
    )
    draft = Draft(
        id=uuid.uuid4(),
        report_id=report.id,
        number=1,
        step_id=drafting.id,
        engines=[READ],
        inputs=[],
        content=[],
        sha256="0" * 64,
        created_at=moment,
    )
    version = Version(
        id=uuid.uuid4(),
        report_id=report.id,
        number=1,
        state=ReportState.SUBMITTED,
        content={},
        sha256="0" * 64,
        created_by=author.id,
        created_at=moment,
    )
    review = Review(
        report_id=report.id,
        version_id=version.id,
        reviewer_id=author.id,
        decision=ReportState.RETURNED,
        notes="Say who called.",
        at=moment,
    )
    with transaction() as db:
        db.add(report)
        db.flush()
        db.add_all([draft, version])
        db.flush()
        db.add(review)
        for n in range(sentences):
            _sentence_with_two_sources(db, report, draft, of, n)
    session().expunge_all()
    return report


def _sentence_with_two_sources(db: orm.Session, report: Report, draft: Draft, of: Evidence, n: int) -> None:
    text = f"Sentence {n}."
    sentence = Sentence(
        id=uuid.uuid4(),
        report_id=report.id,
        draft_id=draft.id,
        position=float(n),
        section="Narrative",
        text=text,
        machine_text=text,
        authorship=Authorship.MACHINE,
        confidence=0.8,
    )
    db.add(sentence)
    db.flush()
    db.add_all(
        SentenceSource(sentence_id=sentence.id, evidence_id=of.id, start_s=float(n + k), end_s=n + k + 1.0)
        for k in range(2)
    )
