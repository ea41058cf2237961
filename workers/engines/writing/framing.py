"""What stands around the story: the opening from the incident's record, the gaps a person must fill, the evidence."""

import re
from collections.abc import Iterator

from workers.engines.writing.brief import Brief, DraftSentence
from workers.engines.writing.scene import Scene, is_traffic, officer_named, title_in
from workers.engines.writing.words import duration_in_words, moment_in_words, plain, with_article

_RECORDINGS_NAMED = 20
_NAMED = re.compile(r"\b(?:stop|arrest|disturbance|assault|burglary|robbery|crash|collision|search)\b")


def _gap(section: str, text: str) -> DraftSentence:
    return DraftSentence(section, text, (), 0.0, gap=True)


def opening(brief: Brief, scenes: list[Scene]) -> Iterator[DraftSentence]:
    """When, where and by whom, as far as the incident's record says; a gap for each part it does not say."""
    facts = brief.incident
    if scenes:
        yield DraftSentence("Introduction", _first_sentence(brief), tuple(s.whole() for s in scenes[:1]), 1.0)
    if facts.occurred_at is None:
        yield _gap("Introduction", "The incident took place on [INSERT: date and time of the incident].")
    if not plain(facts.place):
        yield _gap("Introduction", "The incident took place at [INSERT: location of the incident].")
    if not plain(facts.officer_name):
        yield _gap("Introduction", "The reporting officer was [INSERT: name and badge number of the officer].")


def _first_sentence(brief: Brief) -> str:
    facts = brief.incident
    badge, place, number = plain(facts.badge), plain(facts.place), plain(facts.number)
    who = _full_name(plain(facts.officer_name)) + (f" (badge {badge})" if badge else "")
    when = f"On {moment_in_words(facts.occurred_at)}, " if facts.occurred_at else ""
    what = _what(plain(facts.kind.replace("_", " ")).lower(), number)
    at, known_as = f" at {place}" if place else "", f", incident {number}" if number and number not in what else ""
    text = f"{when}{who} recorded {what}{at}{known_as}."
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


def gaps(brief: Brief, scenes: list[Scene], chosen: list[DraftSentence]) -> Iterator[DraftSentence]:
    """What a report needs and no recording gave."""
    acts = {act.name for scene in scenes for said in scene.said for act in said.acts}
    kinds = {mention.kind for scene in scenes for said in scene.said for mention in said.mentions}
    stop = "stop" if is_traffic(brief.incident.kind) else "contact"
    person = "driver" if is_traffic(brief.incident.kind) else "person contacted"
    if not any(scene.said for scene in scenes):
        yield _gap("Statements", "No speech was recognized; the events were as follows: [INSERT: what happened].")
    if "gives_reason" not in acts:
        yield _gap("Contact", f"The reason for the {stop} was [INSERT: reason for the {stop}].")
    if not any(" the name " in sentence.text.split('"')[0] for sentence in chosen):
        yield _gap("Contact", f"The {person} was identified as [INSERT: full name of the {person}].")
    yield _gap("Contact", "Also present: [INSERT: who else was present, or nobody].")
    if acts & {"aggression", "arrest", "restrains"}:
        yield _gap("Actions and force", "Force used: [INSERT: force used and why, or none].")
    if "injury" not in kinds:
        yield _gap("Actions and force", "Injuries: [INSERT: injuries, if any].")
    if not acts & {"decides", "arrest"}:
        yield _gap("Disposition", f"The {stop} ended with [INSERT: disposition of the {stop}].")


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
