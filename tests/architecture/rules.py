"""The house rules as functions over a tree, so that each can be shown to see its breach."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

FOLDERS = ("app", "workers", "samples", "tools", "tests", "migrations")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
_INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son[a-z]+=\"|\sstyle=\"|javascript:|<style", re.IGNORECASE
)
_FACE = re.compile(
    r"face[_-]?(embedding|encoding|recogni[sz]|match|vector|print)|insightface|arcface|facenet|deepface|dlib|voice_?print"
    r"|CascadeClassifier|FaceRecognizerSF",
    re.IGNORECASE,
)
_VOICE = re.compile(
    r"(voice|speaker)[_-]?(embedding|vector|print|template|profile|enrol)|[xd]_vector|hearing\.(stretches|grouping|turns|wearer)\b",
    re.IGNORECASE,
)
_PHYSICAL = re.compile(
    r"^\s*(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b|(?:left|right):"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear): (?:left|right)\b)"
)
_FOUR = re.compile(r"^\s*(?:margin|padding|inset|border-(?:width|style|color)): (.*);")
_NEGATION = re.compile(r"\b(no|never|not|without|nor)\b", re.IGNORECASE)


def python_files(root: Path) -> Iterator[Path]:
    """The project's own Python files under `root`."""
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def commits_outside_the_floor(root: Path) -> list[str]:
    """Calls of .commit() anywhere in app or workers but in app/core/db.py."""
    found = []
    for path in python_files(root):
        name = str(path.relative_to(root))
        if not name.startswith(("app/", "workers/")) or name == "app/core/db.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                found.append(f"{name}:{node.lineno}")
    return found


def routes_without_permission(app: Flask) -> list[str]:
    """Rules whose view carries no @require mark; Flask's own static files are public by design."""
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "permission")
        }
    )


def inline_scripts(templates: Path) -> list[str]:
    """Lines of templates with a script, a style or a handler in them: the content security policy forbids all."""
    return [
        f"{path.relative_to(templates)}:{number}"
        for path in sorted(templates.rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _INLINE.search(line)
    ]


def one_way_only(sheets: Path) -> list[str]:
    """Lines of style sheets that name left or right, where start or end holds in every direction of writing; a shorthand of
    four values whose second and fourth differ does so too."""
    found = []
    for path in sorted(sheets.glob("*.css")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            four = _FOUR.match(line)
            values = re.findall(r"(?:[^\s(]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+", four[1]) if four else []
            if _PHYSICAL.match(line) or (len(values) == 4 and values[1] != values[3]):
                found.append(f"{path.name}:{number}")
    return found


def long_files(root: Path) -> list[str]:
    """Files over 400 lines."""
    kinds = [*python_files(root), *_front(root)]
    counted = ((path, len(path.read_text().splitlines())) for path in kinds)
    return [f"{path.relative_to(root)}: {lines} lines" for path, lines in counted if lines > MAX_FILE_LINES]


def long_functions(root: Path) -> list[str]:
    """Functions over 60 lines. A migration is a list of statements, not a function to be read, and is left out."""
    found = []
    for path in python_files(root):
        if path.is_relative_to(root / "migrations" / "versions"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    found.append(f"{path.relative_to(root)}:{node.lineno} {node.name}: {lines} lines")
    return found


def face_recognition(root: Path) -> list[str]:
    """Lines of product code that name face embedding or matching other than to refuse it."""
    found = []
    for path in [*python_files(root), root / "pyproject.toml", *sorted((root / "workers").rglob("*.toml"))]:
        if not path.exists() or path.is_relative_to(root / "tests"):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if _FACE.search(line) and not _NEGATION.search(line):
                found.append(f"{path.relative_to(root)}:{number}")
    return found


def voice_recognition(root: Path) -> list[str]:
    """Lines outside the hearing engine that name what describes a voice, or reach into it: nothing of that may be kept."""
    found = []
    for path in python_files(root):
        name = str(path.relative_to(root))
        if name.startswith(("tests/", "workers/engines/hearing/")):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if _VOICE.search(line) and not _NEGATION.search(line):
                found.append(f"{name}:{number}")
    return found


def _front(root: Path) -> Iterator[Path]:
    for folder, endings in (("templates", {".html"}), ("static", {".js", ".css"})):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and "vendor" not in path.parts:
                yield path
