"""What the recogniser hears with: pocketsphinx's own front end, and cepstra spread again where noise has flattened them."""

from typing import Any

import numpy as np
import pytest
from pocketsphinx import Decoder

from tests.workers import sounds
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.cepstra import CLEAR, ORDERS, cepstra
from workers.engines.hearing.sound import RATE


def spoken() -> np.ndarray:
    return np.asarray(sounds.spoken()[: 3 * RATE] * 32767, dtype=np.int16)


def test_without_spreading_it_is_pocketsphinxs_own_front_end() -> None:
    """The same words as from the sound, as likely to one in a thousand of the logarithm."""
    decoder: Any = Decoder(samprate=RATE)
    said = []
    for frames in (None, cepstra(spoken(), spread=0.0)):
        decoder.start_utt()
        if frames is None:
            decoder.process_raw(spoken().tobytes(), no_search=False, full_utt=True)
        else:
            decoder.process_cep(frames.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        said.append((decoder.hyp().hypstr, np.log(decoder.hyp().best_score)))
    (sound, likely), (frames_said, as_likely) = said
    assert sound == frames_said
    assert sound.split()[:2] == ["good", "evening"]
    assert as_likely == pytest.approx(likely, rel=1e-3)


def test_what_noise_has_flattened_is_spread_again() -> None:
    noisy = (spoken() + sounds.road(3) * 12_000).astype(np.int16)
    flat, spread = (cepstra(noisy, spread=share).std(axis=0) / CLEAR for share in (0.0, 0.6))
    assert flat[1:].mean() < 0.85
    assert flat[1:].mean() + 0.05 < spread[1:].mean() < 1.1
    means = [cepstra(noisy, spread=share).mean(axis=0) for share in (0.0, 0.6)]
    assert means[0] == pytest.approx(means[1], abs=1e-3), "their means stay"


def test_short_and_silent_sound_has_finite_cepstra() -> None:
    assert cepstra(np.zeros(0, dtype=np.int16)).shape == (0, ORDERS)
    for length in (1, 300, RATE):
        frames = cepstra(np.zeros(length, dtype=np.int16))
        assert len(frames) >= 1
        assert np.isfinite(frames).all()


def test_a_decoding_hears_what_the_one_before_was_given(builtin: Pocketsphinx) -> None:
    """The decoder works in the very bytes it is given: a second decoding of the same frames must not hear its leavings."""
    frames = cepstra(spoken()[: 2 * RATE])
    given = frames.copy()
    first = builtin._decoded(frames, "_default", 0.0)
    police = builtin._decoded(frames, "police", 0.0)
    assert builtin._decoded(frames, "_default", 0.0) == first
    assert builtin._decoded(frames, "police", 0.0) == police
    assert first[1]
    assert np.array_equal(frames, given)
