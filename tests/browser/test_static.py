"""What the pages ask of the static folder is there: glyphs, sheets, scripts, icons, and what the phone keeps offline."""

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from app.analysis.tags.kinds import title_of
from app.core.languages import NAMES, TAGS

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
SOURCES = [*(ROOT / "templates").rglob("*.html"), *(STATIC / "js").glob("*.js")]


def wanted(pattern: str) -> set[str]:
    """Every match of the pattern's group in the templates and scripts."""
    return {match for path in SOURCES for match in re.findall(pattern, path.read_text())}


def test_every_glyph_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "sprite.svg").read_text()))
    states = re.findall(
        r"\('[^']+', '(?:plain|info|good|doubt|bad|machine)', '([\w-]+)'\)",
        (ROOT / "templates/parts/state.html").read_text(),
    )
    assert len(states) > 20
    assert wanted(r"\bicon\(['\"]([\w-]+)['\"]") | wanted(r"\bbutton\(\"([\w-]+)\"") | set(states) <= drawn


def test_every_static_file_that_is_named_is_there() -> None:
    names = wanted(r"url_for\('static', filename='([\w./-]+)'\)")
    names |= {
        f"css/{sheet}.css"
        for sheet in re.findall(
            r"'(\w+)'", re.search(r"for sheet in \[(.*?)\]", (ROOT / "templates/layout/_head.html").read_text())[1]
        )
    }  # type: ignore[index]
    built = {name for name in names if name.startswith("vendor/")}
    assert built == {"vendor/htmx.min.js", "vendor/leaflet.css", "vendor/leaflet.js", "vendor/tus.min.js"}
    copied = set(re.findall(r': "([\w.-]+)",', (ROOT / "tools" / "vendor.mjs").read_text()))
    asked = {f"vendor/{name}" for name in copied} - built
    assert asked == {f"vendor/{name}" for name in wanted(r'"\.\./vendor/([\w.-]+)"')}, "what modules import of them"
    assert [name for name in sorted(names - built) if not (STATIC / name).is_file()] == []


def test_what_modules_import_is_there() -> None:
    missing = [
        (path.name, name)
        for path in (STATIC / "js").glob("*.js")
        for name in re.findall(r'(?:from|import) "(\./[\w-]+\.js)"', path.read_text())
        if not (path.parent / name).is_file()
    ]
    assert missing == []


def test_what_some_pages_hold_defines_itself_and_comes_with_no_other() -> None:
    some = re.search(r"const SOME = \[(.*?)\]", (STATIC / "js" / "parts-here.js").read_text())
    assert some is not None
    everywhere, ahead = set(), ["blotter.js"]
    while ahead:
        everywhere.add(name := ahead.pop())
        ahead += set(re.findall(r'"\./([\w-]+\.js)"', (STATIC / "js" / name).read_text())) - everywhere
    for name in re.findall(r'"([\w-]+)"', some[1]):
        assert f'customElements.define("{name}"' in (STATIC / "js" / f"{name}.js").read_text()
        assert f"{name}.js" not in everywhere, f"{name} would come with every page"


def test_the_phone_keeps_nothing_but_static_files() -> None:
    """Beside them only the shell, which has nobody's data (tests/app/phone); with it, all that the page needs is kept."""
    worker = (STATIC / "sw.js").read_text()
    kept = re.findall(r'^  "(/[^"]+)",$', worker, flags=re.MULTILINE)
    assert all(name.startswith("/static/") and (ROOT / name[1:]).is_file() for name in kept)
    assert worker.count("cache.put") == worker.count("cache.add") == 1
    assert "[...ALWAYS, SHELL, ...SPOKEN]" in worker
    assert 'const SHELL = "/phone/shell"' in worker
    needed, ahead = set(), ["phone.js", "take-worker.js"]
    while ahead:
        name = ahead.pop()
        needed.add(name)
        ahead += set(re.findall(r'"\./([\w-]+\.js)"', (STATIC / "js" / name).read_text())) - needed
    assert {f"/static/js/{name}" for name in needed} <= set(kept)
    sheets = re.search(r"for sheet in \[(.*?)\]", (ROOT / "templates/layout/phone.html").read_text())
    assert sheets is not None
    assert {f"/static/css/{name}.css" for name in re.findall(r"'(\w+)'", sheets[1])} <= set(kept)
    assert "(/^\\/(static|words)\\//.test(url.pathname)) event.respondWith(file(request))" in worker
    tags = re.search(r"SPOKEN = \[([^\]]+)\]", worker)
    assert tags is not None
    assert re.findall(r'"([\w-]+)"', tags[1]) == list(TAGS.values()), "the phone keeps its page in every language"
    assert [one for one in NAMES if one != "en"] == re.findall(r'"/words/(\w+)\.js"', worker)


def test_the_manifest_names_icons_of_the_size_it_says() -> None:
    for entry in json.loads((STATIC / "manifest.webmanifest").read_text())["icons"]:
        data = (ROOT / entry["src"][1:]).read_bytes()
        if entry["type"] == "image/png":
            assert f"{int.from_bytes(data[16:20])}x{int.from_bytes(data[20:24])}" == entry["sizes"]


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=[\"']|hx-on|javascript:", text), path
        assert not re.search(r"(?:src|href|action)=[\"']https?:", text), path


def test_every_layout_and_part_compiles() -> None:
    house = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    house.filters["tag_kind"] = title_of
    for folder in ("layout", "parts", "styles"):
        for path in (ROOT / "templates" / folder).glob("*.html"):
            house.get_template(f"{folder}/{path.name}")


def test_a_gap_is_marked_and_the_rest_is_escaped() -> None:
    house = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    house.globals["url_for"] = lambda *_, filename: f"/static/{filename}"
    house.globals["_"] = str
    shown = house.from_string('{% from "parts/state.html" import with_gaps %}{{ with_gaps(text) }}').render(
        text="<b>He</b> left. [INSERT: injuries & <i>pain</i>] Then [INSERT: open"
    )
    assert shown.startswith("&lt;b&gt;He&lt;/b&gt; left. <mark")
    assert "[INSERT: injuries &amp; &lt;i&gt;pain&lt;/i&gt;]</mark> Then <mark" in shown
    assert "<i>" not in shown
