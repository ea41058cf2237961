"""Whether a sentence says more than its sources: quotations, numbers, times, names, weapons, drugs, injuries."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import get_args

from workers.engines.reading.lexicon import Listed, things
from workers.engines.reading.spoken import cardinal, tokens
from workers.engines.reading.text import Line, Mention
from workers.engines.writing.brief import Brief, DraftSentence, IncidentFacts, Recording, Source, TagFact
from workers.engines.writing.words import clock, date_in_words, duration_in_words, moment_in_words, plain, sentences_of

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”')
_WORD = re.compile(r"[^\W_]+(?:[.,:/@&'’-]+[^\W_]+)*")
# Capitalized words that a sentence may have of itself: those that open one, and set names.
_FREE_WORDS = (
    "a an the on in at by when asked officer officers video analysis text other no this that after before then during "
    "speech miranda utc gmt i one another speaker speakers further and badge incident up"
)
_FREE = frozenset(_FREE_WORDS.split())


@dataclass
class _Support:
    """What the sources of one sentence contain."""

    quotable: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def add(self, *texts: str) -> None:
        """Takes in the words and numbers of texts."""
        for text in texts:
            for word in _WORD.findall(plain(text)):
                self.words.add(word.casefold())
                self.words.update(part.casefold() for part in re.split(r"[^\w]+", word))
                self.numbers.add(word.casefold())

    def add_quotable(self, text: str) -> None:
        """Takes in a text that may also be quoted."""
        self.add(text)
        self.quotable.append(_folded(text))


def unsupported(sentence: DraftSentence, brief: Brief) -> list[str]:
    """What the sentence says that neither its sources nor the incident's record say; empty when it is all there.

    A gap is never unsupported; any other sentence without sources is, unless it stands in the officer's notes.
    """
    if sentence.author == "officer":
        return [] if _is_noted(sentence, brief) else ["not in the officer's notes"]
    if sentence.gap:
        return []
    if not sentence.sources:
        return ["no source"]
    support = _gather(sentence.sources, brief)
    rest = _QUOTED.sub(" ", sentence.text)
    found = [f"quotation: {q}" for q in _quotations(sentence.text) if not _is_quoted(q, support.quotable)]
    found += _loose_words(rest, support)
    found += _loose_things(rest, support)
    return found


def _is_noted(sentence: DraftSentence, brief: Brief) -> bool:
    """Whether the sentence stands word for word in what the officer wrote."""
    return any(sentence.text in sentences_of(note) for note in brief.notes)


def _gather(sources: Iterable[Source], brief: Brief) -> _Support:
    support = _Support()
    _add_incident(support, brief.incident)
    recordings = {recording.evidence_id: recording for recording in brief.recordings}
    for source in sources:
        recording = recordings.get(source.evidence_id)
        if recording is None:
            continue
        if not source.quote:
            _add_recording(support, recording)
            continue
        support.add(clock(source.start), clock(source.end), recording.officer_name)
        for line in cited_lines(source, recording.lines):
            _add_line(support, line, recording.mentions)
        for tag in _cited_tags(source, recording.tags):
            support.add_quotable(tag.label)
            support.add(tag.kind, str(tag.count), clock(tag.start), clock(tag.end))
    return support


def _add_incident(support: _Support, incident: IncidentFacts) -> None:
    support.add(incident.number, incident.kind, incident.place, incident.officer_name, incident.badge, incident.agency)
    if incident.occurred_at:
        support.add(moment_in_words(incident.occurred_at))
    for person in incident.people:
        support.add(person.part, person.name, date_in_words(person.date_of_birth))
    for offence in incident.offences:
        support.add_quotable(offence)


def _add_recording(support: _Support, recording: Recording) -> None:
    support.add_quotable(recording.title)
    support.add(recording.kind, duration_in_words(recording.duration))
    if recording.started_at:
        support.add(moment_in_words(recording.started_at))


def _add_line(support: _Support, line: Line, mentions: Iterable[Mention]) -> None:
    support.add_quotable(line.text)
    support.add(line.speaker, clock(line.start), clock(line.end))
    for mention in mentions:
        if stands_in(mention, line):
            support.add(mention.value, date_in_words(mention.value))
    words = tokens(line.text)
    for at in range(len(words)):
        said = cardinal(words, at)
        if said:
            support.numbers.add(str(said[0]))


def stands_in(mention: Mention, line: Line) -> bool:
    """Whether a mention belongs to the line and its text is there."""
    return mention.line == line.index and bool(mention.text.strip()) and mention.text in line.text


def cited_lines(source: Source, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines spoken in the source's seconds that contain its quote."""
    quote = _folded(source.quote)
    for line in lines:
        low, high = min(line.start, line.end), max(line.start, line.end)
        if low <= source.end and high >= source.start and quote and quote in _folded(line.text):
            yield line


def _cited_tags(source: Source, tags: Iterable[TagFact]) -> Iterator[TagFact]:
    quote = _folded(source.quote)
    for tag in tags:
        if tag.start <= source.end and tag.end >= source.start and quote == _folded(tag.label):
            yield tag


def _quotations(text: str) -> list[str]:
    return [straight or curly for straight, curly in _QUOTED.findall(text)]


def _is_quoted(quotation: str, texts: list[str]) -> bool:
    words = _folded(quotation.replace("…", " ")).rstrip(" .,?!;:")
    if not words:
        return True
    return any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) for text in texts)


def _loose_words(text: str, support: _Support) -> list[str]:
    found = []
    for word in _WORD.findall(text):
        known = word.casefold().replace("’", "'")
        if any(c.isdigit() for c in word):
            if known not in support.numbers:
                found.append(f"{'time' if ':' in word else 'number'}: {word}")
        elif word[:1].isupper() and known not in _FREE and known not in support.words:
            found.append(f"name: {word}")
    return found


def _loose_things(text: str, support: _Support) -> list[str]:
    """Weapons, drugs and injuries named in the sentence's own words; any word of the source for the same thing will do."""
    found = []
    heard = " ".join([*support.quotable, *support.words])
    for kind in get_args(Listed):
        known = things(kind)
        there = {_canonical(known.canonical, said) for said in known.pattern.findall(heard)}
        for said in known.pattern.findall(text):
            if _canonical(known.canonical, said) not in there:
                found.append(f"{kind}: {said}")
    return found


def _canonical(ways: dict[str, str], said: str) -> str:
    low = said.lower()
    return next((ways[form] for form in (low, low.removesuffix("s"), low.removesuffix("es")) if form in ways), low)


def _folded(text: str) -> str:
    return plain(text).casefold()
