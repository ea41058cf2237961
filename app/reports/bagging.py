"""What lies in a discovery bundle, file by file, and how it becomes a BagIt (RFC 8493)."""

import itertools
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bagit

from app.analysis.models import Step, Transcript, Utterance
from app.analysis.transcripts.reads import Line
from app.core.ledger import Event
from app.core.storage import ObjectStore
from app.evidence import custody
from app.evidence.exports import Packed
from app.evidence.models import Evidence
from app.reports import aiuse, proofs
from app.reports.acts import act_words
from app.reports.canonical import canonical
from app.reports.differences import sentence_differences
from app.reports.models import Bundle, Draft, Report, Signature, Version
from app.reports.printing import clock
from app.reports.proofs import Issued

_BEAT_EVERY = 64 * 1024**2
README = """A discovery bundle of Blotter, an open police record, about one report.

    python data/verify_report.py . --key KEY    checks everything in it: every byte, signature, draft, version and event
    bagit.py --validate .                       checks that every file is whole (RFC 8493), with the library `bagit`

Run these in this folder, or give the .zip file in place of the dot. The first needs Python 3.11 or newer and the library
`cryptography` (python -m pip install cryptography). No server is asked and nothing is sent. KEY is the agency's public
key: its office can tell you, and its web page shows it. Without --key the answer says that nobody vouched for the key.
One report alone: python data/verify_report.py data/report/report.pdf --key KEY

In data/:
report/         the report as PDF/A-2a, its content as it was signed (content.json), and its proof (report.sig)
drafts/         everything a machine wrote, unaltered; draft 1 is the first. A draft is not an officer's statement
versions/       the report each time it was signed or filed, with the signatures
differences/    what changed between one and the next, and from the first draft to the end
supplements/    each signed and approved supplement by its number, with report, drafts, versions and differences of its own
transcripts/    what was heard in each recording, with the doubt about each word, and in recordings with a voice on each
                side the channel it was heard in (0 left, 1 right; null in others); where people corrected it, as
                corrected, and in .machine.json as the machine heard it
media.json, media.csv    each recording with its SHA-256; originals/ holds them when they were asked for
models.json     each program that had a part, with its model, version and settings
ai-use.json     who had a machine read or write, and who took over or signed what it wrote: when, from which device and
                address, on which recordings, with which programs and settings
custody/        what was done with each recording, and with the report
export.json     every event of the ledger about them, each proven to be in the tree that the agency signed
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One report, or a supplement to it, with its proof and everything that led to it."""

    report: Report
    issued: Issued
    events: list[Event]
    drafts: list[Draft]
    versions: list[Version]
    signatures: list[Signature]

    @property
    def place(self) -> str:
        """Where it lies; the report itself, also when it is a supplement, at the top."""
        return f"supplements/{self.report.supplement_number}/"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle will hold, read in one transaction."""

    bundle: Bundle
    told: Told
    supplements: list[Told]
    packed: Packed
    transcripts: list[Transcript]
    first_heard: dict[uuid.UUID, list[Line]]  # what the machine said, where people corrected it
    steps: list[Step]
    uses: list[aiuse.Use]
    media: list[dict[str, Any]]


def write(contents: Contents, folder: Path, *, objects: ObjectStore, agency: str, beat: Callable[[], None]) -> None:
    """Writes the bag into the empty `folder`. Memory does not grow with the recordings; `beat` is called as it goes on."""
    for name, content in _files(contents):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        beat()
    if contents.bundle.originals:
        for item, name, _ in contents.packed.items:
            _pour(objects, item, folder / name, beat)
    report = contents.told.report
    told = {
        "Source-Organization": agency,
        "External-Identifier": report.incident.number,
        "External-Description": f"Discovery of {report.title.lower()} {report.incident.number}, case {contents.bundle.case_number}",
        "Bagging-Date": contents.bundle.asked_at.strftime("%Y-%m-%d"),
    }
    bag = bagit.make_bag(str(folder), told, checksums=["sha256"])
    (folder / "README.txt").write_text(README)
    bag.save()  # so that the manifest of what lies beside the data names it too
    beat()


def pack(folder: Path, target: Path, *, top: str, beat: Callable[[], None]) -> None:
    """The bag as one archive, under a folder named `top`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            archive.write(path, f"{top}/{path.relative_to(folder).as_posix()}")
            beat()


def _files(contents: Contents) -> Iterator[tuple[str, str | bytes]]:
    """Every file but the originals: (its name, what is in it)."""
    about = {
        "report": str(contents.told.report.id),
        "case_number": contents.bundle.case_number,
        "reason": contents.bundle.reason,
    }
    yield from proofs.programs().items()
    yield "export.json", _json({**contents.packed.manifest, "bundle": about})
    yield from _report(contents.told, "")
    for one in contents.supplements:
        yield from _report(one, one.place)
    yield "media.json", _json(contents.media)
    yield "media.csv", _csv(contents.media)
    yield "models.json", _json(_models(contents))
    yield "ai-use.json", _json(list(aiuse.plain(contents.uses)))
    for heard in contents.transcripts:
        yield f"transcripts/{heard.evidence_id}.json", _json(_transcript(heard))
        yield f"transcripts/{heard.evidence_id}.txt", _spoken(heard)
        if heard.evidence_id in contents.first_heard:
            first = contents.first_heard[heard.evidence_id]
            yield f"transcripts/{heard.evidence_id}.machine.json", _json(_transcript(heard, first))
    for item, _, trail in contents.packed.items:
        yield f"custody/{item.id}.csv", custody.as_csv(trail)
        yield f"custody/{item.id}.pdf", custody.as_pdf(item, trail, contents.packed.point)


