"""Who spoke, who wears the camera, and how it was said: within one recording, and never a guess where nothing tells."""

import dataclasses
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.bench import hearing_scenes as scenes
from tests.bench.diarization import Turn, errors
from tests.conftest import shared
from tests.workers import tiny_speaker_model
from tests.workers.talking import HIGH, LOW, RATE, Sound, recording, spoken, talk
from workers.engines.hearing import grouping, stretches
from workers.engines.hearing.grouping import grouped
from workers.engines.hearing.results import Utterance, Voice, Word
from workers.engines.hearing.sound import Samples, blocks
from workers.engines.hearing.speaker_pack import PACK, speaker_pack
from workers.engines.hearing.speakers import speakers_info, tell_apart
from workers.engines.hearing.speaking import speaking
from workers.engines.hearing.stretches import Shape, Stretch, listen
from workers.engines.hearing.turns import Shapes
from workers.engines.hearing.voices import ordinary, overlapped, shouting, syllables, voice_of
from workers.engines.packs import PackShelf

AWAY = 10 ** (-14 / 20)


def away(sound: Sound) -> Sound:
    """The sound from a few steps off: quieter, with a room behind it."""
    rng = np.random.default_rng(3)
    room = rng.standard_normal(RATE // 3) * np.exp(-np.arange(RATE // 3) / (0.09 * RATE)) * 0.08
    room[0] = 1.0
    return np.convolve(sound, room)[: len(sound)] * AWAY


def roles(said: list[Utterance]) -> list[str]:
    return [one.role for one in said]


def test_the_near_voice_wears_the_camera(tmp_path: Path) -> None:
    path = tmp_path / "two.wav"
    turns = [talk(LOW, 3, seed=n) if n % 2 == 0 else away(talk(HIGH, 3, seed=n)) for n in range(6)]
    told = tell_apart(path, recording(path, *turns))
    assert roles(told) == ["officer", "other"] * 3
    assert [one.speaker for one in told] == ["S1", "S2"] * 3
    assert all(0.5 < one.speaker_confidence < 1 for one in told)


needs_flite = pytest.mark.skipif(not scenes.available(), reason="flite is not installed: no voices to make scenes with")


def right_share(scene: scenes.Scene, path: Path) -> float:
    """The share of the speech time that gets the right role, given where somebody truly speaks."""
    sound, said = scenes.record(scene)
    scenes.save(path, sound)
    right = sum(
        max(0.0, min(one.end, turn.end) - max(one.start, turn.start))
        for one in tell_apart(path, [Utterance(turn.start, turn.end, "x", (), 1.0) for turn in said])
        for turn in said
        if turn.speaker == one.role
    )
    return right / sum(turn.end - turn.start for turn in said)


@needs_flite
def test_roles_in_simulated_rooms(tmp_path: Path) -> None:
    """At least 0.85 of the speech time, on voices and rooms that no parameter was chosen on (the bench: more of them)."""
    shares = [right_share(scene, tmp_path / "scene.wav") for scene in scenes.scenes("measured", 4)]
    assert sum(shares) / len(shares) >= 0.85


@needs_flite
def test_an_automatic_gain_does_not_hide_who_is_near(tmp_path: Path) -> None:
    """Both are as loud in the recording, the other only 1.5 m away: the room in the voice tells."""
    scene = scenes.scenes("tuned", 8)[7]
    assert scene.gain_control
    assert scene.distance_m < 1.6
    assert right_share(scene, tmp_path / "gain.wav") >= 0.9


@needs_flite
@pytest.mark.parametrize("place", ["near", "far"])
def test_two_people_in_one_place_are_not_guessed(tmp_path: Path, place: str) -> None:
    scene = dataclasses.replace(scenes.scenes("tuned", 1)[0], place=place)
    assert right_share(scene, tmp_path / "place.wav") == 0


def test_where_everybody_is_as_near_nobody_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "near.wav"
    turns = [talk((LOW, HIGH)[n % 2], 3, seed=n) for n in range(6)]
    told = tell_apart(path, recording(path, *turns, noise=0.004))
    assert {one.speaker for one in told} == {"S1", "S2"}
    assert set(roles(told)) == {"unknown"}
    assert all(one.speaker_confidence < 0.5 for one in told)


def test_a_voice_alone_is_one_speaker_and_never_surely_the_officer(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"
    told = tell_apart(path, recording(path, *(talk(LOW, 3, seed=n) for n in range(4))))
    assert {one.speaker for one in told} == {"S1"}
    assert {one.role for one in told} <= {"officer", "unknown"}
    assert all(one.speaker_confidence <= 0.6 for one in told)


def test_a_voice_alone_in_noise_is_likely_the_wearers_but_in_doubt(tmp_path: Path) -> None:
    """Under half sure: a line of theirs never counts alone."""
    path = tmp_path / "noise.wav"
    told = tell_apart(path, recording(path, *(talk(LOW, 3, seed=n) for n in range(4)), noise=0.02))
    assert set(roles(told)) == {"officer"}
    assert all(one.speaker_confidence < 0.5 for one in told)


def test_a_voice_alone_that_echoes_is_nobodys_guess(tmp_path: Path) -> None:
    path = tmp_path / "echo.wav"
    told = tell_apart(path, recording(path, *(away(talk(LOW, 3, seed=n)) for n in range(4)), noise=0.02))
    assert set(roles(told)) == {"unknown"}


@pytest.mark.parametrize(
    "name", ["jfk/jfk.flac", *(f"azure/customspeech_en_general/training_audio-and-trans/audio{n}.wav" for n in (1, 2))]
)
def test_one_person_who_really_speaks_is_not_taken_for_two(name: str) -> None:
    """People vary more than synthetic voices do: of few stretches that sound nearer or farther nobody is made a bystander."""
    path = shared(f"data/speech/{name}")
    samples = np.concatenate([some for _, some in blocks(path)])
    told = tell_apart(path, [Utterance(start, end, "x", (), 1.0) for start, end in speaking(samples)])
    assert told
    assert not {"officer", "other"} <= set(roles(told))


def test_silence_tells_nothing(tmp_path: Path) -> None:
    path = scenes.save(tmp_path / "silence.wav", np.zeros(5 * RATE))
    said = [spoken(1, 3)]
    assert tell_apart(path, said) == said
    assert tell_apart(path, []) == []


def test_two_seconds_are_enough_to_say_something(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    [only] = tell_apart(path, recording(path, talk(LOW, 1.4, seed=1), pause_s=0.1))
    assert (only.speaker, only.voice is not None) == ("S1", True)
    assert only.voice is not None
    assert (only.voice.shouting, only.voice.loudness_db) == (None, None)  # no ordinary voice to compare with


def test_an_utterance_of_two_people_is_cut_between_their_words(tmp_path: Path) -> None:
    path = tmp_path / "joined.wav"
    near, far = talk(LOW, 4, seed=1), away(talk(HIGH, 4, seed=2))
    alone = [talk(LOW, 4, seed=5), away(talk(HIGH, 4, seed=6))]
    said = recording(path, np.concatenate([near, far]), *alone)
    told = tell_apart(path, said)
    assert roles(told) == ["officer", "other", "officer", "other"]
    first, second = told[0], told[1]
    assert first.words + second.words == said[0].words
    assert abs(first.words[-1].end - 4.5) < 0.6
    assert (first.start, second.end) == (said[0].start, said[0].end)
    assert (first.text[0], first.text[-1], second.text[0], second.text[-1]) == ("W", ".", "W", ".")
    assert first.confidence == second.confidence == said[0].confidence


def test_a_cut_parts_confidence_is_by_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "doubt.wav"
    said = recording(path, np.concatenate([talk(LOW, 4, seed=1), away(talk(HIGH, 4, seed=2))]))
    words = tuple(Word(w.text, w.start, w.end, 0.9 if w.end < 4.5 else 0.3) for w in said[0].words)
    first, second = tell_apart(path, [dataclasses.replace(said[0], words=words)])
    assert first.confidence > 0.6 > second.confidence


def test_a_speaker_a_channel(tmp_path: Path) -> None:
    """Both speak at the same time, each into a channel: told apart by the channel, and each overlaps the other."""

    @dataclasses.dataclass(frozen=True)
    class In(Utterance):
        channel: int | None = None

    left, right = talk(LOW, 4, seed=1), talk(HIGH, 4, seed=2)
    path = _stereo(tmp_path / "stereo.wav", left, right)
    told = tell_apart(path, [In(0.1, 3.9, "one", (), 1.0, channel=0), In(0.1, 3.9, "two", (), 1.0, channel=1)])
    assert len({one.speaker for one in told}) == 2
    voices = [one.voice for one in told]
    assert all(voice is not None and voice.overlap == 1.0 for voice in voices)
    pitches = [voice.pitch_hz for voice in voices if voice and voice.pitch_hz]
    assert pitches[0] == pytest.approx(LOW[0], rel=0.1)
    assert pitches[1] == pytest.approx(HIGH[0], rel=0.1)


def test_clipping_and_many_short_utterances_end_well(tmp_path: Path) -> None:
    path = tmp_path / "clipped.wav"
    turns = [talk(LOW, 0.5, seed=n) * 20 if n % 2 == 0 else away(talk(HIGH, 0.5, seed=n)) for n in range(200)]
    told = tell_apart(path, recording(path, *turns, pause_s=0.2))
    assert len(told) == 200
    assert all(0 <= one.speaker_confidence <= 1 for one in told)
    right = sum(role == ("officer", "other")[n % 2] for n, role in enumerate(roles(told)))
    assert right >= 170


def test_overlap_is_the_share_in_which_somebody_else_speaks_too() -> None:
    one, other, same = (
        Utterance(start, end, "x", (), 1.0, speaker=speaker)
        for start, end, speaker in ((0, 4, "S1"), (3, 5, "S2"), (3.5, 4, "S1"))
    )
    assert overlapped([one, other, same]) == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(
    ("louder", "higher", "harder", "shouted"),
    [
        (15.0, 6.0, 4.0, True),
        (15.0, 0.0, 0.0, False),  # a step nearer, another gain
        (0.0, 6.0, 4.0, False),  # a lively tone
        (15.0, 6.0, -4.0, False),  # wind and handling: power below, none above
        (2.0, 1.0, 1.0, False),
    ],
)
def test_no_sign_of_a_shout_makes_up_for_another(louder: float, higher: float, harder: float, shouted: bool) -> None:
    sure = shouting(louder, higher, harder)
    assert sure is not None
    assert (sure >= 0.5) is shouted


def test_without_a_pitch_shouting_is_not_told() -> None:
    assert shouting(20.0, None, 5.0) is None
    assert shouting(20.0, 30.0, 5.0) is None  # an octave error or a siren


def test_a_raised_voice_is_told_from_a_turned_up_gain(tmp_path: Path) -> None:
    path = tmp_path / "raised.wav"
    calm = [talk(LOW, 3, seed=n) * 0.2 for n in range(5)]
    shout, louder = talk(LOW, 3, seed=9, raised_st=7, flat=0.6) * 1.2, talk(LOW, 3, seed=10) * 1.2
    said = recording(path, *calm, shout, louder)
    found = list(listen(blocks(path), [(one.start, one.end) for one in said], lambda *_: []))
    own = ordinary(found)
    voices = [voice_of([one], own, said[one.job].words) for one in found]
    sure = [voice.shouting or 0.0 for voice in voices]
    assert [one >= 0.5 for one in sure] == [False] * 5 + [True, False]
    raised = voices[5]
    assert raised.loudness_db is not None
    assert raised.loudness_db > 8
    assert raised.pitch_over_st == pytest.approx(7, abs=1.5)
    assert raised.rate == pytest.approx(2, abs=0.5)
    assert ordinary(found[:2]) is None  # too little to know a voice by


@pytest.mark.parametrize(("word", "number"), [("license", 2), ("stopped", 1), ("hands", 1), ("registration", 4), ("I", 1), ("w3", 1)])  # fmt: skip
def test_syllables(word: str, number: int) -> None:
    assert syllables(word) == number


def test_a_speaker_model_is_used_where_its_pack_is_there(tmp_path: Path) -> None:
    """A tiny model in the place of the real one, by the real loading and decoding path; the record names it."""
    shelf = PackShelf(tmp_path / "packs")
    assert speaker_pack(shelf) is None
    tiny_speaker_model.make(tmp_path / "packs" / PACK)
    pack = speaker_pack(shelf)
    assert pack is not None
    low, high = (_samples(talk(voice, 3, seed=1)) for voice in (LOW, HIGH))
    vectors = [pack.vector(one) for one in (low, _samples(talk(LOW, 3, seed=2)), high)]
    assert all(one is not None and np.linalg.norm(one) == pytest.approx(1) for one in vectors)
    assert pack.vector(low[: RATE // 4]) is None
    assert speakers_info(pack).model == PACK
    assert speakers_info().model != PACK
    path = tmp_path / "two.wav"
    turns = [talk(LOW, 3, seed=n) if n % 2 == 0 else away(talk(HIGH, 3, seed=n)) for n in range(6)]
    told = tell_apart(path, recording(path, *turns), pack=pack)
    assert len(told) >= 6
    assert all(one.speaker for one in told)


def test_by_vectors_the_same_voice_is_one_group() -> None:
    rng = np.random.default_rng(0)
    voices = rng.standard_normal((3, 64)).astype(np.float32)
    order = [n % 3 for n in range(400)]
    some = [
        _stretch(n, vector=voices[one] + 0.3 * rng.standard_normal(64).astype(np.float32))
        for n, one in enumerate(order)
    ]
    found = grouped(some)
    assert len(set(found)) == 3
    assert [found[n] == found[0] for n in range(400)] == [one == order[0] for one in order]


def test_what_a_call_gives_holds_no_description_of_a_voice() -> None:
    """Only numbers with a unit leave the call: nothing by which a voice could be known again."""
    kinds = {one.type for kind in (Utterance, Voice) for one in dataclasses.fields(kind)}
    assert kinds == {float, float | None, int | None, str, tuple[Word, ...], Voice | None}


def test_hours_are_listened_to_in_flat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tape never holds more than KEPT_S and a chunk, however long the recording; a second of sound is read once."""
    held: list[int] = []
    take = stretches._Tape.take

    def watched(tape: stretches._Tape, samples: Samples) -> None:
        take(tape, samples)
        held.append(len(tape._samples))

    monkeypatch.setattr(stretches._Tape, "take", watched)
    minute = _samples(talk(LOW, 60, seed=1))

    def sound() -> Iterator[tuple[float, Samples]]:
        for number in range(10):
            yield number * 60.0, minute

    found = list(listen(sound(), [(float(at), at + 4.0) for at in range(0, 590, 6)], lambda *_: []))
    assert len(found) == len(range(0, 590, 6))
    assert max(held) <= (stretches.KEPT_S + stretches.CHUNK_S) * RATE + len(minute)
    assert held[-1] <= held[2] + RATE


def test_grouping_is_linear_in_the_number_of_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    unlike = grouping.unlike

    def counted(shape: Shape, others: Shapes, penalty: float) -> np.ndarray:
        nonlocal compared
        compared += len(others.frames)
        return unlike(shape, others, penalty)

    monkeypatch.setattr(grouping, "unlike", counted)
    counts = []
    for number in (600, 1200):
        compared = 0
        found = grouped([_stretch(n, shift=4.0 * (n % 2)) for n in range(number)])
        assert len(set(found)) == 2
        counts.append(compared)
    assert counts[1] < 2.3 * counts[0]


def test_the_scorer_counts_what_is_missed_false_and_confused() -> None:
    said = [Turn(0, 10, "a"), Turn(10, 20, "b")]
    assert errors(said, said, length=20).rate() == 0
    renamed = [Turn(0, 10, "x"), Turn(10, 20, "y")]
    assert errors(said, renamed, length=20).rate() == 0
    found = errors(said, [Turn(0, 12, "x"), Turn(12, 18, "y"), Turn(20, 22, "y")], length=22, collar=0)
    assert (found.speech, found.missed, found.false, found.confused) == (20, 2, 2, 2)
    both = [Turn(0, 10, "a"), Turn(5, 10, "b")]
    assert errors(both, [Turn(0, 10, "x")], length=10, collar=0).missed == 5
    assert errors(both, [Turn(0, 10, "x")], length=10, collar=0, overlap=False).missed == 0
    near = [Turn(0, 10.2, "x"), Turn(10.2, 20, "y")]
    assert errors(said, near, length=20).rate() == 0
    assert errors(said, near, length=20, collar=0).confused == pytest.approx(0.2)


def _samples(sound: Sound) -> Samples:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _stereo(path: Path, left: Sound, right: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack([_samples(left), _samples(right)], axis=1).tobytes())
    return path


def _stretch(job: int, *, shift: float = 0.0, vector: np.ndarray | None = None) -> Stretch:
    rng = np.random.default_rng(job)
    frames = (rng.standard_normal((150, 20)) + shift).astype(np.float32)
    shape = Shape(150, frames.mean(axis=0), np.cov(frames.T, bias=True).astype(np.float32))
    return Stretch(job, job * 3.0, job * 3.0 + 2, shape, -20.0, 20.0, 1.8, -10.0, 120.0, vector)
