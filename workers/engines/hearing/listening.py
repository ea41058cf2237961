"""Choosing an engine, and putting words and speakers together."""

from collections.abc import Sequence
from pathlib import Path

from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.results import Hearing, Progress, Transcriber
from workers.engines.hearing.sound import duration_of
from workers.engines.hearing.speaker_pack import SpeakerPack
from workers.engines.hearing.speakers import speakers_info, tell_apart
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
) -> Hearing:
    """What is said in a recording of any kind, and by whom. Without a sound track, or in silence, nothing is said.

    Raises HearingError when the recording cannot be decoded.
    """
    length = duration_of(audio)
    if not length:
        return Hearing(transcriber.info, speakers_info(pack), "", 0.0, ())
    language, utterances = transcriber.transcribe(audio, progress=lambda share: progress(0.92 * share), hints=hints)
    told = tell_apart(audio, utterances, pack=pack)
    progress(1.0)
    return Hearing(transcriber.info, speakers_info(pack), language, length, tuple(told))
