"""Transcripts as files: out in five formats with their head and redactions, in again as people wrote them, and bad ones."""

import io
import random
import zipfile
from itertools import pairwise

import docx
import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.transcripts import correcting, importing, reads, sheets
from app.analysis.transcripts.cues import Cue, read
from app.analysis.transcripts.words import as_written, line_differences, matches, moved, timed, word_errors
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.evidence.models import Evidence
from tests.app.analysis.spoken import LINES, Hearing, hearing
from tests.people import People

SECRET = "Kowalczyk"


@pytest.fixture
def heard(people: People) -> Hearing:
    return hearing(people, LINES[0], f"my name is {SECRET} <b> --> sir", LINES[3])


def file(heard: Hearing, kind: str, *, redact: bool = False, version: int = 0) -> bytes:
    transcript = heard.transcript
    chosen = reads.version_of(transcript, version) if version else reads.latest(transcript)
    item = session().get_one(Evidence, heard.item.id)
    lines = reads.as_of(transcript, chosen.number or 1)
    return sheets.in_format(sheets.sheet(item, transcript, chosen, lines, redact=redact), kind)


def words(kind: str, content: bytes) -> str:
    """Every word a file holds, wherever it is in it."""
    if kind != "docx":
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


@pytest.mark.parametrize("kind", sheets.TYPES)
def test_every_format_says_who_wrote_it_and_comes_back_as_it_went(heard: Hearing, kind: str) -> None:
    machine = words(kind, file(heard, kind))
    for told in (heard.item.sha256, "pocketsphinx", heard.item.incident.number):
        assert told in machine
    if kind != "json":
        assert "not corrected by a person" in machine
        assert "2 of 17 (below 50%" in machine
    line = heard.line(0)
    with transaction():
        correcting.correct(
            line, heard.transcript, heard.item, text="Get out, please.", edition=line.edition, actor=heard.actor
        )
    assert heard.officer.badge in words(kind, file(heard, kind))
    assert "not corrected by a person" in words(kind, file(heard, kind, version=1)) or kind == "json"
    back = read(f"x.{kind}", file(heard, kind))
    arrow = "→" if kind in ("srt", "vtt") else "-->"
    assert [one.text.replace("<b> ", "") for one in back] == [
        "Get out, please.",
        f"my name is {SECRET} {arrow} sir",
        LINES[3],
    ]
    assert [(one.speaker, one.role) for one in back] == [("S1", "officer"), ("S2", "other"), ("S1", "officer")]
    assert [round(one.start_s or 0, 2) for one in back] == [0.0, 4.5, 9.0]


@pytest.mark.parametrize("kind", sheets.TYPES)
def test_what_is_redacted_is_nowhere_in_the_file_and_stays_in_the_record(heard: Hearing, kind: str) -> None:
    line = heard.line(1)
    with transaction():
        correcting.redact(
            line,
            heard.transcript,
            heard.item,
            first=3,
            last=3,
            reason="victim",
            edition=line.edition,
            actor=heard.actor,
        )
    hidden = words(kind, file(heard, kind, redact=True))
    assert SECRET not in hidden
    assert "redacted: victim" in hidden
    assert SECRET in words(kind, file(heard, kind))
    assert SECRET in heard.texts()[1]


def test_what_is_redacted_stays_hidden_whatever_is_typed_round_it(heard: Hearing) -> None:
    line = heard.line(1)
    hide = {"first": 3, "last": 3, "reason": "victim"}
    with transaction():
        correcting.redact(line, heard.transcript, heard.item, **hide, edition=line.edition, actor=heard.actor)
    for text in (f"my name is Anna {SECRET} sir", f"Oh, my name is Anna {SECRET}-Nowak.", "my name is Anna Nowak sir"):
        line = heard.line(1)
        with transaction():
            correcting.correct(line, heard.transcript, heard.item, text=text, edition=line.edition, actor=heard.actor)
        hidden = words("txt", file(heard, "txt", redact=True))
        assert not any(name in hidden for name in ("Anna", SECRET, "Nowak")), text


