"""Reading a transcript a person wrote elsewhere: SubRip, WebVTT, plain text, Word, our JSON. Errors name the line."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError

from app.analysis.transcripts.sheets import MARK
from app.analysis.transcripts.words import LONGEST, cleaned
from app.core.errors import Invalid

LARGEST = 8_000_000  # bytes of a file; ten hours of speech are below a megabyte of text
UNPACKED = 60_000_000  # bytes a Word file may unpack to
MOST = 40_000  # lines
FORMATS = ("srt", "vtt", "txt", "docx", "json")
_STAMP = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?")
_ARROW = re.compile(r"^\s*(\S+)\s+-->\s+(\S+)(?:\s.*)?$")
_LED = re.compile(r"^\s*\[?((?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)\]?[\s–-]*(.*)$")
_NAMED = re.compile(r"^([^:<>\"“”]{1,60}?)(?:\s*\((Officer|Other|Unknown speaker)\))?:\s+(\S.*)$")
_VOICE = re.compile(r"^<v(?:\.[^\s>]*)?\s+([^>]*)>(.*)$", re.DOTALL)
_MARKUP = re.compile(
    r"</?(?:b|i|u|s|c|v|lang|ruby|rt|font|em|strong)(?:[.\s][^<>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE
)
_ROLES = {"Officer": "officer", "Other": "other", "Unknown speaker": "unknown"}


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the file: seconds where it has any, who where it says so, and the number of the line it began on."""

    text: str
    number: int
    start_s: float | None = None
    end_s: float | None = None
    speaker: str = ""
    role: str = ""


def read(name: str, content: bytes) -> list[Cue]:
    """The cues of a file, by its name's ending. Invalid names the line and what to do about it."""
    kind = PurePath(name.lower()).suffix.lstrip(".")
    if kind not in FORMATS:
        raise _wrong("This kind of file is not read.", "Choose one that ends in .srt, .vtt, .txt, .docx or .json.")
    if len(content) > LARGEST:
        raise _wrong(
            f"The file is larger than {LARGEST // 1_000_000} MB.",
            "A transcript is text: save it without pictures or sound.",
        )
    if not content.strip():
        raise _wrong("The file is empty.", "Choose the transcript's file again.")
    found = {"srt": _srt, "vtt": _vtt, "txt": _txt, "docx": _docx, "json": _json}[kind](content)
    if not found:
        raise _wrong("There are no words in this file.", "Open it and look whether it is the right one.")
    if len(found) > MOST:
        raise _wrong(f"The file has more than {MOST} lines.", "Cut it at the recordings it belongs to.")
    for cue in found:
        if len(cue.text) > LONGEST:
            raise _wrong(f"Line {cue.number}: more than {LONGEST} characters.", "Break it into several lines.")
    return found


def _wrong(message: str, remedy: str) -> Invalid:
    return Invalid(message, field="file", remedy=remedy)


def _text(content: bytes) -> str:
    """UTF-8, or UTF-16 where a mark at the beginning says so. Invalid names the line of the first byte that is neither."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _wrong(
            f"Line {line}: this is not UTF-8 text.",
            "Save the file as UTF-8 (in Word or Notepad: Save as, Encoding) and send it again.",
        ) from error
    if "\x00" in text:
        raise _wrong(
            f"Line {text[: text.index(chr(0))].count(chr(10)) + 1}: this is not text.",
            "Save the file as UTF-8 text and send it again.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between empty ones, with the number of each one's first."""
    block: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number - len(block) + 1, block


def _srt(content: bytes) -> list[Cue]:
    return _timed(_text(content), skip=())


def _vtt(content: bytes) -> list[Cue]:
    text = _text(content)
    if not text.startswith("WEBVTT"):
        raise _wrong(
            "Line 1: a WebVTT file begins with WEBVTT.",
            "Put WEBVTT and an empty line before the rest, or name the file .srt.",
        )
    return _timed(text.partition("\n")[2], skip=("NOTE", "STYLE", "REGION"), before=1)


def _timed(text: str, *, skip: tuple[str, ...], before: int = 0) -> list[Cue]:
    found: list[Cue] = []
    for first, block in _blocks(text):
        at = first + before
        if skip and block[0].split()[0] in skip:
            continue
        place = next((n for n, line in enumerate(block[:2]) if "-->" in line), None)
        if place is None:
            if before and not found:
                continue  # what follows WEBVTT before the first cue
            raise _wrong(
                f"Line {at}: times are missing.",
                "Each cue has a line such as 00:00:01,000 --> 00:00:04,000 above its words.",
            )
        start, end = _times(block[place], at + place)
        words = "\n".join(block[place + 1 :])
        if words and not words.startswith(f"[{MARK}]"):
            found += _cue(words, at + place + 1, start, end)
    return found


