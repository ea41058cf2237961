"""Who spoke when, who wears the camera, and what was shouted: on real turns, on scenes made with flite, on ordinary speech.

Parameters were chosen on the "tuned" scenes of hearing_scenes and with the labelled excerpts in sight; roles and shouting
are reported on the "measured" ones: other voices, rooms and seeds. Roles are reported on "fresh" and "further" ones too, which
nobody had looked into, and on all of these together. BLOTTER_SPEECH names the folder of recordings.
"""

import json
import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter

from tests.bench import hearing_scenes as scenes
from tests.bench.diarization import Errors, Turn, errors, read_rttm
from tests.workers.talking import HIGH, LOW, recording, talk
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.channels import channel_blocks
from workers.engines.hearing.listening import hear
from workers.engines.hearing.pieces import pieces
from workers.engines.hearing.results import Utterance
from workers.engines.hearing.sound import RATE, blocks
from workers.engines.hearing.speakers import tell_apart
from workers.engines.hearing.speaking import speaking

SPEECH = Path(os.environ.get("BLOTTER_SPEECH", Path(__file__).parents[2] / "../shared/data/speech")).resolve()
SCENES = {"measured": 24, "fresh": 48, "further": 96, "tuned": 12}
SHOUTING_SCENES, TRANSCRIBED, LONE_SCENES = 24, 3, 40
COUNTS = 0.5  # confidence from which a moment counts (app/earlywarning/queries.py)


def measure() -> dict[str, Any]:
    """For `python -m tests.bench hearing_speakers`."""
    return figures()


def figures() -> dict[str, Any]:
    """`der` and its parts, `role_accuracy`, `shouting`. What cannot be measured here is left out, and said."""
    found: dict[str, Any] = {}
    for part in PARTS:
        found |= measured(part)
    return found


def measured(part: str) -> dict[str, Any]:
    """The figures of one of PARTS; none, and a word about it, where its recordings or voices are not here."""
    with tempfile.TemporaryDirectory() as folder:
        if part in ("turns", "ordinary") and not (SPEECH / "ami_pyannote").is_dir():
            print(f"no recordings at {SPEECH}: {part} is left out", flush=True)
            return {}
        if part in ("roles", "raised") and not scenes.available():
            print(f"no flite here: {part} is left out", flush=True)
            return {}
        return PARTS[part](Path(folder))


def hours(folder: Path) -> dict[str, float]:
    """Largest resident size and seconds of a process that tells the speakers of 1 and of 4 hours apart; made voices."""
    turns_made = [talk((LOW, HIGH)[n % 2], 3, seed=n) * (1.0, 0.2)[n % 2] for n in range(20)]
    said = recording(folder / "some.wav", *turns_made)
    some = _sound(folder / "some.wav")
    found: dict[str, float] = {}
    for number in (1, 4):
        times = int(number * 3600 * RATE / len(some))
        with wave.open(str(folder / "long.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            for _ in range(times):
                file.writeframes((some * 32767).astype(np.int16).tobytes())
        spans = [[turn.start + again * len(some) / RATE, turn.end + again * len(some) / RATE] for again in range(times) for turn in said]  # fmt: skip
        (folder / "spans.json").write_text(json.dumps(spans))
        command = [
            sys.executable,
            "-m",
            "tests.bench.hearing_long",
            str(folder / "long.wav"),
            str(folder / "spans.json"),
        ]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found |= {f"speakers_{name}_{number}h": value for name, value in told.items()}
    print(found, flush=True)
    return found


def turns() -> dict[str, Any]:
    """DER with a collar of 0.25 s: by the voice detector's pieces, with overlap and without, and given true speech."""
    totals = {name: Errors() for name in ("der", "der_without_overlap", "der_given_speech")}
    each = {}
    for path, said in labelled():
        by = {"der": spoken(path), "der_given_speech": _speech(said)}
        found = {name: _turns(tell_apart(path, some)) for name, some in by.items()}
        found["der_without_overlap"] = found["der"]
        for name, some in found.items():
            more = errors(said, some, length=30.0, overlap=name != "der_without_overlap")
            totals[name] += more
            if name == "der":
                each[path.stem] = more.parts() | {
                    "speakers": len({turn.speaker for turn in said}),
                    "found": len({turn.speaker for turn in some}),
                }
    rates = {name: round(total.rate(), 4) for name, total in totals.items()}
    print(rates, flush=True)
    return {**rates, "der_parts": {name: total.parts() for name, total in totals.items()}, "der_each": each, **stereo()}


def labelled() -> Iterator[tuple[Path, list[Turn]]]:
    """Recordings of 30 s with their turns: AMI meetings and one telephone call."""
    known = read_rttm(SPEECH / "ami_pyannote" / "debug.train.rttm")
    for path in sorted((SPEECH / "ami_pyannote").glob("*.flac")):
        yield path, known[path.stem]
    folder = SPEECH / "two_speaker_pyannote_sample"
    yield folder / "sample.wav", read_rttm(folder / "sample.rttm")["sample"]


def stereo() -> dict[str, float]:
    """A speaker a channel: the share of speech given to the right one. Its turns are each channel's own loud parts."""
    path = SPEECH / "faster_whisper" / "stereo_diarization.wav"
    said, heard = [], []
    for channel in (0, 1):
        samples = np.concatenate([some for _, some in channel_blocks(path, channel)]).astype(float) / 32768
        loud = np.sqrt(np.mean(samples[: len(samples) // 1600 * 1600].reshape(-1, 1600) ** 2, axis=1)) > 0.01
        edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]]))).reshape(-1, 2) / 10
        said += [Turn(start, end, f"true {channel}") for start, end in edges.tolist()]
        heard += [_In(start, end, "x", (), 1.0, channel=channel) for start, end in edges.tolist()]
    found = _turns(tell_apart(path, heard))
    return {"der_stereo": round(errors(said, found, length=5.0).rate(), 4)}


