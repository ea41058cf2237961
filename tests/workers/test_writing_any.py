"""Writing, whatever comes in: invented lines, mentions, tags and facts never make an unsupported sentence."""

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.reading import Line, Mention, read
from workers.engines.writing import Brief, DraftSentence, IncidentFacts, Recording, TagFact, compose, unsupported

WHEN = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
_ROLES = st.sampled_from(["officer", "other", "unknown"])
_WORDS = st.sampled_from(
    [
        "shut",
        "up",
        "you",
        "idiot",
        "step",
        "out",
        "of",
        "the",
        "car",
        "hands",
        "name",
        "is",
        "daniel",
        "ortiz",
        "gun",
        "knife",
        "plate",
        "seven",
        "a",
        "b",
        "c",
        "one",
        "two",
        "three",
        "license",
        "do",
        "have",
        "any",
        "what's",
        "your",
        "under",
        "arrest",
        "warning",
        "march",
        "third",
        "nineteen",
        "ninety",
        "one",
        "[INSERT:",
        "x]",
        '"',
        "“",
        "”",
        "…",
        "'",
        "’",
        "<b>",
        "²",
        "٣",
        "İ",
        "ﷺ",
        "🚓",
        "Smith",
        "42",
        "10:45",
        "$5",
        "no",
    ]
)
_TEXTS = st.one_of(st.text(max_size=50), st.lists(_WORDS, max_size=40).map(" ".join))
_SECONDS = st.floats(0, 20_000, allow_nan=False)
_SURE = st.floats(0, 1)


@st.composite
def _briefs(draw: st.DrawFn) -> Brief:
    recordings = []
    for number in range(draw(st.integers(0, 2))):
        lines = tuple(
            Line(
                at,
                draw(_SECONDS),
                draw(_SECONDS),
                draw(_TEXTS),
                draw(_ROLES),
                draw(st.sampled_from(["", "S1", "S2", "S3"])),
                draw(_SURE),
                draw(_SURE),
            )
            for at in range(draw(st.integers(0, 5)))
        )
        made_up = st.builds(
            Mention,
            st.sampled_from(["person", "plate", "date_of_birth"]),
            _TEXTS,
            _TEXTS,
            st.integers(0, 6),
            st.just(0),
            st.just(1),
            _SURE,
            st.just("rule:introduced"),
        )
        tags = st.builds(
            TagFact,
            st.sampled_from(["plate", "text", "person", "car"]),
            _TEXTS,
            _SECONDS,
            _SECONDS,
            _SURE,
            st.integers(0, 9),
        )
        mentions = (*read(lines).mentions, *draw(st.lists(made_up, max_size=2)))
        recordings.append(
            Recording(
                f"item-{number}",
                draw(_TEXTS),
                "video",
                None,
                draw(_SECONDS),
                lines,
                tuple(draw(st.lists(tags, max_size=3))),
                mentions,
            )
        )
    kind, place, name = draw(st.sampled_from(["", "other", "theft", "traffic_stop"])), draw(_TEXTS), draw(_TEXTS)
    return Brief(
        IncidentFacts("2026-000001", kind, draw(st.sampled_from([None, WHEN])), place, name, ""), tuple(recordings)
    )


@settings(max_examples=80, deadline=None)
@given(_briefs())
def test_whatever_was_heard_every_sentence_is_supported_or_a_gap(brief: Brief) -> None:
    """A9, for any lines, mentions, tags and facts."""
    made = compose(brief)
    assert made.sentences
    for sentence in made.sentences:
        assert unsupported(sentence, brief) == []
        assert bool(sentence.sources) != sentence.gap
        assert sentence.gap == ("[INSERT" in sentence.text)
        assert 0 <= sentence.confidence <= 1
        assert "\n" not in sentence.text
        _quotes_stand_in_the_sources(sentence, brief)


def _quotes_stand_in_the_sources(sentence: DraftSentence, brief: Brief) -> None:
    """Checked without the checker: the letters and digits of each quotation, in order, in what its recordings hold."""
    held = "".join(
        _letters(" ".join([*(line.text for line in r.lines), *(tag.label for tag in r.tags), r.title]))
        for r in brief.recordings
        if r.evidence_id in {source.evidence_id for source in sentence.sources}
    )
    for quoted in re.findall(r'"([^"]*)"', sentence.text):
        assert all(word in held for word in _letters(quoted).split())


def _letters(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in text.casefold())
