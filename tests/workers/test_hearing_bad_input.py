"""Hostile sound: what says nothing gives no words, what is damaged gives what is left of it, what is foreign is marked."""

import wave
from pathlib import Path

import jiwer
import numpy as np
import pytest

from tests.bench.hearing_sets import plain
from tests.conftest import shared
from tests.journeys import clips
from tests.workers import sounds
from workers.engines.hearing import HearingError
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.chunks import Chunk, chunks, voices
from workers.engines.hearing.listening import hear
from workers.engines.hearing.pieces import pieces, speech
from workers.engines.hearing.results import Hearing
from workers.engines.hearing.sound import RATE, blocks, duration_of, tracks

SAID = "good evening thank you for opening the door your neighbor called about loud music could you please turn it down"


def words(heard: Hearing) -> str:
    return plain(" ".join(one.text for one in heard.utterances))


def first_lines(heard: str) -> float:
    """Word errors against the first lines of the noise complaint, over as many words as they have."""
    return float(jiwer.wer(SAID, " ".join(heard.split()[: len(SAID.split())])))


@pytest.mark.parametrize("make", [sounds.silence, sounds.road], ids=["silence", "road"])
def test_minutes_without_a_voice_give_no_words(tmp_path: Path, builtin: Pocketsphinx, make: sounds.Make) -> None:
    """Three minutes in chunks of one; the bench hears ten of each."""
    path = sounds.wav(tmp_path / "s.wav", make(180))
    heard = hear(path, transcriber=builtin, chunk_s=60)
    assert (heard.utterances, round(heard.duration)) == ((), 180)


def test_music_gives_no_words(tmp_path: Path, builtin: Pocketsphinx) -> None:
    assert hear(sounds.wav(tmp_path / "m.wav", sounds.music(20)), transcriber=builtin).utterances == ()


def test_clipped_speech_is_still_heard_and_doubted(tmp_path: Path, builtin: Pocketsphinx) -> None:
    sound = sounds.spoken()[: 8 * RATE]
    heard = hear(sounds.wav(tmp_path / "c.wav", np.clip(5 * sound, -1, 1)), transcriber=builtin)
    assert "thank you for" in words(heard)
    assert first_lines(words(heard)) < 0.85, "most of it is lost (measured: 0.75)"
    assert all(one.confidence < 0.6 for one in heard.utterances), "and doubted"


def test_telephone_speech_in_mu_law_is_heard(tmp_path: Path, builtin: Pocketsphinx) -> None:
    path = sounds.wav(tmp_path / "p.wav", sounds.spoken()[: 8 * RATE], rate=8000, codec="pcm_mulaw")
    assert first_lines(words(hear(path, transcriber=builtin))) < 0.7


def test_two_channels_with_two_voices_are_heard_one_by_one(tmp_path: Path, builtin: Pocketsphinx) -> None:
    """48 kHz stereo; the channel says who speaks."""
    left, right = sounds.spoken()[: 6 * RATE], sounds.spoken("clip_found_wallet")[: 6 * RATE]
    heard = hear(sounds.wav(tmp_path / "s.wav", left, right, rate=48_000), transcriber=builtin)
    assert {one.channel for one in heard.utterances} == {0, 1}
    pairs = {(one.channel, one.speaker) for one in heard.utterances}
    assert sorted(speaker for _, speaker in pairs) == ["S1", "S2"], "one speaker a channel"
    starts = [one.start for one in heard.utterances]
    assert starts == sorted(starts)


def test_one_voice_on_two_channels_is_heard_once() -> None:
    left = (sounds.spoken() * 32767).astype(np.int16)
    alike = np.stack([left, (left * 0.6).astype(np.int16)])
    assert [channel for channel, _ in voices(Chunk(0, 0.0, alike))] == [None]
    against = np.stack([left, -left])
    [(channel, mixed)] = voices(Chunk(0, 0.0, against))
    assert channel is None
    assert np.abs(mixed).max() > 1000, "channels in opposite phase do not cancel each other"


