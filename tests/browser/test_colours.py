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


def themes() -> dict[str, dict[str, str]]:
    """The colour tokens of each theme block, in the order they stand in the file."""
    blocks = re.findall(r"color-scheme: (light|dark);(.*?)\}", TOKENS.read_text(), flags=re.DOTALL)
    found = [(name, dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))) for name, body in blocks]
    return {"light": found[0][1], "dark by system": found[1][1], "dark by choice": found[2][1]}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_published_one() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark by system", "dark by choice"])
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