def roles(folder: Path) -> dict[str, Any]:
    """The share of speech time given to the right role, to the wrong one and to none: of all scenes but the tuned, and by part."""
    found: dict[str, Any] = {}
    by_part = {part: list(scenes.scenes(part, number)) for part, number in SCENES.items()}
    shares = {part: [_role(folder, one, transcribed=False) for one in some] for part, some in by_part.items()}
    found |= _shares("role", [share for part, some in shares.items() if part != "tuned" for share in some])
    for part, some in by_part.items():
        found[f"role_{part}_seeds"] = [some[0].seed, some[-1].seed]
        found |= _shares(f"role_{part}", shares[part])
    for part in ("measured", "tuned"):
        given = [_role(folder, scene, transcribed=False, given=True) for scene in by_part[part]]
        found[f"role_{part}_accuracy_given_speech"] = _shares("given", given)["given_accuracy"]
    for place in ("near", "far"):
        one = [_role(folder, scene, transcribed=False, alone=True) for scene in scenes.alone(place, LONE_SCENES)]
        found[f"alone_{place}_called_officer"] = _shares("one", one)["one_accuracy"]
    heard = [_role(folder, scene, transcribed=True) for scene in scenes.scenes("measured", TRANSCRIBED)]
    right, _, total, covered = (sum(share[place] for share in heard) for place in range(4))
    found["role_accuracy_in_transcripts"] = _share(right, covered)
    found["speech_in_transcripts"] = _share(covered, total)
    print(found, flush=True)
    return found


def _shares(name: str, shares: Sequence[tuple[float, ...]]) -> dict[str, float]:
    right, wrong, total = (sum(share[place] for share in shares) for place in range(3))
    return {
        f"{name}_accuracy": _share(right, total),
        f"{name}_wrong": _share(wrong, total),
        f"{name}_unknown_or_unheard": _share(total - right - wrong, total),
    }


def _role(
    folder: Path, scene: scenes.Scene, *, transcribed: bool, given: bool = False, alone: bool = False
) -> tuple[float, float, float, float]:
    """Seconds right, wrong, spoken, and of those within an utterance.

    `given`: it is told where somebody speaks; `alone`: there is one person, and right is what is called the officer's.
    """
    sound, said = scenes.record(scene)
    said = [replace(turn, speaker="officer") for turn in said] if alone else said
    path = scenes.save(folder / "scene.wav", sound)
    spans = [_at(turn.start, turn.end) for turn in said] if given or transcribed else spoken(path)
    told = list(hear(path, transcriber=Pocketsphinx()).utterances) if transcribed else tell_apart(path, spans)
    right = wrong = covered = 0.0
    for one in told:
        for turn in said:
            shared = max(0.0, min(one.end, turn.end) - max(one.start, turn.start))
            covered += shared
            right += shared * (one.role == turn.speaker)
            wrong += shared * (one.role not in (turn.speaker, "unknown"))
    return right, wrong, sum(turn.end - turn.start for turn in said), covered