def test_a_channel_that_dies_half_way_loses_no_word(tmp_path: Path) -> None:
    sound = sounds.spoken()
    dies = sound.copy()
    dies[len(dies) // 2 :] = 0
    path = sounds.wav(tmp_path / "d.wav", sound, dies)
    [chunk] = chunks(path)
    [(channel, mixed)] = voices(chunk)
    assert channel is None
    half = len(mixed) // 2 + RATE
    assert np.abs(mixed[half:]).max() == pytest.approx(np.abs(chunk.samples[0][half:]).max(), rel=0.01)


def test_sound_keeps_the_times_of_an_uneven_film(tmp_path: Path) -> None:
    """A hole of 2 s in the sound's times is silence, so that words stay where the picture shows them."""
    sound = sounds.spoken()[: 8 * RATE]
    path = sounds.drifting(tmp_path / "v.mp4", sound, gap_at=4.0, gap_s=2.0)
    heard = np.concatenate([samples for _, samples in blocks(path)])
    assert len(heard) / RATE == pytest.approx(10.0, abs=0.3)
    plainly = speech((sound * 32767).astype(np.int16))[-1][1] / RATE
    assert speech(heard)[-1][1] / RATE == pytest.approx(plainly + 2.0, abs=0.3)


def test_a_truncated_file_gives_what_is_left_of_it(tmp_path: Path) -> None:
    path = sounds.cut_aac(tmp_path / "t.aac", sounds.spoken(), 0.5)
    seconds = sum(len(samples) for _, samples in blocks(path)) / RATE
    assert 5.5 < seconds < 9


def test_a_language_it_does_not_know_is_refused_and_german_is_marked(builtin: Pocketsphinx) -> None:
    with pytest.raises(HearingError, match="knows English only, not es"):
        builtin.transcribe(np.zeros(RATE, dtype=np.int16), progress=lambda share: None, language="es")
    path = shared("data/speech/faster_whisper/multilingual.mp3")
    german = np.concatenate([samples for _, samples in blocks(path)])[int(30.5 * RATE) : 46 * RATE]
    language, heard = builtin.transcribe(german, progress=lambda share: None)
    assert language == "und"
    assert all(one.confidence < 0.5 for one in heard), "and what it wrote is doubted"


def test_five_hours_are_known_by_their_length_without_being_read(tmp_path: Path) -> None:
    """The header of a five-hour WAV on a sparse file; hearing begins with its first chunk and holds no more."""
    path, hours = tmp_path / "long.wav", 5
    size = hours * 3600 * 8000
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.setnframes(size)
        out.writeframes(b"\x80" * 8000)
    content = bytearray(path.read_bytes())
    content[4:8], content[40:44] = (size + 36).to_bytes(4, "little"), size.to_bytes(4, "little")
    path.write_bytes(content)
    with path.open("r+b") as file:
        file.truncate(size + 44)
    assert duration_of(path) == pytest.approx(hours * 3600)
    first = next(chunks(path, seconds=60))
    assert (first.number, first.start) == (0, 0.0)
    assert 40 <= first.seconds <= 60


def test_a_file_of_no_length_says_nothing(tmp_path: Path, builtin: Pocketsphinx) -> None:
    heard = hear(clips.silence(tmp_path / "z.wav", seconds=0), transcriber=builtin)
    assert (heard.utterances, heard.duration) == ((), 0.0)
    assert list(pieces(np.zeros(0, dtype=np.int16))) == []


@pytest.mark.parametrize("name", ["awful.wav", "bad.wav", "evil.wav", "missing_wav_header.wav"])
def test_broken_files_give_an_answer_or_say_why_not(builtin: Pocketsphinx, name: str) -> None:
    """Never another error than one that says why: broken WAVs that FFmpeg reads all the same have no words in them."""
    said: list[str] = []
    try:
        said += [one.text for one in hear(shared(f"data/speech/malformed/{name}"), transcriber=builtin).utterances]
    except HearingError as refused:
        said.append(str(refused))
    assert all(said)


def test_chunks_are_cut_in_pauses_and_always_alike(tmp_path: Path) -> None:
    sound = np.concatenate([sounds.spoken(), sounds.spoken("clip_found_wallet"), sounds.spoken()])
    path = sounds.wav(tmp_path / "l.wav", sound)
    cut, again = list(chunks(path, seconds=10)), list(chunks(path, seconds=10))
    assert [(one.number, one.start) for one in cut] == [(one.number, one.start) for one in again]
    assert all(6 <= one.seconds <= 10 for one in cut[:-1])
    together = np.concatenate([one.samples for one in cut], axis=1)
    whole = np.concatenate([samples for _, samples in tracks(path)], axis=1)
    assert np.array_equal(together, whole), "nothing is lost between two"
    edges = [float(np.abs(one.samples[0][-RATE // 10 :]).max()) for one in cut[:-1]]
    assert max(edges) < 0.1 * float(np.abs(whole).max()), "each border is quiet"
