"""Language: how officers speak to people, by rules that are data. Commands are neutral; only officers' lines are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.engines.info import EngineInfo
from workers.engines.language.classifier import classifier
from workers.engines.language.events import LanguageEvent, event_of, events_in, plain
from workers.engines.language.loud import LEAST_SPEAKER, shouted
from workers.engines.language.respect import VERSION as RESPECT_VERSION
from workers.engines.language.respect import respect
from workers.engines.language.rules import Category, Polarity, rules
from workers.engines.language.turns import Turn, answered, asked, repeated
from workers.engines.reading.text import Line

__all__ = ["Category", "Language", "LanguageEvent", "Polarity", "aggressive_per_hour", "engine", "listen_for"]

_GOES_ON_S = 1.5  # a line this soon after the same speaker's last one goes on with what was being said


@dataclass(frozen=True)
class Language:
    """All events in order, the respect of each line that is surely an officer's (by its index), and what a rate is divided by."""

    engine: EngineInfo
    events: tuple[LanguageEvent, ...]
    officer_seconds: float
    officer_lines: int
    respect: dict[int, float]


def engine() -> EngineInfo:
    """What listens: the version of the rules, and of everything beside them."""
    return EngineInfo(
        name="blotter-rules",
        model="language",
        version=f"{rules().version}+{classifier().version}",
        parameters={"rules": len(rules().rules), "classifier": classifier().version, "respect": RESPECT_VERSION},
    )


def listen_for(lines: Sequence[Line]) -> Language:
    """Events in the lines spoken by an officer; others' lines only tell what was asked. Linear in the text.

    How long an officer spoke and how respectfully is of lines that are surely theirs: an event in any other cannot count either.
    """
    heard = [(line, plain(line.text)) for line in lines]
    spoken = [
        (line, text) for line, text in heard if line.role == "officer" and line.speaker_confidence >= LEAST_SPEAKER
    ]
    events: list[LanguageEvent] = []
    last: tuple[Line, str] | None = None
    for before, (line, text) in zip([None, *heard], heard, strict=False):
        if line.role == "officer":
            events += events_in(line, text, _just_said(last, line), asked=asked(before, line))
            last = (line, text)
    events += [event_of(turn) for turn in _across(heard, events)]
    events += list(shouted(spoken, events))
    return Language(
        engine(),
        tuple(sorted(events, key=lambda event: (event.line, event.start_char))),
        round(sum(max(0.0, line.end - line.start) for line, _ in spoken), 3),
        len(spoken),
        {line.index: respect(text) for line, text in spoken},
    )


def _just_said(last: tuple[Line, str] | None, line: Line) -> str:
    if last is None or last[0].speaker != line.speaker or not 0 <= line.start - last[0].end < _GOES_ON_S:
        return ""
    return last[1]


def _across(heard: Sequence[tuple[Line, str]], events: Sequence[LanguageEvent]) -> list[Turn]:
    """What lines say together, left out where a line's own words already say it more sharply."""
    harsh = [event for event in events if event.polarity == "aggressive"]
    kept = [turn for turn in repeated(heard) if not any(_overlap(turn, event) for event in harsh)]
    return [*kept, *answered(heard, frozenset(event.line for event in harsh))]


def _overlap(turn: Turn, event: LanguageEvent) -> bool:
    return turn.line.index == event.line and turn.start < event.end_char and event.start_char < turn.end


def aggressive_per_hour(language: Language, events: Iterable[LanguageEvent] | None = None) -> float | None:
    """Aggressive events per hour of officers' speech; None where no officer spoke."""
    if language.officer_seconds <= 0:
        return None
    counted = sum(event.polarity == "aggressive" for event in (language.events if events is None else events))
    return counted * 3600 / language.officer_seconds
