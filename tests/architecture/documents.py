"""What the documents claim, held against the tree: functions over a root, so that each can be shown to see its breach."""

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
_SETTING = re.compile(r"\bBLOTTER_[A-Z0-9_]+\b")
_COMMAND = re.compile(r"(?:\.venv/bin/|`|exec web )blotter ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)")
_TARGET = re.compile(r"(?:`|^)make (?:PYTHON=\S+ )?([a-z]+(?:-[a-z]+)*)", re.MULTILINE)
_REGISTRY = re.compile(
    r"https?://(?:[\w.-]*\.)?(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|npmmirror\.com|deb\.debian\.org)|--(?:extra-)?index-url"
    r"|\"resolved\":"
)
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home)/[a-z]")
_TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".lock",
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".cfg",
    ".ini",
    ".txt",
    "",
}


def documents(root: Path) -> list[Path]:
    """Every page for people."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def broken_links(root: Path) -> list[str]:
    """Relative links and pictures that lead nowhere."""
    return [
        f"{page.relative_to(root)}: {target}"
        for page in documents(root)
        for target in _LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]


def unknown_settings(root: Path, known: Iterable[str]) -> list[str]:
    """Settings the documents name that the product does not read."""
    names = set(known)
    return sorted(
        {
            f"{page.relative_to(root)}: {name}"
            for page in documents(root)
            for name in _SETTING.findall(page.read_text())
            if name.rstrip("_") not in names
        }
    )


def undocumented_settings(root: Path, known: Iterable[str]) -> list[str]:
    """Settings that the page of settings leaves out."""
    told = set(_SETTING.findall((root / "docs" / "operate" / "settings.md").read_text()))
    return sorted(set(known) - told)


def unknown_commands(root: Path, known: Iterable[str]) -> list[str]:
    """`blotter` commands in documents that do not exist; `known` holds "run", "ledger verify" and so on."""
    names = set(known)
    groups = {name.split()[0] for name in names if " " in name}
    found = set()
    for page in documents(root):
        for words in _COMMAND.findall(page.read_text()):
            first = words.split()[0]
            if (words if first in groups and " " in words else first) not in names | groups:
                found.add(f"{page.relative_to(root)}: blotter {words}")
    return sorted(found)


def unknown_targets(root: Path) -> list[str]:
    """`make` targets in documents that the Makefile lacks."""
    targets = set(re.findall(r"^([a-z]+(?:-[a-z]+)*):", (root / "Makefile").read_text(), re.MULTILINE))
    return sorted(
        {
            f"{page.relative_to(root)}: make {target}"
            for page in documents(root)
            for target in _TARGET.findall(page.read_text())
            if target not in targets
        }
    )


def unlisted_libraries(root: Path) -> list[str]:
    """Direct dependencies without a word in docs/libraries.md."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    told = set(re.findall(r"[\w.-]+", (root / "docs" / "libraries.md").read_text().lower()))
    names = (re.match(r"[\w.-]+", one) for one in wanted)
    return sorted({name.group().lower() for name in names if name} - told - {f"{word}." for word in told})


def addresses_and_paths(root: Path) -> list[str]:
    """Lines of tracked files with the address of a package registry or a path of one machine."""
    found = []
    for path in _tracked(root):
        if path.suffix not in _TEXT or path.name == Path(__file__).name:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if _REGISTRY.search(line) or _MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    return found


def _tracked(root: Path) -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            yield root / name
