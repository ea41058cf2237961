"""Words that the product says and that may be said in another language: marked here, translated only where they are shown."""

from typing import Any, Self


class Phrase(str):
    """English words with their places filled, which still know the pattern they were made of.

    To whatever keeps it (the ledger, a log, a program) it is the English text; a page can say it in the reader's language.
    """

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, values: dict[str, Any]) -> Self:
        """`pattern` has places like %(count)s; `values` fill them."""
        made = super().__new__(cls, pattern % values)
        made.pattern, made.values = pattern, values
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        """By which it is copied."""
        return self.pattern, self.values


def phrase(pattern: str, **values: Any) -> Phrase:
    """The pattern with its places filled, e.g. phrase("At most %(most)s characters.", most=200)."""
    return Phrase(pattern, values)


def N_(text: str) -> str:  # noqa: N802  (the mark that gettext's tools know)
    """Marks English words for the catalogue and gives them back as they are."""
    return text
