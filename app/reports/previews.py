"""Previews: a draft of the sample incident by a type of report that is not kept yet, written by a worker."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.core.outbox import enqueue
from app.core.permissions import Permission
from app.reports import agency, report_types
from app.reports.drafting import PreviewState, TypePreview
from app.reports.report_types import ReportType

KEPT_FOR = timedelta(days=1)


def ask(wanted: ReportType, *, over: int, actor: Actor) -> TypePreview:
    """Has the sample incident drafted by `wanted`. Invalid when it is not well formed. Previews of yesterday are forgotten."""
    if not actor.may(Permission.AGENCY_RULES):
        raise Forbidden("Administrators change types of report.")
    report_types.check(wanted)
    session().execute(sa.delete(TypePreview).where(TypePreview.asked_at < now() - KEPT_FOR))
    preview = TypePreview(
        id=uuid.uuid4(),
        code=wanted.code,
        content=wanted.content(),
        over=over,
        person=agency.rules().narrative_person,
        asked_by=actor.id,
        asked_at=now(),
    )
    session().add(preview)
    session().flush()
    enqueue("preview_type", queue="default", preview_id=preview.id)
    ledger.record(
        "reports:type:preview",
        actor=actor,
        subject_kind="report_type",
        subject_id=wanted.code,
        preview=preview.id,
        sha256=wanted.sha256,
    )
    return preview


def of(preview_id: uuid.UUID, *, actor: Actor) -> TypePreview:
    """The actor's own preview; NotFound otherwise."""
    found = session().get(TypePreview, preview_id)
    if found is None or found.asked_by != actor.id:
        raise NotFound("There is no such preview, or it was forgotten: previews are kept for a day.")
    return found


def keep(preview: TypePreview, *, made: list[dict[str, Any]], left_out: int) -> None:
    """The worker has written it."""
    preview.state, preview.made, preview.left_out = PreviewState.MADE, made, left_out


def fail(preview: TypePreview, *, error: str) -> None:
    """It could not be written."""
    preview.state, preview.error = PreviewState.FAILED, error[:400]
