"""Language: how officers speak to people, by rules that are data. Commands are neutral; only officers' lines are read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workers.engines.info import EngineInfo
from workers.engines.language.rules import POLARITY, Category, Polarity, Rule, rules
from workers.engines.reading.text import Line

__all__ = ["Category", "Language", "LanguageEvent", "Polarity", "aggressive_per_hour", "engine", "listen_for"]

_CLAUSE_END = re.compile(r"[.!?;]|,? (?:or i(?:'ll| will)|because|so that|i need|do you|what's|what is)\b")
_CLAUSE_WORDS = 14
_CLAUSE_CHARACTERS = 200
_PHRASE_CHARACTERS = 300
_QUOTE_REACH = 300
_YOU_NEAR = re.compile(r"\byou(?:'re|r)?\b")
_ASIDE = re.compile(r"\b(?:not|never|nobody|isn't|aren't|wasn't|don't think|didn't mean|wouldn't) (?:\w+ ){0,2}$")
_RANK: dict[Polarity, int] = {"aggressive": 0, "neutral": 1, "courteous": 2}


@dataclass(frozen=True)
class LanguageEvent:
    """Words of one officer's line that a rule marks. `confidence` is rule times words times speaker, 0 to 1."""

    category: Category
    polarity: Polarity
    line: int
    start_char: int
    end_char: int
    phrase: str
    confidence: float
    rule: str
    directed: bool


@dataclass(frozen=True)
class Language:
    """All events in order, and what a rate is divided by: seconds and lines of officers' speech."""

    engine: EngineInfo
    events: tuple[LanguageEvent, ...]
    officer_seconds: float
    officer_lines: int


def engine() -> EngineInfo:
    """What listens."""
    return EngineInfo(
        name="blotter-rules", model="language", version=rules().version, parameters={"rules": len(rules().rules)}
    )


def listen_for(lines: Sequence[Line]) -> Language:
    """Events in the lines spoken by an officer; other lines are not read. Linear in the text."""
    spoken = [line for line in lines if line.role == "officer"]
    events = tuple(event for line in spoken for event in _events(line))
    return Language(engine(), events, round(sum(max(0.0, line.end - line.start) for line in spoken), 3), len(spoken))


def _events(line: Line) -> list[LanguageEvent]:
    """Of overlapping events of one polarity the surest, then the longest; beside aggression no other polarity."""
    text = _plain(line.text)
    taken = {polarity: bytearray(len(text)) for polarity in _RANK}
    kept: list[LanguageEvent] = []
    for event in sorted(_candidates(line, text), key=_preference):
        words = slice(event.start_char, event.end_char)
        if not any(taken[event.polarity][words]) and not any(taken["aggressive"][words]):
            taken[event.polarity][words] = b"\x01" * (event.end_char - event.start_char)
            kept.append(event)
    return sorted(kept, key=lambda event: event.start_char)


def _preference(event: LanguageEvent) -> tuple[int, float, int, int]:
    return _RANK[event.polarity], -event.confidence, event.start_char - event.end_char, event.start_char


def _plain(text: str) -> str:
    """Lower case and straight apostrophes, character for character, so that places stay the same."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'").replace("‘", "'")


def _candidates(line: Line, text: str) -> Iterator[LanguageEvent]:
    for rule in rules().rules:
        for match in rule.pattern.finditer(text):
            start, end = match.start(), _clause_end(text, match.end()) if rule.clause else match.end()
            end = min(end, start + _PHRASE_CHARACTERS)
            if _holds(rule, text, start, end):
                sure = rule.sure * line.confidence * line.speaker_confidence
                yield LanguageEvent(
                    category=rule.category,
                    polarity=POLARITY[rule.category],
                    line=line.index,
                    start_char=start,
                    end_char=end,
                    phrase=line.text[start:end],
                    confidence=round(max(0.0, min(1.0, sure)), 4),
                    rule=rule.id,
                    directed=rule.directed or bool(_YOU_NEAR.search(text[max(0, start - 20) : end + 10])),
                )


def _holds(rule: Rule, text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 25) : end + 25]
    if rule.unless and rule.unless.search(around):
        return False
    if rule.needs and not rule.needs.search(text[start:end]):
        return False
    if POLARITY[rule.category] != "aggressive":
        return True
    before = text[max(0, start - rules().quotation_reach) : start]
    return not rules().quotation.search(before) and not _in_quotes(text, start) and not _ASIDE.search(before)


def _in_quotes(text: str, start: int) -> bool:
    before = text[max(0, start - _QUOTE_REACH) : start]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _clause_end(text: str, at: int) -> int:
    """Where the clause that goes on at `at` ends: at punctuation, a new clause, or fourteen words on."""
    stop = _CLAUSE_END.search(text, at, at + _CLAUSE_CHARACTERS)
    end = stop.start() if stop else min(len(text), at + _CLAUSE_CHARACTERS)
    for number, space in enumerate(re.finditer(r"\s+", text[at:end])):
        if number == _CLAUSE_WORDS:
            end = at + space.start()
            break
    return at + len(text[at:end].rstrip(" ,"))


def aggressive_per_hour(language: Language, events: Iterable[LanguageEvent] | None = None) -> float | None:
    """Aggressive events per hour of officers' speech; None where no officer spoke."""
    if language.officer_seconds <= 0:
        return None
    counted = sum(event.polarity == "aggressive" for event in (language.events if events is None else events))
    return counted * 3600 / language.officer_seconds
