"""The colours of each theme as the style sheet says them, and how far apart they stand: shown at /styles, proved in the tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

THEMES = ("light", "dark by system", "dark by choice", "night patrol")
SHOWN = ("light", "dark by choice", "night patrol")
TEXT, LINE = 4.5, 3.0  # WCAG 2.2: 1.4.3 for words, 1.4.11 for what shows a control
GROUNDS = ("paper", "surface", "sunk")
TONES = ("doubt", "bad", "good", "machine")
TEXT_PAIRS = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong") for ground in GROUNDS] + [
    *((tone, ground) for tone in TONES for ground in (*GROUNDS, f"{tone}-soft")),
    *((ink, f"{soft}-soft") for ink in ("ink", "ink-2") for soft in (*TONES, "accent")),
    ("accent", "accent-soft"),
    ("accent-strong", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("surface", "bad"),
    ("mast-ink", "mast"),
    ("mast-ink-2", "mast"),
    ("mast-ink", "mast-line"),
    ("on-veil", "stage"),
]
LINE_PAIRS = [(line, ground) for line in ("line-strong", "focus") for ground in ("paper", "surface")] + [
    (f"{tone}-line", "surface") for tone in TONES
]


@dataclass(frozen=True, slots=True)
class Pair:
    """One colour on another in one theme: their names, their values, the ratio and what it must reach."""

    front: str
    ground: str
    colours: tuple[str, str]
    needed: float

    @property
    def ratio(self) -> float:
        """Contrast ratio, 1 to 21."""
        return ratio(*self.colours)

    @property
    def stands(self) -> bool:
        """Whether it reaches what it must."""
        return self.ratio >= self.needed


def themes(sheet: str) -> dict[str, dict[str, str]]:
    """The colour tokens of each theme, from the text of the style sheet; a theme says over again only what it changes."""
    blocks = re.findall(r"color-scheme: (?:light|dark);(.*?)\}", sheet, flags=re.DOTALL)
    own = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body)) for body in blocks]
    return {name: own[0] | colours for name, colours in zip(THEMES, own, strict=True)}


def pairs(colours: dict[str, str]) -> Iterator[Pair]:
    """Every pair that carries words or a boundary, in one theme."""
    for needed, named in ((TEXT, TEXT_PAIRS), (LINE, LINE_PAIRS)):
        for front, ground in named:
            yield Pair(front, ground, (colours[front], colours[ground]), needed)


@cache
def shown(sheet: Path) -> dict[str, list[Pair]]:
    """The pairs of the themes one can choose, read once."""
    every = themes(sheet.read_text())
    return {name: list(pairs(every[name])) for name in SHOWN}


def linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue light of an sRGB colour, each 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def scotopic(colour: str) -> float:
    """How much of white's light reaches the rods, 0 to 1: Larson, Rushmeier and Piatko, 1997, from CIE XYZ of sRGB."""
    red, green, blue = linear(colour)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = luminance(colour)
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    return y * (1.33 * (1 + (y + z) / x) - 1.68) / 2.573 if x else 0.0


def _light(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
