"""What stands around the story: the opening from the incident's record, the gaps a person must fill, the evidence."""

import re
from collections.abc import Iterator

from workers.engines.writing.brief import Brief, DraftSentence
from workers.engines.writing.finders import Told, is_due, is_told
from workers.engines.writing.languages import foreign
from workers.engines.writing.scene import Scene, officer_named, title_in
from workers.engines.writing.types import ReportType
from workers.engines.writing.words import (
    clock,
    date_in_words,
    duration_in_words,
    listed,
    moment_in_words,
    plain,
    sentences_of,
    with_article,
)

_RECORDINGS_NAMED = 20
_PEOPLE_NAMED = 30
_NAMED = re.compile(r"\b(?:stop|arrest|disturbance|assault|burglary|robbery|crash|collision|search)\b")
OPENING = "Dispatch and arrival"
RECOLLECTION = "Officer's recollection"


def _gap(section: str, text: str) -> DraftSentence:
    return DraftSentence(section, text, (), 0.0, gap=True)


def opening(brief: Brief, scenes: list[Scene], kind: ReportType) -> Iterator[DraftSentence]:
    """When, where, by whom and who is recorded, as far as the incident's record says; a gap for each part it does not."""
    facts = brief.incident
    if scenes:
        yield DraftSentence(OPENING, _first_sentence(brief, kind), tuple(s.whole() for s in scenes[:1]), 1.0)
    if facts.occurred_at is None:
        yield _gap(OPENING, "The incident took place on [INSERT: date and time of the incident].")
    if not plain(facts.place):
        yield _gap(OPENING, "The incident took place at [INSERT: location of the incident].")
    if not plain(facts.officer_name):
        yield _gap(OPENING, "The reporting officer was [INSERT: name and badge number of the officer].")
    if scenes and (people := _people(brief)):
        text = f"The incident's record names {listed(people)}."
        yield DraftSentence("Contact", text, (scenes[0].whole(),), 1.0)
    offences = [plain(one) for one in facts.offences if plain(one)]
    if scenes and offences:
        quoted = listed([f'"{one}"' for one in dict.fromkeys(offences)])
        yield DraftSentence("Disposition", f"The incident's record has {quoted}.", (scenes[0].whole(),), 1.0)


def _people(brief: Brief) -> list[str]:
    """Those a person entered: "Maria Lopez (driver), born March 3, 1991"."""
    told = []
    for person in brief.incident.people[:_PEOPLE_NAMED]:
        name, part = plain(person.name), plain(person.part)
        if name:
            born = f", born {date_in_words(person.date_of_birth)}" if person.date_of_birth else ""
            told.append(f"{name} ({part}{born})" if part and part != "other" else f"{name}{born}")
    return list(dict.fromkeys(told))


def notes(brief: Brief) -> Iterator[DraftSentence]:
    """The officer's own sentences, word for word and under their name; no machine wrote them."""
    for note in brief.notes:
        for text in sentences_of(note):
            yield DraftSentence(RECOLLECTION, text, (), 1.0, gap="[INSERT" in text, author="officer")


def _first_sentence(brief: Brief, kind: ReportType) -> str:
    facts = brief.incident
    badge, place, number = plain(facts.badge), plain(facts.place), plain(facts.number)
    who = _full_name(plain(facts.officer_name)) + (f" (badge {badge})" if badge else "")
    if brief.first_person:
        who = f"I, {who},"
    when = f"On {moment_in_words(facts.occurred_at)}, " if facts.occurred_at else ""
    what = plain(kind.opening) or f"recorded {_what(plain(facts.kind.replace('_', ' ')).lower(), number)}"
    at, known_as = f" at {place}" if place else "", f", incident {number}" if number and number not in what else ""
    text = f"{when}{who} {what}{at}{known_as}."
    return text[:1].upper() + text[1:]


def _full_name(name: str) -> str:
    """The whole name with its rank; "Officer" before a name without one."""
    if not name:
        return officer_named(name)
    return name if title_in(name) else f"Officer {name}"


def _what(kind: str, number: str) -> str:
    """The kind of incident as something that was recorded."""
    if kind in {"", "other"}:
        return f"incident {number}" if number else "an incident"
    return with_article(kind) if _NAMED.search(kind) else f"an incident classified as {kind}"


def gaps(brief: Brief, scenes: list[Scene], chosen: list[DraftSentence], kind: ReportType) -> Iterator[DraftSentence]:
    """What such a report needs and neither the record, nor a recording, nor the officer's notes gave."""
    told = Told(brief, scenes, chosen)
    if not any(scene.said for scene in scenes):
        yield _gap("Statements", "No speech was recognized; the events were as follows: [INSERT: what happened].")
    for asked in kind.asked:
        if is_due(asked, told) and not is_told(asked, told):
            yield _gap(asked.section, asked.text)
    other = next((said for scene in scenes for said in scene.said if foreign(said.text)), None)
    if other:
        at = clock(other.line.start)
        yield _gap("Statements", f"Part of what was said, from {at} on, seems not to be in English: [INSERT: what was said, and who interpreted].")  # fmt: skip


def closing(scenes: list[Scene], omitted: set[str]) -> Iterator[DraftSentence]:
    """Each recording the draft was made from, and whether more was said in it."""
    for scene in scenes[:_RECORDINGS_NAMED]:
        recording = scene.recording
        title, lasted = plain(recording.title) or "without title", duration_in_words(recording.duration)
        began = f", begun on {moment_in_words(recording.started_at)}" if recording.started_at else ""
        text = f'This draft rests on the recording "{title}", {lasted} long{began}.'
        if not plain(recording.title):
            text = f"This draft rests on a recording without a title, {lasted} long{began}."
        yield DraftSentence("Evidence", text, (scene.whole(),), 1.0)
        if recording.evidence_id in omitted:
            more = "Other speech in the recording is in its transcript and is not repeated here."
            yield DraftSentence("Evidence", more, (scene.whole(),), 1.0)
