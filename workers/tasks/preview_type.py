"""Preview type: the sample incident drafted by a type of report that is not kept yet."""

import logging
import uuid
from datetime import UTC, datetime
from pathlib import Path

from app.core.db import close_session, session, transaction
from app.reports import previews
from app.reports.drafting import PreviewState, TypePreview
from app.reports.report_types import ReportType, from_content
from workers.celery_app import celery
from workers.engines import reading, writing
from workers.engines.writing.sample import sample_of
from workers.tasks.briefs import sentence_of, type_of

log = logging.getLogger("blotter.previews")
WHEN = datetime(2026, 1, 5, 21, 40, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples.toml"


@celery.task(name="preview_type")
def preview_type(preview_id: str) -> None:
    """Writes one preview. May run twice: it comes to the same."""
    try:
        _write(uuid.UUID(preview_id))
    finally:
        close_session()


def _write(preview_id: uuid.UUID) -> None:
    with transaction():
        asked = session().get(TypePreview, preview_id)
        if asked is None or asked.state is not PreviewState.ASKED:
            return
        kind, first_person = from_content(asked.content, version=asked.over), asked.person == "first"
    try:
        draft = drafted(kind, first_person=first_person)
    except Exception:
        log.exception("preview %s", preview_id)
        with transaction():
            previews.fail(
                session().get_one(TypePreview, preview_id), error="It could not be written. The log says why."
            )
        return
    with transaction():
        rows = [sentence_of(one).row() for one in draft.sentences]
        previews.keep(session().get_one(TypePreview, preview_id), made=rows, left_out=len(draft.left_out))


def drafted(kind: ReportType, *, first_person: bool = False) -> writing.Draft:
    """The sample incident of a type, read by the real engines and written up by `kind`."""
    lines, facts = sample_of(SAMPLES.read_text(encoding="utf-8"), kind.code, when=WHEN)
    recording = writing.Recording(
        evidence_id="00000000-0000-0000-0000-000000000000",
        title="Sample recording",
        kind="video",
        started_at=WHEN,
        duration=lines[-1].end + 1.0 if lines else 0.0,
        lines=lines,
        mentions=reading.read(lines).mentions,
    )
    return writing.compose(writing.Brief(facts, (recording,), (), type_of(kind), first_person))
