"""Choosing an engine, and putting chunks, words and speakers together."""

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.chunks import CHUNK_S, Chunk, chunks, voices
from workers.engines.hearing.results import Hearing, Kept, Part, Progress, Transcriber, Utterance, Word
from workers.engines.hearing.sound import duration_of
from workers.engines.hearing.speakers import INFO, tell_apart
from workers.engines.hearing.whisper import Whisper
from workers.engines.info import EngineInfo
from workers.engines.packs import PackShelf

WHISPERS = ("whisper-large-v3-turbo", "whisper-small", "whisper-base.en", "whisper-tiny.en")


def best_transcriber(shelf: PackShelf, *, device: str = "cpu") -> Transcriber:
    """The largest installed Whisper; the built-in recogniser when none is installed."""
    for name in WHISPERS:
        folder = shelf.find(name)
        if folder is not None:
            return Whisper(folder, device=device)
    return Pocketsphinx()


def hear(
    audio: Path,
    *,
    transcriber: Transcriber,
    progress: Progress = lambda share: None,
    hints: Sequence[str] = (),
    language: str = "",
    kept: Kept | None = None,
    chunk_s: float = CHUNK_S,
) -> Hearing:
    """What is said in a recording of any kind, and by whom. Without a sound track, or in silence, nothing is said.

    The recording is heard chunk by chunk: each is given to `kept` when it is done, and not heard again when `kept` has it.
    `language` is what a person said is spoken; empty: each chunk's is found out. Raises HearingError when the recording
    cannot be decoded, or the engine does not know the language.
    """
    length = duration_of(audio)
    if not length:
        return Hearing(transcriber.info, _speakers(), "", 0.0, ())
    parts = []
    for chunk in chunks(audio, seconds=chunk_s):
        part = kept.get(chunk.number) if kept is not None else None
        if part is None:
            part = _heard(chunk, transcriber, hints, language, _within(chunk, length, progress))
            if kept is not None:
                kept.put(chunk.number, part)
        parts.append(part)
        progress(0.92 * min(part.end / length, 1.0))
    utterances = [utterance for part in parts for utterance in part.utterances]
    told = by_channel(tell_apart(audio, utterances))
    progress(1.0)
    return Hearing(transcriber.info, _speakers(), _language(parts), length, tuple(told))


def by_channel(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The same utterances, where channels were heard by themselves with one speaker a channel: whose role and confidence
    are those that most of its speech was given."""
    roles: dict[int, Counter[str]] = {}
    for one in utterances:
        if one.channel is not None:
            roles.setdefault(one.channel, Counter())[one.role] += round(1000 * (one.end - one.start))
    if not roles:
        return list(utterances)
    most = {channel: heard.most_common(1)[0][0] for channel, heard in roles.items()}
    if set(most.values()) == {"officer"}:  # one of two people wears the camera: whose channel is not known
        most = dict.fromkeys(most, "unknown")
    return [
        one
        if one.channel is None
        else replace(one, speaker=f"S{one.channel + 1}", role=most[one.channel], speaker_confidence=0.9)
        for one in utterances
    ]


def _heard(chunk: Chunk, transcriber: Transcriber, hints: Sequence[str], language: str, progress: Progress) -> Part:
    """One chunk: every voice of it by itself, with the times of the recording."""
    found: list[Utterance] = []
    languages: list[tuple[float, str]] = []
    sides = voices(chunk)
    for place, (channel, samples) in enumerate(sides):

        def share(done: float, place: int = place) -> None:
            progress((place + done) / len(sides))

        spoken, utterances = transcriber.transcribe(samples, progress=share, hints=hints, language=language)
        found += [_moved(one, chunk.start, channel) for one in utterances]
        languages.append((sum(one.end - one.start for one in utterances), spoken))
    found.sort(key=lambda one: (one.start, one.channel or 0))
    return Part(max(languages)[1], round(chunk.start + chunk.seconds, 3), tuple(found))


def _moved(one: Utterance, by: float, channel: int | None) -> Utterance:
    def at(seconds: float) -> float:
        return round(seconds + by, 2)

    words = tuple(Word(word.text, at(word.start), at(word.end), word.confidence) for word in one.words)
    return replace(one, start=at(one.start), end=at(one.end), words=words, channel=channel)


def _within(chunk: Chunk, length: float, progress: Progress) -> Callable[[float], None]:
    return lambda share: progress(0.92 * min((chunk.start + share * chunk.seconds) / length, 1.0))


def _language(parts: Iterable[Part]) -> str:
    """The language most was said in."""
    seconds: Counter[str] = Counter()
    for part in parts:
        seconds[part.language] += round(100 * sum(one.end - one.start for one in part.utterances))
    said = [(count, language) for language, count in seconds.items() if language]
    return max(said)[1] if said else ""


def _speakers() -> EngineInfo:
    return EngineInfo(
        INFO.name, INFO.model, INFO.version, {**INFO.parameters, "numpy": importlib.metadata.version("numpy")}
    )
