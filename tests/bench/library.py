"""`python -m tests.bench library`: the library's share of the figures of what people hold in their hands."""

from tests.bench.faces_library import measure

__all__ = ["measure"]
