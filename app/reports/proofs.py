"""A report given out: its PDF, and the proof by which anyone finds a byte that was changed since (A3)."""

import base64
import json
import uuid
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from app.core import ledger, verifier, verify_report
from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.keys import Signer
from app.core.ledger import Event, checkpoints, tree
from app.core.verifier import canonical, sha256_hex
from app.core.verify_report import PAGE, PAPER, PROOF
from app.reports import printing, signatures
from app.reports.authorship import Terms
from app.reports.models import Report, ReportState, Version
from app.reports.printing import Face, Paper
from app.reports.signatures import Signed

README = """A signed police report, and what proves it.

    python verify_report.py {name}.pdf --key KEY

checks it. Run it in the folder that this file was unpacked to, with Python 3.11 or newer and the library `cryptography`
(python -m pip install cryptography); no server is asked and nothing is sent. KEY is the agency's public key: its office
can tell you, and its web page shows it. Without --key the answer says that nobody vouched for the key.

{name}.pdf         the report, PDF/A-2a
{name}.sig         its content as it was signed, the signatures, the keys they were made with, and the events of the ledger
verify_report.py, verify.py    readable from top to bottom; they say by which methods they check
"""


@dataclass(frozen=True, slots=True)
class Press:
    """What paper is made with in this installation: the agency's key, its terms, and further fonts."""

    signer: Signer
    terms: Terms
    fonts: Path | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed report as it leaves the house."""

    name: str
    paper: Paper
    proof: dict[str, Any]


def draft_on_paper(report: Report, content: dict[str, Any], *, press: Press) -> tuple[str, Paper]:
    """(its file name, its PDF) of a report that nobody signed: every page says that it is no statement (A7)."""
    face = Face(report.state, None, "", Signed(None, None), report.changed_at)
    return printing.file_name(content, face), printing.paper(content, face, fonts=press.fonts)


def issue(report: Report, version: Version, *, press: Press, actor: Actor) -> Issued:
    """The version on paper with its proof; leaves an event that names the PDF's SHA-256.

    The same version gives the same PDF for as long as fonts and typst are the same. Raises Conflict for a version that
    nobody signed.
    """
    signed = signatures.of_version(version)
    if signed.author is None:
        raise Conflict("Nobody signed this version.")
    face, content = _face(report, version, signed, press), _with_terms(version.content, press)
    made = printing.paper(content, face, fonts=press.fonts)
    ledger.record(
        "reports:paper:issue",
        actor=actor,
        subject_kind="report",
        subject_id=report.id,
        incident_id=report.incident_id,
        version=version.number,
        sha256=version.sha256,
        pdf_sha256=made.sha256,
    )
    return Issued(printing.file_name(content, face), made, _proof(report, version, face, made, press.signer))


def archive(issued: Issued) -> bytes:
    """PDF, proof and verifier in one file to hand over."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(f"{issued.name}.pdf", issued.paper.pdf)
        bundle.writestr(f"{issued.name}.sig", as_text(issued.proof))
        bundle.writestr("README.txt", README.format(name=issued.name))
        for name, content in programs().items():
            bundle.writestr(name, content)
    return out.getvalue()


def as_text(proof: dict[str, Any]) -> str:
    """A proof as the file that lies beside the PDF."""
    return json.dumps(proof, ensure_ascii=False, indent=1)


def programs() -> dict[str, str]:
    """The stand-alone verifiers under the names they are given out with."""
    paths = {"verify.py": verifier.__file__, "verify_report.py": verify_report.__file__}
    return {name: Path(path).read_text(encoding="utf-8") for name, path in paths.items()}


def events_of(report_id: uuid.UUID) -> list[Event]:
    """Every event of the report, oldest first."""
    return ledger.custody(subject_kind="report", subject_id=report_id, limit=1_000_000)


def shown(events: list[Event], point: checkpoints.CheckpointRow) -> list[dict[str, Any]]:
    """Events as hashed, each with its proof of inclusion under the checkpoint."""
    proofs = tree.inclusion([event.seq - 1 for event in events], point.size)
    return [
        {"event": event.content(), "proof": [base64.b64encode(one).decode() for one in proofs[event.seq - 1]]}
        for event in events
    ]


def _face(report: Report, version: Version, signed: Signed, press: Press) -> Face:
    newest = version.number == max(one.number for one in report.versions)
    statement = [PAGE, report.incident.number, str(version.number), version.sha256, str(report.id)]
    return Face(
        state=report.state if newest else version.state,
        version=version.number,
        content_sha256=version.sha256,
        signed=signed,
        at=max([version.created_at, *(one.at for one in signed)]),
        statement=press.signer.sign_note("\n".join(statement) + "\n"),
        key=str(press.signer.key),
    )


def _with_terms(content: dict[str, Any], press: Press) -> dict[str, Any]:
    """Content from before the terms were frozen with it is printed by today's."""
    return (
        content
        if content.get("printed")
        else {**content, "printed": press.terms.printed(with_ai=content["ai"]["used"])}
    )


def _proof(report: Report, version: Version, face: Face, made: Paper, signer: Signer) -> dict[str, Any]:
    notes = [one for one in face.signed if one.note]
    told = {
        "report": str(report.id),
        "incident": version.content["incident"]["number"],
        "version": version.number,
        "state": face.state.value,
        "content_sha256": version.sha256,
        "pdf_sha256": made.sha256,
        "signatures": [sha256_hex(one.note.encode()) for one in notes],
        "without_key": [f"{one.part.value}: {one.officer.label}" for one in face.signed if not one.note],
    }
    point = checkpoints.sign(signer)
    bearing = {"reports:report:submit", "reports:report:approve", "reports:report:file"}
    return {
        "format": PROOF,
        "key": str(signer.key),
        "paper": signer.sign_note(f"{PAPER}\n{canonical(told).decode()}\n"),
        "content": version.content,
        "signatures": [
            {
                "note": one.note,
                "certificate": one.key.certificate if one.key else "",
                "revocation": one.key.revocation if one.key else "",
            }
            for one in notes
        ],
        "checkpoint": point.note,
        "events": shown([event for event in events_of(report.id) if event.act in bearing], point),
    }


def signed_version(report: Report) -> bool:
    """Whether there is a version to give out: one that its author signed and did not get back."""
    return bool(report.versions) and report.state not in (ReportState.DRAFT, ReportState.RETURNED)
