"""Valid reports drawn by hypothesis: any mix of offenses, people and property that breaks no rule that rejects."""

from typing import Any

from hypothesis import strategies as st

from app.nibrs.codes import published
from app.nibrs.edits import check
from app.nibrs.edits.offenses import ARMED, GANG, MANY_ROOMS, TRADE
from app.nibrs.edits.structure import ANY_LOSS, LOSSES
from app.nibrs.edits.victims import HURTING, JUSTIFIED, PERMITTED
from app.nibrs.records import (
    Arrestee,
    Drug,
    GroupAIncident,
    GroupBArrest,
    Head,
    Item,
    Offender,
    Offense,
    Property,
    Relation,
    Report,
    Victim,
    ZeroReport,
)
from tests.app.nibrs.valid import ORI, REFERENCE

T = published()
NUMBERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=12)
PLACES = [code for code in T["location"].entries if code != "58"]
UNKNOWN_SELDOM = ["20", "25", "35", "44", "67", "00", "99", "2030", "1921"]


def of(table: str, *without: str) -> st.SearchStrategy[str]:
    """Any code of a table."""
    return st.sampled_from([code for code in T[table].entries if code not in without])


@st.composite
def offenses(draw: Any) -> Offense:
    """One offense with what it asks for and nothing it refuses."""
    code = draw(st.sampled_from([one.code for one in T.offenses("A")]))
    always = code in ("09A", "09B", "09C", "13A", "13B", "13C")
    location = draw(st.sampled_from(PLACES))
    weapons: tuple[str, ...] = ()
    if code in ARMED:
        simple = ["40", "90", "95"]
        kinds = simple if code == "13B" else [*simple, "11", "12A", "13", "20", "30", "85"]
        weapons = tuple(draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique=True)))
    activity: tuple[str, ...] = ()
    if code in TRADE:
        activity = tuple(draw(st.lists(st.sampled_from("BCDEOPTU"), min_size=1, max_size=3, unique=True)))
    elif code == "720":
        activity = (draw(st.sampled_from("AFIS")),)
    elif code in GANG and draw(st.booleans()):
        activity = (draw(st.sampled_from("JGN")),)
    biases = draw(st.lists(of("bias", "88", "99"), min_size=1, max_size=5, unique=True))
    return Offense(
        code=code,
        attempted="C" if always else draw(st.sampled_from("AC")),
        using=draw(st.sampled_from([("N",), ("A",), ("A", "D"), ("A", "C", "D")])),
        location=location,
        premises=draw(st.sampled_from(["01", "07", "99"])) if code == "220" and location in MANY_ROOMS else "",
        entry=draw(of("entry")) if code == "220" else "",
        activity=activity,
        weapons=weapons,
        biases=("88",) if code == "09C" or draw(st.booleans()) else tuple(biases),
    )


@st.composite
def properties(draw: Any, offense: Offense) -> tuple[Property, ...]:
    """What an offense about property has."""
    if not (T.against(offense.code) == "property" or offense.code in ("100", "35A", "35B", "39A", "39B", "39C", "39D")):
        return ()
    loss = draw(st.sampled_from(["1", "8"] if offense.attempted == "A" else list(LOSSES.get(offense.code, ANY_LOSS))))
    if loss in ("1", "8"):
        suspected = offense.code == "35A" and loss == "1"
        return (Property(loss=loss, drugs=(Drug(draw(of("drug", "X", "U"))),) if suspected else ()),)
    if offense.code == "35A":
        kinds = draw(st.lists(of("drug", "X"), min_size=1, max_size=3, unique=True))
        quantities = st.integers(1, 10**11).map(lambda n: f"{n:012}")
        drugs = tuple(Drug(kind, draw(quantities), draw(st.sampled_from(["GM", "OZ", "DU"]))) for kind in kinds)
        items = draw(st.permutations([Item("10"), Item("20", "000000100")]))
        return (Property(loss=loss, items=tuple(items), drugs=drugs),)
    if offense.code == "240":
        return (Property(loss="7", items=(Item("03", "000001000"), Item("37", "000002000")), stolen=draw(
            st.sampled_from(["00", "02", "05"]))),)  # fmt: skip
    valued = draw(st.lists(st.sampled_from(["06", "20", "26", "07", "75", "36"]), min_size=1, max_size=6, unique=True))
    worth = st.integers(1, 999_999).map(lambda n: f"{n:09}")
    items = tuple(Item(one, draw(worth), "20260215" if loss == "5" else "") for one in valued)
    if loss == "5" and offense.code not in ("250", "280"):
        return (
            Property(loss="7", items=tuple(Item(one.description, "000999999") for one in items)),
            Property("5", items),
        )
    return (Property(loss=loss, items=items),)


