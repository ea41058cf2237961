"""Seeing: shots, motion, light, people and vehicles, text and plate-shaped text. No faces, anywhere."""

from workers.engines.seeing.results import NothingToSee, Seeing, Tag
from workers.engines.seeing.watching import look, watch

__all__ = ["NothingToSee", "Seeing", "Tag", "look", "watch"]
