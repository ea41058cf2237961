"""The lists of categories that come with the product, each to be confirmed by counsel."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.evidence.retention.models import CountsFrom

FILE = Path(__file__).with_name("presets.toml")


@dataclass(frozen=True, slots=True)
class PresetCategory:
    """One category of a list. `days` None: for ever. `source` names the law and what was read of it."""

    code: str
    name: str
    days: int | None
    counts_from: CountsFrom
    source: str
    unverified: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A list by its code."""

    code: str
    name: str
    source: str
    categories: tuple[PresetCategory, ...]


@cache
def presets() -> dict[str, Preset]:
    """Every list, by its code."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: _preset(code, one) for code, one in told.items()}


def _preset(code: str, told: dict[str, Any]) -> Preset:
    rows = tuple(_category(told["source"], row) for row in told["categories"])
    return Preset(code, told["name"], told["source"], rows)


def _category(law: str, row: dict[str, Any]) -> PresetCategory:
    return PresetCategory(
        code=row["code"],
        name=row["name"],
        days=None if row.get("permanent") else int(row["days"]),
        counts_from=CountsFrom(row.get("counts_from", "recorded")),
        source=f"{law}: {row['note']}",
        unverified=bool(row.get("unverified")),
        kinds=tuple(row.get("kinds", ())),
    )
