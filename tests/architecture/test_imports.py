"""Imports point one way: the contracts in pyproject.toml hold, and a breach of each is seen."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

BREACHES = {
    "The street runs one way": ("app/incidents/queries.py", "import app.reports.models\n"),
    "The floor knows no room": ("app/core/clock.py", "import app.accounts.models\n"),
    "The portal never imports the back room": ("app/home/views.py", "import workers.pipeline\n"),
    "No media or model library in the portal": ("app/evidence/queries.py", "import numpy\n"),
    "Engines import nothing of ours": ("workers/engines/info.py", "import app.core.clock\n"),
    "Verbs and nouns know no Flask and no Celery": ("app/incidents/service.py", "import flask\n"),
    "Doors of the back room only": ("workers/relay.py", "import workers.engines.info\n"),
}


def lint(root: Path) -> tuple[int, str]:
    """Runs the import linter on a tree; (exit status, what it printed)."""
    script = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_kept() -> None:
    status, said = lint(ROOT)
    assert status == 0, said


def test_every_contract_has_a_breach_to_prove_it() -> None:
    assert {contract["name"] for contract in CONTRACTS} == set(BREACHES)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's code in a folder of its own, to be broken."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("app", "workers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "pipeline"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("name", sorted(BREACHES))
def test_a_breach_is_seen(copy_of_the_house: Path, name: str) -> None:
    file, line = BREACHES[name]
    path = copy_of_the_house / file
    before = path.read_text()
    path.write_text(before + line)
    try:
        status, said = lint(copy_of_the_house)
    finally:
        path.write_text(before)
    assert status != 0
    assert f"{name} BROKEN" in said
