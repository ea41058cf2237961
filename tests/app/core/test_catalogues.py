"""The catalogues: every marked word of the pages an officer meets is translated, whole, and with the same places to fill."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from app.core import said
from app.core.languages import NAMES
from app.core.permissions import Role
from app.incidents.models import IncidentKind, Part
from app.reports.models import ReportState
from tools.words import FOLDER, PAGES, SCREEN, extracted, kept, missing

ROOT = Path(__file__).parents[3]
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
OTHERS = [one for one in NAMES if one != "en"]


@pytest.fixture(scope="module", params=[PAGES, SCREEN])
def marked(request: pytest.FixtureRequest) -> Catalog:
    """Everything that is marked in the tree."""
    return extracted(request.param)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_language_has_its_catalogues() -> None:
    assert sorted(OTHERS) == sorted(one.name for one in FOLDER.iterdir())


@pytest.mark.parametrize("language", OTHERS)
def test_every_marked_word_is_translated(marked: Catalog, language: str) -> None:
    catalogue = kept(language, marked.domain)
    assert {one.id for one in catalogue if one.id} == {one.id for one in marked if one.id}, "run `make words`"
    assert missing(catalogue) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_places_to_fill_are_the_same(marked: Catalog, language: str) -> None:
    wrong = []
    for one in kept(language, marked.domain):
        wanted = {place for form in forms(one.id) for place in PLACE.findall(form)}
        for form in forms(one.string):
            found = set(PLACE.findall(form))
            few = isinstance(one.id, tuple) and found | {"{n}"} == wanted | {"{n}"}  # "1 archivo" needs no count
            if found != wanted and not few:
                wrong.append((one.id, form))
    assert wrong == []


def test_the_tool_sees_every_mark_in_the_scripts() -> None:
    """Words inside template literals with braces would be missed: then they have to stand outside."""
    known = {form for one in extracted(SCREEN) if one.id for form in forms(one.id)}
    mark = re.compile(r"\b(?:N?_|several)\(\s*\"((?:[^\"\\]|\\.)*)\"")
    scripts = [path for path in (ROOT / "static" / "js").glob("*.js") if path.name != "words.js"]
    seen = {words for path in scripts for words in mark.findall(path.read_text())}
    assert len(seen) > 150
    assert seen - known == set()


def test_what_is_made_by_rule_is_in_the_list() -> None:
    assert {role.title for role in Role} == set(said.ROLES)
    assert {kind.title for kind in IncidentKind} == set(said.KINDS_OF_INCIDENT)
    assert {kind.title.lower() for kind in IncidentKind} == set(said.KINDS_WITHIN_A_SENTENCE)
    assert {part.value for part in Part} == {*said.PARTS_IN_AN_INCIDENT, "other"}
    assert {state.value for state in ReportState} < set(said.STATES_OF_A_REPORT)
    words = re.findall(r"'\w+': \('([^']+)', '", (ROOT / "templates/parts/state.html").read_text())
    shown = set(words) - {"Machine", "Machine, edited", "Officer"}
    assert shown == set(said.STATES)


def test_a_word_without_a_translation_and_one_nobody_looked_at_are_seen() -> None:
    catalogue = Catalog(locale="es")
    catalogue.add("Sealed", "Sellado")
    catalogue.add("Open", "")
    catalogue.add(("1 file", "{n} files"), ("1 archivo", ""))
    catalogue.add("Closed", "Cerrado", flags=["fuzzy"])
    assert missing(catalogue) == ["Open", "('1 file', '{n} files')", "Closed"]
