"""What takes more than one line to hear: a command repeated without a pause, a question that is answered."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workers.engines.reading.text import Line

REPEATS = 3  # the same order this often …
PAUSE_S = 1.0  # … with less than this between lines, which leaves nobody time to obey
ANSWER_S = 6.0
_ORDER = "get|step|turn|sit|put|stop|come|move|stand|show|give|open|back|walk|let|calm|look|listen|stay|face|keep|drop|roll|hands|put|turn"
_REPEATED = re.compile(
    rf"(?<![\w'])((?:(?:{_ORDER})\b)(?: [\w']+){{0,5}}?)(?:(?:[ ,.!;]+|,? now[ ,.!]*)\1(?: now)?(?![\w'])){{2,}}"
)
_OPENING = re.compile(rf"^(?:okay |hey |sir |ma'am |i said )*((?:{_ORDER})\b(?: [\w']+){{0,2}})")
DANGER = re.compile(
    r"\b(?:gun|knife|weapon|rifle|pistol|blade|machete|bat|grenade|axe|hammer|shots?|traffic|train|fire)\b"
)
_ASKED = re.compile(
    r"\?\s*$|^(?:and |but |so |officer |sir |wait )*(?:what|why|where|when|who|how|which|can|could|may|do|did|does|is|are|am|will|would)\b"
)
_EVASIVE = re.compile(
    r"^(?:(?:okay|sir|ma'am|hey|no|look|listen|just)[ ,]+)*"
    rf"(?:(?:{_ORDER}|shut|hold|wait|hands)\b|what|why|where|when|who|how|do you|did you|are you|can you|have you|because i said)|\?\s*$"
)
_ANSWERS = re.compile(
    r"^(?:(?:okay|sir|ma'am|well|so|um|uh|right)[ ,]+)*(?:because|yes|yeah|no|not|it|it's|that|that's|this|we|we're|we'll|you|you're|you'll|you can|the|he|he's|she|she's|they|they're|i|i'm|i'll|my|your|about|in|at|to|for|there)\b"
)


@dataclass(frozen=True)
class Turn:
    """Something found across lines: in which officer's line, at which characters of its plain text, by which rule."""

    category: str
    rule: str
    line: Line
    start: int
    end: int
    sure: float


def repeated(lines: Sequence[tuple[Line, str]]) -> Iterator[Turn]:
    """Orders given three times or more without a pause; none where a weapon or another danger is named (then it is urgent)."""
    run: list[tuple[Line, str, re.Match[str]]] = []
    for line, text in lines:
        inside = _REPEATED.search(text) if line.role == "officer" else None
        if inside and not DANGER.search(text):
            yield Turn("repeated_command", "repeated-command", line, inside.start(), inside.end(), 0.65)
        opening = _OPENING.search(text) if line.role == "officer" and not inside else None
        if opening is None or (run and not _goes_on(run[-1], line, opening)):
            run = []
        if opening is None:
            continue
        run.append((line, text, opening))
        if len(run) == REPEATS and not any(DANGER.search(said) for _, said, _ in run):
            yield Turn("repeated_command", "repeated-command-lines", line, opening.start(1), opening.end(1), 0.6)


def _goes_on(last: tuple[Line, str, re.Match[str]], line: Line, opening: re.Match[str]) -> bool:
    alike = last[2].group(1).split()[:2] == opening.group(1).split()[:2]
    return alike and last[0].speaker == line.speaker and line.start - last[0].end < PAUSE_S


def asked(before: tuple[Line, str] | None, line: Line) -> bool:
    """Whether somebody else's question stands just before a line."""
    return (
        before is not None
        and before[0].role == "other"
        and line.start - before[0].end <= ANSWER_S
        and bool(_ASKED.search(before[1]))
    )


def answered(lines: Sequence[tuple[Line, str]], harsh: frozenset[int]) -> Iterator[Turn]:
    """Officers' lines that answer the question before them; `harsh` are the lines, by index, that cannot be one."""
    for (asking, question), (line, text) in pairwise(lines):
        if asking.role != "other" or line.role != "officer" or line.index in harsh:
            continue
        soon = line.start - asking.end <= ANSWER_S
        if (
            soon
            and _ASKED.search(question)
            and len(text.split()) >= 4
            and _ANSWERS.search(text)
            and not _EVASIVE.search(text)
        ):
            yield Turn("answer", "answer", line, 0, len(text.rstrip()), 0.6)
