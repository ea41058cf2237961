"""Rules on level 2: each offense, where, how, with what and why."""

from collections.abc import Iterable

from app.nibrs.edits.case import FIREARMS, Case, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import (
    automatic_without_firearm,
    bare,
    blank,
    exclusive,
    no_head,
    not_codes,
    repeated,
    weapons_written_wrongly,
)
from app.nibrs.records import GroupAIncident, Offense

HOMICIDES = ("09A", "09B", "09C")
ALWAYS_COMPLETED = ("09A", "09B", "09C", "13A", "13B", "13C")
CYBERSPACE = (
    "210", "250", "270", "280", "290", "370", "510", "26A", "26B", "26C", "26D", "26E", "26F", "26G", "39A", "39B", "39C",
    "39D", "13C", "35A", "35B", "520", "64A", "64B", "40A", "40B", "40C",
)  # fmt: skip
TRADE = ("250", "280", "35A", "35B", "39C", "370", "520")
GANG = ("09A", "09B", "100", "11A", "11B", "11C", "11D", "120", "13A", "13B", "13C")
ARMED = (
    "09A", "09B", "09C", "100", "11A", "11B", "11C", "11D", "120", "13A", "13B", "210", "520", "64A", "64B",
)  # fmt: skip
ACTIVITIES = {**dict.fromkeys("BCDEOPTU", TRADE), **dict.fromkeys("JGN", GANG), **dict.fromkeys("AFIS", ("720",))}
SIMPLE_WEAPONS = ("40", "90", "95", "99")
MANY_ROOMS = ("14", "19")  # hotels and rental storage
LARCENY = ("23A", "23B", "23C", "23D", "23E", "23F", "23G", "23H")
TAKES_VEHICLES = ("510", "220", "270", "210", "26A", "26B", "26C", "26D", "26E", "26F", "26G", "240", "120")
VEHICLES = ("03", "05", "24", "28", "37")


@edit("offense", "201")
def mandatory(offense: Offense, case: Case) -> Iterable[Fault]:
    """What every offense has."""
    yield from no_head(offense, case)
    asked = (("6", "code"), ("7", "attempted"), ("8", "using"), ("8A", "biases"), ("9", "location"))
    yield from blank(offense, asked)


@edit("offense", "202")
def premises_digits(offense: Offense, case: Case) -> Iterable[Fault]:
    """01 to 99."""
    if offense.premises and not (len(offense.premises) == 2 and (number(offense.premises) or 0) > 0):
        yield Fault("10", "premises", offense.premises)


@edit("offense", "204")
def valid(offense: Offense, case: Case) -> Iterable[Fault]:
    """Codes there are."""
    fields = (
        ("6", "code", "offense"),
        ("8", "using", "using"),
        ("8A", "biases", "bias"),
        ("9", "location", "location"),
        ("11", "entry", "entry"),
        ("12", "activity", "activity"),
    )
    yield from not_codes(offense, case, fields)
    for weapon in bare(offense.weapons):
        if weapon.strip() and weapon not in case.tables["weapon"]:
            yield Fault("13", "weapons", weapon)


@edit("offense", "205")
def cyberspace(offense: Offense, case: Case) -> Iterable[Fault]:
    """Cyberspace is a place only for offenses that can happen there."""
    if offense.location == "58" and offense.code not in CYBERSPACE:
        yield Fault("9", "location", offense.location)


@edit("offense", "206")
def duplicates(offense: Offense, case: Case) -> Iterable[Fault]:
    """No code twice in one field."""
    for element, name in (("8", "using"), ("8A", "biases"), ("12", "activity"), ("13", "weapons")):
        for one in repeated(getattr(offense, name)):
            yield Fault(element, name, one)


@edit("offense", "207")
def alone(offense: Offense, case: Case) -> Iterable[Fault]:
    """None and not applicable stand alone."""
    for element, name, codes in (
        ("8", "using", ("N",)),
        ("8A", "biases", ("88", "99")),
        ("12", "activity", ("N",)),
        ("13", "weapons", ("99",)),
    ):
        for one in exclusive(getattr(offense, name), *codes):
            yield Fault(element, name, one)


@edit("offense", "219")
def activity_allowed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Each kind of activity belongs to certain offenses."""
    for one in offense.activity:
        if one in ACTIVITIES and offense.code not in ACTIVITIES[one]:
            yield Fault("12", "activity", one)


@edit("offense", "220")
def activity_needed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Trade in forbidden things and cruelty to animals say what was done."""
    if offense.code in (*TRADE, "720") and not any(offense.activity):
        yield Fault("12", "activity")


