"""Choosing an engine, and putting chunks, words and speakers together."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.chunks import CHUNK_S, Chunk, chunks, voices
from workers.engines.hearing.results import Hearing, Kept, Part, Progress, Transcriber, Utterance, Word
from workers.engines.hearing.sound import duration_of
from workers.engines.hearing.speaker_pack import SpeakerPack
from workers.engines.hearing.speakers import speakers_info, tell_apart
from workers.engines.hearing.speaking import left_over, speaking
from workers.engines.hearing.whisper import Whisper
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
    pack: SpeakerPack | None = None,
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
        return Hearing(transcriber.info, speakers_info(pack), "", 0.0, ())
    parts, wordless = [], []
    for chunk in chunks(audio, seconds=chunk_s):
        part = kept.get(chunk.number) if kept is not None else None
        if part is None:
            part = _heard(chunk, transcriber, hints, language, _within(chunk, length, progress))
            if kept is not None:
                kept.put(chunk.number, part)
        parts.append(part)
        wordless += _wordless(chunk, part.utterances)
        progress(0.92 * min(part.end / length, 1.0))
    utterances = [utterance for part in parts for utterance in part.utterances]
    told = tell_apart(audio, utterances, wordless=wordless, pack=pack)
    progress(1.0)
    return Hearing(transcriber.info, speakers_info(pack), _language(parts), length, tuple(told))


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


def _wordless(chunk: Chunk, said: Sequence[Utterance]) -> list[Utterance]:
    """Where somebody speaks and no word was found: who it is helps to tell who the others are."""
    found = []
    for channel, samples in voices(chunk):
        taken = sorted((one.start - chunk.start, one.end - chunk.start) for one in said if one.channel == channel)
        left = left_over(speaking(samples, taken), taken)
        found += [
            Utterance(chunk.start + first, chunk.start + last, "", (), 0.0, channel=channel) for first, last in left
        ]
    return found


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
