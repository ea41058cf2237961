"""Writes docs/use/draft-example.md: the draft of the sample stop with its sources, as the engines make it today.

`python -m samples.draft_example` (or `make draft-example`). What is said in the sample, by whom and when, is taken from its
script: no recogniser takes part, so that the page shows what drafting does and not what a recogniser misheard.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from app.reports.report_types import defaults
from workers.engines.reading import Line, read
from workers.engines.writing import Brief, Draft, DraftSentence, IncidentFacts, Recording, TagFact, compose
from workers.engines.writing.words import clock
from workers.tasks.briefs import type_of

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "use" / "draft-example.md"
WHEN = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
_HEAD = """# A draft, with its sources

This is what the officer of the sample stop (`samples/traffic_stop.mp4`) is shown first. `make draft-example` writes this page
anew, and a test checks that it is current. The words, speakers and times are those of the sample's script; a recogniser would
mishear some of them, and each sentence would say so in its confidence.

Nothing here is a language model's. A sentence says what stands at its seconds, in the words that were used where words matter:
orders, refusals, admissions and threats are quoted. The last column is what the product plays when the time is pressed.
`[INSERT: …]` is what no recording can tell: the report cannot be signed before the officer has filled it in. Harsh words of an
officer are told like anybody's.
"""
_TAIL = """
## What it left out

The same list stands one click from the report: everything that was heard or seen and is not told, or not whole, with the reason.

| Second | Said or seen | Why |
|---|---|---|
{left}

## What it was made with

| | |
|---|---|
| Writer | {writer} |
| Type of report | traffic stop, as the product comes |
| Person | third |
| Sentences dropped because nothing supported them | {dropped} |
"""


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE} is current.")


def brief() -> Brief:
    """The sample stop as its script tells it."""
    said = json.loads((HERE / "traffic_stop.json").read_text(encoding="utf-8"))
    lines = tuple(
        Line(
            at, one["start"], one["end"], one["text"], one["role"], {"officer": "S1"}.get(one["role"], "S2"), 0.9, 0.95
        )
        for at, one in enumerate(said["utterances"])
    )
    facts = IncidentFacts("2026-000123", "traffic_stop", WHEN, "Main Street", "Officer Dana Carter", "1041")
    plate = TagFact("plate", said["facts"]["plate"], 2.0, 9.0, 0.82)
    recording = Recording("sample", "Traffic stop on Main Street", "video", WHEN, said["duration_s"], lines, (plate,), read(lines).mentions)  # fmt: skip
    return Brief(facts, (recording,), (), type_of(defaults()["traffic_stop"]))


def page() -> str:
    """The page as it should be."""
    draft = compose(brief())
    parts, section = [_HEAD], ""
    for sentence in draft.sentences:
        if sentence.section != section:
            section = sentence.section
            parts.append(f"\n## {section}\n\n| Sentence | Confidence | Source |\n|---|---|---|")
        parts.append(_row(sentence))
    return "\n".join(parts) + "\n" + _tail(draft)


def _row(sentence: DraftSentence) -> str:
    if sentence.gap:
        return f"| {_cell(sentence.text)} | | asked of a person |"
    told = "<br>".join(
        f"{clock(one.start)}–{clock(one.end)} {'“' + one.quote + '”' if one.quote else 'the incident and its recording'}"
        for one in sentence.sources
    )
    marks = "".join(f"<br>“{value}” is proposed, nobody confirmed it" for value in sentence.unconfirmed)
    return f"| {_cell(sentence.text)} | {sentence.confidence:.0%} | {_cell(told)}{marks} |"


def _tail(draft: Draft) -> str:
    left = "\n".join(f"| {clock(one.start)} | {_cell(one.text)} | {one.reason} |" for one in draft.left_out)
    writer = f"{draft.engine.name} {draft.engine.model} {draft.engine.version}"
    return _TAIL.format(left=left or "| | nothing | |", writer=writer, dropped=draft.engine.parameters["dropped"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
