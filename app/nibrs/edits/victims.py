"""Rules on level 4: who or what was wronged, by which offense, and how."""

from collections.abc import Iterable

from app.nibrs.edits.administrative import is_hour
from app.nibrs.edits.case import ORI, Case, ages, average_age, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import WORDED, blank, exclusive, no_digits, no_head, not_codes, repeated
from app.nibrs.records import GroupAIncident, Victim

PERSONS = ("I", "L")
PERSON_FIELDS = (("26", "age"), ("27", "sex"), ("28", "race"))
MORE_FIELDS = (("29", "ethnicity"), ("30", "resident"), ("33", "injuries"), ("34", "relations"))
OFFICER_FIELDS = (("25A", "officer_activity"), ("25B", "officer_assignment"))
HURTING = ("100", "11A", "11B", "11C", "11D", "120", "13A", "13B", "210", "64A", "64B")
AGAINST_OFFICERS = ("09A", "13A", "13B", "13C")
ASSAULT = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10")
NEGLIGENCE = ("30", "31", "32", "33", "34")
JUSTIFIED = ("20", "21")
PERMITTED = {"09A": ASSAULT, "09B": NEGLIGENCE, "09C": JUSTIFIED, "13A": tuple(one for one in ASSAULT if one != "07")}
MAJOR = ("B", "I", "L", "O", "T", "U")
THEFTS = ("23A", "23B", "23C", "23D", "23E", "23F", "23G", "23H", "240")
FORCIBLE = ("11A", "11B", "11C")
EXCLUDED = {
    "09A": ("13A", "13B", "13C", "09B"),
    "09B": ("09A", "13A", "13B", "13C"),
    "13A": ("13B", "13C"),
    "13B": ("13C",),
    **dict.fromkeys(FORCIBLE, ("13A", "13B", "13C", "11D", "36A", "36B")),
    "11D": ("13B", "13C", "36A", "36B"),
    "120": ("13A", "13B", "13C", *THEFTS),
}


@edit("victim", "401")
def mandatory(victim: Victim, case: Case) -> Iterable[Fault]:
    """Number, offenses and kind; for persons also circumstances, injuries and offenders where the offense asks."""
    yield from no_head(victim, case)
    yield from blank(victim, (("23", "sequence"), ("24", "offenses"), ("25", "kind")))
    if victim.sequence == "000":
        yield Fault("23", "sequence", victim.sequence)
    if set(victim.offenses) & set(PERMITTED) and not any(victim.circumstances):
        yield Fault("31", "circumstances")
    if victim.kind in PERSONS:
        if set(victim.offenses) & set(HURTING) and not any(victim.injuries) and victim.kind == "I":
            yield Fault("33", "injuries")
        if case.person_or_robbery(victim) and not any(one.offender for one in victim.relations):
            yield Fault("34", "relations")


@edit("victim", "402")
def digits(victim: Victim, case: Case) -> Iterable[Fault]:
    """Sequence and offender numbers are digits."""
    if victim.sequence and (number(victim.sequence) is None or len(victim.sequence) != 3):
        yield Fault("23", "sequence", victim.sequence)
    for n, relation in enumerate(victim.relations):
        if relation.offender and (number(relation.offender) is None or len(relation.offender) != 2):
            yield Fault("34", f"relations.{n}.offender", relation.offender)


@edit("victim", "404")
def valid(victim: Victim, case: Case) -> Iterable[Fault]:
    """Codes there are, and ages."""
    fields = (
        ("24", "offenses", "offense"),
        ("25", "kind", "victim"),
        ("25A", "officer_activity", "officer_activity"),
        ("25B", "officer_assignment", "officer_assignment"),
        ("27", "sex", "sex"),
        ("28", "race", "race"),
        ("29", "ethnicity", "ethnicity"),
        ("30", "resident", "resident"),
        ("31", "circumstances", "circumstance"),
        ("32", "justifiable", "justifiable"),
        ("33", "injuries", "injury"),
    )
    yield from not_codes(victim, case, fields)
    if no_digits(victim.age) and victim.age not in WORDED:
        yield Fault("26", "age", victim.age)
    for n, relation in enumerate(victim.relations):
        if relation.relationship and relation.relationship not in case.tables["relationship"]:
            yield Fault("35", f"relations.{n}.relationship", relation.relationship)


@edit("victim", "406")
def duplicates(victim: Victim, case: Case) -> Iterable[Fault]:
    """No value twice in one field."""
    for element, name in (("24", "offenses"), ("31", "circumstances"), ("33", "injuries")):
        for one in repeated(getattr(victim, name)):
            yield Fault(element, name, one)
    for one in repeated(tuple(relation.offender for relation in victim.relations)):
        yield Fault("34", "relations", one)


