"""A report as PDF/A-2a and PDF/UA-1: what stands on the paper, in an order that gives the same bytes every time (A1, A7)."""

import io
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from app.core.ledger import written
from app.core.verifier import sha256_hex
from app.reports.models import ReportState, Signature, SignaturePart
from app.reports.signatures import Signed

SHEET = Path(__file__).resolve().parents[2] / "templates" / "reports" / "report.typ"
SIGNS = SHEET.with_name("signs.typ")
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
DRAFT = "Draft: not an officer's statement"
UNAPPROVED = "Signed by its author, not approved"
_LONGEST_RUN = 24  # signs without a place to break before one is given
_ZERO_WIDTH_SPACE = "\u200b"
_PARTS = {SignaturePart.AUTHOR: "Reporting officer's certification", SignaturePart.APPROVER: "Approved by"}


@dataclass(frozen=True, slots=True)
class Face:
    """What is printed beside the content: how the report stands, who signed, and the agency's statement for the code."""

    state: ReportState
    version: int | None  # None for what is not frozen yet
    content_sha256: str
    signed: Signed
    at: datetime
    statement: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF and its SHA-256."""

    pdf: bytes
    sha256: str


def paper(content: dict[str, Any], face: Face, *, fonts: Path | None = None) -> Paper:
    """The report on paper. The same content and face give the same bytes with the same fonts and typst.

    `fonts` is a folder of further fonts, for names in scripts that typst's own do not have.
    """
    told, lacking = _displayable(_told(content, face), fonts)
    told["lacking"] = lacking
    pdf = typst.compile(
        str(SHEET),
        sys_inputs={"told": json.dumps(told)},
        pdf_standards=[*STANDARDS],
        timestamp=int(face.at.timestamp()),
        ignore_system_fonts=True,
        font_paths=[str(fonts)] if fonts else [],
    )
    return Paper(bytes(pdf), sha256_hex(bytes(pdf)))


def pictures(content: dict[str, Any], face: Face, *, ppi: float = 80, fonts: Path | None = None) -> list[bytes]:
    """The pages as PNG, for those who look at them."""
    told, lacking = _displayable(_told(content, face), fonts)
    told["lacking"] = lacking
    made = typst.compile(
        str(SHEET),
        sys_inputs={"told": json.dumps(told)},
        format="png",
        ppi=ppi,
        ignore_system_fonts=True,
        font_paths=[str(fonts)] if fonts else [],
    )
    return [bytes(one) for one in (made if isinstance(made, list) else [made])]


def clock(seconds: float) -> str:
    """mm:ss from the start of a recording, h:mm:ss from an hour on."""
    whole = int(seconds)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{whole % 3600 // 60:02d}:{whole % 60:02d}"


def _told(content: dict[str, Any], face: Face) -> dict[str, Any]:
    incident, author, printed = content["incident"], content["author"], content.get("printed") or {}
    labels = {one["id"]: f"E{number}" for number, one in enumerate(content["exhibits"], 1)}
    draft = face.version is None
    with_ai = content["ai"]["used"]
    return {
        "title": f"{content.get('title', 'Report')} {incident['number']}",
        "author": f"{author['rank']} {author['name']}",
        "agency": printed.get("agency", ""),
        "number": incident["number"],
        "standing": _supplement(content) + (DRAFT if draft else f"Version {face.version}, {face.state.value}"),
        "watermark": _watermark(face),
        "disclosures": printed.get("disclosures", []),
        "programs": f"Artificial intelligence programs used: {'; '.join(content['ai']['programs'])}."
        if with_ai
        else "",
        "fingerprint": f"Content, SHA-256 {face.content_sha256}" if not draft else "Draft, unsigned",
        "head": ": ".join(filter(None, (incident["kind"], incident["title"]))),
        "facts": _facts(content),
        "people": [[one["name"], one["part"].capitalize(), one["date_of_birth"] or "–"] for one in content["people"]],
        "offences": [[one["code"], one["description"]] for one in content["offences"]],
        "authorship": _authorship(content) if with_ai else "",
        "sections": _sections(content, labels),
        "exhibits": [_exhibit(one, labels[one["id"]]) for one in content["exhibits"]],
        "signatures": [_signature(one) for one in face.signed],
        "qr": _code(face.statement) if face.statement else "",
        "key": face.key,
        "content": "" if draft else face.content_sha256,
        "pdf": f"{file_name(content, face)}.pdf",
        "proof": f"{file_name(content, face)}.sig",
    }


def file_name(content: dict[str, Any], face: Face) -> str:
    """What the PDF is called, without its ending."""
    number = re.sub(r"[^A-Za-z0-9-]", "-", content["incident"]["number"])
    part = content["title"].lower().replace(" ", "-") if content.get("supplements") else "report"
    return f"{part}-{number}-{'draft' if face.version is None else f'v{face.version}'}"


def _supplement(content: dict[str, Any]) -> str:
    """What stands before a supplement's version, so that nobody takes it for the report; empty for a report."""
    return f"{content['title']} · " if content.get("supplements") else ""