BAD = [
    ("x.mp3", b"ID3", "kind of file"),
    ("x.srt", b"  \n", "empty"),
    ("x.srt", b"1\n00:00:01,000 --> 00:00:02,000\nOl\xe9\n", "Line 3: this is not UTF-8"),
    ("x.txt", b"a\x00b", "Line 1: this is not text"),
    ("x.srt", b"1\n00:00:01,000 -> 00:00:02,000\nHello\n", "Line 1: times are missing"),
    ("x.srt", b"1\n00:00:01,000 --> 00:99:99,000\nHello\n", "Line 2: .* are no times"),
    ("x.srt", b"1\n00:00:05,000 --> 00:00:02,000\nHello\n", "Line 2: it ends before it begins"),
    ("x.vtt", b"1\n00:01.000 --> 00:02.000\nHello\n", "Line 1: a WebVTT file begins"),
    ("x.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\njust words\n", "Line 6: times are missing"),
    ("x.json", b"{]", "Line 1: this is not JSON"),
    ("x.json", b'{"lines": 3}', "no .lines."),
    ("x.json", b'{"lines": [{"text": "x"}]}', "Entry 1 of .lines. lacks"),
    ("x.json", b'{"lines": [{"text": "x", "start_s": 3, "end_s": 1}]}', "Entry 1 .* are no times"),
    ("x.json", b"[" * 100_000, "not JSON"),
    ("x.docx", b"PK not really", "not a Word file"),
    ("x.txt", b"# only a remark\n", "no words"),
    ("x.txt", b"word " * 2_000, "Line 1: more than 5000"),
    ("x.txt", b"x\n" * 5_000_000, "larger than 8 MB"),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(BAD)])
def test_a_bad_file_is_refused_with_its_line_and_a_remedy(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        read(name, content)
    assert refused.value.field == "file"
    assert refused.value.remedy


def test_a_word_file_that_unpacks_to_too_much_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 70_000_000)
    with pytest.raises(Invalid, match="unpacks to too much"):
        read("bomb.docx", packed.getvalue())


def test_what_people_write_elsewhere_is_read() -> None:
    srt = "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Driver:</i> Hello {\\an8}there\r\nsir\r\n\r\n".encode()
    assert read("A.SRT", srt) == [Cue("Hello there sir", 3, 1.0, 2.5, "Driver")]
    vtt = b"WEBVTT - title\nKind: captions\n\nNOTE\nnot this\n\nSTYLE\n::cue {}\n\n01:00:01.5 --> 01:00:02.000 align:left\n<v Ann Lee>Yes &amp; no"
    assert read("a.vtt", vtt) == [Cue("Yes & no", 11, 3601.5, 3602.0, "Ann Lee")]
    assert read("a.txt", "Olé\n[1:05] Officer: Stop!\n".encode("utf-16")) == [
        Cue("Olé", 1),
        Cue("Stop!", 2, 65.0, None, "", "officer"),
    ]
    paper, kept = docx.Document(), io.BytesIO()
    paper.add_paragraph("0:03 – Maria Lopez: I was at home.")
    paper.save(kept)
    assert read("a.docx", kept.getvalue()) == [Cue("I was at home.", 1, 3.0, None, "Maria Lopez")]


def test_times_out_of_order_and_over_each_other_are_said_and_put_in_order(heard: Hearing) -> None:
    cues = [Cue("one two", 2, 5.0, 8.0), Cue("get out of the car", 6, 1.0, 4.0), Cue("three", 10, 3.0, 9.0)]
    made = importing.placed(cues, heard.lines(), 75.0)
    assert [row["start_s"] for row in made.rows] == [1.0, 3.0, 5.0]
    assert any("Line 6 begins earlier" in one for one in made.warnings)
    assert any("Line 10 begins before the one above ends" in one for one in made.warnings)
    assert made.rows[0]["role"] == "officer"
    late = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:05:00,000 --> 00:05:01,000\nLate\n"
    with pytest.raises(Invalid, match="Line 7: it begins at 300 s, but the recording ends at 75 s"), transaction():
        importing.offer(heard.transcript, heard.item, name="x.srt", content=late, actor=heard.actor)


