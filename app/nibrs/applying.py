"""Which fields apply to what is coded so far: a form shows those, and any other that has a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.nibrs.codes import Tables
from app.nibrs.edits.administrative import CARGO_OFFENSES
from app.nibrs.edits.case import DRUGS, GAMBLING, number
from app.nibrs.edits.offenses import ARMED, GANG, MANY_ROOMS, TRADE
from app.nibrs.edits.victims import HURTING, JUSTIFIED, PERMITTED
from app.nibrs.records import Arrestee, GroupAIncident, Item, Offender, Offense, Property, Victim


@dataclass(frozen=True, slots=True)
class Coded:
    """The Group A incident so far, and the tables it is coded by."""

    incident: GroupAIncident
    tables: Tables

    def about_property(self) -> bool:
        """Whether an offense is about property."""
        return any(needs_property(code, self.tables) for code in self.incident.codes)


def needs_property(code: str, tables: Tables) -> bool:
    """Whether an offense has property segments."""
    return code == "100" or code in DRUGS + GAMBLING or tables.against(code) == "property"


Applies = Callable[[Any, Coded], bool]


def always(segment: Any, coded: Coded) -> bool:
    """For every segment."""
    return True


def cargo(incident: GroupAIncident, coded: Coded) -> bool:
    """An offense can be cargo theft."""
    return any(code in CARGO_OFFENSES for code in incident.codes)


def cleared(incident: GroupAIncident, coded: Coded) -> bool:
    """Cleared exceptionally."""
    return incident.cleared not in ("", "N")


def burglary(offense: Offense, coded: Coded) -> bool:
    """A burglary."""
    return offense.code == "220"


def many_rooms(offense: Offense, coded: Coded) -> bool:
    """A burglary of a hotel or rental storage."""
    return offense.code == "220" and offense.location in MANY_ROOMS


def armed(offense: Offense, coded: Coded) -> bool:
    """An offense by force."""
    return offense.code in ARMED


def active(offense: Offense, coded: Coded) -> bool:
    """An offense that says what was done, or with which gang."""
    return offense.code in (*TRADE, *GANG, "720")


def something_lost(segment: Property, coded: Coded) -> bool:
    """A loss of something."""
    return segment.loss not in ("", "1", "8")


def vehicles_stolen(segment: Property, coded: Coded) -> bool:
    """Stolen in a motor vehicle theft."""
    return segment.loss == "7" and "240" in coded.incident.codes


def vehicles_recovered(segment: Property, coded: Coded) -> bool:
    """Recovered of a motor vehicle theft."""
    return segment.loss == "5" and "240" in coded.incident.codes


def drugs(segment: Property, coded: Coded) -> bool:
    """Seized or suspected in a drug violation."""
    return "35A" in coded.incident.codes and segment.loss in ("1", "6")


def valued(item: Item, coded: Coded) -> bool:
    """Something described."""
    return True


def person(victim: Victim, coded: Coded) -> bool:
    """A person or an officer."""
    return victim.kind in ("I", "L")


def officer(victim: Victim, coded: Coded) -> bool:
    """A law enforcement officer."""
    return victim.kind == "L"


def hurt(victim: Victim, coded: Coded) -> bool:
    """A person hurt by an offense that hurts."""
    return person(victim, coded) and bool(set(victim.offenses) & set(HURTING))


def with_circumstances(victim: Victim, coded: Coded) -> bool:
    """A victim of homicide or aggravated assault."""
    return bool(set(victim.offenses) & set(PERMITTED))


def justified(victim: Victim, coded: Coded) -> bool:
    """Killed justifiably."""
    return bool(set(victim.circumstances) & set(JUSTIFIED))


def related(victim: Victim, coded: Coded) -> bool:
    """A person wronged by a crime against the person or robbery."""
    wronged = any(coded.tables.against(code) == "person" or code == "120" for code in victim.offenses)
    return person(victim, coded) and wronged


def somebody(offender: Offender, coded: Coded) -> bool:
    """Of whom something is known."""
    return offender.sequence != "00"


def perhaps_juvenile(arrestee: Arrestee, coded: Coded) -> bool:
    """Under 18, or perhaps."""
    return 0 < (number(arrestee.age[:2]) or 0) < 18
