"""Where anybody speaks: the far voice is heard beside the near one, noise and music are not, and it tells who is near."""

from pathlib import Path

import numpy as np
import pytest

from tests.bench import hearing_scenes as scenes
from tests.bench.diarization import Turn
from tests.workers import sounds
from tests.workers.talking import HIGH, LOW, recording, talk
from tests.workers.test_speakers import away
from workers.engines.hearing import listening
from workers.engines.hearing.chunks import Chunk
from workers.engines.hearing.pieces import pieces
from workers.engines.hearing.results import Samples, Utterance, Word
from workers.engines.hearing.sound import RATE
from workers.engines.hearing.speakers import tell_apart
from workers.engines.hearing.speaking import left_over, levelled, speaking


def of(sound: scenes.Sound) -> Samples:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


@pytest.mark.skipif(not scenes.available(), reason="flite is not installed: no voices to make the scenes with")
def test_a_far_voice_the_recogniser_is_not_given_is_heard() -> None:
    """A tuned scene in which the plain detector passes over most of the far voice."""
    sound, said = scenes.record(scenes.scenes("tuned", 12)[11])
    plain = _covered([(one.start, one.end) for one in pieces(of(sound))], said)
    assert _covered(speaking(of(sound)), said) > plain + 0.25


@pytest.mark.parametrize("make", [sounds.silence, sounds.road, sounds.music], ids=["silence", "road", "music"])
def test_nobody_speaks_where_there_is_no_voice(make: sounds.Make) -> None:
    assert speaking(of(make(60))) == []


def test_hardly_any_sound_is_no_speech() -> None:
    assert speaking(np.zeros(0, dtype=np.int16)) == []
    assert speaking(np.full(1600, 9000, dtype=np.int16)) == []


def test_what_is_taken_is_not_listened_to_again_and_the_rest_is_heard_as_before() -> None:
    """Half is known already: in the other half the same speech is found, but for the edge."""
    sound = sounds.spoken()
    half = len(sound) / RATE / 2
    whole, rest = speaking(of(sound)), speaking(of(sound), [(0.0, half)])
    assert _together(rest, half + 0.5, 2 * half) == pytest.approx(_together(whole, half + 0.5, 2 * half), abs=0.4)
    assert _together(rest, 0.0, half - 1.5) == 0
    assert speaking(of(sound), [(0.0, 2 * half)]) == []


def _together(spans: list[tuple[float, float]], first: float, last: float) -> float:
    return sum(max(0.0, min(end, last) - max(start, first)) for start, end in spans)


def test_stretches_keep_their_order_and_do_not_overlap() -> None:
    sound = sounds.spoken()
    found = speaking(of(sound))
    edges = [edge for span in found for edge in span]
    assert len(found) > 1
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= len(sound) / RATE


def test_a_quiet_part_is_lifted_and_only_so_far() -> None:
    tone = np.sin(np.arange(8 * RATE) / 5).astype(np.float32)
    loud = np.where(np.arange(8 * RATE) < 4 * RATE, np.float32(0.5), np.float32(0.01)) * tone
    even = levelled(loud)
    first, last = (
        float(np.sqrt(np.mean(even[part] ** 2))) for part in (slice(RATE, 2 * RATE), slice(6 * RATE, 7 * RATE))
    )
    assert first == pytest.approx(last, rel=0.05)
    assert np.abs(levelled(loud * 0.001)).max() <= 16.1 * np.abs(loud * 0.001).max()


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], [(1.0, 5.0)]),
        ([(0.0, 6.0)], []),
        ([(2.0, 3.0)], [(1.0, 2.0), (3.0, 5.0)]),
        ([(0.0, 1.2), (1.5, 2.0), (4.8, 9.0)], [(2.0, 4.8)]),  # what is shorter than half a second is let go
    ],
)
def test_what_the_words_leave_over(taken: list[tuple[float, float]], left: list[tuple[float, float]]) -> None:
    assert list(left_over([(1.0, 5.0)], taken)) == left


def test_a_voice_without_words_tells_that_the_other_is_near(tmp_path: Path) -> None:
    """The far voice is heard, but no word of it is found: alone, the near one could not be told to wear the camera so surely."""
    path = tmp_path / "two.wav"
    said = recording(path, *(talk(LOW, 3, seed=n) if n % 2 == 0 else away(talk(HIGH, 3, seed=n)) for n in range(6)))
    near, far = said[::2], [Utterance(one.start, one.end, "", (), 0.0) for one in said[1::2]]
    told = tell_apart(path, near, wordless=far)
    assert [(one.speaker, one.role) for one in told] == [("S1", "officer")] * 3
    assert [one.words for one in told] == [one.words for one in near], "what has no words is not given back"
    alone = tell_apart(path, near)
    assert min(one.speaker_confidence for one in told) > max(one.speaker_confidence for one in alone)


def test_hearing_finds_the_speech_without_words() -> None:
    sound = of(sounds.spoken())
    chunk = Chunk(1, 100.0, sound[None])
    whole = listening._wordless(chunk, [])
    assert whole
    assert all(one.start >= 100.0 and one.text == "" for one in whole)
    first = whole[0]
    said = [Utterance(first.start, first.end, "x", (Word("x", first.start, first.end, 1.0),), 1.0)]
    assert listening._wordless(chunk, said) == whole[1:]


def _covered(spans: list[tuple[float, float]], said: list[Turn]) -> float:
    """The share of what is said that lies in the spans."""
    inside = sum(max(0.0, min(last, turn.end) - max(first, turn.start)) for first, last in spans for turn in said)
    return inside / sum(turn.end - turn.start for turn in said)
