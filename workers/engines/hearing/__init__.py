"""Hearing: what was said, when, by whom, and how sure the engine is of every word."""

from workers.engines.hearing.listening import best_transcriber, hear
from workers.engines.hearing.results import Hearing, HearingError, Kept, Part, Transcriber, Utterance, Word

__all__ = ["Hearing", "HearingError", "Kept", "Part", "Transcriber", "Utterance", "Word", "best_transcriber", "hear"]
