"""Pages of a transcript: read and found in, compared, taken away; spoken words across recordings."""

import math
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis import queries, schemas
from app.analysis.transcripts import finding, reads, sheets
from app.analysis.transcripts.doors import about, bp, looked, named, number, seconds, standing
from app.analysis.transcripts.words import line_differences, word_errors
from app.core.actor import Actor
from app.core.api import answer, contract
from app.core.api import asked as asked_of
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.core.verifier import sha256_hex
from app.evidence import queries as evidence
from app.evidence import reasons
from app.evidence import service as items
from app.evidence.models import Evidence
from app.evidence.names import attachment


@bp.get("/evidence/<uuid:evidence_id>/transcript")
@require(Permission.EVIDENCE_READ)
def show(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What stands, a page of lines at a time: `?page=`, or the one with `?at=` seconds; `?q=` shows lines with words."""
    item, transcript = standing(actor, evidence_id)
    wanted = number(request.args.get("page", ""), least=1, otherwise=1)
    start = seconds(request.args.get("at", ""))
    if start >= 0:
        wanted = reads.place_of(transcript, start) // reads.PAGE + 1
    lines = reads.lines(transcript, offset=(wanted - 1) * reads.PAGE)
    context = about(item, transcript, actor) | {"lines": lines, "number": wanted}
    pages = max(math.ceil(context["doubt"].lines / reads.PAGE), 1)
    context |= {"pages": pages, "next_url": _page_url(item, wanted + 1) if wanted < pages else ""}
    looked(item, actor, "transcript")
    if asks_for_fragment():
        return page("transcripts/_lines.html", **context)
    return page("transcripts/show.html", **context, **_beside(item, transcript, actor))


def _page_url(item: Evidence, wanted: int) -> str:
    return url_for("transcripts.show", evidence_id=item.id, page=wanted)


def _beside(item: Evidence, transcript: Any, actor: Actor) -> dict[str, Any]:
    """What stands beside the lines: what was looked for, who speaks, earlier work, the versions."""
    asked, found, error = request.args.get("q", ""), [], ""
    if "q" in request.args:
        try:
            found = finding.within(transcript, item, asked)
        except Invalid as refused:
            error = f"{refused.message} {refused.remedy}"
    return {
        "asked": asked,
        "found": found,
        "find_error": error,
        "speakers": reads.speakers(transcript),
        "earlier": reads.earlier_work(transcript),
        "versions": reads.versions_of(transcript),
        "changed": reads.changed_lines(transcript),
        "assigned": reasons.is_assigned(item, actor),
        "codes": list(reasons.ReasonCode),
        "kinds": list(sheets.TYPES),
        "page_url": lambda wanted: _page_url(item, wanted),
    }


@bp.get("/evidence/<uuid:evidence_id>/transcript/summary")
@require(Permission.EVIDENCE_READ)
def summary(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Which engine, how sure, and who corrected it: no word of what was said. For other pages to take in."""
    item = evidence.visible_evidence(actor, evidence_id)
    found = reads.bare(item.id)
    steps = [one for one in queries.steps_of([item.id])[item.id] if one.name == "transcribe"]
    context = about(item, found, actor) if found else {"item": item, "transcript": None}
    return page("transcripts/_summary.html", **context, step=steps[0] if steps else None)


@bp.get("/evidence/<uuid:evidence_id>/transcript/versions")
@require(Permission.EVIDENCE_READ)
def compare(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Every version, and any two of them word by word with the word error rate between them."""
    item, transcript = standing(actor, evidence_id)
    versions = reads.versions_of(transcript)
    last = versions[-1].number or 1
    old = number(request.args.get("old", ""), least=1, otherwise=1)
    new = number(request.args.get("new", ""), least=1, otherwise=last)
    for one in (old, new):
        reads.version_of(transcript, one)
    before, after = reads.as_of(transcript, old), reads.as_of(transcript, new)
    texts = [one.text for one in before], [one.text for one in after]
    differences = [(after[n] if after else None, pieces) for n, pieces in line_differences(*texts)]
    shown = [row for row in differences if any(piece.kind != "same" for piece in row[1])]
    was = {one.id: one for one in before}
    told = [
        (was[one.id], one)
        for one in after
        if one.id in was and (one.speaker, one.role) != (was[one.id].speaker, was[one.id].role)
    ]
    looked(item, actor, "transcript_versions")
    return page(
        "transcripts/versions.html",
        **about(item, transcript, actor),
        versions=versions,
        changed=reads.changed_lines(transcript),
        old=old,
        new=new,
        errors=word_errors(" ".join(texts[0]), " ".join(texts[1])),
        differences=shown[:500],
        more=max(len(shown) - 500, 0),
        told=told[:200],
    )


@bp.get("/evidence/<uuid:evidence_id>/transcript/file")
@require(Permission.EVIDENCE_READ)
def take(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The transcript as a file: `?format=`, `?version=`, `?redact=1`. Taking it away is in the recording's custody; who
    was not assigned says why, as with the original (E4)."""
    item, transcript = standing(actor, evidence_id)
    kind = request.args.get("format", "")
    if kind not in sheets.TYPES:
        raise Invalid("Choose a format.", field="format", remedy="One of: " + ", ".join(sheets.TYPES))
    why = None
    if not reasons.is_assigned(item, actor):
        why = reasons.reason(request.args.get("reason", ""), request.args.get("case", ""))
    last = reads.latest(transcript).number or 1
    version = reads.version_of(transcript, number(request.args.get("version", ""), least=1, otherwise=last))
    redact = request.args.get("redact", "") == "1"
    lines = reads.as_of(transcript, version.number or 1)
    content = sheets.in_format(sheets.sheet(item, transcript, version, lines, redact=redact), kind)
    with transaction():
        items.note_access(
            item,
            "transcript:export",
            actor=actor,
            reason=why,
            format=kind,
            transcript=transcript.id,
            version=version.number,
            redacted=redact,
            redactions=reads.redacted(lines),
            sha256=sha256_hex(content),
            bytes_out=len(content),
        )
    response = Response(content, content_type=sheets.TYPES[kind])
    response.headers["Content-Disposition"] = attachment(f"transcript-{item.incident.number}-{item.title}.{kind}")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/api/v1/spoken")
@require(Permission.EVIDENCE_READ)
@contract(schemas.SpokenList, asks=schemas.SpokenQuery)
def spoken_json(actor: Actor) -> ResponseReturnValue:
    """Where words were spoken in the recordings the actor may see."""
    query = asked_of(schemas.SpokenQuery)
    found, cursor = _page_of(actor, query.q, query.cursor)
    _note_found({one.item.id: one.item for one in found}, actor)
    more = f"?{urlencode({'q': query.q, 'cursor': cursor})}" if cursor else ""
    return answer(schemas.SpokenList(found=[_found(one) for one in found], next=more))


@bp.get("/spoken")
@require(Permission.EVIDENCE_READ)
def spoken(actor: Actor) -> ResponseReturnValue:
    """Where words were spoken in the recordings the actor may see."""
    asked, more, error = request.args.get("q", ""), "", ""
    found: list[finding.Spoken] = []
    if "q" in request.args:
        try:
            found, more = _page_of(actor, asked, request.args.get("cursor", ""))
        except DomainError as refused:
            error = f"{refused.message} {refused.remedy}"
    _note_found({one.item.id: one.item for one in found}, actor)
    status = 422 if error else 200
    return page("transcripts/spoken.html", status=status, asked=asked, found=found, error=error, more=more, named=named)


def _page_of(actor: Actor, asked: str, cursor: str) -> tuple[list[finding.Spoken], str]:
    """One page, and the cursor of the next; empty on the last."""
    found = finding.spoken(actor, asked, limit=finding.FOUND_AT_ONCE + 1, cursor=cursor)
    shown = found[: finding.FOUND_AT_ONCE]
    return shown, shown[-1].cursor if len(found) > len(shown) else ""


def _note_found(seen: dict[UUID, Evidence], actor: Actor) -> None:
    with transaction():
        for item in seen.values():
            items.note_access(item, "item:view", actor=actor, what="spoken_words")


def _found(one: finding.Spoken) -> schemas.SpokenLine:
    line = one.line
    return schemas.SpokenLine(
        evidence=one.item.id,
        incident=one.item.incident_id,
        utterance=line.id,
        start_s=line.start_s,
        end_s=line.end_s,
        speaker=line.speaker,
        role=line.role,
        confidence=line.confidence,
        pieces=[schemas.Piece(hit=hit, text=text) for hit, text in one.pieces],
    )
