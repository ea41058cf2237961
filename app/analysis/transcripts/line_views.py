"""Doors of one line: its words saved, checked, cut, joined, left out, redacted, given to a speaker.

Each answers the editor with JSON and a plain form with the way back to the page.
"""

from collections.abc import Callable
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import correcting, reads, speakers, versions
from app.analysis.transcripts.doors import about, bp, looked, number, saved, seconds, standing, typed
from app.core.actor import Actor
from app.core.api import answer
from app.core.db import session, transaction
from app.core.errors import DomainError, wants_json
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence.models import Evidence


@bp.get("/utterances/<uuid:utterance_id>")
@require(Permission.TRANSCRIPT_CORRECT)
def line(utterance_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The form that changes one line, for a browser without scripts."""
    found, transcript, item = reads.visible_line(actor, utterance_id)
    looked(item, actor, "transcript_line")
    return _form(found, transcript, item, actor)


@bp.post("/utterances/<uuid:utterance_id>")
@require(Permission.TRANSCRIPT_CORRECT)
def save(utterance_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A person's words. When somebody was faster both texts are shown, and nothing is overwritten."""
    found, transcript, item = reads.visible_line(actor, utterance_id)
    text, edition = typed("text"), number(typed("edition"))
    try:
        with transaction():
            correcting.correct(found, transcript, item, text=text, edition=edition, actor=actor)
    except versions.Changed as changed:
        if not wants_json():
            return _form(*reads.visible_line(actor, utterance_id), actor, error=changed, words=text)
        stands = changed.utterance
        body = {"conflict": True, "text": stands.text, "edition": stands.edition, "detail": changed.message}
        return answer(body, 409)
    except DomainError as error:
        if wants_json() or error.field != "text":
            raise
        return _form(*reads.visible_line(actor, utterance_id), actor, error=error, words=text)
    return saved(item, found)


@bp.post("/utterances/<uuid:utterance_id>/<any(check,split,join,remove,redact,speaker,newspeaker):act>")
@require(Permission.TRANSCRIPT_CORRECT)
def change(utterance_id: UUID, act: str, actor: Actor) -> ResponseReturnValue:
    """Everything else that is done to a line."""
    found, transcript, item = reads.visible_line(actor, utterance_id)
    with transaction():
        lines, gone = _ACTS[act](found, transcript, item, actor)
    session().refresh(found)
    return saved(item, *lines, gone=gone)


Done = tuple[list[Utterance], UUID | None]


def _check(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    correcting.check(found, transcript, item, edition=_edition(), actor=actor)
    return [found], None


def _split(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    place = number(typed("at"), otherwise=-1)
    second = correcting.split(found, transcript, item, at=place, edition=_edition(), actor=actor)
    return [found, second], None


def _join(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    return [found], correcting.join(found, transcript, item, edition=_edition(), actor=actor).id


def _remove(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    correcting.remove(found, transcript, item, edition=_edition(), actor=actor)
    return [], found.id


def _redact(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    first, last = number(typed("first"), otherwise=-1), number(typed("last"), otherwise=-1)
    given = {"first": first, "last": last, "edition": _edition()}
    correcting.redact(found, transcript, item, reason=typed("reason"), actor=actor, **given)
    return [found], None


def _speaker(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    said = {"speaker": typed("speaker"), "role": typed("role")}
    speakers.assign([found.id], transcript, item, actor=actor, **said)
    return [found], None


def _newspeaker(found: Utterance, transcript: Transcript, item: Evidence, actor: Actor) -> Done:
    speakers.split(found, transcript, item, name=typed("speaker"), actor=actor)
    return [found], None


_ACTS: dict[str, Callable[[Utterance, Transcript, Evidence, Actor], Done]] = {
    "check": _check,
    "split": _split,
    "join": _join,
    "remove": _remove,
    "redact": _redact,
    "speaker": _speaker,
    "newspeaker": _newspeaker,
}


@bp.post("/evidence/<uuid:evidence_id>/transcript/lines")
@require(Permission.TRANSCRIPT_CORRECT)
def add(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A line the machine missed."""
    item, transcript = standing(actor, evidence_id)
    said = {"text": typed("text"), "speaker": typed("speaker"), "role": typed("role") or "unknown"}
    with transaction():
        made = correcting.add(transcript, item, start_s=seconds(typed("start")), actor=actor, **said)
    return saved(item, made)


def _edition() -> int:
    return number(str(request.form.get("edition", "")))


def _form(
    found: Utterance,
    transcript: Transcript,
    item: Evidence,
    actor: Actor,
    *,
    error: DomainError | None = None,
    words: str = "",
) -> ResponseReturnValue:
    status = int(error.status) if error else 200
    context = about(item, transcript, actor) | {"u": found, "error": error, "words": words or found.text}
    return page("transcripts/line.html", status=status, speakers=reads.speakers(transcript), **context)
