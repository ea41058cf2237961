"""How the memory of seeing stays the same however long a recording is: what is large goes back to the system when it is done with."""

import ctypes
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import onnxruntime

LARGE = 512 * 1024  # bytes: frames, pictures, and what models compute between two layers
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h of the GNU C library
_USUAL = 32 * 1024 * 1024  # where that library's own threshold ends up once large blocks were freed


@contextmanager
def given_back() -> Iterator[None]:
    """Within, every block of LARGE bytes and more is the system's again as soon as it is freed.

    The GNU C library keeps such blocks once some were freed, in a heap for each thread that then grows with how threads happen
    to meet: longer films had higher peaks, although no more was in use. Other C libraries are left as they are.
    """
    library = _gnu()
    if library is None:
        yield
        return
    library.mallopt(_MMAP_THRESHOLD, LARGE)
    try:
        yield
    finally:
        library.mallopt(_MMAP_THRESHOLD, _USUAL)
        library.mallopt(_TRIM_THRESHOLD, 2 * _USUAL)
        library.malloc_trim(0)


def model_options() -> onnxruntime.SessionOptions:
    """One thread, and an arena that the model uses again for every picture: it is empty after each, so that it grows no further than
    the largest picture needs. Patterns, which would take one block of the whole for each size of picture, are off."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = True
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return options


def _gnu() -> Any:
    """The GNU C library of this process; None where it is another."""
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
