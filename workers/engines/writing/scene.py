"""The recording as a story to select from: who speaks, what each line does, what it names, what it answers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from workers.engines.reading.text import Line, Mention
from workers.engines.writing.acts import Act, acts_of
from workers.engines.writing.brief import IncidentFacts, Recording, Source
from workers.engines.writing.checking import stands_in
from workers.engines.writing.words import plain

_TITLES = {"officer", "deputy", "sergeant", "sgt.", "lieutenant", "lt.", "captain", "detective", "trooper", "corporal", "sheriff", "chief", "agent"}  # fmt: skip
_MACHINE_LABEL = re.compile(
    r"(?:[A-Za-z]{0,10}[ _-]?)\d{1,3}|[A-Za-z]"
)  # S1, SPEAKER_00, B; anything else a person gave
DOUBTED = 0.4  # a word the recognizer was less sure of than this is marked where it is quoted
ANSWER_WITHIN = 12.0  # seconds between a question's end and its answer


@dataclass(frozen=True)
class Said:
    """A line with its plain text, its acts and its mentions."""

    line: Line
    text: str
    acts: tuple[Act, ...]
    mentions: tuple[Mention, ...]

    @property
    def sure(self) -> float:
        """How sure it is that these words were said by this speaker."""
        return max(0.0, min(1.0, self.line.confidence * self.line.speaker_confidence))

    @cached_property
    def unclear(self) -> tuple[str, ...]:
        """The words that the recognizer itself doubted."""
        doubted = [word for word in self.line.heard if word.confidence < DOUBTED]
        return tuple(plain(self.line.text[word.start_char : word.end_char]).strip(" .,?!;:") for word in doubted)

    def mention(self, *kinds: str) -> Mention | None:
        """The first mention of one of the kinds."""
        return next((m for m in self.mentions if m.kind in kinds), None)


@dataclass(frozen=True)
class Scene:
    """One recording, ready to be told."""

    recording: Recording
    incident: IncidentFacts
    person: str = ""
    first_person: bool = False
    favours: tuple[str, ...] = ()

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The lines that hold words, in order of time."""
        by_line: dict[int, list[Mention]] = defaultdict(list)
        for mention in self.recording.mentions:
            by_line[mention.line].append(mention)
        made = []
        for line in sorted(self.recording.lines, key=lambda one: (one.start, one.index)):
            text = plain(line.text)
            if any(c.isalnum() for c in text):
                mentions = tuple(m for m in by_line[line.index] if stands_in(m, line))
                made.append(Said(line, text, tuple(acts_of(line, text)), mentions))
        return tuple(made)

    @cached_property
    def by_seconds(self) -> dict[tuple[float, float], Said]:
        """The lines whose words are known one by one, by their seconds."""
        return {(said.line.start, said.line.end): said for said in self.said if said.line.heard}

    @cached_property
    def _speech(self) -> dict[str, Counter[str]]:
        """Seconds of speech of each speaker by role."""
        seconds: dict[str, Counter[str]] = defaultdict(Counter)
        for said in self.said:
            seconds[said.line.role][said.line.speaker] += max(0, round(abs(said.line.end - said.line.start) * 100)) + 1
        return seconds

    @property
    def others(self) -> int:
        """How many people who are no officers were told apart."""
        return len(self._speech["other"])

    @cached_property
    def officer(self) -> str:
        """The recording officer in a sentence: "Officer Reyes", "the officer" where the record has no name, or "I"."""
        own = self.recording.officer_name in {"", self.incident.officer_name}
        if self.first_person and own:
            return "I"
        return officer_named(self.recording.officer_name or self.incident.officer_name)

    @property
    def addressee(self) -> str:
        """Whom the officer speaks to, with a leading space; nothing where that is not plain."""
        return f" {self._single_other}" if self.others == 1 else ""

    @property
    def _single_other(self) -> str:
        return self.person or ("the driver" if is_traffic(self.incident.kind) else "the other person")

    def name_of(self, line: Line) -> str:
        """The speaker in the middle of a sentence."""
        label = plain(line.speaker)
        if line.role == "officer":
            officers = self._speech["officer"].most_common(1)
            return self.officer if officers[0][0] == line.speaker else "another officer"
        if label and line.role != "officer" and not _MACHINE_LABEL.fullmatch(label):
            return label
        if line.role == "other" and self.others == 1:
            return self._single_other
        if line.role == "other":
            return f"the speaker marked {label}" if label else "a person"
        return "an unidentified speaker"

    def source(self, said: Said, act: Act | None = None) -> Source:
        """The line's seconds with the words of the act, or with the whole line."""
        quote = said.text[act.start : act.end] if act else said.text
        return Source(self.recording.evidence_id, said.line.start, said.line.end, quote.strip() or said.text)

    def whole(self) -> Source:
        """The recording as an item."""
        return Source(self.recording.evidence_id, 0.0, self.recording.duration, "")

    def answers(self) -> Iterator[tuple[Said, Act, Said]]:
        """Questions by an officer with the line that answers each: the next one, by somebody else, soon after."""
        for asked, answer in zip(self.said, self.said[1:], strict=False):
            question = next(
                (act for act in reversed(asked.acts) if act.name.startswith("asks") and not act.faint), None
            )
            soon = answer.line.start - asked.line.end <= ANSWER_WITHIN
            if question and asked.line.role == "officer" and answer.line.role != "officer" and soon:
                yield asked, question, answer


def title_in(name: str) -> str:
    """The rank in a name such as "Police Officer Daniel Reyes", or nothing."""
    return next((word for word in plain(name).split()[:-1] if word.lower() in _TITLES), "")


def officer_named(name: str) -> str:
    """ "Officer Reyes" from "Daniel Reyes", "Sergeant Cole" from "Sergeant Ann Cole"."""
    words = plain(name).split()
    return f"{title_in(name) or 'Officer'} {words[-1]}" if words else "the officer"


def is_traffic(kind: str) -> bool:
    """Whether the incident is one with a driver."""
    return any(word in kind.lower() for word in ("traffic", "vehicle", "dui", "crash", "driving"))