def shouting(folder: Path) -> dict[str, Any]:
    """Raised voices made with flite: how many are found, and how many of what is found are. Not people who shout."""
    counts = {name: [0, 0, 0] for name in ("voices", "voices_gain_control", "events_of_the_wearer")}  # hits, said, true
    for scene in scenes.scenes("measured", SHOUTING_SCENES):
        chosen = np.random.default_rng(scene.seed).choice(np.arange(2, scene.turns), 3, replace=False)
        scene = replace(scene, shouts=frozenset(int(one) for one in chosen), seed=scene.seed + 500)
        sound, said = scenes.record(scene)
        path = scenes.save(folder / "shout.wav", sound)
        voices = "voices_gain_control" if scene.gain_control else "voices"
        for place, loud in _shouted(tell_apart(path, [_at(turn.start, turn.end) for turn in said]), said).items():
            true = place in scene.shouts
            _count(counts[voices], true=true, found=loud[0] >= COUNTS)
            wearer = true and said[place].speaker == "officer"
            _count(counts["events_of_the_wearer"], true=wearer, found=loud[1] >= COUNTS)
    found = {
        name: {
            "precision": _share(hits, all_said) if all_said else None,
            "recall": _share(hits, true),
            "shouts": true,
            "found": all_said,
        }
        for name, (hits, all_said, true) in counts.items()
    }
    print(found, flush=True)
    return found


def _shouted(told: Sequence[Utterance], said: Sequence[Turn]) -> dict[int, tuple[float, float]]:
    """For each true turn: the surest shout in it, and the surest that would count as the wearer's."""
    found = dict.fromkeys(range(len(said)), (0.0, 0.0))
    for one in told:
        sure = (one.voice.shouting if one.voice else None) or 0.0
        place = max(found, key=lambda at: min(one.end, said[at].end) - max(one.start, said[at].start))
        counted = sure * one.speaker_confidence if one.role == "officer" else 0.0
        found[place] = max(found[place][0], sure), max(found[place][1], counted)
    return found


def ordinary(folder: Path) -> dict[str, dict[str, float]]:
    """Real speech that nobody shouts, as it is and with what must not fool: what is called shouted, and one person taken for two."""
    found = {}
    for name, change in CHANGES.items():
        alarms = counted = judged = utterances = as_two = 0
        seconds = 0.0
        for number, (people, sound) in enumerate(quiet()):
            path = scenes.save(folder / "ordinary.wav", change(sound, np.random.default_rng(number)))
            told = tell_apart(path, for_the_recogniser(path))
            sure = [one.voice.shouting for one in told if one.voice and one.voice.shouting is not None]
            utterances, judged = utterances + len(told), judged + len(sure)
            alarms += sum(one >= COUNTS for one in sure)
            counted += sum(
                one.role == "officer"
                and bool(one.voice)
                and (one.voice.shouting or 0) * one.speaker_confidence >= COUNTS
                for one in told
                if one.voice
            )
            as_two += people == 1 and {"officer", "other"} <= {one.role for one in told}
            seconds += len(sound) / RATE
        found[name] = {
            "false_alarm_share": _share(alarms, judged),
            "would_count": counted,
            "one_person_taken_for_two": as_two,
            "judged": judged,
            "utterances": utterances,
            "minutes": round(seconds / 60, 1),
        }
        print(f"ordinary speech, {name}: {found[name]}", flush=True)
    return found


