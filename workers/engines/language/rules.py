"""The rules of rules.toml and slurs.toml, compiled once."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Category = Literal[
    "directed_profanity",
    "insult",
    "threat",
    "slur",
    "command",
    "greeting",
    "reason_given",
    "courtesy",
    "reassurance",
    "apology",
]
Polarity = Literal["aggressive", "courteous", "neutral"]

POLARITY: dict[Category, Polarity] = {
    "directed_profanity": "aggressive",
    "insult": "aggressive",
    "threat": "aggressive",
    "slur": "aggressive",
    "command": "neutral",
    "greeting": "courteous",
    "reason_given": "courteous",
    "courtesy": "courteous",
    "reassurance": "courteous",
    "apology": "courteous",
}


@dataclass(frozen=True)
class Rule:
    """A pattern over lower-case text. `needs` must be in the match and its next words, `unless` must not be around it."""

    id: str
    category: Category
    pattern: re.Pattern[str]
    sure: float
    directed: bool
    clause: bool
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@dataclass(frozen=True)
class Rules:
    """All rules in the order of the file, and what marks words as somebody else's."""

    version: str
    rules: tuple[Rule, ...]
    quotation: re.Pattern[str]
    quotation_reach: int


@cache
def rules() -> Rules:
    """The rules as the files have them."""
    folder = Path(__file__).parent
    data = tomllib.loads((folder / "rules.toml").read_text(encoding="utf-8"))
    slurs = tomllib.loads((folder / "slurs.toml").read_text(encoding="utf-8"))
    made = [_rule(row, data["words"]) for row in data["rule"]]
    slur = re.compile(rf"(?<![\w'])(?:{'|'.join(slurs['patterns'])})(?![\w'])")
    made.append(Rule("slur", "slur", slur, slurs["sure"], directed=False, clause=False, needs=None, unless=None))
    quotation = data["quotation"]
    return Rules(data["version"], tuple(made), re.compile(quotation["before"]), quotation["reach"])


def _rule(row: dict[str, Any], words: dict[str, str]) -> Rule:
    def filled(pattern: str) -> str:
        for name, alternatives in words.items():
            pattern = pattern.replace("{" + name + "}", alternatives)
        return pattern

    return Rule(
        id=row["id"],
        category=row["category"],
        pattern=re.compile(rf"(?<![\w'])(?:{filled(row['pattern'])})(?![\w'])"),
        sure=row["sure"],
        directed=row["directed"],
        clause=row.get("clause", False),
        needs=re.compile(filled(row["needs"])) if "needs" in row else None,
        unless=re.compile(filled(row["unless"])) if "unless" in row else None,
    )
