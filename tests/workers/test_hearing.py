"""Hearing: the built-in recognizer against what was really said, Whisper's real path on a tiny model, who spoke."""

import itertools
import json
import re
from pathlib import Path

import jiwer
import numpy as np
import pytest

from tests.journeys import clips
from tests.workers import tiny_whisper
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.guards import believable, spoken, unlooped
from workers.engines.hearing.language import arpa, own_lines
from workers.engines.hearing.listening import best_transcriber, hear
from workers.engines.hearing.pieces import pieces
from workers.engines.hearing.pronouncing import plain_words, pronunciation
from workers.engines.hearing.restoring import restored, sentence
from workers.engines.hearing.results import Hearing, HearingError, Samples, Word
from workers.engines.hearing.sound import RATE, blocks, duration_of
from workers.engines.hearing.whisper import Whisper
from workers.engines.packs import PackShelf

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TRUTH = json.loads((SAMPLES / "traffic_stop.json").read_text())


@pytest.fixture(scope="module")
def stop(builtin: Pocketsphinx) -> Hearing:
    """The traffic stop as the built-in recognizer hears it."""
    return hear(SAMPLES / "traffic_stop.mp4", transcriber=builtin)


def plain(text: str) -> str:
    """Lower case words without marks."""
    return " ".join(re.sub(r"[^a-z' ]", " ", text.lower()).split())


@pytest.mark.slow
def test_the_words_are_those_that_were_said(stop: Hearing) -> None:
    """Word errors under 10 % on clean speech (measured: 4 %)."""
    said = plain(" ".join(one["text"] for one in TRUTH["utterances"]))
    assert jiwer.wer(said, plain(" ".join(one.text for one in stop.utterances))) < 0.10


@pytest.mark.slow
def test_every_word_has_its_time_and_its_doubt(stop: Hearing) -> None:
    for one in stop.utterances:
        assert one.words
        assert one.start == one.words[0].start
        assert one.end == one.words[-1].end
        assert all(
            0 <= word.start <= word.end <= stop.duration + 0.1 and 0 <= word.confidence <= 1 for word in one.words
        )
    starts = [word.start for one in stop.utterances for word in one.words]
    assert starts == sorted(starts)
    assert (stop.engine.name, stop.language) == ("pocketsphinx", "en")
    assert stop.engine.version
    assert stop.speaker_engine.version


@pytest.mark.slow
def test_the_officer_is_told_from_the_driver(stop: Hearing) -> None:
    """By speech time, more than four fifths of the roles are right (measured: 0.905); every turn says how sure it is."""
    right = total = 0.0
    for one in stop.utterances:
        overlap = {
            truth["role"]: max(0.0, min(one.end, truth["end"]) - max(one.start, truth["start"]))
            for truth in TRUTH["utterances"]
        }
        said_by = max(
            TRUTH["utterances"], key=lambda truth: min(one.end, truth["end"]) - max(one.start, truth["start"])
        )["role"]
        total += one.end - one.start
        right += (one.end - one.start) if (one.role == "officer") == (said_by == "officer") else 0
        assert overlap
        assert 0 <= one.speaker_confidence <= 1
    assert right / total > 0.8


def test_silence_and_a_film_without_sound_say_nothing(tmp_path: Path, builtin: Pocketsphinx) -> None:
    silent = hear(clips.silence(tmp_path / "s.wav", seconds=3), transcriber=builtin)
    assert (silent.utterances, round(silent.duration)) == ((), 3)
    mute = hear(clips.video(tmp_path / "v.mp4", sound=False), transcriber=builtin)
    assert (mute.utterances, mute.duration) == ((), 0.0)


def test_what_cannot_be_opened_says_so(tmp_path: Path, builtin: Pocketsphinx) -> None:
    with pytest.raises(HearingError, match="damaged or cut off"):
        hear(clips.text_named_mp4(tmp_path / "x.mp4"), transcriber=builtin)


def test_sound_comes_in_small_blocks_without_a_hole() -> None:
    path, at = SAMPLES / "clip_found_wallet.m4a", 0
    for start, samples in blocks(path):
        assert start == pytest.approx(at / RATE)
        assert len(samples) <= RATE
        at += len(samples)
    assert at / RATE == pytest.approx(duration_of(path), abs=0.1)


def test_pieces_are_speech_in_order_and_never_endless() -> None:
    found = list(pieces(sound_of("traffic_stop.mp4")))
    assert len(found) >= 10
    assert all(later.start >= earlier.start + 0.25 for earlier, later in itertools.pairwise(found))
    assert max(piece.end - piece.start for piece in found) < 20


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["what", "is", "your", "name"], "What is your name?"),
        (["i'm", "officer", "carter"], "I'm officer carter."),
        (["do", "not", "move"], "Do not move."),
        (["have", "a", "good", "night"], "Have a good night."),
        ([], ""),
    ],
)
def test_words_become_a_sentence(words: list[str], text: str) -> None:
    assert sentence(words) == text


