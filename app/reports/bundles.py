"""Discovery bundles: everything a court may ask about one report, in one BagIt that anyone can check (A5)."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.service import actor_of
from app.analysis import queries as analysis
from app.analysis.models import Step
from app.analysis.transcripts import reads
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.outbox import enqueue
from app.evidence import exports, reasons
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention.models import Tombstone
from app.incidents.models import Incident
from app.reports import aiuse, proofs, queries
from app.reports.bagging import Contents, Told
from app.reports.models import Bundle, BundleState, Draft, Report, ReportState, Signature, Version
from app.reports.proofs import Press

LEAST_REASON = 10
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3


def ask(report: Report, *, case_number: str, reason: str, originals: bool, actor: Actor) -> Bundle:
    """Has a bundle made. Raises Invalid without a case number and a reason, Conflict before the report is approved."""
    case_number, reason = _plain(case_number), _plain(reason)
    if not reasons.is_case(case_number):
        raise Invalid("Give the number of the case.", field="case_number", remedy=reasons.CASE_REMEDY)
    if not LEAST_REASON <= len(reason) <= 400:
        raise Invalid(f"Say why it is given out, in {LEAST_REASON} to 400 characters.", field="reason")
    if report.state not in (ReportState.APPROVED, ReportState.FILED):
        raise Conflict("A bundle is made of an approved or filed report.", remedy="Wait until it is approved.")
    bundle = Bundle(
        id=uuid.uuid4(),
        report_id=report.id,
        asked_by=actor.id,
        asked_at=now(),
        case_number=case_number,
        reason=reason,
        originals=originals,
    )
    session().add(bundle)
    enqueue("make_bundle", queue="default", bundle_id=bundle.id)
    _record("reports:bundle:ask", bundle, report, actor, originals=originals)
    return bundle


def name_of(report: Report) -> str:
    """What a bundle of this report is called, without its ending; a supplement's is not mistaken for the report's."""
    part = f"-{report.title.lower().replace(' ', '-')}" if report.supplements_id else ""
    return f"discovery-{report.incident.number}{part}"


def claim(bundle_id: uuid.UUID) -> Bundle | None:
    """The bundle, to be made by this worker alone; None when another makes it or it is made."""
    moment = now()
    free = sa.or_(
        Bundle.state == BundleState.ASKED, sa.and_(Bundle.state == BundleState.MAKING, Bundle.lease_until < moment)
    )
    claimed = (
        sa.update(Bundle)
        .where(Bundle.id == bundle_id, free)
        .values(state=BundleState.MAKING, lease_until=moment + LEASE, attempts=Bundle.attempts + 1)
        .returning(Bundle.id)
    )
    if session().execute(claimed).first() is None:
        return None
    return session().get_one(Bundle, bundle_id, populate_existing=True)


def gather(bundle: Bundle, *, press: Press) -> Contents:
    """Reads everything, and leaves the events that it is given out: in the name of whoever asked for it."""
    report, actor = queries.whole_report(bundle.report_id), actor_of(bundle.asker, device="discovery bundle")
    later = [queries.whole_report(one) for one in _supplements(report)]
    numbers = [one.supplement_number for one in later]
    _record("reports:bundle:make", bundle, report, actor, originals=bundle.originals, supplements=numbers)
    told, *supplements = [_told(one, bundle, press, actor) for one in (report, *later)]
    media = _media([told, *supplements])
    ids = [uuid.UUID(one["id"]) for one in media if one["state"] == EvidenceState.SEALED]
    packed = exports.pack(
        ids,
        signer=press.signer,
        actor=actor,
        reason=reasons.reason(reasons.ReasonCode.DISCOVERY, bundle.case_number),
        also=[event for one in (told, *supplements) for event in one.events],
        originals=bundle.originals,
    )
    steps = session().scalars(sa.select(Step).where(Step.evidence_id.in_(ids)).order_by(Step.evidence_id, Step.name))
    heard = [one for one in (analysis.transcript_of(item) for item in ids) if one is not None]
    return Contents(
        bundle=bundle,
        told=told,
        supplements=supplements,
        packed=packed,
        transcripts=heard,
        first_heard={one.evidence_id: reads.as_of(one, 1) for one in heard if reads.latest(one).number != 1},
        steps=list(steps),
        uses=list(aiuse.everything(aiuse.Wanted(reports=(report.id, *(one.id for one in later))))),
        media=media,
    )


def _supplements(report: Report) -> list[uuid.UUID]:
    """Those of a report that are signed and approved; what is not is no part of the record yet (A7)."""
    query = sa.select(Report.id).where(
        Report.supplements_id == report.id, Report.state.in_((ReportState.APPROVED, ReportState.FILED))
    )
    return list(session().scalars(query.order_by(Report.supplement_number)))


def _told(report: Report, bundle: Bundle, press: Press, actor: Actor) -> Told:
    """One report of the bundle, given out: which is an event of its own."""
    if report.id != bundle.report_id:
        _record("reports:bundle:make", bundle, report, actor, of=bundle.report_id)
    issued = proofs.issue(report, queries.version(report, report.versions[-1].number), press=press, actor=actor)
    return Told(
        report=report,
        issued=issued,
        events=proofs.events_of(report.id),
        drafts=_all(Draft, report),
        versions=_all(Version, report),
        signatures=list(session().scalars(sa.select(Signature).where(Signature.report_id == report.id))),
    )


def extend(bundle_id: uuid.UUID) -> None:
    """The worker is still at it."""
    session().execute(sa.update(Bundle).where(Bundle.id == bundle_id).values(lease_until=now() + LEASE))


def keep(bundle: Bundle, *, storage_key: str, size: int, sha256: str, actor: Actor) -> None:
    """The bundle is made and lies in the store. Conflict when a recording it may hold was deleted meanwhile."""
    incident_id = bundle.report.incident_id
    session().execute(sa.select(Incident.id).where(Incident.id == incident_id).with_for_update())  # as a purge does
    purged = sa.select(Tombstone.evidence_id).join(Evidence, Evidence.id == Tombstone.evidence_id)
    since = purged.where(Evidence.incident_id == incident_id, Tombstone.purged_at >= bundle.asked_at)
    if session().scalars(since.limit(1)).first() is not None:
        raise Conflict("A recording was deleted while the bundle was made.", remedy="Ask for another.")
    bundle.state, bundle.storage_key, bundle.size, bundle.sha256 = BundleState.MADE, storage_key, size, sha256
    bundle.made_at, bundle.lease_until = now(), None
    _record("reports:bundle:keep", bundle, bundle.report, actor, sha256=sha256, size=size)


def fail(bundle: Bundle, *, error: str, actor: Actor) -> None:
    """It could not be made; whoever asked sees why."""
    bundle.state, bundle.error, bundle.lease_until = BundleState.FAILED, error[:400], None
    _record("reports:bundle:fail", bundle, bundle.report, actor, outcome="failed")


def come_back() -> int:
    """Asks again for bundles whose worker died, three times at most; returns how many."""
    dead = session().scalars(
        sa.select(Bundle)
        .where(Bundle.state == BundleState.MAKING, Bundle.lease_until < now())
        .with_for_update(skip_locked=True)
    )
    asked = 0
    for bundle in dead:
        if bundle.attempts >= MOST_ATTEMPTS:
            bundle.state, bundle.error = BundleState.FAILED, "Its worker ended three times. The log says why."
            continue
        bundle.state, asked = BundleState.ASKED, asked + 1
        enqueue("make_bundle", queue="default", bundle_id=bundle.id)
    return asked


def note_download(bundle: Bundle, report: Report, *, actor: Actor) -> None:
    """Somebody took it along."""
    _record("reports:bundle:download", bundle, report, actor, sha256=bundle.sha256, bytes_out=bundle.size)


def of_report(report: Report) -> list[Bundle]:
    """What was asked for, newest first."""
    query = sa.select(Bundle).where(Bundle.report_id == report.id).order_by(Bundle.asked_at.desc())
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def _media(told: list[Told]) -> list[dict[str, Any]]:
    """Each recording that a report or a draft rests on, as it was then and as it is now."""
    then: dict[str, dict[str, Any]] = {}
    for version in (one.versions[-1] for one in told):
        then = {one["id"]: one for one in version.content["exhibits"]} | then
    for one in (row for each in told for draft in each.drafts for row in draft.inputs):
        known = one.get("evidence_id") or one.get("evidence")
        then.setdefault(known, {"id": known, "title": one.get("title", ""), "sha256": one.get("sha256", "")})
    for row in (row for each in told for row in each.versions[-1].content["sentences"]):
        for source in row["sources"]:
            then.setdefault(source[0], {"id": source[0]})
    items = session().scalars(sa.select(Evidence).where(Evidence.id.in_([uuid.UUID(one) for one in then])))
    here = {str(item.id): item for item in items}
    return [
        {
            "id": known,
            "title": one.get("title", ""),
            "name": one.get("name", ""),
            "sha256": one.get("sha256", ""),
            "size": one.get("size"),
            "duration_s": one.get("duration_s"),
            "state": here[known].state.value if known in here else "not kept any more",
        }
        for known, one in then.items()
    ]


def _all(kind: Any, report: Report) -> list[Any]:
    query = sa.select(kind).where(kind.report_id == report.id).order_by(kind.number)
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _record(act: str, bundle: Bundle, report: Report, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    session().flush()
    ledger.record(
        act,
        actor=actor,
        subject_kind="report",
        subject_id=report.id,
        incident_id=report.incident_id,
        outcome=outcome,
        bundle=str(bundle.id),
        **details,
    )
