"""Byte ranges of RFC 9110: which part of an object a request asks for."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end`, the end not included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start


class Unsatisfiable(ValueError):
    """No byte of the object lies in the range (416)."""


def wanted(header: str | None, *, size: int) -> Span | None:
    """The part a Range header asks for, or None for the whole: no header, another unit, bad syntax, several ranges.

    Raises Unsatisfiable. Several ranges at once get the whole, as RFC 9110 section 14.2 allows: no player asks for them.
    """
    match = _ONE.fullmatch(header or "")
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    start, end = int(first), int(last) + 1 if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable(header)
    return Span(start, min(end, size))


def _suffix(length: int, size: int) -> Span:
    if not length or not size:
        raise Unsatisfiable(f"the last {length} of {size} bytes")
    return Span(max(size - length, 0), size)
