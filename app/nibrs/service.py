"""What people do here: code an incident, stand by a warning, make the month's file, take a file in, attach an answer."""

import dataclasses
import hashlib
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.outbox import enqueue_once
from app.incidents.models import Incident
from app.nibrs import coding as codings
from app.nibrs import queries, responses
from app.nibrs.edits import Finding, check_submission
from app.nibrs.models import Coding, Direction, Entry, EntryState, Format, NibrsFile, Response
from app.nibrs.packing import Outgoing, pack, unpack
from app.nibrs.records import GroupAIncident, GroupBArrest, Head, Report, Submission, ZeroReport, to_plain
from app.nibrs.terms import Terms
from app.nibrs.typed import printable
from app.reports.canonical import digest

ONE_AT_A_TIME = 0x4E494252  # "NIBR": two clerks never make the same month's file at once
LARGEST = 20_000_000
STATES = {"ACCEPTED": EntryState.ACCEPTED, "WARNINGS": EntryState.WARNINGS, "ERRORS": EntryState.ERRORS}


def code(
    incident: Incident,
    *,
    group_a: GroupAIncident | None,
    group_b: GroupBArrest | None,
    not_reportable: str = "",
    edition: int = 0,
    actor: Actor,
) -> Coding:
    """Keeps how a person coded the incident, errors and all: they are shown, and stop an approval, not the work.

    Conflict when somebody changed it since `edition` was read (0: when nobody had begun).
    """
    reason = printable(not_reportable)
    if len(reason) > 400:
        raise Invalid("At most 400 characters.", field="not_reportable")
    known = queries.coding_of(incident.id)
    if (known.edition if known else 0) != edition:
        raise Conflict("Somebody else changed the coding meanwhile.", remedy="Load the page again; nothing was saved.")
    content = codings.plain(group_a, group_b)
    if reason and content:
        raise Invalid("Either there is something to report, or there is not.", field="not_reportable")
    moment = now()
    if known is None:
        known = Coding(incident_id=incident.id, content={}, acknowledged=[], created_at=moment)
        session().add(known)
    known.content, known.not_reportable = content, reason
    known.changed_at, known.changed_by = moment, actor.id
    session().flush()
    offenses = [one.get("code", "") for one in content.get("a", {}).get("offenses", [])]
    _record("coding:save", known, actor, edition=known.edition, sha256=digest(content), offenses=offenses)
    enqueue_once("count_checks", incident_id=incident.id)
    return known


def acknowledge(coding: Coding, *, findings: Iterable[Finding], actor: Actor) -> None:
    """The actor looked at these warnings and stands by what is coded. Errors cannot be acknowledged."""
    chosen = list(findings)
    if any(one.is_error for one in chosen):
        raise Invalid("An error must be put right; only a warning can be acknowledged.")
    known = {one["key"] for one in coding.acknowledged}
    fresh = [one for one in chosen if one.key not in known]
    mark = {"by": str(actor.id), "at": now().isoformat()}
    coding.acknowledged = [*coding.acknowledged, *({"key": one.key, **mark} for one in fresh)]
    _record("warning:acknowledge", coding, actor, rules=[one.number for one in fresh])
    enqueue_once("count_checks", incident_id=coding.incident_id)


def make_file(month: date, *, written: Format, terms: Terms, actor: Actor) -> tuple[NibrsFile, list[str]]:
    """The file of a month: what was approved and not sent, changed since, or taken back; a zero report when nothing
    happened. Also the numbers of incidents left out because they break a rule now.

    Invalid for a month to come, an agency that does not report, or a document that breaks the schema; Conflict when
    there is nothing to send.
    """
    today = now().astimezone().date()
    first = month.replace(day=1)
    if terms.since is None:
        raise Invalid("This agency does not report by NIBRS.", remedy="Set BLOTTER_NIBRS_SINCE to the day it began.")
    if first > today:
        raise Invalid("This month has not come yet.", field="month")
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    outgoing, left_out = _sorted_out(first, terms, today)
    if not outgoing:
        outgoing = [_zero(first, terms)]
    day = f"{today:%Y%m%d}"
    name, body = pack(outgoing, written, terms, made_at=now(), day=day, series=queries.made_on(day) + 1)
    file = _keep(Direction.MADE, written, terms.ori, f"{first:%Y-%m}", name, body, outgoing, actor)
    _record_file("file:make", file, actor, left_out=len(left_out))
    return file, left_out


