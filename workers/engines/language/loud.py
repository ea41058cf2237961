"""Lines an officer shouted, by how they sounded (the voice's own evidence): what the words are does not count here."""

from collections.abc import Iterable, Iterator, Sequence

from workers.engines.language.events import LanguageEvent
from workers.engines.language.turns import DANGER
from workers.engines.reading.text import Line

LEAST_SHOUTING = 0.5  # less sure than this it is no event, only a figure of the utterance
LEAST_SPEAKER = 0.5  # nor where it is not clear that the wearer of the camera said it
RULE, FOUND_BY = "shouting-by-voice", "voice"
_PHRASE_CHARACTERS = 300


def shouted(heard: Sequence[tuple[Line, str]], events: Iterable[LanguageEvent]) -> Iterator[LanguageEvent]:
    """One event for each shouted line of an officer; none where a weapon or another danger is named (then it is urgent).

    Confidence is the voice's times the speaker's: whether the words were heard right does not matter. A line whose words
    are an aggressive event at least as sure is not counted twice.
    """
    surest: dict[int, float] = {}
    for event in events:
        if event.polarity == "aggressive":
            surest[event.line] = max(surest.get(event.line, 0.0), event.confidence)
    for line, text in heard:
        if line.role != "officer" or (line.shouting or 0.0) < LEAST_SHOUTING or line.speaker_confidence < LEAST_SPEAKER:
            continue
        sure = round(min(1.0, (line.shouting or 0.0) * line.speaker_confidence), 4)
        if not text.strip() or DANGER.search(text) or surest.get(line.index, 0.0) >= sure:
            continue
        end = min(len(line.text), _PHRASE_CHARACTERS)
        yield LanguageEvent(
            category="shouting",
            polarity="aggressive",
            line=line.index,
            start_char=0,
            end_char=end,
            phrase=line.text[:end],
            confidence=sure,
            rule=RULE,
            directed=False,
            found_by=FOUND_BY,
            probability=line.shouting,
        )
