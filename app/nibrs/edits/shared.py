"""Rules that several levels share: what must be there, what is a code, how numbers and ages are written."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from app.nibrs.edits.case import Case, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.records import Head

Asked = tuple[tuple[str, str], ...]
SCOPES = {
    "1": "incident",
    "2": "offense",
    "3": "property",
    "4": "victim",
    "5": "offender",
    "6": "arrestee",
    "7": "arrest",
    "0": "zero",
}


def head_of(segment: Any, case: Case) -> Head:
    """The segment's own beginning where it came from a file, else the report's."""
    return getattr(segment, "head", None) or case.head


def blank(segment: Any, fields: Asked) -> Iterable[Fault]:
    """The (element, field) pairs that have no value."""
    for element, name in fields:
        value = getattr(segment, name)
        if not (any(value) if isinstance(value, tuple) else value):
            yield Fault(element, name)


def not_codes(segment: Any, case: Case, fields: tuple[tuple[str, str, str], ...]) -> Iterable[Fault]:
    """The values of (element, field, table) that are in no code table; blanks are other rules' business."""
    for element, name, table in fields:
        value = getattr(segment, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one and one not in case.tables[table]:
                yield Fault(element, name, one)


def repeated(values: tuple[str, ...]) -> list[str]:
    """What stands more than once, blanks aside."""
    return sorted({one for one in values if one and values.count(one) > 1})


def exclusive(values: tuple[str, ...], *alone: str) -> list[str]:
    """Those of `alone` that do not stand alone."""
    given = [one for one in values if one]
    return [one for one in alone if one in given and len(set(given)) > 1]


def weapons_written_wrongly(values: tuple[str, ...]) -> list[str]:
    """Weapons whose third character is neither blank nor A."""
    return [one for one in values if len(one) == 3 and one[2] != "A"]


def automatic_without_firearm(values: tuple[str, ...]) -> list[str]:
    """Weapons marked automatic that are no firearm."""
    return [one for one in values if one[2:] == "A" and one[:2] not in ("11", "12", "13", "14", "15")]


def bare(values: tuple[str, ...]) -> tuple[str, ...]:
    """Weapons without the automatic mark."""
    return tuple(one[:2] for one in values)


# ---- incident numbers: no blank within, none in front, and only A-Z, 0-9 and the hyphen


def _embedded(text: str) -> bool:
    return " " in text.strip(" ")


def _indented(text: str) -> bool:
    return text.startswith(" ") and bool(text.strip())


def _strange(text: str) -> bool:
    return not re.fullmatch(r"[A-Z0-9\- ]*", text)


def _number_rule(level: str, wrong: Callable[[str], bool]) -> Callable[[Any, Case], Iterable[Fault]]:
    def look(segment: Any, case: Case) -> Iterable[Fault]:
        head = head_of(segment, case)
        once = (
            level in "107" or getattr(segment, "head", None) is not None
        )  # one finding where nothing came from a file
        if once and wrong(head.number):
            own = "" if getattr(segment, "head", None) is not None else "/"
            yield Fault("41" if level == "7" else "2", f"{own}head.number", head.number)
        if level == "6" and wrong(segment.transaction):
            yield Fault("41", "transaction", segment.transaction)

    return look


for _level, _scope in SCOPES.items():
    for _last, _wrong in (("15", _embedded), ("16", _indented), ("17", _strange)):
        edit(_scope, f"{_level}{_last}")(_number_rule(_level, _wrong))


# ---- a segment's own beginning: ORI and number must be there


def no_head(segment: Any, case: Case) -> Iterable[Fault]:
    """Which of ORI and number a segment of a file lacks; of others only the report has them."""
    head = getattr(segment, "head", None)
    if head is not None and not head.ori.strip():
        yield Fault("1", "head.ori")
    if head is not None and not head.number.strip():
        yield Fault("2", "head.number")


# ---- ages of victims, offenders, arrestees

AGE_ELEMENTS = {"4": "26", "5": "37", "6": "47", "7": "47"}
WORDED = ("NN", "NB", "BB")


def _age_rule(level: str, wrong: Callable[[str], bool]) -> Callable[[Any, Case], Iterable[Fault]]:
    def look(person: Any, case: Case) -> Iterable[Fault]:
        if wrong(person.age):
            yield Fault(AGE_ELEMENTS[level], "age", person.age)

    return look


def _is_range(age: str) -> bool:
    return len(age) == 4 and number(age) is not None


for _level in AGE_ELEMENTS:
    for _last, _wrong in (
        ("08", lambda age: age.startswith(" ") and bool(age.strip())),
        ("09", lambda age: len(age.strip()) > 2 and not age.startswith(" ") and not _is_range(age)),
        ("10", lambda age: _is_range(age) and age[:2] >= age[2:]),
        ("22", lambda age: _is_range(age) and age[:2] == "00"),
    ):
        edit(SCOPES[_level], f"{_level}{_last}")(_age_rule(_level, _wrong))


def no_digits(age: str) -> bool:
    """Whether an age of at most two characters is not two digits."""
    return bool(age.strip()) and not age.startswith(" ") and len(age) <= 2 and (number(age) is None or len(age) < 2)