def _sorted_out(month: date, terms: Terms, today: date) -> tuple[list[Outgoing], list[str]]:
    """What goes out, and the numbers of what would be refused."""
    until = f"{(month + timedelta(days=31)).replace(day=1) - timedelta(days=1):%Y%m%d}"
    sent = queries.last_sent()
    outgoing: list[Outgoing] = []
    left_out: list[str] = []
    for one in queries.waiting():
        made = dict(codings.reports(one.coding.content, number=one.incident.number, terms=terms, month=month))
        for kind in ("A", "B"):
            last, report = sent.get((one.incident.id, kind)), made.get(kind)
            going = _going(report, last, one.incident.id, kind, until)
            if going is None:
                continue
            if report is not None and _refused(report, terms, today):
                left_out.append(one.incident.number)
            else:
                outgoing.append(going)
    return outgoing, left_out


def _going(report: Report | None, last: Entry | None, incident_id: uuid.UUID, kind: str, until: str) -> Outgoing | None:
    """What must be sent of one report: a new one, a replacement, a deletion, or nothing."""
    gone = last is None or last.action == "D"
    if report is None:
        if last is None or gone:
            return None
        return Outgoing(codings_deleted(last, until), "D", incident_id)
    if happened(report) > until:
        return None
    if gone:
        return Outgoing(report, report.head.action, incident_id)
    if last is not None and last.sha256 != fingerprint(report):
        return Outgoing(report, "R", incident_id)
    return None


def codings_deleted(last: Entry, until: str) -> Report:
    """The report that takes back one sent before."""
    head = Head(action="D", month=until[4:6], year=until[:4], ori=last.file.ori, number=last.number)
    if last.kind == "A":
        return GroupAIncident(head=head, date=last.happened)
    kept = codings.group_b({"b": last.content})
    people = kept.arrestees if kept else ()
    return GroupBArrest(head, tuple(dataclasses.replace(one, transaction=last.number) for one in people))


def _refused(report: Report, terms: Terms, today: date) -> bool:
    findings = check_submission(Submission((codings.federal(report, terms.tables),)), terms.reference(today))
    return any(one.is_error for one in findings)


def _zero(month: date, terms: Terms) -> Outgoing:
    if queries.zero_sent(month):
        raise Conflict("Everything approved for this month was sent already, and so was a zero report.")
    filed = queries.on_file(terms.ori)
    dates = [one for dates in filed.incidents.values() for one in dates]
    dates += [one for people in filed.arrests.values() for one, _ in people]
    if any(one.startswith(f"{month:%Y%m}") for one in dates):
        raise Conflict("Everything approved for this month was sent already.")
    head = Head(action="A", month=f"{month:%m}", year=f"{month:%Y}", ori=terms.ori, number="0" * 12)
    return Outgoing(ZeroReport(head, head.month, head.year), "A", None)


def take_in(content: bytes, *, name: str, terms: Terms, actor: Actor) -> tuple[NibrsFile, list[Finding]]:
    """Keeps a file of another system, flat, XML or XML in a zip, with its reports, and says what is wrong with them.

    Nothing of it becomes an incident by itself. Invalid when it cannot be read.
    """
    if len(content) > LARGEST:
        raise Invalid(f"The file has more than {LARGEST // 1_000_000} MB.", field="file")
    if not content.strip():
        raise Invalid("The file is empty.", field="file")
    written, submission = unpack(content, terms)
    if not submission.reports:
        raise Invalid("There is no report in this file.", field="file")
    head = submission.reports[0].head
    outgoing = [Outgoing(one, one.head.action, None) for one in submission.reports]
    month = f"{head.year}-{head.month}"[:7]
    clean = printable(name).rpartition("/")[2][-120:]
    file = _keep(Direction.READ, written, head.ori[:9], month, clean or "file", content, outgoing, actor)
    findings = check_submission(submission, terms.reference(now().astimezone().date()))
    for entry in file.entries:
        entry.found = [_noted(one) for one in findings if one.report == entry.position]
    _record_file("file:read", file, actor, errors=sum(one.is_error for one in findings))
    return file, findings