def _times(line: str, number: int) -> tuple[float, float]:
    found = _ARROW.match(line)
    stamps = [_seconds(one) for one in found.groups()] if found else [None]
    if found is None or None in stamps:
        raise _wrong(
            f"Line {number}: “{line.strip()[:60]}” are no times.", "Write them as 00:00:01,000 --> 00:00:04,000."
        )
    start, end = (float(one or 0.0) for one in stamps)
    if end < start:
        raise _wrong(f"Line {number}: it ends before it begins.", "Swap or correct the two times.")
    return start, end


def _seconds(stamp: str) -> float | None:
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    hours, minutes, seconds, rest = found.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{rest or 0}")


def _cue(words: str, number: int, start: float | None, end: float | None) -> list[Cue]:
    """The words without markup, with the speaker where they begin with one: none when nothing is left."""
    voice = _VOICE.match(words)
    speaker, role = "", ""
    if voice:
        speaker, words = html.unescape(voice[1]).strip(), voice[2]
    text = cleaned(html.unescape(_MARKUP.sub("", words))).removeprefix("- ")
    if not speaker:
        named = _NAMED.match(text)
        if named:
            speaker, role, text = named[1].strip(), _ROLES.get(named[2] or "", ""), named[3]
    speaker, role = _who(speaker, role)
    return [Cue(text, number, start, end, speaker[:80], role)] if text else []


def _who(speaker: str, role: str) -> tuple[str, str]:
    ending = re.fullmatch(r"(.*) \((Officer|Other|Unknown speaker)\)", speaker)
    if ending:
        return ending[1], _ROLES[ending[2]]
    if speaker in _ROLES:
        return "", _ROLES[speaker]
    return speaker, role


def _txt(content: bytes) -> list[Cue]:
    return _spoken((n, line) for n, line in enumerate(_text(content).split("\n"), 1) if not line.startswith("#"))


def _spoken(lines: Iterator[tuple[int, str]]) -> list[Cue]:
    """Paragraphs, each with its time or its speaker before it, or neither."""
    found: list[Cue] = []
    for number, line in lines:
        led = _LED.match(line)
        start = _seconds(led[1]) if led else None
        found += _cue(led[2] if led and start is not None else line, number, start, None)
    return found


def _docx(content: bytes) -> list[Cue]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
        if size > UNPACKED:
            raise _wrong("The Word file unpacks to too much.", "Save only the transcript's text in it.")
        paper = docx.Document(io.BytesIO(content))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise _wrong(
            "This is not a Word file that can be opened.", "Save it again as .docx, or as plain text (.txt)."
        ) from error
    return _spoken((n, one.text) for n, one in enumerate(paper.paragraphs, 1) if one.text.strip() != MARK)


def _json(content: bytes) -> list[Cue]:
    try:
        made = json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _wrong(f"Line {line}: this is not JSON.", "Export the transcript as JSON again.") from error
    rows = made.get("lines") if isinstance(made, dict) else None
    if not isinstance(rows, list):
        raise _wrong(
            "Line 1: there are no “lines” in this JSON.", f"Only JSON that was exported here ({MARK}) is read."
        )
    return [cue for n, row in enumerate(rows, 1) for cue in _json_cue(row, n)]


def _json_cue(row: Any, number: int) -> list[Cue]:
    try:
        start, end = float(row["start_s"]), float(row["end_s"])
        text, speaker, role = str(row["text"]), str(row.get("speaker", "")), str(row.get("role", ""))
    except (TypeError, KeyError, ValueError) as error:
        raise _wrong(
            f"Entry {number} of “lines” lacks start_s, end_s or text.", "Export the transcript as JSON again."
        ) from error
    if not 0 <= start <= end < 1_000_000:
        raise _wrong(
            f"Entry {number} of “lines”: {start} to {end} are no times.",
            "Seconds from the start, the end not before the start.",
        )
    known = role if role in _ROLES.values() else ""
    words = cleaned(text)
    return [replace(Cue(words, number, start, end), speaker=cleaned(speaker)[:80], role=known)] if words else []
