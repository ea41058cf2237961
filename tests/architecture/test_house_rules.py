"""The rules of the house, each shown to fail when it is broken."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.architecture import rules

ROOT = Path(__file__).resolve().parents[2]


def test_only_the_floor_commits() -> None:
    assert rules.commits_outside_the_floor(ROOT) == []


def test_a_commit_elsewhere_is_seen(tmp_path: Path) -> None:
    _write(tmp_path, "app/reports/service.py", "def file(session):\n    session.commit()\n")
    assert rules.commits_outside_the_floor(tmp_path) == ["app/reports/service.py:2"]


def test_every_route_names_its_permission(app: Flask) -> None:
    assert rules.routes_without_permission(app) == []


def test_a_route_without_permission_is_seen() -> None:
    portal = Flask("bare")
    portal.add_url_rule("/open-door", "open_door", lambda: "")
    assert rules.routes_without_permission(portal) == ["/open-door"]


def test_no_inline_script_or_style() -> None:
    assert rules.inline_scripts(ROOT / "templates") == []


@pytest.mark.parametrize(
    "html", ["<script>alert(1)</script>", '<p onclick="go()">', '<p style="color: red">', '<a href="javascript:go()">']
)
def test_an_inline_script_is_seen(tmp_path: Path, html: str) -> None:
    _write(tmp_path, "page.html", html)
    assert len(rules.inline_scripts(tmp_path)) == 1


def test_pages_can_be_written_from_right_to_left() -> None:
    assert rules.one_way_only(ROOT / "static" / "css") == []


@pytest.mark.parametrize(
    "line",
    [
        "margin-left: auto;",
        "border-right: 1px solid var(--line);",
        "left: 0;",
        "text-align: right;",
        "padding: 0 max(1rem, (100% - 3rem) / 2) 0 2rem;",
    ],
)
def test_a_side_that_is_named_is_seen(tmp_path: Path, line: str) -> None:
    _write(tmp_path, "desk.css", f".pane {{\n  {line}\n  inset-inline: 0;\n  padding: 0 1rem 2rem 1rem;\n}}\n")
    assert rules.one_way_only(tmp_path) == ["desk.css:2"]


def test_no_file_is_over_400_lines() -> None:
    assert rules.long_files(ROOT) == []


def test_a_long_file_is_seen(tmp_path: Path) -> None:
    _write(tmp_path, "app/long.py", "x = 1\n" * 401)
    assert rules.long_files(tmp_path) == ["app/long.py: 401 lines"]


def test_no_function_is_over_60_lines() -> None:
    assert rules.long_functions(ROOT) == []


def test_a_long_function_is_seen(tmp_path: Path) -> None:
    _write(tmp_path, "app/long.py", "def long():\n" + "    x = 1\n" * 60)
    assert rules.long_functions(tmp_path) == ["app/long.py:1 long: 61 lines"]


def test_every_module_opens_with_one_line_that_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in rules.python_files(ROOT)
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_face_recognition_can_be_reached() -> None:
    """T1: no face-embedding model among the packs or libraries, no embedding column, no matching route."""
    assert rules.face_recognition(ROOT) == []


def test_a_face_embedding_would_be_seen(tmp_path: Path) -> None:
    _write(tmp_path, "app/people/models.py", "face_embedding = column()\n")
    assert rules.face_recognition(tmp_path) == ["app/people/models.py:1"]


def test_no_voice_can_be_known_again() -> None:
    """Descriptions of voices live in the hearing engine and end with its call: no column, task or route has one."""
    assert rules.voice_recognition(ROOT) == []


@pytest.mark.parametrize(
    "line",
    ["voice_print = column()", "speaker_embedding: bytes", "from workers.engines.hearing.stretches import Stretch"],
)
def test_a_voice_that_is_kept_would_be_seen(tmp_path: Path, line: str) -> None:
    _write(tmp_path, "workers/tasks/transcribe.py", f"{line}\n")
    assert rules.voice_recognition(tmp_path) == ["workers/tasks/transcribe.py:1"]


def test_no_room_has_a_nameless_module() -> None:
    shapeless = re.compile(r"(utils|helpers|misc|common|manager)\.py$")
    assert [str(path) for path in rules.python_files(ROOT) if shapeless.search(path.name)] == []


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
