"""Doors of the editor: sentence by sentence, paragraphs, quotations, order, and the recollection before all of it.

Each answers a plain form with a redirect, htmx with the changed part, and the editor's own saving with JSON.
"""

from uuid import UUID

from flask import flash, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, wants_json
from app.core.languages import in_every_language, speak, told
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.core.phrases import N_
from app.reports import editing, planted, queries, redrafting, service
from app.reports.forms import MoveForm, NewSentenceForm, QuoteForm, RecollectionForm, SentenceForm
from app.reports.models import Report, Sentence
from app.reports.pages import back_to, bp, known_id, may_edit_now
from app.reports.work import PlantedMistake

FOUND = N_("Well found: that sentence was planted, and is gone.")


@bp.post("/reports/<uuid:report_id>/sentences")
@require(Permission.REPORT_WRITE)
@in_every_language
def add(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The officer's own words: a sentence, or as many paragraphs as were pasted."""
    report, form = queries.visible_report(actor, report_id), NewSentenceForm()
    behind = _behind(form.behind.data, report, actor)
    with transaction():
        added = editing.add_paragraphs(
            report, text=form.text.data or "", section=form.section.data or "", actor=actor, behind=behind
        )
    return _parts(added, report) if asks_for_fragment() else back_to(report, added[0].id)


@bp.post("/reports/<uuid:report_id>/quotes")
@require(Permission.REPORT_WRITE)
@in_every_language
def quote(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Words of the transcript, with their time and source, behind the sentence last worked on."""
    report, form = queries.visible_report(actor, report_id), QuoteForm()
    utterance = known_id(form.utterance.data)
    if utterance is None:
        raise Invalid(N_("Choose what to quote."), field="utterance", remedy=N_("Press Quote beside the words."))
    behind = _behind(form.behind.data, report, actor)
    with transaction():
        sentence = editing.quote(report, utterance, actor=actor, behind=behind)
    return _parts([sentence], report) if asks_for_fragment() else back_to(report, sentence.id)


@bp.post("/sentences/<uuid:sentence_id>")
@require(Permission.REPORT_WRITE)
@in_every_language
def edit(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A sentence in the author's words. When somebody was faster, the typed words stay in the box."""
    form = SentenceForm()
    typed = form.text.data or ""
    found = _planted(sentence_id, actor)
    if found is not None:
        return _edit_planted(*found, typed, actor)
    sentence, report = queries.visible_sentence(actor, sentence_id)
    try:
        with transaction():
            service.edit_sentence(sentence, report, text=typed, edition=form.edition.data or 0, actor=actor)
    except DomainError as error:
        if not error.field:
            raise
        return _kept_words(sentence_id, typed, error, actor)
    if wants_json():
        return _saved(sentence)
    return _part(sentence, report) if asks_for_fragment() else back_to(report, sentence.id)


@bp.post("/sentences/<uuid:sentence_id>/remove")
@require(Permission.REPORT_WRITE)
@in_every_language
def remove(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a sentence out."""
    found = _planted(sentence_id, actor)
    if found is not None:
        return _found(*found, actor)
    sentence, report = queries.visible_sentence(actor, sentence_id)
    with transaction():
        service.remove_sentence(sentence, report, actor=actor)
    return ("", 200) if asks_for_fragment() else back_to(report)


@bp.post("/sentences/<uuid:sentence_id>/acknowledge")
@require(Permission.REPORT_WRITE)
@in_every_language
def acknowledge(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The author stands by a doubtful sentence after listening."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    with transaction():
        service.acknowledge(sentence, report, actor=actor)
    return _part(sentence, report) if asks_for_fragment() else back_to(report, sentence.id)


@bp.post("/sentences/<uuid:sentence_id>/move")
@require(Permission.REPORT_WRITE)
@in_every_language
def move(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One place up or down; at either end nothing moves."""
    trick = _planted(sentence_id, actor)
    sentence, report = queries.visible_sentence(actor, sentence_id) if trick is None else (None, None)
    direction = MoveForm().direction.data
    if direction not in list(editing.Direction):
        raise Invalid(N_("A sentence moves up or down."), field="direction", remedy=N_("Press one of the two arrows."))
    if sentence is None or report is None:
        raise Conflict(N_("This sentence cannot be moved. Read it once more."))
    with transaction():
        passed = editing.move(sentence, report, direction=editing.Direction(direction), actor=actor)
    if wants_json():
        return answer({"passed": str(passed.id) if passed else "", "section": sentence.section})
    return back_to(report, sentence.id)


@bp.post("/reports/<uuid:report_id>/reopen")
@require(Permission.REPORT_WRITE)
@in_every_language
def reopen(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The author takes an approved report back to change it."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        service.reopen(report, actor=actor)
    flash(N_("The approval is taken back. Change the report, then sign it again."), "done")
    return back_to(report)


@bp.post("/reports/<uuid:report_id>/recollection")
@require(Permission.REPORT_WRITE)
@in_every_language
def recollect(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What the author remembers, locked; then the draft opens (A11)."""
    report, form = queries.visible_report(actor, report_id, closed=True), RecollectionForm()
    try:
        with transaction():
            spoken = known_id(form.dictated.data)
            if form.dictated.data and spoken is None:
                raise Invalid(N_("This is no sound recording of yours in this incident."), field="dictated")
            redrafting.remember(report, text=form.text.data or "", actor=actor, dictated=spoken)
    except DomainError as error:
        if error.field not in ("text", "dictated"):
            raise
        again = queries.visible_report(actor, report_id, closed=True)
        said = told(error)
        return page(
            "reports/show.html",
            status=422,
            report=again,
            recordings=[],
            typed=form.text.data or "",
            dictated=form.dictated.data or "",
            error=said,
        )
    flash(N_("Locked. This is what you remembered before you saw the draft."), "done")
    return back_to(report)


@bp.post("/reports/<uuid:report_id>/drafts")
@require(Permission.REPORT_WRITE)
@in_every_language
def redraft(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The author has a new draft written. Where the agency blocked it, the attempt is on record (A12)."""
    report = queries.visible_report(actor, report_id)
    try:
        with transaction():
            redrafting.ask(report, actor=actor)
    except Forbidden:
        _note_refusal(report, 0, actor, act="reports:draft:ask")
        raise
    flash(N_("A new draft is being written. What you changed stays until you choose the new one."), "done")
    return back_to(report)


@bp.post("/reports/<uuid:report_id>/drafts/<int:number>/use")
@require(Permission.REPORT_WRITE)
@in_every_language
def use_draft(report_id: UUID, number: int, actor: Actor) -> ResponseReturnValue:
    """The author starts again from a newer draft. Where the agency blocked it since, the attempt is on record (A12)."""
    report = queries.visible_report(actor, report_id)
    try:
        with transaction():
            service.use_draft(report, queries.draft(report, number), actor=actor)
    except Forbidden:
        _note_refusal(report, number, actor)
        raise
    flash(N_("The report now stands as this draft. What stood before is kept."), "done")
    return back_to(report)


def _note_refusal(report: Report, number: int, actor: Actor, *, act: str = "reports:draft:use") -> None:
    with transaction():
        ledger.record(
            act,
            actor=actor,
            subject_kind="report",
            subject_id=report.id,
            incident_id=report.incident_id,
            outcome="refused",
            number=number,
        )


def _behind(text: str | None, report: Report, actor: Actor) -> Sentence | None:
    """The standing sentence a form names, when it is one of this report's; otherwise the end of the section will do."""
    sentence_id = known_id(text)
    if sentence_id is None:
        return None
    return next((one for one in report.sentences if one.id == sentence_id), None)


def _planted(sentence_id: UUID, actor: Actor) -> tuple[PlantedMistake, Report] | None:
    """The mistake behind an id, for the one whose editor it stands in."""
    mistake = planted.at(sentence_id)
    if mistake is None:
        return None
    report = queries.visible_report(actor, mistake.report_id)
    if not may_edit_now(report, actor):
        raise Forbidden(N_("Only its author changes a report."))
    return mistake, report


def _found(mistake: PlantedMistake, report: Report, actor: Actor) -> ResponseReturnValue:
    with transaction():
        service.find_planted(mistake, report, actor=actor)
    if wants_json():
        return answer({"found": speak(FOUND)})
    if asks_for_fragment():
        response = make_response("", 200)
        response.headers["HX-Trigger"] = "mistake-found"
        return response
    flash(FOUND, "done")
    return back_to(report)


def _edit_planted(mistake: PlantedMistake, report: Report, typed: str, actor: Actor) -> ResponseReturnValue:
    """Changing it is finding it; saving it as it was is not."""
    if " ".join(typed.split()) != mistake.text:
        return _found(mistake, report, actor)
    if wants_json():
        return answer({"edition": 1, "text": mistake.text, "saved_at": now().isoformat()})
    return back_to(report, mistake.id)


def _saved(sentence: Sentence) -> ResponseReturnValue:
    """What the editor needs to go on saving."""
    return answer(
        {
            "edition": sentence.edition,
            "text": sentence.text,
            "authorship": sentence.authorship.value,
            "saved_at": (sentence.edited_at or now()).isoformat(),
        }
    )


def _part(sentence: Sentence, report: Report) -> ResponseReturnValue:
    return _parts([sentence], report)


def _parts(sentences: list[Sentence], report: Report) -> ResponseReturnValue:
    html = "".join(
        render_template("reports/_sentence.html", sentence_row=one, report=report, error="") for one in sentences
    )
    response = make_response(html, 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept_words(sentence_id: UUID, typed: str, error: DomainError, actor: Actor) -> ResponseReturnValue:
    """The sentence as it stands now, opened, with the refused words still in the box and today's edition."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    said = told(error)
    if wants_json():
        now_stands = {"text": sentence.text, "edition": sentence.edition, "error": said, "field": error.field}
        return answer({**now_stands, "conflict": isinstance(error, Conflict)}, int(error.status))
    if isinstance(error, Conflict):
        said += " " + gettext("It now reads: “%(text)s”", text=sentence.text)
    if not asks_for_fragment():
        return page(
            "reports/conflict.html", status=error.status, report=report, sentence=sentence, typed=typed, said=said
        )
    html = render_template("reports/_sentence.html", sentence_row=sentence, report=report, error=said, typed=typed)
    return make_response(html, 422)
