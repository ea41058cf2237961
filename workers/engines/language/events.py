"""One line of an officer against the rules: what matches, whose words they are, and how sure that leaves us."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workers.engines.language.classifier import classifier
from workers.engines.language.rules import POLARITY, Category, Polarity, Rule, rules
from workers.engines.language.sounds import factor, reread
from workers.engines.language.turns import Turn
from workers.engines.reading.text import Line

DOUBT = 0.7
JUDGED: frozenset[Category] = frozenset({"directed_profanity", "insult"})  # what the classifier was trained to tell
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
    """Words of one officer's line that a rule marks. `confidence` is rule times scope times words times speaker, 0 to 1.

    `found_by` is rule, rule+confirmed, rule+doubted or rule+unsure; sound where a word that sounds alike was heard; voice for
    shouting, where `probability` is the voice's. Otherwise `probability` is what the classifier said at even odds, None
    where it is not asked; `scope` radio, joking or nothing.
    """

    category: Category
    polarity: Polarity
    line: int
    start_char: int
    end_char: int
    phrase: str
    confidence: float
    rule: str
    directed: bool
    found_by: str = "rule"
    probability: float | None = None
    scope: str = ""


def plain(text: str) -> str:
    """Lower case and straight apostrophes, character for character, so that places stay the same."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'").replace("‘", "'")


def events_in(line: Line, text: str, before: str = "", *, asked: bool = False) -> list[LanguageEvent]:
    """Of overlapping events of one polarity the surest, then the longest; beside aggression no other polarity.

    `text` is the line's plain text, `before` that of a line the same officer spoke just before it; `asked`: it follows
    somebody else's question.
    """
    taken = {polarity: bytearray(len(text)) for polarity in _RANK}
    kept: list[LanguageEvent] = []
    for event in sorted(_candidates(line, text, before, asked), key=_preference):
        words = slice(event.start_char, event.end_char)
        if not any(taken[event.polarity][words]) and not any(taken["aggressive"][words]):
            taken[event.polarity][words] = b"\x01" * (event.end_char - event.start_char)
            kept.append(_judged(event))
    if not any(event.polarity == "aggressive" for event in kept):
        kept += _by_sound(line, text, before, asked)
    return sorted(kept, key=lambda event: event.start_char)


def _by_sound(line: Line, text: str, before: str, asked: bool) -> list[LanguageEvent]:
    """The surest aggression in the line with harsh words put back, with the words as they were heard; or nothing."""
    again = reread(text)
    if again is None:
        return []
    harsh = [one for one in _candidates(line, again.text, before, asked) if one.polarity == "aggressive"]
    for event in sorted(harsh, key=_preference)[:1]:
        start, end = again.span(event.start_char, event.end_char)
        sure = round(event.confidence * factor(), 4)
        return [
            replace(
                event, start_char=start, end_char=end, phrase=line.text[start:end], confidence=sure, found_by="sound"
            )
        ]
    return []


def event_of(turn: Turn) -> LanguageEvent:
    """What was found across lines, as an event of its line."""
    category: Category = "answer" if turn.category == "answer" else "repeated_command"
    return _event(turn.line, category, turn.rule, turn.start, turn.end, turn.sure, directed=True)


def _preference(event: LanguageEvent) -> tuple[int, float, int, int]:
    return _RANK[event.polarity], -event.confidence, event.start_char - event.end_char, event.start_char


def _candidates(line: Line, text: str, before: str, asked: bool) -> Iterator[LanguageEvent]:
    scope = next((one for one in rules().scopes if one.covers(text)), None)
    for rule in (one for one in rules().rules if asked or not one.asked):
        harsh = POLARITY[rule.category] == "aggressive"
        for match in rule.pattern.finditer(text):
            start, end = match.start(), _clause_end(text, match.end()) if rule.clause else match.end()
            end = min(end, start + _PHRASE_CHARACTERS)
            if _holds(rule, text, start, end, before):
                directed = rule.directed or bool(_YOU_NEAR.search(text[max(0, start - 20) : end + 10]))
                sure = rule.sure * (scope.factor if scope and harsh else 1.0)
                event = _event(line, rule.category, rule.id, start, end, sure, directed=directed)
                yield replace(event, scope=scope.name if scope and harsh else "")


def _event(
    line: Line, category: Category, rule: str, start: int, end: int, sure: float, *, directed: bool
) -> LanguageEvent:
    return LanguageEvent(
        category=category,
        polarity=POLARITY[category],
        line=line.index,
        start_char=start,
        end_char=end,
        phrase=line.text[start:end],
        confidence=round(max(0.0, min(1.0, sure * line.confidence * line.speaker_confidence)), 4),
        rule=rule,
        directed=directed,
    )


def _judged(event: LanguageEvent) -> LanguageEvent:
    """The classifier on the rule's words: a doubt lowers the confidence, a confirmation is noted and raises nothing."""
    if event.category not in JUDGED:
        return event
    said = classifier()
    probability = said.heard(event.phrase)
    if probability < said.doubts:
        return replace(
            event, found_by="rule+doubted", probability=probability, confidence=round(event.confidence * DOUBT, 4)
        )
    found_by = "rule+confirmed" if probability >= said.confirms else "rule+unsure"
    return replace(event, found_by=found_by, probability=probability)


def _holds(rule: Rule, text: str, start: int, end: int, before: str) -> bool:
    around = text[max(0, start - 25) : end + 25]
    if rule.unless and rule.unless.search(around):
        return False
    if rule.needs and not rule.needs.search(text[start:end]):
        return False
    if POLARITY[rule.category] != "aggressive":
        return True
    said = text[max(0, start - rules().quotation_reach) : start]
    return not (_ASIDE.search(said) or _in_quotes(text, start) or _of_another(text, start, said, before))


def _of_another(text: str, start: int, said: str, before: str) -> bool:
    """Whether the words are somebody else's: told or read out in this line, or begun at the end of the line before."""
    if rules().quotation.search(said) or rules().reading.search(text[max(0, start - _QUOTE_REACH) : start]):
        return True
    opened = rules().quotation.search(f"{before[-rules().quotation_reach :]} ") if before else None
    return bool(opened) and not re.search(r"[.!?]", text[:start])


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
