"""Who used AI, when, from which device and address, on which recordings, with which programs and settings: one query (A6)."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app.analysis.models import Step
from app.core.db import session
from app.core.ledger import Event
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.reports.models import Draft, Report, Sentence, SentenceSource

PAGE = 50
READINGS = {
    "transcribe": "Speech to text",
    "tag_video": "Looking for things in pictures",
    "find_entities": "Looking for names and places",
    "score_language": "Looking at how people spoke",
    "draft_report": "Draft of the report",
}
# What people do with what a machine wrote. Signatures count where the signed text has some of it.
ACTS = {
    "reports:draft:use": "Took a draft",
    "reports:sentence:quote": "Quoted what was heard",
    "reports:report:submit": "Signed and submitted",
    "reports:report:approve": "Approved and signed",
}
ASKED = {
    "evidence:item:receive": "by sending it",
    "analysis:step:rerun": "had it read again",
    "analysis:transcript:done": "was done correcting its words",
}
WHAT = READINGS | ACTS


@dataclass(frozen=True, slots=True)
class Use:
    """A reading by a machine with the person whose act asked for it, or an act of a person on what a machine wrote.

    `what` is one of WHAT; `how` says by which act a reading was asked for. `media` are {evidence_id, sha256}; `programs`
    {name, model, version, parameters}. `draft` is the one that was written, taken, or the newest there was. `event` is
    the number of the person's act in the ledger.
    """

    at: datetime
    finished_at: datetime | None
    what: str
    generation: int
    state: str
    who: str
    how: str
    address: str
    device: str
    incident: str
    report: uuid.UUID | None
    draft: int | None
    programs: list[dict[str, Any]]
    media: list[dict[str, Any]]
    event: int | None

    @property
    def words(self) -> str:
        """What was done, as a reader says it."""
        return WHAT[self.what]

    @property
    def asked(self) -> str:
        """By which act a reading was asked for, as a reader says it."""
        return ASKED.get(self.how, "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to narrow to; empty members narrow nothing. `who` is a part of a name or badge; `since` <= at < `until`.

    `reports`: the readings of their incident's recordings, the drafts of these reports only, and the acts on them.
    """

    who: str = ""
    what: str = ""
    incident: str = ""
    evidence: uuid.UUID | None = None
    reports: tuple[uuid.UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def uses(wanted: Wanted, *, limit: int = PAGE, offset: int = 0) -> list[Use]:
    """Every use that fits, newest first, in one statement. Asks nobody who they are: it is for those who read the ledger,
    and for the back room."""
    query = _query(wanted, most=limit + offset).limit(limit).offset(offset)
    return [_use(row) for row in session().execute(query).mappings()]


def everything(wanted: Wanted) -> Iterator[Use]:
    """Every use that fits, newest first, fetched some thousands at a time: memory stays flat."""
    rows = session().execute(_query(wanted), execution_options={"yield_per": 2000})
    yield from (_use(row) for row in rows.mappings())


def plain(found: Iterable[Use]) -> Iterator[dict[str, Any]]:
    """The same as JSON."""
    for one in found:
        times = {name: moment.isoformat() if (moment := getattr(one, name)) else None for name in ("at", "finished_at")}
        yield asdict(one) | times | {"report": str(one.report) if one.report else None}


def _use(row: sa.RowMapping) -> Use:
    return Use(**{name: row[name] for name in Use.__dataclass_fields__})


def _query(wanted: Wanted, most: int | None = None) -> sa.Select[*tuple[Any, ...]]:
    """Both halves, each no longer than `most`, in one order."""
    both = sa.union_all(*(_narrowed(half, wanted).limit(most) for half in (_readings(), _acts()))).subquery()
    return sa.select(both).order_by(both.c.at.desc(), both.c.event.desc(), both.c.what, both.c.subject)


def _narrowed(query: sa.Select[*tuple[Any, ...]], wanted: Wanted) -> sa.Select[*tuple[Any, ...]]:
    half = query.subquery()
    narrowed = sa.select(half).order_by(half.c.at.desc(), half.c.event.desc(), half.c.what, half.c.subject)
    if wanted.who:
        narrowed = narrowed.where(half.c.who.icontains(wanted.who, autoescape=True))
    if wanted.what:
        narrowed = narrowed.where(half.c.what == wanted.what)
    if wanted.incident:
        narrowed = narrowed.where(half.c.incident == wanted.incident)
    if wanted.evidence:
        narrowed = narrowed.where(sa.cast(half.c.media, sa.Text).contains(str(wanted.evidence)))
    if wanted.reports:
        own = sa.select(Report.incident_id).where(Report.id.in_(wanted.reports))
        nobodys = sa.and_(half.c.report.is_(None), half.c.incident_id.in_(own))
        narrowed = narrowed.where(sa.or_(half.c.report.in_(wanted.reports), nobodys))
    if wanted.since:
        narrowed = narrowed.where(half.c.at >= wanted.since)
    if wanted.until:
        narrowed = narrowed.where(half.c.at < wanted.until)
    return narrowed


def _readings() -> sa.Select[*tuple[Any, ...]]:
    """Each reading, with the newest act before it that asked for it."""
    asked = (
        sa.select(Event.seq, Event.act, Event.actor_label, Event.address, Event.device)
        .where(
            Event.subject_kind == "evidence",
            Event.subject_id == sa.cast(Evidence.id, sa.Text),
            Event.act.in_(ASKED),
            Event.at <= Step.started_at,
            sa.or_(Event.act == "evidence:item:receive", Event.details["again"].has_key(Step.name)),
        )
        .order_by(Event.seq.desc())
        .limit(1)
        .lateral("asked")
    )
    itself = sa.func.jsonb_build_object("evidence_id", Evidence.id, "sha256", Evidence.sha256)
    return (
        sa.select(
            Step.started_at.label("at"),
            Step.finished_at.label("finished_at"),
            Step.name.label("what"),
            Step.generation.label("generation"),
            sa.cast(Step.state, sa.Text).label("state"),
            sa.func.coalesce(asked.c.actor_label, "").label("who"),
            sa.func.coalesce(asked.c.act, "").label("how"),
            sa.func.coalesce(asked.c.address, "").label("address"),
            sa.func.coalesce(asked.c.device, "").label("device"),
            Incident.id.label("incident_id"),
            Incident.number.label("incident"),
            Draft.report_id.label("report"),
            Draft.number.label("draft"),
            sa.func.coalesce(Draft.engines, _list_of(Step.engine)).label("programs"),
            sa.func.coalesce(_media(Draft.inputs), sa.func.jsonb_build_array(itself)).label("media"),
            asked.c.seq.label("event"),
            sa.cast(Step.id, sa.Text).label("subject"),
        )
        .join(Evidence, Evidence.id == Step.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .outerjoin(Draft, Draft.step_id == Step.id)
        .outerjoin(asked, sa.true())
        .where(Step.started_at.is_not(None), Step.name.in_(READINGS))
    )


def _acts() -> sa.Select[*tuple[Any, ...]]:
    """Each act on a report that used a machine's words, with the draft that it was about or the words it brought in."""
    number = sa.cast(Event.details["number"].astext, sa.Integer)
    named = sa.case((Event.act == "reports:draft:use", Draft.number == number), else_=Draft.created_at <= Event.at)
    meant = (
        sa.select(Draft.number, Draft.engines, _media(Draft.inputs).label("media"))
        .where(Draft.report_id == Report.id, named, Event.act != "reports:sentence:quote")
        .order_by(Draft.number.desc())
        .limit(1)
        .lateral("meant")
    )
    sound = sa.func.jsonb_build_object("evidence_id", Evidence.id, "sha256", Evidence.sha256)
    quoted = (
        sa.select(Sentence.engines, sa.func.jsonb_agg(sound).label("media"))
        .join(SentenceSource, SentenceSource.sentence_id == Sentence.id)
        .join(Evidence, Evidence.id == SentenceSource.evidence_id)
        .where(Event.act == "reports:sentence:quote", sa.cast(Sentence.id, sa.Text) == Event.details["sentence"].astext)
        .group_by(Sentence.id)
        .lateral("quoted")
    )
    signed = Event.act.in_(("reports:report:submit", "reports:report:approve"))
    return (
        sa.select(
            Event.at.label("at"),
            Event.at.label("finished_at"),
            Event.act.label("what"),
            sa.literal(1).label("generation"),
            sa.cast(Event.outcome, sa.Text).label("state"),
            Event.actor_label.label("who"),
            sa.literal("").label("how"),
            Event.address.label("address"),
            Event.device.label("device"),
            Incident.id.label("incident_id"),
            Incident.number.label("incident"),
            Report.id.label("report"),
            meant.c.number.label("draft"),
            sa.func.coalesce(meant.c.engines, quoted.c.engines, _EMPTY).label("programs"),
            sa.func.coalesce(meant.c.media, quoted.c.media, _EMPTY).label("media"),
            Event.seq.label("event"),
            Event.subject_id.label("subject"),
        )
        .join(Report, sa.cast(Report.id, sa.Text) == Event.subject_id)
        .join(Incident, Incident.id == Report.incident_id)
        .outerjoin(meant, sa.true())
        .outerjoin(quoted, sa.true())
        .where(Event.act.in_(ACTS), Event.subject_kind == "report")
        .where(sa.or_(~signed, Event.details["ai"].astext == "true"))
    )


_EMPTY = sa.literal([], JSONB)


def _list_of(engine: Any) -> sa.ColumnElement[Any]:
    """A program as a list; an empty one while nothing is known of it yet."""
    return sa.case((engine == sa.literal({}, JSONB), _EMPTY), else_=sa.func.jsonb_build_array(engine))


def _media(inputs: Any) -> sa.ColumnElement[Any]:
    """A draft's recordings by id and hash; titles are not for everybody who reads the ledger."""
    one = sa.func.jsonb_array_elements(inputs).table_valued(sa.column("value", JSONB)).lateral("one")
    named = sa.func.coalesce(one.c.value["evidence_id"], one.c.value["evidence"])
    pair = sa.func.jsonb_build_object("evidence_id", named, "sha256", one.c.value["sha256"])
    return sa.select(sa.func.jsonb_agg(pair)).select_from(one).scalar_subquery()
