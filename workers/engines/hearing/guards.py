"""What an engine must not be believed: words in silence, the same words over and over, text that no sound is under."""

from collections.abc import Sequence

from workers.engines.hearing.results import Word
from workers.engines.hearing.sound import RATE

NO_SPEECH, UNLIKELY = 0.6, -1.0  # Whisper's own limits (Radford et al. 2022, 4.5)
PRESSED = 2.4  # a text that gzip presses more than this repeats itself (same source)
ROUNDS = 4  # the same one to six words this often in a row are a loop, not speech
LONGEST_LOOP = 6
EDGE_S = 0.4  # a word may begin or end this far outside the stretch of speech it belongs to


def believable(*, no_speech: float, likelihood: float, pressed: float) -> bool:
    """Whether a segment with these figures is taken at all."""
    return not (no_speech > NO_SPEECH and likelihood < UNLIKELY) and pressed <= PRESSED


def spoken(words: Sequence[Word], speech: Sequence[tuple[int, int]]) -> tuple[Word, ...]:
    """The words that lie in a stretch of speech (first and last sample at 16 kHz), each with its edges."""
    stretches = [(first / RATE - EDGE_S, last / RATE + EDGE_S) for first, last in speech]
    return tuple(word for word in words if any(a <= (word.start + word.end) / 2 <= b for a, b in stretches))


def unlooped(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with every loop cut down to its first round."""
    kept = list(words)
    for size in range(LONGEST_LOOP, 0, -1):
        at = 0
        while at + size * ROUNDS <= len(kept):
            again = _rounds(kept, at, size)
            if again >= ROUNDS:
                del kept[at + size : at + size * again]
            at += 1
    return tuple(kept)


def _rounds(words: Sequence[Word], at: int, size: int) -> int:
    """How often the `size` words at `at` come one after the other."""
    first = [word.text.lower().strip(".,!?") for word in words[at : at + size]]
    count = 1
    while [word.text.lower().strip(".,!?") for word in words[at + size * count : at + size * (count + 1)]] == first:
        count += 1
    return count
