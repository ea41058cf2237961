"""The palette keeps its promises: every pair of colours that carries text or a boundary reaches WCAG 2.2 AA."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
GROUNDS = ("paper", "surface", "sunk")
TEXT_PAIRS = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent", "accent-strong") for ground in GROUNDS] + [
    *((tone, ground) for tone in ("doubt", "bad", "good", "machine") for ground in (*GROUNDS, f"{tone}-soft")),
    *(
        (ink, soft)
        for ink in ("ink", "ink-2")
        for soft in ("doubt-soft", "bad-soft", "good-soft", "machine-soft", "accent-soft")
    ),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("surface", "bad"),
    ("mast-ink", "mast"),
    ("mast-ink-2", "mast"),
    ("mast-ink", "mast-line"),
]
LINE_PAIRS = [(line, ground) for line in ("line-strong", "focus") for ground in ("paper", "surface")] + [
    (f"{tone}-line", "surface") for tone in ("doubt", "bad", "good", "machine")
]


THEMES = ("light", "dark by system", "dark by choice", "night patrol")
OF_PICTURES = {"stage", "on-veil"}  # the same on every theme; at night the picture is dimmed with what lies on it


def themes() -> dict[str, dict[str, str]]:
    """The colour tokens of each theme block, in the order they stand in the file."""
    blocks = re.findall(r"color-scheme: (light|dark);(.*?)\}", TOKENS.read_text(), flags=re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body)) for _, body in blocks]
    return dict(zip(THEMES, found, strict=True))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(colour: str) -> list[float]:
    """Red, green and blue of an sRGB colour as shares of light."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_published_one() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def scotopic(colour: str) -> float:
    """How much of white's light reaches the rods, 0 to 1: Larson, Rushmeier and Piatko, 1997, from CIE XYZ of sRGB."""
    r, g, b = linear(colour)
    x, y, z = 0.4124 * r + 0.3576 * g + 0.1805 * b, luminance(colour), 0.0193 * r + 0.1192 * g + 0.9505 * b
    return y * (1.33 * (1 + (y + z) / x) - 1.68) / 2.573 if x else 0.0


@pytest.mark.parametrize("theme", THEMES)
def test_text_reaches_4_5_and_boundaries_reach_3(theme: str) -> None:
    colours = themes()[theme]
    weak = [
        f"{a} on {b}: {ratio(colours[a], colours[b]):.2f}" for a, b in TEXT_PAIRS if ratio(colours[a], colours[b]) < 4.5
    ]
    weak += [
        f"{a} by {b}: {ratio(colours[a], colours[b]):.2f}" for a, b in LINE_PAIRS if ratio(colours[a], colours[b]) < 3
    ]
    assert not weak, "\n".join(weak)


def test_both_dark_blocks_are_the_same() -> None:
    assert themes()["dark by system"] == themes()["dark by choice"]


def test_every_theme_says_every_colour() -> None:
    every = {name: set(colours) | OF_PICTURES for name, colours in themes().items()}
    assert all(names == every["light"] for names in every.values())


def test_night_patrol_keeps_the_eyes_used_to_the_dark() -> None:
    """Long waves only: next to no green or blue light, at most 30 % of white's luminance and 8 % of what it does to the rods;
    what covers areas gives under 1 % of each."""
    night = {name: colour for name, colour in themes()["night patrol"].items() if name not in OF_PICTURES}
    bright = {
        name: colour
        for name, colour in night.items()
        if luminance(colour) > 0.30
        or scotopic(colour) > 0.08
        or linear(colour)[2] > 0.06
        or linear(colour)[1] > 0.15 * max(linear(colour)[0], 0.02)
    }
    assert bright == {}
    grounds = [colour for name, colour in night.items() if name in (*GROUNDS, "mast") or name.endswith("-soft")]
    assert len(grounds) == 9
    assert max(map(luminance, grounds)) < 0.01
    assert max(map(scotopic, grounds)) < 0.01


def test_the_light_of_the_rods_is_measured() -> None:
    assert scotopic("#ffffff") == pytest.approx(1, abs=0.01)
    assert scotopic("#0000ff") / luminance("#0000ff") > 15 * scotopic("#ff0000") / luminance("#ff0000")