def _report(told: Told, place: str) -> Iterator[tuple[str, str | bytes]]:
    """One report: paper, proof, what was done with it, and all texts it ever had."""
    yield f"{place}report/report.pdf", told.issued.paper.pdf
    yield f"{place}report/report.sig", proofs.as_text(told.issued.proof)
    yield f"{place}report/content.json", canonical(told.issued.proof["content"])
    yield f"{place}custody/report.csv", custody.as_csv(told.events, say=act_words)
    for name, text in _texts(told):
        yield f"{place}{name}", text


def _texts(contents: Told) -> Iterator[tuple[str, str]]:
    """Drafts, versions, and the differences between one and the next."""
    written: list[tuple[str, list[str]]] = []
    for draft in contents.drafts:
        rows = [row["text"] for row in draft.content]
        written.append((f"draft-{draft.number}", rows))
        told = {name: getattr(draft, name) for name in ("number", "content", "left_out", "engines", "inputs", "sha256")}
        yield f"drafts/draft-{draft.number}.json", _json({**told, "created_at": draft.created_at.isoformat()})
        yield f"drafts/draft-{draft.number}.txt", "Draft: not an officer's statement\n\n" + "\n".join(rows) + "\n"
    for version in contents.versions:
        rows = [row["text"] for row in version.content["sentences"]]
        written.append((f"version-{version.number}", rows))
        yield f"versions/version-{version.number}.json", _json(_version(version, contents.signatures))
        yield f"versions/version-{version.number}.txt", "\n".join(rows) + "\n"
    pairs = list(itertools.pairwise(written))
    if len(written) > 2:
        pairs.append((written[0], written[-1]))
    for (old, before), (new, after) in pairs:
        yield f"differences/{old}-to-{new}.txt", _differences(before, after)


def _version(version: Version, signatures: list[Signature]) -> dict[str, Any]:
    return {
        "number": version.number,
        "state": version.state.value,
        "content": version.content,
        "sha256": version.sha256,
        "created_at": version.created_at.isoformat(),
        "signatures": [
            {"part": one.part.value, "by": one.officer.label, "at": one.at.isoformat(), "note": one.note}
            for one in signatures
            if one.version_id == version.id
        ],
    }


def _differences(before: list[str], after: list[str]) -> str:
    marks = {"same": " ", "changed": "~", "added": "+", "removed": "-"}
    words = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
    lines = [
        f"{marks[one.kind]} "
        + " ".join(
            piece.text if one.kind != "changed" else words[piece.kind].format(piece.text) for piece in one.pieces
        )
        for one in sentence_differences(before, after)
    ]
    return "(' ' the same, '+' added, '-' removed, '~' changed: [-removed-] {+added+})\n\n" + "\n".join(lines) + "\n"


def _models(contents: Contents) -> dict[str, Any]:
    return {
        "drafts": [
            {"of": told.report.title, "draft": one.number, "programs": one.engines}
            for told in (contents.told, *contents.supplements)
            for one in told.drafts
        ],
        "readings": [
            {
                "evidence": str(one.evidence_id),
                "reading": one.name,
                "generation": one.generation,
                "state": one.state.value,
                "program": one.engine,
                "input_sha256": one.input_hash,
            }
            for one in contents.steps
        ],
    }


def _transcript(heard: Transcript, lines: Sequence[Utterance | Line] | None = None) -> dict[str, Any]:
    names = ("start_s", "end_s", "text", "words", "confidence", "speaker", "role", "speaker_confidence", "channel")
    return {
        "evidence": str(heard.evidence_id),
        "program": heard.engine,
        "speakers_by": heard.speaker_engine,
        "language": heard.language,
        "duration_s": heard.duration_s,
        "utterances": [{name: getattr(one, name) for name in names} for one in lines or heard.utterances],
    }


def _spoken(heard: Transcript) -> str:
    return "".join(f"{clock(one.start_s)}  {one.role or one.speaker}: {one.text}\n" for one in heard.utterances)


def _pour(objects: ObjectStore, item: Evidence, path: Path, beat: Callable[[], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    since = 0
    with path.open("wb") as file:
        for piece in objects.open(item.storage_key):
            file.write(piece)
            since += len(piece)
            if since >= _BEAT_EVERY:
                beat()
                since = 0


def _csv(media: list[dict[str, Any]]) -> str:
    return custody.rows_as_csv([list(media[0]) if media else [], *(list(one.values()) for one in media)])


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)
