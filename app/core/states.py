"""A life with stages is a table of legal moves."""

import enum
from collections.abc import Mapping
from typing import Generic, TypeVar

from app.core.errors import Conflict
from app.core.phrases import phrase

S = TypeVar("S", bound=enum.StrEnum)


class Moves(Generic[S]):
    """The legal moves of one kind of thing; everything not in the table is refused."""

    def __init__(self, noun: str, table: Mapping[S, set[S]]) -> None:
        self.noun = noun
        self.table = table

    def legal(self, here: S, there: S) -> bool:
        """Whether `here` may become `there`."""
        return there in self.table.get(here, set())

    def check(self, here: S, there: S) -> S:
        """`there`, when the move is legal; otherwise Conflict, naming both."""
        if not self.legal(here, there):
            words = here.value.replace("_", " "), there.value.replace("_", " ")
            raise Conflict(
                phrase(
                    "This %(noun)s is %(words)s; it cannot become %(words2)s.",
                    noun=phrase(self.noun),
                    words=phrase(words[0]),
                    words2=phrase(words[1]),
                )
            )
        return there
