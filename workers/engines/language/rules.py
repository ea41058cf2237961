"""The rules of rules.toml, gaps.toml, courteous.toml, slurs.toml and scope.toml, compiled once."""

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
    "dismissal",
    "repeated_command",
    "shouting",
    "command",
    "greeting",
    "reason_given",
    "courtesy",
    "safety",
    "reassurance",
    "answer",
    "de_escalation",
    "apology",
]
Polarity = Literal["aggressive", "courteous", "neutral"]

POLARITY: dict[Category, Polarity] = {
    "directed_profanity": "aggressive",
    "insult": "aggressive",
    "threat": "aggressive",
    "slur": "aggressive",
    "dismissal": "aggressive",
    "repeated_command": "aggressive",
    "shouting": "aggressive",
    "command": "neutral",
    "greeting": "courteous",
    "reason_given": "courteous",
    "courtesy": "courteous",
    "safety": "courteous",
    "reassurance": "courteous",
    "answer": "courteous",
    "de_escalation": "courteous",
    "apology": "courteous",
}


@dataclass(frozen=True)
class Rule:
    """A pattern over lower-case text. `needs` must be in the match and its next words, `unless` must not be around it.
    `asked`: only where somebody else's question stands just before."""

    id: str
    category: Category
    pattern: re.Pattern[str]
    sure: float
    directed: bool
    clause: bool
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    asked: bool = False


@dataclass(frozen=True)
class Scope:
    """A kind of line said to somebody other than the public, and what that leaves of a match's confidence."""

    name: str
    line: re.Pattern[str]
    among: re.Pattern[str] | None
    not_among: re.Pattern[str] | None
    factor: float

    def covers(self, text: str) -> bool:
        """Whether the line, in plain text, is of this kind."""
        if self.line.search(text):
            return True
        if self.among is None or not self.among.search(text):
            return False
        return self.not_among is None or not self.not_among.search(text)


@dataclass(frozen=True)
class Rules:
    """All rules in the order of the files, what marks words as somebody else's, and as said to whom."""

    version: str
    rules: tuple[Rule, ...]
    quotation: re.Pattern[str]
    quotation_reach: int
    reading: re.Pattern[str]
    scopes: tuple[Scope, ...]


@cache
def rules() -> Rules:
    """The rules as the files have them."""
    data, kind, scope, wide = _file("rules"), _file("courteous"), _file("scope"), _file("gaps")
    words = data["words"] | wide["words"]
    made = [_rule(row, words) for row in [*data["rule"], *kind["rule"], *_slurs(_file("slurs")), *wide["rule"]]]
    scopes = tuple(
        Scope(name, re.compile(row["line"]), _compiled(row, "among"), _compiled(row, "not_among"), row["factor"])
        for name, row in scope.items()
        if "factor" in row
    )
    quotation = scope["quotation"]
    return Rules(
        data["version"],
        tuple(made),
        re.compile(quotation["before"]),
        quotation["reach"],
        re.compile(quotation["reading"]),
        scopes,
    )


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def _slurs(data: dict[str, Any]) -> list[dict[str, Any]]:
    common = {"category": "slur", "directed": False}
    return [
        {**common, "id": "slur", "pattern": "|".join(data["patterns"]), "sure": data["sure"]},
        {**common, "id": "slur-in-group", "pattern": "|".join(data["in_group"]), "sure": data["in_group_sure"]},
    ]


def _compiled(row: dict[str, Any], key: str) -> re.Pattern[str] | None:
    return re.compile(row[key]) if key in row else None


_BLANK = re.compile(r"(\(\?<[=!][^()]*\)|\[[^\]]*\]|,\?? )|( )")


def _commas(pattern: str) -> str:
    """A blank may be a comma and a blank: some recognisers write commas, others none. Not in what must have one width."""
    return _BLANK.sub(lambda found: found[1] or ",? ", pattern)


def _rule(row: dict[str, Any], words: dict[str, str]) -> Rule:
    harsh = POLARITY[row["category"]] == "aggressive"

    def filled(pattern: str) -> str:
        for _ in range(3):  # lists may name lists
            for name, alternatives in words.items():
                pattern = pattern.replace("{" + name + "}", f"(?:{alternatives})")
        return _commas(pattern) if harsh else pattern

    return Rule(
        id=row["id"],
        category=row["category"],
        pattern=re.compile(rf"(?<![\w'])(?:{filled(row['pattern'])})(?![\w'])"),
        sure=row["sure"],
        directed=row["directed"],
        clause=row.get("clause", False),
        needs=re.compile(filled(row["needs"])) if "needs" in row else None,
        unless=re.compile(filled(row["unless"])) if "unless" in row else None,
        asked=row.get("asked", False),
    )