def sound_of(name: str) -> Samples:
    """A sample's sound."""
    return np.concatenate([samples for _, samples in blocks(SAMPLES / name)])


def test_a_pause_ends_a_sentence_where_words_allow_it() -> None:
    def timed(*words: tuple[str, float]) -> list[Word]:
        return [Word(text, at, at + 0.2, 1.0) for text, at in words]

    said = timed(("thank", 0.0), ("you", 0.25), ("what", 1.0), ("is", 1.25), ("your", 1.5), ("name", 2.5))
    assert restored(said) == "Thank you. What is your name?"
    assert restored(timed(("maria", 0.0), ("and", 0.9), ("i", 1.2)), {"maria", "and"}) == "Maria and I."
    assert restored([]) == ""


@pytest.mark.parametrize("batched", [False, True])
def test_whispers_real_path_on_a_tiny_model(tmp_path: Path, batched: bool) -> None:
    """CTranslate2 loads it, voice detection, decoding and word times run, one by one and in batches; what noise says does
    not matter."""
    whisper = Whisper(tiny_whisper.make(tmp_path / "whisper-tiny.en"), batched=batched)
    shares: list[float] = []
    sound = sound_of("clip_found_wallet.m4a")
    language, utterances = whisper.transcribe(sound, progress=shares.append, hints=["Carter"])
    assert language == "en"
    length = len(sound) / RATE
    for one in utterances:
        assert type(one.start) is float
        assert all(0 <= word.start <= word.end <= length + 0.5 for word in one.words)
        assert all(0 <= word.confidence <= 1 for word in one.words)
    assert whisper.info.name == "faster-whisper"
    assert whisper.info.model == "whisper-tiny.en"
    assert whisper.info.parameters["condition_on_previous_text"] is False
    assert shares == sorted(shares)
    with pytest.raises(HearingError, match=r"whisper-tiny.en does not know this language \(es\)"):
        whisper.transcribe(sound, progress=shares.append, language="es")
    assert whisper.transcribe(np.zeros(30 * RATE, dtype=np.int16), progress=shares.append) == ("", [])


def test_what_whisper_invents_is_not_believed() -> None:
    assert believable(no_speech=0.9, likelihood=-0.4, pressed=1.5), "sure words beside a noise"
    assert not believable(no_speech=0.9, likelihood=-1.4, pressed=1.5), "nobody speaks, and it is not sure either"
    assert not believable(no_speech=0.1, likelihood=-0.2, pressed=3.0), "the same again and again"
    words = [
        Word(text, at * 0.5, at * 0.5 + 0.4, 0.9)
        for at, text in enumerate(["stop", "it", "stop", "it", "stop", "it", "stop", "it", "now"])
    ]
    assert [word.text for word in unlooped(words)] == ["stop", "it", "now"]
    assert unlooped(words[:6]) == tuple(words[:6]), "three times is how people speak"
    assert [word.text for word in spoken(words, [(0, RATE)])] == ["stop", "it", "stop"]
    assert spoken(words, []) == ()


def test_words_to_expect_are_known_for_one_recording_only() -> None:
    """A name of the incident, by its parts or letters; digits as they are said; forgotten with the next recording."""
    assert list(plain_words(["Unit 12", "O'Brien"])) == ["unit", "one", "two", "o'brien"]
    assert pronunciation("hollowbrook", {"hollow": "HH AA L OW", "brook": "B R UH K"}.get) == "HH AA L OW B R UH K"
    assert pronunciation("zyx", lambda word: None) == "Z Y K S"
    model = arpa(own_lines(["quonsettville road"]))
    assert "quonsettville" in model
    assert "quonsettville" not in arpa()
    total = sum(
        10 ** float(line.split()[0])
        for line in model.split("\\1-grams:")[1].split("\\2-grams:")[0].strip().splitlines()
    )
    assert total == pytest.approx(1.0, abs=0.01), "likelihoods of words add up to one"


def test_whisper_is_chosen_where_it_is_installed(tmp_path: Path) -> None:
    """The larger of two; the built-in one where there is none."""
    shelf = PackShelf(tmp_path)
    assert best_transcriber(shelf).info.name == "pocketsphinx"
    for name in ("whisper-tiny.en", "whisper-base.en"):
        (tiny_whisper.make(tmp_path / name) / "manifest.json").write_text('{"name": "x", "files": {}}')
    assert best_transcriber(shelf).info.model == "whisper-base.en"
