"""How far a reading is, told so that it never goes back."""

from collections.abc import Callable

Progress = Callable[[float], None]


class Forward:
    """Passes on what is more than before, up to 0.99: pictures and sound come out of step, and some work is begun anew."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._most = progress, 0.0

    def __call__(self, share: float) -> None:
        """`share` of the whole, 0 to 1."""
        if share > self._most:
            self._most = min(share, 0.99)
            self._progress(self._most)
