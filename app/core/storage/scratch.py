"""Folders for plain copies: gone when their work ends, and swept when it died before it could remove them."""

import contextlib
import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HELD = ".held"
YOUNG_S = 60


@contextmanager
def folder(scratch: Path, prefix: str) -> Iterator[Path]:
    """A fresh folder below `scratch`, removed when the block ends.

    A lock of the operating system says that it is in use: it ends with the process, however that ends, and then
    `sweep` may have the folder.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=scratch, prefix=prefix))
    try:
        with (fresh / _HELD).open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield fresh
    finally:
        shutil.rmtree(fresh)


def sweep(scratch: Path, *, young_s: float = YOUNG_S) -> int:
    """Removes what dead processes left below `scratch`; returns how many. Nothing younger than `young_s` seconds."""
    if not scratch.is_dir():
        return 0
    left = [path for path in scratch.iterdir() if _age(path) >= young_s and _forsaken(path)]
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)


def _age(path: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _forsaken(path: Path) -> bool:
    try:
        with (path / _HELD).open() as held:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (FileNotFoundError, NotADirectoryError):
        return True
    return True
