"""Marking the words of a search in texts, by PostgreSQL's own idea of what is the same word."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from app.core.db import session

Pieces = list[tuple[bool, str]]
_OPEN, _CLOSE = "\ue000", "\ue001"  # private signs, so that what is marked can be told from any text
_CUT = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.DOTALL)


def marked(texts: Sequence[str], ranked: str) -> list[Pieces]:
    """Each text cut into (is it one of the words, text). `ranked` is a tsquery as text; nothing is marked without."""
    if not texts or not ranked:
        return [[(False, text)] for text in texts]
    once = list(dict.fromkeys(texts))  # labels of tags repeat, and marking is what takes long
    given = sa.func.unnest(sa.cast(sa.literal(once, ARRAY(sa.Text)), ARRAY(sa.Text)))
    rows = given.table_valued("text", with_ordinality="place").render_derived()
    how = f"StartSel={_OPEN}, StopSel={_CLOSE}, HighlightAll=true"
    english: sa.ColumnElement[str] = sa.literal_column("'english'::regconfig")
    line = sa.func.ts_headline(english, rows.c.text, sa.cast(sa.literal(ranked), TSQUERY), how)
    lines = session().scalars(sa.select(line).select_from(rows).order_by(rows.c.place))
    cut = {text: _pieces(one) for text, one in zip(once, lines, strict=True)}
    return [cut[text] for text in texts]


def hit(pieces: Pieces) -> bool:
    """Whether any word is marked."""
    return any(is_one for is_one, _ in pieces)


def _pieces(line: str) -> Pieces:
    return [(n % 2 == 1, part) for n, part in enumerate(_CUT.split(line)) if part]
