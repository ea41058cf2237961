"""The documents are true to what runs, and each rule is shown to see a lie."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli import _add_room_commands, blotter
from app.config import Settings
from tests.architecture import documents

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {f"BLOTTER_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(scope="module")
def commands() -> set[str]:
    _add_room_commands()
    return set(_names(blotter, ""))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with one true page."""
    for name, text in {
        "README.md": "See [docs](docs/a.md). `make demo`, `blotter run`, `BLOTTER_PORT`.\n",
        "docs/a.md": "# A\n",
        "docs/operate/settings.md": "`BLOTTER_PORT`\n",
        "docs/libraries.md": "| flask | BSD |\n",
        "Makefile": "demo: x\n",
        "pyproject.toml": '[project]\ndependencies = ["flask>=3"]\n[project.optional-dependencies]\ntest = []\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run("git init -q && git add -A", cwd=tmp_path, shell=True, check=True)
    return tmp_path


def test_every_link_leads_somewhere(tree: Path) -> None:
    assert documents.broken_links(ROOT) == []
    _say(tree, "[b](docs/b.md)")
    assert documents.broken_links(tree) == ["README.md: docs/b.md"]


def test_every_setting_is_documented(tree: Path) -> None:
    assert documents.undocumented_settings(ROOT, SETTINGS) == []
    assert documents.undocumented_settings(tree, {"BLOTTER_PORT", "BLOTTER_HOST"}) == ["BLOTTER_HOST"]


def test_no_document_names_a_setting_that_is_not_read(tree: Path) -> None:
    assert documents.unknown_settings(ROOT, SETTINGS) == []
    _say(tree, "BLOTTER_PROT")
    assert documents.unknown_settings(tree, {"BLOTTER_PORT"}) == ["README.md: BLOTTER_PROT"]


def test_every_command_exists(tree: Path, commands: set[str]) -> None:
    assert documents.unknown_commands(ROOT, commands) == []
    _say(tree, "`blotter fly` and `blotter ledger burn`")
    assert documents.unknown_commands(tree, {"run", "ledger verify"}) == [
        "README.md: blotter fly",
        "README.md: blotter ledger burn",
    ]


def test_every_make_target_exists(tree: Path) -> None:
    assert documents.unknown_targets(ROOT) == []
    _say(tree, "`make coffee`")
    assert documents.unknown_targets(tree) == ["README.md: make coffee"]


def test_every_library_is_named_with_its_licence(tree: Path) -> None:
    assert documents.unlisted_libraries(ROOT) == []
    (tree / "docs" / "libraries.md").write_text("nothing")
    assert documents.unlisted_libraries(tree) == ["flask"]


@pytest.mark.parametrize(
    "line", ["https://" + "pypi.org/simple", "/" + "work/main/x", '"resolved' + '": "x"', "--extra-" + "index-url x"]
)
def test_no_registry_and_no_path_of_a_machine(tree: Path, line: str) -> None:
    assert documents.addresses_and_paths(ROOT) == []
    _say(tree, line)
    assert len(documents.addresses_and_paths(tree)) == 1


def _say(tree: Path, text: str) -> None:
    with (tree / "README.md").open("a") as page:
        page.write(text + "\n")


def _names(group: click.Group, before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{before}{name}"
        if isinstance(command, click.Group):
            yield from _names(command, f"{before}{name} ")