@edit("victim", "407")
def no_injury_alone(victim: Victim, case: Case) -> Iterable[Fault]:
    """No injury stands alone."""
    for one in exclusive(victim.injuries, "N"):
        yield Fault("33", "injuries", one)


@edit("victim", "419")
def only_with(victim: Victim, case: Case) -> Iterable[Fault]:
    """Circumstances and injuries belong to certain offenses."""
    if any(victim.circumstances) and not set(victim.offenses) & set(PERMITTED):
        yield Fault("31", "circumstances", victim.circumstances[0])
    if any(victim.injuries) and not set(victim.offenses) & set(HURTING):
        yield Fault("33", "injuries", victim.injuries[0])


@edit("incident", "451")
def twice(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each victim has a number of their own."""
    for one in repeated(tuple(victim.sequence for victim in incident.victims)):
        yield Fault("23", "victims", one)


@edit("victim", "453")
def of_a_person(victim: Victim, case: Case) -> Iterable[Fault]:
    """A person has age, sex and race."""
    if victim.kind == "I":
        yield from blank(victim, PERSON_FIELDS)


@edit("victim", "454")
def of_an_officer(victim: Victim, case: Case) -> Iterable[Fault]:
    """So has an officer, and what they were doing."""
    if victim.kind == "L":
        yield from blank(victim, (*OFFICER_FIELDS, *PERSON_FIELDS))


@edit("victim", "455")
def justified_more(victim: Victim, case: Case) -> Iterable[Fault]:
    """A justified killing says why."""
    if set(victim.circumstances) & set(JUSTIFIED) and not victim.justifiable:
        yield Fault("32", "justifiable")


@edit("victim", "456")
def circumstances_together(victim: Victim, case: Case) -> Iterable[Fault]:
    """Unknown stands alone, and two circumstances are of one kind."""
    given = {one for one in victim.circumstances if one}
    kinds = [kind for kind in (ASSAULT, NEGLIGENCE, JUSTIFIED) if given & set(kind)]
    several_justified = len(given & set(JUSTIFIED)) + len(given & set(NEGLIGENCE)) > 1
    if len(given) > 1 and ("10" in given or len(kinds) > 1 or several_justified):
        yield Fault("31", "circumstances", " ".join(sorted(given)))


@edit("victim", "457")
def more_without_justified(victim: Victim, case: Case) -> Iterable[Fault]:
    """Why it was justified is said only of a justified killing."""
    if victim.justifiable and not set(victim.circumstances) & set(JUSTIFIED):
        yield Fault("32", "justifiable", victim.justifiable)


@edit("victim", "458")
def no_person(victim: Victim, case: Case) -> Iterable[Fault]:
    """A business has no age."""
    if victim.kind in PERSONS or victim.kind not in case.tables["victim"]:
        return
    for element, name in (*PERSON_FIELDS, *MORE_FIELDS):
        value = getattr(victim, name)
        if value:
            yield Fault(element, name, value if isinstance(value, str) else "")


@edit("victim", "461")
def burglary_of_society(victim: Victim, case: Case) -> Iterable[Fault]:
    """Somebody was burgled."""
    if victim.kind == "S" and "220" in victim.offenses:
        yield Fault("25", "kind", "S")


def _not_permitted(victim: Victim, offense: str) -> list[str]:
    """Circumstances that fit neither `offense` nor another of the victim's."""
    if offense not in victim.offenses:
        return []
    allowed = {one for code in victim.offenses for one in PERMITTED.get(code, ())}
    return [one for one in victim.circumstances if one and one not in allowed]


@edit("victim", "462")
def of_assault(victim: Victim, case: Case) -> Iterable[Fault]:
    """What can lie behind an aggravated assault."""
    for one in _not_permitted(victim, "13A"):
        yield Fault("31", "circumstances", one)


@edit("victim", "463")
def of_justified(victim: Victim, case: Case) -> Iterable[Fault]:
    """Killed by a citizen or by an officer."""
    for one in _not_permitted(victim, "09C"):
        yield Fault("31", "circumstances", one)


@edit("victim", "477")
def of_homicide(victim: Victim, case: Case) -> Iterable[Fault]:
    """What can lie behind murder and negligent manslaughter."""
    for offense in ("09A", "09B"):
        for one in _not_permitted(victim, offense):
            yield Fault("31", "circumstances", one)


@edit("victim", "464")
def person_wronged(victim: Victim, case: Case) -> Iterable[Fault]:
    """A crime against the person has a person as victim."""
    if victim.kind and victim.kind not in PERSONS and any(case.against(one, "person") for one in victim.offenses):
        yield Fault("25", "kind", victim.kind)


@edit("victim", "465")
def society_wronged(victim: Victim, case: Case) -> Iterable[Fault]:
    """A crime against society has society."""
    if victim.kind and victim.kind != "S" and any(case.against(one, "society") for one in victim.offenses):
        yield Fault("25", "kind", victim.kind)


@edit("victim", "466")
def offense_there(victim: Victim, case: Case) -> Iterable[Fault]:
    """The offense a victim is connected to is in the incident."""
    for one in victim.offenses:
        if one and case.codes and one not in case.codes:
            yield Fault("24", "offenses", one)


@edit("victim", "467")
def property_of_society(victim: Victim, case: Case) -> Iterable[Fault]:
    """A crime against property has an owner."""
    if victim.kind == "S" and any(case.against(one, "property") for one in victim.offenses):
        yield Fault("25", "kind", "S")


@edit("victim", "469")
def sex_known(victim: Victim, case: Case) -> Iterable[Fault]:
    """Rape and statutory rape need the victim's sex."""
    if {"11A", "36B"} & set(victim.offenses) and victim.sex not in ("M", "F"):
        yield Fault("27", "sex", victim.sex)


@edit("victim", "478")
def together(victim: Victim, case: Case) -> Iterable[Fault]:
    """Offenses that are part of one another, or exclude one another, are not done to one victim."""
    offenses = set(victim.offenses)
    for one in victim.offenses:
        for other in EXCLUDED.get(one, ()):
            if other in offenses:
                yield Fault("24", "offenses", f"{one} {other}")


@edit("victim", "479")
def simple_with_major(victim: Victim, case: Case) -> Iterable[Fault]:
    """A simple assault leaves no major injury."""
    others = set(victim.offenses) & set(HURTING) - {"13B"}
    for one in victim.injuries:
        if "13B" in victim.offenses and one in MAJOR and not others:
            yield Fault("33", "injuries", one)


@edit("victim", "480")
def other_felony(victim: Victim, case: Case) -> Iterable[Fault]:
    """Another felony involved is reported too, or there is another victim."""
    lone = len(case.codes) < 2 and len(case.incident.victims) < 2
    if "08" in victim.circumstances and lone:
        yield Fault("31", "circumstances", "08")


@edit("victim", "481")
def statutory(victim: Victim, case: Case) -> Iterable[Fault]:
    """Statutory rape is of somebody under 18."""
    age = average_age(victim.age)
    if "36B" in victim.offenses and age is not None and age >= 18:
        yield Fault("26", "age", victim.age)


@edit("victim", "482")
def officer_attacked(victim: Victim, case: Case) -> Iterable[Fault]:
    """An officer is a victim as such of murder and assault."""
    if victim.kind == "L" and not set(victim.offenses) & set(AGAINST_OFFICERS):
        yield Fault("25", "kind", "L")


@edit("victim", "483")
def officer_data(victim: Victim, case: Case) -> Iterable[Fault]:
    """What an officer was doing is said of officers."""
    for element, name in (*OFFICER_FIELDS, ("25C", "officer_ori")):
        if getattr(victim, name) and victim.kind != "L":
            yield Fault(element, name, getattr(victim, name))


@edit("victim", "490")
def officer_hour(victim: Victim, case: Case) -> Iterable[Fault]:
    """An attack on an officer has its hour."""
    attacked = victim.kind == "L" and set(victim.offenses) & set(AGAINST_OFFICERS)
    if attacked and not is_hour(case.incident.hour):
        yield Fault("3", "/hour", case.incident.hour)


@edit("victim", "952")
def officer_ori_known(victim: Victim, case: Case) -> Iterable[Fault]:
    """The other agency's ORI has an ORI's form, and is on the FBI's list where that is at hand."""
    agencies = case.reference.agencies
    ori = victim.officer_ori
    if ori and (not ORI.fullmatch(ori) or (agencies is not None and ori not in agencies)):
        yield Fault("25C", "officer_ori", ori)


@edit("victim", "931")
def officer_ori_historical(victim: Victim, case: Case) -> Iterable[Fault]:
    """The other agency still reports."""
    other = case.reference.agency(victim.officer_ori)
    if other and other.status == "historical":
        yield Fault("25C", "officer_ori", victim.officer_ori)


@edit("victim", "449")
def young_spouse(victim: Victim, case: Case) -> Iterable[Fault]:
    """A spouse under 18 is asked about."""
    found = ages(victim.age)
    if found and 14 <= found[1] < 18 and any(one.relationship == "SE" for one in victim.relations):
        yield Fault("26", "age", victim.age)


@edit("victim", "450")
def child_spouse(victim: Victim, case: Case) -> Iterable[Fault]:
    """A spouse is at least 14."""
    found = ages(victim.age)
    if found and found[1] < 14 and any(one.relationship == "SE" for one in victim.relations):
        yield Fault("26", "age", victim.age)
