"""The catalogues of other languages: `python -m tools.words` brings them up to date and says what is not translated yet."""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message, pofile
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "translations"
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PAGES, SCREEN = "messages", "screen"
SERVER_MARKS = {"_": None, "N_": None, "gettext": None, "phrase": None, "ngettext": (1, 2)}
SCRIPT_MARKS = {"_": None, "N_": None, "several": (1, 2)}


def extracted(domain: str) -> Catalog:
    """Every marked word of the tree, with where it stands: `messages` of the server, `screen` of the scripts."""
    found = Catalog(domain=domain, charset="utf-8")
    for path, line, words, comments, context in _marked(domain):
        found.add(words, locations=[(path, line)], auto_comments=comments, context=context)
    return found


def kept(language: str, domain: str) -> Catalog:
    """The catalogue as it is in the tree."""
    with path_of(language, domain).open("rb") as source:
        return pofile.read_po(source, locale=language, domain=domain)


def path_of(language: str, domain: str) -> Path:
    """Where a catalogue is."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def update(language: str, domain: str) -> Catalog:
    """Writes the catalogue anew: new words with an empty translation, what is no longer said taken out."""
    catalogue, path = kept(language, domain), path_of(language, domain)
    catalogue.update(extracted(domain), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as target:
        target.write(HEADER.format(language=language).encode())
        pofile.write_po(target, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False)
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Words without a translation, or with one that nobody has looked at."""
    return [str(one.id) for one in catalogue if one.id and (one.fuzzy or not whole(one))]


def whole(one: Message) -> bool:
    """Whether each of its forms is translated."""
    return all(one.string) if isinstance(one.string, tuple | list) else bool(one.string)


def _marked(domain: str) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    if domain == SCREEN:
        rules, options, marks = (
            [("js/**.js", "javascript")],
            {"js/**.js": {"parse_template_string": "true"}},
            SCRIPT_MARKS,
        )
        for path, *rest in extract_from_dir(ROOT / "static", rules, options, keywords=marks, strip_comment_tags=True):
            yield (f"static/{path}", *rest)  # type: ignore[misc]
        return
    with (ROOT / "babel.cfg").open() as source:
        rules, options = parse_mapping_cfg(source)
    for top in ("app", "templates"):
        mine = [(pattern.removeprefix(f"{top}/"), kind) for pattern, kind in rules if pattern.startswith(top)]
        given = {pattern.removeprefix(f"{top}/"): value for pattern, value in options.items()}
        for path, *rest in extract_from_dir(ROOT / top, mine, given, keywords=SERVER_MARKS):
            yield (f"{top}/{path}", *rest)  # type: ignore[misc]


def main() -> int:
    """Every language's catalogues; 1 when something has no translation."""
    left = 0
    for folder in sorted(FOLDER.iterdir()):
        for domain in (PAGES, SCREEN):
            gaps = missing(update(folder.name, domain))
            left += len(gaps)
            print(f"{folder.name} {domain}: {len(gaps)} without a translation", *gaps, sep="\n  ")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
