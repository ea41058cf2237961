"""Police English as text: the templates of `policing.toml` filled at random, the same way every time."""

import itertools
import random
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

SEED, LINES = 11, 6000
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    *("nineteenth", "twentieth"),
)


def lines() -> Iterator[str]:
    """Sentences of police English, lower case, without marks; the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311 - sentences, not secrets
    for template in itertools.islice(itertools.cycle(_written()["templates"]), LINES):
        yield _filled(template, chance)


@cache
def words() -> list[str]:
    """Every word of the sentences."""
    return sorted({word for line in lines() for word in line.split()})


def _filled(template: str, chance: random.Random) -> str:
    while "{" in template:
        name = template[template.index("{") + 1 : template.index("}")]
        template = template.replace("{" + name + "}", _slot(name, chance), 1)
    return template


def _slot(name: str, chance: random.Random) -> str:
    letters = chance.choice(_written()["alphabets"]).split()
    digits = [chance.choice(DIGITS) for _ in range(10)]
    made = {
        "plate": " ".join([digits[0], *chance.sample(letters, 3), *digits[1:4]]),
        "letters": " ".join(chance.sample(letters, chance.randint(2, 5))),
        "digits": " ".join(digits[: chance.choice((3, 4, 7, 10))]),
        "number": _number(chance),
        "date": f"{chance.choice(MONTHS)} {chance.choice(ORDINALS)} {_year(chance)}",
        "unit": f"{chance.choice(DIGITS[1:])} {chance.choice(letters)} {_number(chance)}",
        "direction": chance.choice(("north", "south", "east", "west")),
    }
    return made[name] if name in made else chance.choice(_written()["slots"][name])


def _number(chance: random.Random) -> str:
    tens = chance.choice(TENS)
    return chance.choice((tens, f"{tens} {chance.choice(DIGITS[1:])}", chance.choice(TEENS), chance.choice(DIGITS[1:])))


def _year(chance: random.Random) -> str:
    """A year as people say it, mostly one that a living person is born in."""
    units = chance.choice(("", *DIGITS[1:]))
    old = f"nineteen {chance.choice(TENS[2:])} {units}"
    new = (f"two thousand {units}", f"two thousand and {units or 'one'}", f"twenty {chance.choice(TEENS)}")
    return (old if chance.random() < 0.8 else chance.choice(new)).strip()


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
