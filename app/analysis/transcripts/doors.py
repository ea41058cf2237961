"""What the doors of transcripts share: the recording asked for, its transcript, what a page shows, and the way back."""

from typing import Any
from uuid import UUID

import flask
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import reads, speakers
from app.analysis.transcripts.correcting import RedactionReason
from app.core.actor import Actor
from app.core.api import answer
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import Absent, wants_json
from app.core.permissions import Permission
from app.evidence import queries as evidence
from app.evidence import service as items
from app.evidence.models import Evidence

bp = Blueprint("transcripts", __name__)
LANGUAGES = {"es": "Spanish", "fr": "French", "zh": "Chinese", "vi": "Vietnamese", "ru": "Russian", "ar": "Arabic"}


def standing(actor: Actor, evidence_id: UUID) -> tuple[Evidence, Transcript]:
    """The recording and what stands of its transcript. NotFound when it is not theirs; Absent while nothing stands."""
    item = evidence.visible_evidence(actor, evidence_id)
    found = reads.bare(item.id)
    if found is None:
        raise Absent(
            "There is no transcript of this recording yet.", remedy="It appears when the step Transcribe is done."
        )
    return item, found


def looked(item: Evidence, actor: Actor, what: str) -> None:
    """Reading a transcript is looking at the recording."""
    with transaction():
        items.note_access(item, "item:view", actor=actor, what=what)


def about(item: Evidence, transcript: Transcript, actor: Actor) -> dict[str, Any]:
    """What every page of a transcript says first: who wrote it, how sure, what may be done."""
    latest = reads.latest(transcript)
    return {
        "item": item,
        "transcript": transcript,
        "latest": latest,
        "doubt": reads.doubt(transcript),
        "unread": (latest.number or 1) > transcript.read_number,
        "may_correct": actor.may(Permission.TRANSCRIPT_CORRECT),
        "foreign": transcript.language.split("-")[0] not in ("", "en") and named(transcript.language),
        "reasons": list(RedactionReason),
        "roles": list(speakers.SpokenRole),
    }


def named(language: str) -> str:
    """A language in words, or its code."""
    return LANGUAGES.get(language.split("-")[0], language)


def number(text: str, *, least: int = 0, otherwise: int = 0) -> int:
    """A whole number a form sent; `otherwise` for anything else."""
    return max(int(text), least) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def seconds(text: str) -> float:
    """Seconds a form sent, also as 1:05 or 1:02:03; below zero for anything else."""
    total = 0.0
    try:
        for part in text.strip().split(":"):
            total = total * 60 + float(part.replace(",", "."))
    except ValueError:
        return -1.0
    return total if 0 <= total < 1_000_000 else -1.0


def line_html(line: Utterance) -> str:
    """One line as the page shows it."""
    return render_template("transcripts/_line.html", u=line, may_correct=True)


def saved(item: Evidence, *lines: Utterance, gone: UUID | None = None) -> ResponseReturnValue:
    """After a change of lines: the editor gets them anew, a plain form goes back to the page."""
    if not wants_json():
        anchor = f"u-{lines[0].id}" if lines else ""
        return flask.redirect(url_for("transcripts.show", evidence_id=item.id, at=at(*lines), _anchor=anchor), 303)
    return answer(
        {
            "lines": [{"id": str(one.id), "edition": one.edition, "html": line_html(one)} for one in lines],
            "edition": lines[0].edition if lines else 0,
            "gone": str(gone or ""),
            "saved_at": now().isoformat(),
        }
    )


def at(*lines: Utterance) -> str | None:
    """The second a page opens at to show this line."""
    return f"{lines[0].start_s:.2f}" if lines else None


def typed(name: str) -> str:
    """What a form sent under this name."""
    return str(request.form.get(name, ""))
