"""Rules on data elements 34 and 35: which offenders a victim is related to, and as what."""

from collections.abc import Iterable

from app.nibrs.edits.case import Case, average_age, number, unknown
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import repeated
from app.nibrs.records import GroupAIncident, Offender, Victim

OTHER_SEX = ("BG", "XS", "SE", "CS")
SAME_SEX = ("HR",)
YOUNGER = ("CH", "GC")
OLDER = ("PA", "GP")


@edit("victim", "070")
def offender_there(victim: Victim, case: Case) -> Iterable[Fault]:
    """An offender a victim is related to has a segment."""
    for n, relation in enumerate(victim.relations):
        if relation.offender and relation.offender not in case.offenders:
            yield Fault("34", f"relations.{n}.offender", relation.offender)


@edit("victim", "085")
def two_offenders(victim: Victim, case: Case) -> Iterable[Fault]:
    """Where there are three offenders or more, a wronged person is related to at least two."""
    if len(case.incident.offenders) < 3 or victim.kind not in ("I", "L") or not case.person_or_robbery(victim):
        return
    if len([one for one in victim.relations if one.offender]) < 2:
        yield Fault("34", "relations")


@edit("victim", "459")
def offender_allowed(victim: Victim, case: Case) -> Iterable[Fault]:
    """Offenders are related in crimes against the person and robbery."""
    given = [one.offender for one in victim.relations if one.offender]
    if given and victim.offenses and not case.person_or_robbery(victim):
        yield Fault("34", "relations", given[0])


@edit("victim", "460")
def relationship_needed(victim: Victim, case: Case) -> Iterable[Fault]:
    """Related to an offender means as something."""
    for n, relation in enumerate(victim.relations):
        if (number(relation.offender) or 0) > 0 and not relation.relationship:
            yield Fault("35", f"relations.{n}.relationship")


@edit("victim", "468")
def relationship_to_nobody(victim: Victim, case: Case) -> Iterable[Fault]:
    """There is no relationship to an offender of whom nothing is known."""
    for n, relation in enumerate(victim.relations):
        if relation.offender == "00" and relation.relationship:
            yield Fault("35", f"relations.{n}.relationship", relation.relationship)


@edit("victim", "470")
def both_victim_and_offender(victim: Victim, case: Case) -> Iterable[Fault]:
    """Victim was offender needs two of each."""
    alone = len(case.incident.victims) < 2 or len(case.incident.offenders) < 2
    for n, relation in enumerate(victim.relations):
        if relation.relationship == "VO" and alone:
            yield Fault("35", f"relations.{n}.relationship", "VO")


@edit("victim", "471")
def one_self(victim: Victim, case: Case) -> Iterable[Fault]:
    """Nobody is two offenders."""
    if [one.relationship for one in victim.relations].count("VO") > 1:
        yield Fault("35", "relations", "VO")


@edit("victim", "472")
def unknown_offender(victim: Victim, case: Case) -> Iterable[Fault]:
    """To somebody of unknown age, sex and race the relationship is unknown."""
    for n, relation in enumerate(victim.relations):
        offender = case.offenders.get(relation.offender)
        if offender and relation.offender != "00" and unknown(offender) and relation.relationship not in ("", "RU"):
            yield Fault("35", f"relations.{n}.relationship", relation.relationship)


@edit("victim", "475")
def one_spouse(victim: Victim, case: Case) -> Iterable[Fault]:
    """One spouse a victim."""
    if [one.relationship for one in victim.relations].count("SE") > 1:
        yield Fault("35", "relations", "SE")


def _shared(incident: GroupAIncident, relationship: str) -> list[str]:
    """Offenders that two victims or more have this relationship to."""
    named = [{one.offender for one in v.relations if one.relationship == relationship} for v in incident.victims]
    return repeated(tuple(offender for offenders in named for offender in sorted(offenders)))


@edit("incident", "474")
def one_victim_each(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """One offender is one of the victims, not two."""
    for one in _shared(incident, "VO"):
        yield Fault("35", "victims", one)


@edit("incident", "476")
def one_spouse_each(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """One spouse an offender."""
    for one in _shared(incident, "SE"):
        yield Fault("35", "victims", one)


def related(offender: Offender, case: Case) -> Iterable[tuple[Victim, str]]:
    """The victims related to an offender, and as what."""
    for victim in case.incident.victims:
        for relation in victim.relations:
            if relation.offender == offender.sequence and relation.relationship:
                yield victim, relation.relationship


@edit("offender", "553")
def sexes(offender: Offender, case: Case) -> Iterable[Fault]:
    """Some relationships say whether the sexes are the same."""
    for victim, relationship in related(offender, case):
        if not {offender.sex, victim.sex} <= {"M", "F"}:
            continue
        same = offender.sex == victim.sex
        if (relationship in OTHER_SEX and same) or (relationship in SAME_SEX and not same):
            yield Fault("38", "sex", offender.sex)


@edit("offender", "554")
def who_is_older(offender: Offender, case: Case) -> Iterable[Fault]:
    """Children are younger than their parents."""
    theirs = average_age(offender.age)
    for victim, relationship in related(offender, case):
        age = average_age(victim.age)
        if age is None or theirs is None:
            continue
        if (relationship in YOUNGER and age >= theirs) or (relationship in OLDER and age <= theirs):
            yield Fault("37", "age", offender.age)
