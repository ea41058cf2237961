"""Plates: rendered ones, in all conditions (see plates)."""

from tests.bench.plates import measure

__all__ = ["measure"]
