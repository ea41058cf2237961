"""Opaque cursors of lists: the sort key of the last row shown, so that a page goes on behind it whatever came or went."""

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.errors import Invalid

LONGEST = 1000
Key = tuple[sa.ColumnElement[Any], bool]  # what is sorted by, and whether it falls


def write(*values: Any) -> str:
    """A cursor that holds these: None, numbers, text, times and ids."""
    plain = json.dumps([_plain(one) for one in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read(cursor: str, *kinds: Callable[[Any], Any]) -> tuple[Any, ...]:
    """What `write` was given, each by its kind (str, int, float, bool, uuid.UUID, moment). Invalid for a cursor that none
    gave out, or that was given out for another order."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        return tuple(_checked(kind(value)) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError) as error:
        raise Invalid(
            "That page of the list cannot be found.", field="cursor", remedy="Start again from the first page."
        ) from error


def moment(value: Any) -> datetime:
    """A time as `write` keeps it, aware."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def behind(keys: Sequence[Key], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The rows that come after one with these `values` in the order of `keys`."""
    condition: sa.ColumnElement[bool] = sa.false()
    for (column, falls), value in reversed(list(zip(keys, values, strict=True))):
        condition = sa.or_(column < value if falls else column > value, sa.and_(column == value, condition))
    return condition


def in_order(keys: Sequence[Key]) -> list[sa.ColumnElement[Any]]:
    """The same keys for ORDER BY."""
    return [column.desc() if falls else column.asc() for column, falls in keys]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, uuid.UUID) else value


def _checked(value: Any) -> Any:
    """Nothing that no column can be compared with."""
    if isinstance(value, str) and "\0" in value.encode().decode():
        raise ValueError("a sign that no text has")
    if isinstance(value, int) and abs(value) >= 2**31:
        raise ValueError("a number that no count is")
    return value