@edit("offense", "221")
def weapon_needed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Offenses by force say with what."""
    if offense.code in ARMED and not any(offense.weapons):
        yield Fault("13", "weapons")


@edit("offense", "222")
def weapon_allowed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Others do not."""
    if offense.code and offense.code not in ARMED and any(offense.weapons):
        yield Fault("13", "weapons", offense.weapons[0])


@edit("offense", "251")
def attempted_code(offense: Offense, case: Case) -> Iterable[Fault]:
    """A or C."""
    if offense.attempted not in ("", "A", "C"):
        yield Fault("7", "attempted", offense.attempted)


@edit("offense", "252")
def premises_allowed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Premises are counted in burglaries of hotels and rental storage."""
    if offense.premises and not (offense.code == "220" and offense.location in MANY_ROOMS):
        yield Fault("10", "premises", offense.premises)


@edit("offense", "253")
def entry_needed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Burglary has a method of entry."""
    if offense.code == "220" and not offense.entry:
        yield Fault("11", "entry")


@edit("offense", "254")
def entry_allowed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Only burglary has one."""
    if offense.code != "220" and offense.entry:
        yield Fault("11", "entry", offense.entry)


@edit("offense", "255")
def automatic_mark(offense: Offense, case: Case) -> Iterable[Fault]:
    """The mark is A or blank."""
    for one in weapons_written_wrongly(offense.weapons):
        yield Fault("13", "weapons", one)


@edit("offense", "256")
def completed(offense: Offense, case: Case) -> Iterable[Fault]:
    """Assault and homicide are never attempted: an attempted murder is an aggravated assault."""
    if offense.code in ALWAYS_COMPLETED and offense.attempted == "A":
        yield Fault("7", "attempted", offense.attempted)


@edit("offense", "257")
def premises_needed(offense: Offense, case: Case) -> Iterable[Fault]:
    """A burglary of a hotel or rental storage counts the rooms."""
    if offense.code == "220" and offense.location in MANY_ROOMS and not offense.premises:
        yield Fault("10", "premises")


@edit("offense", "258")
def automatic_firearm(offense: Offense, case: Case) -> Iterable[Fault]:
    """Only a firearm is automatic."""
    for one in automatic_without_firearm(offense.weapons):
        yield Fault("13", "weapons", one)


@edit("offense", "264")
def group_a(offense: Offense, case: Case) -> Iterable[Fault]:
    """Group B offenses have a report of their own."""
    if case.tables.group(offense.code) == "B":
        yield Fault("6", "code", offense.code)


@edit("offense", "265")
def simple_assault_weapon(offense: Offense, case: Case) -> Iterable[Fault]:
    """Hands, other, unknown or none."""
    for one in bare(offense.weapons):
        if offense.code == "13B" and one and one not in SIMPLE_WEAPONS:
            yield Fault("13", "weapons", one)


@edit("offense", "267")
def homicide_weapon(offense: Offense, case: Case) -> Iterable[Fault]:
    """Something killed."""
    if offense.code in HOMICIDES and "99" in offense.weapons:
        yield Fault("13", "weapons", "99")


@edit("offense", "269")
def simple_with_firearm(offense: Offense, case: Case) -> Iterable[Fault]:
    """With a firearm it was probably an aggravated assault."""
    for one in bare(offense.weapons):
        if offense.code == "13B" and one in FIREARMS:
            yield Fault("13", "weapons", one)


@edit("offense", "270")
def justified_without_bias(offense: Offense, case: Case) -> Iterable[Fault]:
    """A justifiable homicide has no bias."""
    for one in offense.biases:
        if offense.code == "09C" and one and one != "88":
            yield Fault("8A", "biases", one)


# ---- the offenses of an incident together


@edit("incident", "262")
def twice(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each offense once."""
    for one in repeated(case.codes):
        yield Fault("6", "offenses", one)


@edit("incident", "263")
def too_many(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """At most ten."""
    if len(incident.offenses) > 10:
        yield Fault("6", "offenses", str(len(incident.offenses)))


@edit("incident", "266")
def justified_alone(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A justifiable homicide stands alone."""
    if "09C" in case.codes and set(case.codes) != {"09C"}:
        yield Fault("6", "offenses", "09C")


@edit("incident", "268")
def larceny_of_vehicle(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A stolen vehicle is no larceny, unless another offense of the incident took it."""
    if not set(case.codes) & set(LARCENY) or case.completed & set(TAKES_VEHICLES):
        return
    for number_, segment in enumerate(incident.properties):
        for item in segment.items:
            if segment.loss == "7" and item.description in VEHICLES:
                yield Fault("15", f"properties.{number_}.items", item.description)
