"""Adding and removing segments of a coding, as the form's buttons ask."""

import dataclasses
import re
from typing import Any

from app.nibrs.records import Arrestee, Offender, Offense, Property, Victim
from app.nibrs.suggestions import Coding

MOST = {"offenses": 10, "properties": 8, "victims": 99, "offenders": 99, "arrestees": 99}


def edited(both: Coding, verb: str, path: str) -> Coding:
    """The coding with an empty segment added (`add`, `a.victims`) or one removed (`remove`, `a.victims.1`)."""
    root, _, rest = path.partition(".")
    name, _, place = rest.partition(".")
    target: Any = both.group_a if root == "a" else both.group_b
    if name not in MOST or not hasattr(target, name):
        return both
    segments = getattr(target, name)
    if verb == "add" and len(segments) < MOST[name]:
        segments = (*segments, _fresh(name, both))
    elif verb == "remove" and place.isascii() and place.isdigit() and int(place) < len(segments):
        segments = segments[: int(place)] + segments[int(place) + 1 :]
    changed = dataclasses.replace(target, **{name: segments})
    return Coding(changed, both.group_b) if root == "a" else Coding(both.group_a, changed)


def _fresh(name: str, both: Coding) -> Any:
    """An empty segment; a victim is connected to the only offense there is."""
    codes = both.group_a.codes
    lone = (codes[0],) if len(codes) == 1 and codes[0] else ()
    return {
        "offenses": Offense(),
        "properties": Property(),
        "victims": Victim(offenses=lone),
        "offenders": Offender(),
        "arrestees": Arrestee(),
    }[name]


def safe_name(name: str) -> str:
    """A file name for a header: letters, digits, dot, hyphen and underscore."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)