def test_a_text_without_times_gets_those_of_the_same_words(heard: Hearing) -> None:
    cues = [Cue("Get out of the vehicle now, please.", 1), Cue("Well, my name is Anna, sir!", 2)]
    made = importing.placed(cues, heard.lines(), 75.0)
    first, second = made.rows
    assert (first["start_s"], first["end_s"]) == (0.0, pytest.approx(3.4))
    assert second["start_s"] < 4.6
    assert [round(word[1], 1) for word in second["words"] if word[0] in ("my", "name", "is")] == [4.5, 5.0, 5.5]
    unheard = importing.placed([Cue("nothing of this", 1), Cue("was ever said", 2)], heard.lines(), 75.0)
    assert any("Is it of this recording?" in one for one in unheard.warnings)
    assert all(0 <= row["start_s"] <= row["end_s"] <= 75 for row in unheard.rows)
    silent = importing.placed([Cue("words where none were heard", 1)], [], 75.0)
    assert silent.rows[0]["end_s"] <= 75


WORD = st.sampled_from(["stop", "the", "car", "Car,", "sir", "hands", "up", "now", "—"])
TEXT = st.lists(WORD, max_size=14).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT)
def test_the_word_error_rate_is_jiwers(before: str, after: str) -> None:
    def bare(text: str) -> str:
        return " ".join(one.strip(",—").lower() for one in text.split() if one.strip(",—"))

    mine = word_errors(before, after)
    if bare(after) and bare(before):
        assert mine.rate == pytest.approx(jiwer.wer(bare(after), bare(before)))
    shown = [piece for _, pieces in line_differences([before], [after]) for piece in pieces]
    assert " ".join(one.text for one in shown if one.kind != "removed").split() == after.split()
    assert " ".join(one.text for one in shown if one.kind != "added").split() == before.split()


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, st.integers(0, 13), st.integers(1, 4))
def test_times_rise_and_a_redaction_never_shrinks_to_show_its_words(
    before: str, after: str, first: int, length: int
) -> None:
    old = [[word, n, n + 0.5, 0.9] for n, word in enumerate(before.split())]
    new, pairs = timed(old, after, start=0, end=len(old))
    assert [word[0] for word in new] == after.split()
    assert all(a[1] <= a[2] and a[1] <= b[1] for a, b in pairwise(new))
    hidden = {n for a, b, _ in moved([[first, first + length, "x"]], pairs, len(new)) for n in range(a, b)}
    assert {there for here, there in pairs if first <= here < first + length} <= hidden
    assert not {there for here, there in pairs if not first <= here < first + length} & hidden


def test_five_hours_of_words_are_compared_and_placed() -> None:
    chance = random.Random(4)
    vocabulary = [f"word{n}" for n in range(4_000)]
    machine = [chance.choice(vocabulary) for _ in range(45_000)]
    person = [word if chance.random() > 0.3 else chance.choice(vocabulary) for word in machine]
    pairs = matches(machine, person)
    assert len(pairs) > 0.65 * len(machine)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    assert 0.25 < word_errors(" ".join(machine), " ".join(person)).rate < 0.35


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sam, are you hurt?", ["Sam,", "are", "you", "hurt?"]),
        ("Sam are hurt", ["sam", "are", "you", "hurt"]),
        ("Sam, are you well?", ["Sam,", "are", "you", "hurt"]),
        ("", ["sam", "are", "you", "hurt"]),
    ],
    ids=["one for each", "one too few", "another word", "no text"],
)
def test_words_are_shown_with_the_marks_and_capitals_of_their_text(text: str, shown: list[str]) -> None:
    heard = [["sam", 0.0, 0.4, 0.3], ["are", 0.4, 0.6, 0.9], ["you", 0.6, 0.8, 0.9], ["hurt", 0.8, 1.2, None]]
    written = as_written(text, heard)
    assert [word[0] for word in written] == shown
    assert [word[1:] for word in written] == [word[1:] for word in heard]
