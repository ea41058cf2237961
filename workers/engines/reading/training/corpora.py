"""GUM and WNUT-17, read where they lie: names in both, grammar in GUM, and the parts that are kept for measuring."""

from collections.abc import Collection, Iterator
from pathlib import Path

from workers.engines.reading.training.samples import Sample

GUM_KINDS = {"person": "person", "place": "place", "organization": "organisation"}
WNUT_KINDS = {"person": "person", "location": "place", "corporation": "organisation", "group": "organisation"}
SHARE_ALIKE = ("bio", "voyage")  # GUM's genres whose texts are CC BY-SA 3.0
PARTS = ("train", "dev", "test")


def wnut(path: Path) -> Iterator[Sample]:
    """Sentences of a WNUT-17 file; products and creative works count as nothing."""
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split("\t")
        if len(cells) < 2 or not cells[0].strip():
            if words:
                yield Sample(tuple(words), (True,) * len(words), tuple(tags))
            words, tags = [], []
            continue
        mark, _, kind = cells[1].split(",")[0].strip().partition("-")
        words.append(cells[0].strip())
        tags.append(f"{mark}-{WNUT_KINDS[kind]}" if kind in WNUT_KINDS else "O")


def gum_documents(folder: Path) -> dict[str, list[Path]]:
    """The documents by split: in each genre, sorted by name, number modulo 5 is 0 development, 1 test, else training."""
    splits: dict[str, list[Path]] = {"dev": [], "test": [], "train": []}
    genres: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.conllu")):
        genres.setdefault(path.name.split("_")[1], []).append(path)
    for paths in genres.values():
        for number, path in enumerate(paths):
            splits[{0: "dev", 1: "test"}.get(number % 5, "train")].append(path)
    return splits


def gum(path: Path) -> Iterator[Sample]:
    """Sentences of a GUM document with its named mentions (a mention whose head is a proper noun, cut to the name)."""
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split("\t")
        if line and not line.startswith("#") and cells[0].isdigit():
            rows.append(cells)
        elif not line and rows:
            yield _sentence(rows)
            rows = []


def _sentence(rows: list[list[str]]) -> Sample:
    """A sentence with names and grammar; a head is a position, the root's its own."""
    heads = tuple(int(row[6]) - 1 if row[6] != "0" else at for at, row in enumerate(rows))
    deps = tuple("ROOT" if row[6] == "0" else row[7].partition(":")[0] for row in rows)
    spaces = tuple("SpaceAfter=No" not in row[9] for row in rows)
    words, parts = tuple(row[1] for row in rows), tuple(row[4] for row in rows)
    return Sample(words, spaces, tuple(_tags(rows)), heads, deps, parts)


def _tags(rows: list[list[str]]) -> list[str]:
    spans: set[tuple[int, int, int, str]] = set()
    for start, end, kind, head in _gum_mentions(rows):
        name = _name_around(rows, start, end, head)
        if name:
            spans.add((name[0] - name[1], end - start, name[0], kind))
    tags = ["O"] * len(rows)
    for length, _, start, kind in sorted(spans):  # the longest name first; of one name, its innermost mention
        end = start - length
        if all(tag == "O" for tag in tags[start:end]):
            tags[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return tags


def _gum_mentions(rows: list[list[str]]) -> Iterator[tuple[int, int, str, int]]:
    """Mentions as (first, after last, kind, head), positions in the sentence; see GUM's global.Entity format."""
    waiting: dict[str, list[tuple[int, list[str]]]] = {}
    for at, row in enumerate(rows):
        entity = next((part[7:] for part in row[9].split("|") if part.startswith("Entity=")), "")
        for mark in entity.replace("(", "\n(").replace(")", ")\n").split("\n"):
            fields = mark.strip("()").split("-")
            if mark.startswith("("):
                waiting.setdefault(fields[0], []).append((at, fields))
            if mark.endswith(")") and waiting.get(fields[0]):
                start, opened = waiting[fields[0]].pop()
                if opened[1] in GUM_KINDS:
                    yield start, at + 1, GUM_KINDS[opened[1]], start + _head(opened)


def _head(fields: list[str]) -> int:
    first = fields[5].split(",")[0] if len(fields) > 5 else "1"
    return int(first) - 1 if first.isdigit() else 0


def _name_around(rows: list[list[str]], start: int, end: int, head: int) -> tuple[int, int] | None:
    def proper(i: int) -> bool:
        return start <= i < end and rows[i][3] == "PROPN"

    if not proper(head):
        return None
    low, high = head, head + 1
    while proper(low - 1):
        low -= 1
    while proper(high) or (proper(high + 1) and rows[high][1].lower() in {"of", "de", "van", "-", "&"}):
        high += 1
    return low, high


def corpora(data: Path, without: Collection[str] = ()) -> dict[str, list[Sample]]:
    """Samples by source and part: gum-train, gum-dev, gum-test, wnut-train, wnut-dev, wnut-test.

    Genres of GUM named in `without` are not trained on; they are measured on all the same.
    """
    splits = gum_documents(data / "gum" / "dep")
    files = {"train": "wnut17train.conll", "dev": "emerging.dev.conll", "test": "emerging.test.annotated"}
    splits["train"] = [path for path in splits["train"] if path.name.split("_")[1] not in without]
    read = {f"gum-{part}": [sample for path in splits[part] for sample in gum(path)] for part in PARTS}
    return read | {f"wnut-{part}": list(wnut(data / "wnut17" / files[part])) for part in PARTS}