def _noted(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.number,
        "level": "E" if finding.is_error else "W",
        "words": finding.words,
        "element": finding.element,
    }


def attach(file: NibrsFile, content: bytes, *, actor: Actor) -> list[Response]:
    """Attaches what the FBI answered to a file made here, and to the reports it names.

    Invalid when it is no answer, or names a document that is not in this file.
    """
    if file.direction is not Direction.MADE:
        raise Conflict("Answers belong to files that were made here.")
    made = [_attached(file, answer, content, actor) for answer in responses.read(content)]
    session().add_all(made)
    session().flush()
    statuses = [one.status for one in made]
    _record_file("response:attach", file, actor, statuses=statuses, response=made[0].sha256)
    return made


def _attached(file: NibrsFile, answer: responses.Answer, content: bytes, actor: Actor) -> Response:
    entry = None
    if answer.status != responses.FAULT:
        entry = queries.newest_entry(file, answer.number) if answer.ori == file.ori else None
        if entry is None:
            raise Invalid(f"The answer is for {answer.document}, which is not in this file.", field="file")
        entry.state = STATES[answer.status]
        entry.found = [dataclasses.asdict(one) for one in answer.violations]
    return Response(
        id=uuid.uuid4(),
        file_id=file.id,
        entry_id=entry.id if entry else None,
        document=answer.document[:120],
        status=answer.status,
        violations=[dataclasses.asdict(one) for one in answer.violations],
        fault=answer.fault[:4000],
        body=content,
        sha256=hashlib.sha256(content).hexdigest(),
        attached_by=actor.id,
        attached_at=now(),
    )


def happened(report: Report) -> str:
    """The date a report is about, YYYYMMDD: of the incident, the first arrest, or the month of a zero report."""
    if isinstance(report, GroupAIncident):
        return report.date
    if isinstance(report, ZeroReport):
        return f"{report.year}{report.month}"
    return min((one.date for one in report.arrestees), default="")


def fingerprint(report: Report) -> str:
    """SHA-256 over a report without the month it is sent in."""
    head = dataclasses.replace(report.head, action="", month="", year="")
    return digest(to_plain(dataclasses.replace(report, head=head)))


def _keep(
    direction: Direction,
    written: Format,
    ori: str,
    month: str,
    name: str,
    body: bytes,
    outgoing: list[Outgoing],
    actor: Actor,
) -> NibrsFile:
    file = NibrsFile(
        id=uuid.uuid4(),
        direction=direction,
        format=written,
        ori=ori,
        month=month,
        name=name,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        made_by=actor.id,
        made_at=now(),
    )
    session().add(file)
    session().flush()
    for position, one in enumerate(outgoing):
        file.entries.append(_entry(position, one))
    session().flush()
    return file


def _entry(position: int, one: Outgoing) -> Entry:
    kind = {GroupAIncident: "A", GroupBArrest: "B"}.get(type(one.report), "0")
    return Entry(
        id=uuid.uuid4(),
        incident_id=one.incident_id,
        position=position,
        kind=kind,
        action=one.action[:1],
        number=one.report.head.number.strip()[:12],
        happened=happened(one.report)[:8],
        content=to_plain(one.report),
        sha256=fingerprint(one.report),
        state=EntryState.MADE,
        found=[],
    )


def note_view(incident: Incident, *, actor: Actor) -> None:
    """Somebody looked at how an incident is coded: it says what happened to whom."""
    ledger.record(
        "nibrs:coding:view", actor=actor, subject_kind="incident", subject_id=incident.id, incident_id=incident.id
    )


def note_file(file: NibrsFile, act: str, *, actor: Actor, **details: Any) -> None:
    """Somebody looked at a file's reports, or took it along: `act` is view or download."""
    _record_file(f"file:{act}", file, actor, **details)


def _record(act: str, coding: Coding, actor: Actor, **details: Any) -> None:
    session().flush()
    incident = coding.incident_id
    ledger.record(
        f"nibrs:{act}", actor=actor, subject_kind="incident", subject_id=incident, incident_id=incident, **details
    )


def _record_file(act: str, file: NibrsFile, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"nibrs:{act}",
        actor=actor,
        subject_kind="nibrs_file",
        subject_id=file.id,
        sha256=file.sha256,
        month=file.month,
        reports=len(file.entries),
        **details,
    )
