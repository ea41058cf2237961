"""A transcript as a file to give away: SubRip, WebVTT, plain text, Word, JSON; each says who wrote it and how sure it is."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import docx
from docx.shared import Pt

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts.models import TranscriptVersion, VersionKind
from app.analysis.transcripts.reads import Line
from app.analysis.transcripts.words import DOUBT
from app.core.ledger import written
from app.evidence.models import Evidence

MARK = "Blotter transcript"  # what our own files begin with
ROLES = {"officer": "Officer", "other": "Other", "unknown": "Unknown speaker"}
TYPES = {
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line as it goes out; `words` [text, start, end, confidence] without what is left out. `channel` as of Utterance."""

    start_s: float
    end_s: float
    speaker: str
    role: str
    text: str
    words: list[Any]
    confidence: float
    redacted: list[str]
    channel: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes into a file: the head, as (what, words), and the lines."""

    head: list[tuple[str, str]]
    lines: list[Said]
    facts: dict[str, Any]


def sheet(
    item: Evidence,
    transcript: Transcript,
    version: TranscriptVersion,
    lines: Sequence[Utterance | Line],
    *,
    redact: bool,
) -> Sheet:
    """The lines of one version with the head every file carries. With `redact`, marked words are left out of it all."""
    said = [_said(line, redact=redact) for line in lines]
    words = [word for line in lines for word in line.words]
    doubted = sum(word[3] is not None and word[3] < DOUBT for word in words)
    marks = sum(len(line.redactions) for line in lines)
    facts = {
        "incident": item.incident.number,
        "evidence": str(item.id),
        "sha256_of_original": item.sha256,
        "duration_s": transcript.duration_s,
        "language": transcript.language,
        "engine": transcript.engine,
        "speaker_engine": transcript.speaker_engine,
        "version": version.number,
        "version_kind": version.kind.value,
        "version_by": version.maker.label if version.maker else "machine",
        "version_at": written(version.made_at),
        "words": len(words),
        "doubted_words": doubted,
        "redactions": marks,
        "redactions_applied": redact,
    }
    return Sheet(_head(item, transcript, version, facts), said, facts)


def in_format(content: Sheet, kind: str) -> bytes:
    """The file. `kind` is one of TYPES."""
    if kind == "docx":
        return _docx(content)
    return {"srt": _srt, "vtt": _vtt, "txt": _txt, "json": _json}[kind](content).encode()


def program(engine: dict[str, Any]) -> str:
    """An engine in words: name, model, version."""
    return " ".join(str(engine[part]) for part in ("name", "model", "version") if engine.get(part)) or "not known"


def who(line: Said) -> str:
    """Who speaks: the name, with the role; or the role alone."""
    role = ROLES.get(line.role, line.role)
    if line.role == "unknown":
        return line.speaker or role
    return f"{line.speaker} ({role})" if line.speaker else role


def _said(line: Utterance | Line, *, redact: bool) -> Said:
    words = line.words or [[token, line.start_s, line.end_s, None] for token in line.text.split()]
    spans = line.redactions if redact else []
    if not spans:
        return _line(line, line.text, list(line.words), [])
    shown: list[Any] = []
    hidden = {n: (first, why) for first, behind, why in spans for n in range(first, behind)}
    for n, word in enumerate(words):
        if n not in hidden:
            shown.append(word)
        elif n == hidden[n][0]:
            shown.append([f"[redacted: {hidden[n][1].replace('_', ' ')}]", None, None, None])
    text = " ".join(str(word[0]) for word in shown)
    left = [word for word in shown if word[1] is not None]
    reasons = [why for _, _, why in spans]
    return _line(line, text, left, reasons)


def _line(line: Utterance | Line, text: str, words: list[Any], redacted: list[str]) -> Said:
    return Said(line.start_s, line.end_s, line.speaker, line.role, text, words, line.confidence, redacted, line.channel)


def _head(
    item: Evidence, transcript: Transcript, version: TranscriptVersion, facts: dict[str, Any]
) -> list[tuple[str, str]]:
    machine = version.kind is VersionKind.MACHINE
    by = "by a machine, not corrected by a person" if machine else f"corrected by people, last by {facts['version_by']}"
    hidden = f"{facts['redactions']} marked, {'left out here' if facts['redactions_applied'] else 'NOT left out here'}"
    return [
        ("Incident", item.incident.number),
        ("Recording", f"{item.title}, {item.id}"),
        ("SHA-256 of the original", item.sha256),
        ("Written", f"{by}; version {version.number} ({version.kind.title}), {facts['version_at']}"),
        ("Heard by", program(transcript.engine)),
        ("Speakers by", program(transcript.speaker_engine) if transcript.speaker_engine else "nobody"),
        ("Language", transcript.language or "not known"),
        (
            "Doubted words",
            f"{facts['doubted_words']} of {facts['words']} (below {DOUBT:.0%} by the machine's own figure)",
        ),
        ("Redactions", hidden),
        ("Note", "The recording is the evidence. Play the seconds before you rely on a word."),
    ]


def clock(seconds: float, point: str) -> str:
    """1.5 as 00:00:01.500, with `point` for the full stop."""
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}{point}{whole % 1000:03d}"


def _srt(content: Sheet) -> str:
    head = "\n".join([f"[{MARK}]", *(f"{what}: {words}" for what, words in content.head)])
    cues = [f"1\n{clock(0, ',')} --> {clock(0.001, ',')}\n{head}\n"]
    cues += [
        f"{n}\n{clock(line.start_s, ',')} --> {clock(line.end_s, ',')}\n{who(line)}: {_still(line.text)}\n"
        for n, line in enumerate(content.lines, 2)
    ]
    return "\n".join(cues)


def _still(text: str) -> str:
    """Text that cannot be taken for a cue's times."""
    return text.replace("-->", "→")


def _vtt(content: Sheet) -> str:
    head = "\n".join([f"NOTE {MARK}", *(f"{what}: {_still(words)}" for what, words in content.head)])
    cues = [
        f"{clock(line.start_s, '.')} --> {clock(line.end_s, '.')}\n<v {_tag(who(line))}>{_tag(_still(line.text))}\n"
        for line in content.lines
    ]
    return "WEBVTT\n\n" + head + "\n\n" + "\n".join(cues)


def _tag(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _txt(content: Sheet) -> str:
    head = [f"# {MARK}", *(f"# {what}: {words}" for what, words in content.head), ""]
    lines = [f"{clock(line.start_s, '.')}  {who(line)}: {line.text}" for line in content.lines]
    return "\n".join([*head, *lines, ""])


def _json(content: Sheet) -> str:
    made = {"format": MARK, "head": content.facts, "lines": [asdict(line) for line in content.lines]}
    return json.dumps(made, ensure_ascii=False, indent=1)


def _docx(content: Sheet) -> bytes:
    paper = docx.Document()
    paper.styles["Normal"].font.size = Pt(10)
    paper.core_properties.author, paper.core_properties.title = "", MARK
    paper.add_heading(MARK, 1)
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for what, words in content.head:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = what, _fit(words)
    paper.add_paragraph()
    for line in content.lines:
        row = paper.add_paragraph()
        row.add_run(f"{clock(line.start_s, '.')}  {_fit(who(line))}: ").bold = True
        row.add_run(_fit(line.text))
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _fit(text: str) -> str:
    """Text that XML can hold."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n" or (sign >= " " and not "\ud800" <= sign <= "\udfff" and sign not in "\ufffe\uffff")
    )
