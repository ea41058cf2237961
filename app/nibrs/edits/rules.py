"""The 269 published rules as data, and how a predicate is tied to one."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from app.nibrs.codes import DATA


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule. `words` is what a person reads; `level` is 0 to 7, or S for a whole submission."""

    id: str
    number: str
    level: str
    severity: str
    elements: tuple[str, ...]
    message: str
    words: str


class Fault(NamedTuple):
    """What a predicate found: the data element, the field of what it looked at (of the report after a /), the value."""

    element: str
    field: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken, and where: `path` leads to the field (`victims.0.age`), `report` counts from 0 within a file."""

    rule: Rule
    element: str
    path: str
    value: str = ""
    line: int = 0
    report: int = 0

    @property
    def number(self) -> str:
        """The FBI's number of the rule, three digits."""
        return self.rule.number

    @property
    def is_error(self) -> bool:
        """Whether the FBI rejects the report for it; a warning is accepted, and to be checked."""
        return self.rule.severity == "error"

    @property
    def words(self) -> str:
        """The rule in plain words, with the field's name and the value in them."""
        name = element_name(self.element)
        said = _table("words.csv", "id", "words").get(f"{self.rule.id}:{self.element}") or self.rule.words
        return said.replace("{field}", name).replace("{value}", self.value or "nothing")

    @property
    def key(self) -> str:
        """What a person acknowledges when they say a warning is right as it is."""
        return f"{self.rule.id} {self.path} {self.value}"


Predicate = Callable[[Any, Any], Iterable[Fault]]


@dataclass(slots=True)
class Edits:
    """The predicates by what they look at, each with its rule; filled by the `edit` marks at import."""

    by_scope: dict[str, list[tuple[Rule, Predicate]]] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        """The rules that have a predicate."""
        return {rule.id for edits in self.by_scope.values() for rule, _ in edits}


EDITS = Edits()


def edit(scope: str, *ids: str) -> Callable[[Predicate], Predicate]:
    """Ties a predicate to the rules `ids`; it is asked for everything of `scope` in a report or a submission."""

    def mark(predicate: Predicate) -> Predicate:
        for rule_id in ids:
            EDITS.by_scope.setdefault(scope, []).append((rules()[rule_id], predicate))
        return predicate

    return mark


@cache
def rules() -> dict[str, Rule]:
    """All published rules by id; the number, and `-zero` where the zero report has the same number once more."""
    words = _table("words.csv", "id", "words")
    found = {}
    with (DATA / "rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shared = f"x{row['number'][1:]}"
            said = words.get(row["id"]) or words.get(f"{row['level']}{shared}") or words[shared]
            elements = tuple(row["elements"].split())
            found[row["id"]] = Rule(
                row["id"], row["number"], row["level"], row["severity"], elements, row["message"], said
            )
    return found


def element_name(number: str) -> str:
    """What people call a data element; its number where it has no name."""
    return _table("elements.csv", "number", "name").get(number, f"Data element {number}" if number else "This report")


@cache
def _table(name: str, key: str, value: str) -> dict[str, str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}
