"""Seeing: shots, motion, light, what the camera goes through, people, vehicles, text and plates. No faces, anywhere."""

from workers.engines.seeing import parts
from workers.engines.seeing.results import Kept, NothingToSee, Part, Seeing, Tag
from workers.engines.seeing.watching import look, seers, watch

__all__ = ["Kept", "NothingToSee", "Part", "Seeing", "Tag", "look", "parts", "seers", "watch"]