@st.composite
def people(draw: Any) -> dict[str, str]:
    """Age, sex, race, ethnicity."""
    return {
        "age": draw(st.sampled_from(UNKNOWN_SELDOM)),
        "sex": draw(st.sampled_from("MF")),
        "race": draw(of("race")),
        "ethnicity": draw(st.sampled_from(["", "H", "N", "U"])),
    }


@st.composite
def incidents(draw: Any) -> GroupAIncident:
    """A Group A incident of one offense, one to three victims and as many offenders."""
    offense = draw(offenses())
    society = T.against(offense.code) == "society"
    personal = T.against(offense.code) == "person" or offense.code == "120"
    named = [Offender(sequence=f"{n:02}", **draw(people())) for n in range(1, draw(st.integers(1, 3)) + 1)]
    offenders = named if offense.code == "09C" or draw(st.booleans()) else [Offender(sequence="00")]
    victims = []
    for n in range(1, 2 if society else draw(st.integers(1, 3)) + 1):
        victims.append(draw(_victims(f"{n:03}", offense.code, society, personal, offenders)))
    cargo = ("120", "210", "220", "23D", "23F", "23H", "240", "26A", "26B", "26C", "26E", "270", "510")
    return GroupAIncident(
        head=Head("I", "02", "2026", "", ORI, draw(NUMBERS)),
        date="20260210",
        report_date=draw(st.sampled_from(["", "R"])),
        hour=draw(st.sampled_from(["", "00", "09", "23"])),
        cleared="N",
        cargo=draw(st.sampled_from("YN")) if offense.code in cargo else "",
        offenses=(offense,),
        properties=draw(properties(offense)),
        victims=tuple(victims),
        offenders=tuple(offenders),
    )


@st.composite
def _victims(draw: Any, sequence: str, code: str, society: bool, personal: bool, offenders: list[Offender]) -> Victim:
    if society:
        return Victim(sequence=sequence, offenses=(code,), kind="S")
    if not personal and draw(st.booleans()):
        return Victim(sequence=sequence, offenses=(code,), kind=draw(st.sampled_from("BFGRO")))
    relations: tuple[Relation, ...] = ()
    if personal:
        words = draw(st.sampled_from(["ST", "AQ", "FR", "NE", "RU", "OK"]))
        relations = tuple(Relation(one.sequence, "" if one.sequence == "00" else words) for one in offenders)
    circumstances = (PERMITTED[code][0],) if code in PERMITTED else ()
    person = draw(people())
    return Victim(
        sequence=sequence,
        offenses=(code,),
        kind="I",
        resident=draw(st.sampled_from(["", "R", "N", "U"])),
        circumstances=circumstances,
        justifiable="A" if set(circumstances) & set(JUSTIFIED) else "",
        injuries=(draw(st.sampled_from("NM")),) if code in HURTING else (),
        relations=relations,
        **({**person, "age": "15"} if code == "36B" else person),
    )


@st.composite
def arrests(draw: Any) -> GroupBArrest:
    """A Group B arrest of one to three people."""
    number = draw(NUMBERS)
    arrestees = tuple(
        Arrestee(
            sequence=f"{n:02}",
            transaction=number,
            date="20260211",
            kind=draw(of("arrest")),
            offense=draw(st.sampled_from([one.code for one in T.offenses("B") if one.code != "90I"])),
            armed=draw(st.sampled_from([("01",), ("12A",), ("13", "16")])),
            resident=draw(st.sampled_from(["", "R", "N", "U"])),
            **draw(people()),
        )
        for n in range(1, draw(st.integers(1, 3)) + 1)
    )
    return GroupBArrest(Head("A", "02", "2026", "", ORI, number), arrestees)


ZEROS = st.sampled_from(
    [ZeroReport(Head("A", month, "2026", "", ORI, "0" * 12), month, "2026") for month in ("01", "02")]
)


def passes(report: Report) -> bool:
    """Whether the FBI would take it."""
    return not any(one.is_error for one in check(report, REFERENCE))


REPORTS: st.SearchStrategy[Report] = st.one_of(incidents(), arrests(), ZEROS).filter(passes)
