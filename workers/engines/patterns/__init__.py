"""Patterns: whose rate of events stands out among peers, and whose has changed, with the uncertainty of both.

Figures in, figures out: no names, no database. Exposure is hours of the officer's own speech, or whatever a count is
divided by; an event is whatever is counted.
"""

from workers.engines.info import EngineInfo
from workers.engines.patterns.adjusting import Effects, adjust
from workers.engines.patterns.changing import Change, changes
from workers.engines.patterns.counts import Counts
from workers.engines.patterns.peers import Level, Peers, Standing, compare

__all__ = ["Change", "Counts", "Effects", "Level", "Peers", "Standing", "adjust", "changes", "compare", "engine"]
VERSION = "1.0"


def engine(level: Level) -> EngineInfo:
    """What computed it, with the levels it was asked for."""
    return EngineInfo(
        name="blotter-patterns",
        model="Gamma-Poisson",
        version=VERSION,
        parameters={
            "percentile": level.percentile,
            "probability": level.probability,
            "false_discovery_rate": level.false_discovery_rate,
            "minimum_hours": level.minimum_hours,
        },
    )