def _watermark(face: Face) -> str:
    if face.version is None:
        return DRAFT
    return UNAPPROVED if face.state is ReportState.SUBMITTED else ""


def _facts(content: dict[str, Any]) -> list[list[str]]:
    incident, author = content["incident"], content["author"]
    facts = [
        ["Incident", incident["number"]],
        ["Occurred", f"{incident['occurred_at'][:16].replace('T', ' ')} UTC"],
        ["Place", incident["place"]],
        ["Unit", incident["unit"]],
        ["Reporting officer", f"{author['rank']} {author['name']}, badge {author['badge']}"],
        ["Agency", (content.get("printed") or {}).get("ori", "")],
    ]
    return [fact for fact in facts if fact[1]]


def _authorship(content: dict[str, Any]) -> str:
    kinds = [one["authorship"] for one in content["sentences"]]
    return (
        f"Of this report's characters {content['ai']['machine_share'] * 100:.0f} % stand as a machine wrote them: "
        f"{kinds.count('machine')} sentences are a machine's, {kinds.count('edited')} a machine's and edited by the officer, "
        f"{kinds.count('officer')} the officer's own. At the left of each: the exhibit and the minutes it rests on."
    )


def _sections(content: dict[str, Any], labels: dict[str, str]) -> list[dict[str, Any]]:
    """Sentences under their headings, in the report's order; a heading comes again where its part comes again."""
    parts: list[dict[str, Any]] = []
    for one in content["sentences"]:
        if not parts or parts[-1]["title"] != one["section"]:
            parts.append({"title": one["section"], "sentences": []})
        sources = [
            f"{labels.get(evidence, evidence[:8])} {clock(start)}–{clock(end)}"
            for evidence, start, end in one["sources"]
        ]
        parts[-1]["sentences"].append({"text": one["text"], "authorship": one["authorship"], "sources": sources})
    return parts


def _exhibit(one: dict[str, Any], label: str) -> dict[str, Any]:
    about = [one["name"], f"item {one['id'][:8]}", f"{one['size']:,} bytes"]
    about += [clock(one["duration_s"])] if one["duration_s"] else []
    return {
        "label": label,
        "title": one["title"],
        "about": ", ".join(about),
        "sha256": [one["sha256"][:32], one["sha256"][32:]],
    }


def _signature(one: Signature) -> dict[str, str]:
    ended = one.key.revoked_from if one.key is not None else None
    return {
        "part": _PARTS[one.part],
        "statement": one.statement,
        "name": one.officer.label,
        "at": written(one.at)[:22].replace("T", " "),
        "key": f"Key {one.key.public}" if one.key is not None else "Signed before officers had keys of their own.",
        "fault": ""
        if one.stands or ended is None
        else f"This signature does not stand: its key was ended from {written(ended)[:19].replace('T', ' ')} UTC on.",
    }


def _code(statement: str) -> str:
    out = io.BytesIO()
    segno.make(statement, error="l", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _displayable(told: Any, fonts: Path | None) -> tuple[dict[str, Any], bool]:
    """`told` in signs that can be shown: no control signs, a place to break in endless words, and by their number
    those that no font has. The second value says whether there were such."""
    signs = {sign for text in _texts(told) for sign in text if ord(sign) > 0x7E}
    missing = lacking(frozenset(signs), fonts)
    return _each(told, lambda text: _shown(text, missing)), bool(missing)


def _texts(told: Any) -> Iterable[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for one in told.values():
            yield from _texts(one)
    elif isinstance(told, list):
        for one in told:
            yield from _texts(one)


def _each(told: Any, change: Any) -> Any:
    if isinstance(told, str):
        return told if told.startswith("<svg") else change(told)
    if isinstance(told, dict):
        return {name: _each(one, change) for name, one in told.items()}
    return [_each(one, change) for one in told] if isinstance(told, list) else told


def _shown(text: str, missing: frozenset[str]) -> str:
    plain = "".join(f"[U+{ord(sign):04X}]" if sign in missing else sign if _visible(sign) else " " for sign in text)
    return re.sub(rf"\S{{{_LONGEST_RUN}}}(?=\S)", lambda run: run.group() + _ZERO_WIDTH_SPACE, plain)


def _visible(sign: str) -> bool:
    """Control signs and invisible ones that turn the direction of writing have no place on paper; joiners have."""
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or sign in "\u200c\u200d"


@cache
def lacking(signs: frozenset[str], fonts: Path | None) -> frozenset[str]:
    """Which of these signs no font has: asked of typst, which refuses to write PDF/A with them and names them."""
    left, found = {sign for sign in signs if _visible(sign)}, set[str]()
    while left:
        try:
            typst.compile(
                str(SIGNS),
                sys_inputs={"told": json.dumps(sorted(left))},
                pdf_standards=[*STANDARDS],
                ignore_system_fonts=True,
                font_paths=[str(fonts)] if fonts else [],
            )
        except typst.TypstError as refusal:
            named = {sign for sign in left if f'"{sign}' in refusal.diagnostic}
            found |= named or left
            left -= named or left
        else:
            break
    return frozenset(found)
