"""What seeing is done with goes back to the system, so that a long recording takes no more memory than a short one."""

import ctypes
import multiprocessing
import platform

import numpy as np
import pytest

from workers.engines.seeing.memory import LARGE, given_back
from workers.engines.seeing.text import reader


class _Figures(ctypes.Structure):
    """mallinfo2 of the GNU C library; `hblkhd` counts the bytes that were asked of the system one by one."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "top",
        )
    ]


def apart() -> int:
    """Bytes in blocks of their own."""
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = _Figures
    return int(library.mallinfo2().hblkhd)


def large_blocks_go_back() -> None:
    """Left alone, the library keeps what is smaller than the largest block that was freed before (up to 32 MB)."""
    del (before := [np.ones(24 * 1024 * 1024, dtype=np.uint8)])[:]
    assert not before
    with given_back():
        empty = apart()
        picture = np.ones(2 * LARGE, dtype=np.uint8)
        assert apart() - empty >= 2 * LARGE
        del picture
        assert apart() == empty
    empty = apart()
    kept = np.ones(2 * LARGE, dtype=np.uint8)
    assert kept.nbytes
    assert apart() == empty, "other work is as fast as it was"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not GNU's")
def test_large_blocks_go_back_at_once_even_after_larger_ones_were_freed() -> None:
    """In a process of its own: in the holes that earlier tests left in this one's heap a block would find room."""
    child = multiprocessing.get_context("spawn").Process(target=large_blocks_go_back)
    child.start()
    child.join(timeout=120)
    assert child.exitcode == 0


def test_the_models_of_text_use_their_memory_again() -> None:
    for model in (reader()._find, reader()._recognise):
        options = model.session.session.get_session_options()
        assert options.enable_cpu_mem_arena
        assert not options.enable_mem_pattern
