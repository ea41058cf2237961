"""Finders: whether something a report must have was told, by the record, by what was said, or by the officer's notes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workers.engines.writing.brief import Brief, DraftSentence
from workers.engines.writing.scene import Said, Scene
from workers.engines.writing.types import Asked
from workers.engines.writing.words import plain


@dataclass(frozen=True)
class Told:
    """Everything a finder may look at. `chosen` are the sentences of the draft so far."""

    brief: Brief
    scenes: Sequence[Scene]
    chosen: Sequence[DraftSentence]

    @cached_property
    def acts(self) -> set[str]:
        """The names of all acts that were heard plainly."""
        return {act.name for scene in self.scenes for said in scene.said for act in said.acts if not act.faint}

    @cached_property
    def answered(self) -> set[str]:
        """The names of questions that somebody answered."""
        return {question.name for scene in self.scenes for _, question, _ in scene.answers()}

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of thing spoken of in statements; what a question only asks about is not told by it."""
        return {
            mention.kind
            for scene in self.scenes
            for said in scene.said
            for mention in said.mentions
            if not _asked_about(said, mention.start_char)
        }

    @cached_property
    def named(self) -> set[str]:
        """The kinds of thing spoken of at all: "is this your black Ford?" tells of a black Ford."""
        return {mention.kind for scene in self.scenes for said in scene.said for mention in said.mentions}

    @cached_property
    def statements(self) -> str:
        """What was stated in any recording, without questions, and the officer's notes."""
        said = " \n".join(_statement(said) for scene in self.scenes for said in scene.said)
        return f"{said} \n{' '.join(self.brief.notes)}".casefold()

    def says(self, words: Sequence[str]) -> bool:
        """Whether one of the words was said as a statement, as whole words."""
        wanted = [re.escape(plain(word).casefold()) for word in words if plain(word)]
        return bool(wanted) and re.search(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", self.statements) is not None

    def has_part(self, *parts: str) -> bool:
        """Whether somebody with one of the parts is named in the record."""
        return any(person.part in parts and person.name.strip() for person in self.brief.incident.people)


def _asked_about(said: Said, at: int) -> bool:
    return any(act.name.startswith("asks") and act.start <= at < act.end for act in said.acts)


def _statement(said: Said) -> str:
    """The line without the questions in it."""
    kept = list(said.text)
    for act in said.acts:
        if act.name.startswith("asks"):
            kept[act.start : act.end] = " " * (act.end - act.start)
    return "".join(kept)


def _named(told: Told) -> bool:
    by_record = told.has_part("driver", "suspect", "victim", "witness", "other")
    return by_record or any(" the name " in sentence.text.split('"')[0] for sentence in told.chosen)


FINDERS: dict[str, Callable[[Told], bool]] = {
    "reason": lambda t: "gives_reason" in t.acts,
    "name": _named,
    "birth": lambda t: "date_of_birth" in t.kinds or any(p.date_of_birth for p in t.brief.incident.people),
    "plate": lambda t: "plate" in t.named or any(tag.kind == "plate" for s in t.scenes for tag in s.recording.tags),
    "vehicle": lambda t: "vehicle" in t.named,
    "injuries": lambda t: "injury" in t.kinds or "is_hurt" in t.acts or "asks_injury" in t.answered,
    "weapons": lambda t: "weapon" in t.kinds or bool({"asks_weapons"} & t.answered),
    "drugs": lambda t: "drug" in t.kinds,
    "property": lambda t: "property" in t.kinds,
    "value": lambda t: "money" in t.kinds,
    "rights": lambda t: "rights" in t.acts,
    "disposition": lambda t: bool({"decides", "arrest"} & t.acts),
    "arrest": lambda t: "arrest" in t.acts,
    "offence": lambda t: any(plain(one) for one in t.brief.incident.offences),
    "force_sign": lambda t: bool({"aggression", "arrest", "restrains", "uses_force"} & t.acts),
    "force": lambda t: "uses_force" in t.acts,
    "search": lambda t: bool({"searches", "finds"} & t.acts),
    "search_sign": lambda t: bool({"searches", "finds", "asks_search"} & t.acts),
    "aid": lambda t: "calls_aid" in t.acts,
    "hurt": lambda t: "is_hurt" in t.acts,
}


def is_told(asked: Asked, told: Told) -> bool:
    """Whether something tells what is asked. An unknown finder finds nothing: then a person is asked."""
    finder = FINDERS.get(asked.found_by)
    return bool(finder and finder(told)) or told.says(asked.words)


def is_due(asked: Asked, told: Told) -> bool:
    """Whether it is asked for here at all."""
    finder = FINDERS.get(asked.when)
    return not asked.when or bool(finder and finder(told))
