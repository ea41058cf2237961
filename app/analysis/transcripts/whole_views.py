"""Doors of a whole transcript: done correcting, taken back, speakers, find and replace, imports, earlier work."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis.models import Transcript
from app.analysis.transcripts import bringing, correcting, finding, importing, reads, speakers
from app.analysis.transcripts.doors import about, bp, looked, standing, typed
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError, Invalid, NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence.models import Evidence


@bp.post("/evidence/<uuid:evidence_id>/transcript/done")
@require(Permission.TRANSCRIPT_CORRECT)
def done(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The person is done: what was made from the words is made again."""
    item, transcript = standing(actor, evidence_id)
    with transaction():
        again = correcting.finish(transcript, item, actor=actor)
    if again:
        flash("Names, language and the draft are being made again from the corrected words.", "done")
    else:
        flash("Nothing has changed since the words were last read.", "note")
    return _back(item)


@bp.post("/evidence/<uuid:evidence_id>/transcript/versions/<int:number>/undo")
@require(Permission.TRANSCRIPT_CORRECT)
def undo(evidence_id: UUID, number: int, actor: Actor) -> ResponseReturnValue:
    """Takes a version back, as a new version."""
    item, transcript = standing(actor, evidence_id)
    version = reads.version_of(transcript, number)
    with transaction():
        correcting.undo(version, transcript, item, actor=actor)
    flash(f"Version {number} is taken back. It is kept, and so is what stands now.", "done")
    if typed("back") == "speakers":
        return redirect(url_for(".who", evidence_id=item.id), 303)
    return redirect(url_for(".compare", evidence_id=item.id), 303)


@bp.post("/evidence/<uuid:evidence_id>/transcript/carry")
@require(Permission.TRANSCRIPT_CORRECT)
def carry(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes over what people corrected in an earlier reading."""
    item, transcript = standing(actor, evidence_id)
    try:
        wanted = UUID(typed("transcript"))
    except ValueError as error:
        raise NotFound("There is no such transcript of this recording.") from error
    with transaction():
        bringing.carry(transcript, reads.transcript_of(item.id, wanted), item, actor=actor)
    flash("The corrected words stand again. Press Done correcting to have everything made again from them.", "done")
    return _back(item)


@bp.route("/evidence/<uuid:evidence_id>/speakers", methods=["GET", "POST"])
@require(Permission.TRANSCRIPT_CORRECT)
def who(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Who speaks, and which of them wears the camera: renamed, merged, given a role; each act can be taken back."""
    item, transcript = standing(actor, evidence_id)
    error = None
    if request.method == "POST":
        try:
            with transaction():
                _speakers(transcript, item, actor)
        except DomainError as refused:
            if not refused.field:
                raise
            error = refused
        else:
            flash("Changed. Press Done correcting to have everything made again.", "done")
            return redirect(url_for(".who", evidence_id=item.id), 303)
    else:
        looked(item, actor, "speakers")
    acts = [one for one in reads.versions_of(transcript) if one.kind.value in ("speakers", "undo")]
    return page(
        "transcripts/speakers.html",
        status=422 if error else 200,
        **about(item, transcript, actor),
        speakers=reads.speakers(transcript),
        acts=acts[::-1],
        changed=reads.changed_lines(transcript),
        error=error,
        asked=typed("speaker"),
    )


def _speakers(transcript: Transcript, item: Evidence, actor: Actor) -> None:
    speaker, act = typed("speaker"), typed("act")
    if act == "rename":
        speakers.rename(transcript, item, speaker=speaker, name=typed("name"), actor=actor)
    elif act == "merge":
        speakers.merge(transcript, item, speaker=speaker, into=typed("into"), actor=actor)
    elif act == "role":
        speakers.set_role(transcript, item, speaker=speaker, role=typed("role"), actor=actor)
    else:
        raise Invalid("Choose what to do.", field="act", remedy="Rename, merge or set the role.")


@bp.route("/evidence/<uuid:evidence_id>/transcript/replace", methods=["GET", "POST"])
@require(Permission.TRANSCRIPT_CORRECT)
def replace(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Find and replace: first every line as it would be, then, by the person's choice of them, one new version."""
    item, transcript = standing(actor, evidence_id)
    given = {"find": request.values.get("find", ""), "put": request.values.get("put", "")}
    case = request.values.get("case", "") == "1"
    error, shown = None, []
    try:
        if request.method == "POST":
            chosen = [one for one in map(_id, request.form.getlist("lines")) if one]
            with transaction():
                finding.replace(transcript, item, case=case, chosen=chosen, actor=actor, **given)
            flash(f"Replaced in {len(chosen)} lines, as a version of its own.", "done")
            return _back(item)
        if "find" in request.args:
            shown = finding.preview(transcript, case=case, **given)
    except Invalid as refused:
        error = refused
    looked(item, actor, "transcript_find")
    context = about(item, transcript, actor) | {
        "shown": shown,
        "case": case,
        "error": error,
        "looked": "find" in request.args,
    }
    return page("transcripts/replace.html", status=422 if error else 200, **context, **given)


@bp.route("/evidence/<uuid:evidence_id>/transcript/import", methods=["GET", "POST"])
@require(Permission.TRANSCRIPT_CORRECT)
def take_in(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A transcript written elsewhere: the form, then what would come of the file. Nothing stands before it is confirmed."""
    item, transcript = standing(actor, evidence_id)
    offered, error = None, None
    if request.method == "POST":
        try:
            name, content = _file()
            with transaction():
                offered = importing.offer(transcript, item, name=name, content=content, actor=actor)
        except Invalid as refused:
            error = refused
    else:
        looked(item, actor, "transcript_import")
    status = 422 if error else 200
    return page(
        "transcripts/import.html", status=status, **about(item, transcript, actor), offered=offered, error=error
    )


@bp.post("/evidence/<uuid:evidence_id>/transcript/import/<uuid:version_id>")
@require(Permission.TRANSCRIPT_CORRECT)
def confirm(evidence_id: UUID, version_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The person has seen the preview: the import is the version that stands."""
    item, transcript = standing(actor, evidence_id)
    with transaction():
        made = importing.confirm(importing.waiting(transcript, version_id, actor), transcript, item, actor=actor)
    flash(
        f"The imported transcript stands, as version {made.number}. Press Done correcting to have everything made again.",
        "done",
    )
    return _back(item)


def _file() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("Choose a file.", field="file", remedy="One that ends in .srt, .vtt, .txt, .docx or .json.")
    return file.filename, file.read()


def _back(item: Evidence) -> ResponseReturnValue:
    return redirect(url_for(".show", evidence_id=item.id), 303)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