def quiet() -> Iterator[tuple[int, scenes.Sound]]:
    """(people, sound) of recordings with enough of a voice to have an ordinary one; one reader's sentences put together."""
    one = ["jfk/jfk.flac", *(f"azure/customspeech_en_general/training_audio-and-trans/audio{n}.wav" for n in (1, 2))]
    more = ["faster_whisper/multilingual.mp3", "two_speaker_pyannote_sample/sample.wav"]
    more += [f"ami_pyannote/trn0{number}.flac" for number in range(3, 10)]
    for people, names in ((1, one), (2, more)):
        for name in names:
            yield people, _sound(SPEECH / name)
    for reader in (1, 2):
        parts = [_sound(SPEECH / f"speechbrain/ASR/spk{reader}_snt{number}.wav") for number in range(1, 6)]
        yield 1, np.concatenate([piece for part in parts for piece in (part, np.zeros(RATE // 2))])


def _gain(sound: scenes.Sound, rng: np.random.Generator) -> scenes.Sound:
    """Every few seconds another gain, up to 10 dB either way."""
    steps = np.repeat(rng.uniform(-10, 10, len(sound) // (4 * RATE) + 1), 4 * RATE)[: len(sound)]
    return sound * 0.3 * 10 ** (steps / 20)


def _moving(sound: scenes.Sound, rng: np.random.Generator) -> scenes.Sound:
    """Near for 5 s, then 4 m away in a room, and back."""
    near, far = scenes.room(scenes.Scene("slt", "rms", 0, distance_m=4.0, reflecting=0.7), rng)
    close, away = (fftconvolve(sound, one)[: len(sound)] for one in (near, far))
    turn = (np.arange(len(sound)) // (5 * RATE)) % 2 == 0
    both = np.where(turn, close, away)
    return np.asarray(both / max(np.abs(both).max(), 1e-9) * 0.7)


def _wind(sound: scenes.Sound, rng: np.random.Generator) -> scenes.Sound:
    """Gusts as strong as the speech."""
    return np.asarray(sound * 0.5 + scenes.noise("wind", len(sound), rng) * float(np.sqrt(np.mean(sound**2))) * 0.5)


def _clipping(sound: scenes.Sound, rng: np.random.Generator) -> scenes.Sound:
    """12 dB over what fits, in some parts."""
    over = np.repeat(rng.random(len(sound) // (4 * RATE) + 1) < 0.4, 4 * RATE)[: len(sound)]
    return np.asarray(np.clip(sound / max(np.abs(sound).max(), 1e-9) * np.where(over, 4.0, 1.0), -1, 1))


def _telephone(sound: scenes.Sound, _rng: np.random.Generator) -> scenes.Sound:
    """300 to 3,400 Hz."""
    return np.asarray(lfilter(*butter(3, (300 / (RATE / 2), 3400 / (RATE / 2)), "band"), sound))


CHANGES = {
    "as it is": lambda sound, rng: sound,
    "gain changing": _gain,
    "near and far": _moving,
    "wind": _wind,
    "clipping": _clipping,
    "telephone": _telephone,
}


@dataclass(frozen=True)
class _In(Utterance):
    """An utterance that names its channel."""

    channel: int | None = None


def spoken(path: Path) -> list[Utterance]:
    """Where anybody is heard to speak, as utterances without words."""
    samples = np.concatenate([some for _, some in blocks(path)])
    return [_at(start, end) for start, end in speaking(samples)]


def for_the_recogniser(path: Path) -> list[Utterance]:
    """The pieces that are given to the recogniser as utterances without words."""
    samples = np.concatenate([some for _, some in blocks(path)])
    return [_at(piece.start, piece.end) for piece in pieces(samples)]


def _at(start: float, end: float) -> Utterance:
    return Utterance(start, end, "x", (), 1.0)


def _speech(said: Sequence[Turn]) -> list[Utterance]:
    """Where anybody truly speaks."""
    spans: list[list[float]] = []
    for turn in sorted(said, key=lambda one: one.start):
        if spans and turn.start <= spans[-1][1] + 0.2:
            spans[-1][1] = max(spans[-1][1], turn.end)
        else:
            spans.append([turn.start, turn.end])
    return [_at(start, end) for start, end in spans]


def _turns(told: Sequence[Utterance]) -> list[Turn]:
    return [Turn(one.start, one.end, one.speaker) for one in told]


def _sound(path: Path) -> scenes.Sound:
    return np.concatenate([samples for _, samples in blocks(path)]).astype(np.float64) / 32768


def _count(counts: list[int], *, true: bool, found: bool) -> None:
    counts[0] += true and found
    counts[1] += found
    counts[2] += true


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "turns": lambda folder: turns(),
    "ordinary": lambda folder: {"shouting_in_ordinary_speech": ordinary(folder)},
    "roles": roles,
    "raised": lambda folder: {"shouting": shouting(folder)},
    "hours": lambda folder: dict(hours(folder)),
}
