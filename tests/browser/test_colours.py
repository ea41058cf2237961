"""The palette keeps its promises: every pair of colours that carries text or a boundary reaches WCAG 2.2 AA, in every theme."""

import re
from pathlib import Path

import pytest

from app.home.colours import GROUNDS, THEMES, linear, luminance, pairs, ratio, scotopic, themes

SHEET = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()
OF_PICTURES = {"stage", "on-veil"}  # the same on every theme; at night the picture is dimmed with what lies on it


def test_the_ratio_is_the_published_one() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_text_reaches_4_5_and_boundaries_reach_3(theme: str) -> None:
    every = list(pairs(themes(SHEET)[theme]))
    assert len(every) > 50
    weak = [f"{one.front} on {one.ground}: {one.ratio:.2f}" for one in every if not one.stands]
    assert not weak, "\n".join(weak)


def test_a_weak_pair_would_be_seen() -> None:
    weak = themes(SHEET)["light"] | {"ink-3": "#8a8a8a", "line-strong": "#dddddd"}
    assert {one.front for one in pairs(weak) if not one.stands} == {"ink-3", "line-strong"}


def test_both_dark_blocks_are_the_same() -> None:
    assert themes(SHEET)["dark by system"] == themes(SHEET)["dark by choice"]


def test_every_theme_says_every_colour() -> None:
    blocks = re.findall(r"color-scheme: \w+;(.*?)\}", SHEET, flags=re.DOTALL)
    every = [set(re.findall(r"--([\w-]+): #", body)) | OF_PICTURES for body in blocks]
    assert all(names == every[0] for names in every)


def test_night_patrol_keeps_the_eyes_used_to_the_dark() -> None:
    """Long waves only: next to no green or blue light, at most 30 % of white's luminance and 8 % of what it does to the rods;
    what covers areas gives under 1 % of each."""
    night = {name: colour for name, colour in themes(SHEET)["night patrol"].items() if name not in OF_PICTURES}
    assert {name: colour for name, colour in night.items() if not dim(colour)} == {}
    grounds = [colour for name, colour in night.items() if name in (*GROUNDS, "mast") or name.endswith("-soft")]
    assert len(grounds) == 9
    assert max(map(luminance, grounds)) < 0.01
    assert max(map(scotopic, grounds)) < 0.01


def dim(colour: str) -> bool:
    red, green, blue = linear(colour)
    return luminance(colour) <= 0.30 and scotopic(colour) <= 0.08 and blue <= 0.06 and green <= 0.15 * max(red, 0.02)


@pytest.mark.parametrize("colour", ["#ffffff", "#9dbaff", "#ffb000", "#00ff00", "#808080"])
def test_a_colour_that_spoils_night_sight_would_be_seen(colour: str) -> None:
    assert not dim(colour)


def test_the_light_of_the_rods_is_measured() -> None:
    assert scotopic("#ffffff") == pytest.approx(1, abs=0.01)
    assert scotopic("#0000ff") / luminance("#0000ff") > 15 * scotopic("#ff0000") / luminance("#ff0000")
