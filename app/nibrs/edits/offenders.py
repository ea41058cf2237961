"""Rules on level 5: who did it, so far as anybody knows."""

from collections.abc import Iterable

from app.nibrs.edits.case import Case, ages, known, number
from app.nibrs.edits.relations import related
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import no_digits, no_head, not_codes, repeated
from app.nibrs.records import GroupAIncident, Offender

FIELDS = (("37", "age"), ("38", "sex"), ("39", "race"), ("39A", "ethnicity"))


@edit("offender", "501")
def mandatory(offender: Offender, case: Case) -> Iterable[Fault]:
    """A number; and of an offender who exists age, sex and race, if only as unknown."""
    yield from no_head(offender, case)
    if not offender.sequence:
        yield Fault("36", "sequence")
    elif offender.sequence != "00":
        for element, name in FIELDS[:3]:
            if not getattr(offender, name).strip():
                yield Fault(element, name)


@edit("offender", "502")
def digits(offender: Offender, case: Case) -> Iterable[Fault]:
    """00 to 99."""
    if offender.sequence and (number(offender.sequence) is None or len(offender.sequence) != 2):
        yield Fault("36", "sequence", offender.sequence)


@edit("offender", "504")
def valid(offender: Offender, case: Case) -> Iterable[Fault]:
    """Codes there are."""
    yield from not_codes(
        offender, case, (("38", "sex", "sex"), ("39", "race", "race"), ("39A", "ethnicity", "ethnicity"))
    )


@edit("offender", "549")
def young_spouse(offender: Offender, case: Case) -> Iterable[Fault]:
    """A spouse under 18 is asked about."""
    found = ages(offender.age)
    if found and 10 <= found[1] < 18 and any(one == "SE" for _, one in related(offender, case)):
        yield Fault("37", "age", offender.age)


@edit("offender", "550")
def child_spouse(offender: Offender, case: Case) -> Iterable[Fault]:
    """A spouse is at least 10."""
    found = ages(offender.age)
    if found and found[1] < 10 and any(one == "SE" for _, one in related(offender, case)):
        yield Fault("37", "age", offender.age)


@edit("incident", "551")
def twice(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each offender has a number of their own."""
    for one in repeated(tuple(offender.sequence for offender in incident.offenders)):
        yield Fault("36", "offenders", one)


@edit("offender", "552")
def nothing_known(offender: Offender, case: Case) -> Iterable[Fault]:
    """Of 00 nothing is known."""
    for element, name in FIELDS:
        if offender.sequence == "00" and getattr(offender, name).strip():
            yield Fault(element, name, getattr(offender, name))


@edit("incident", "555")
def others_beside_nobody(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """00 stands alone: it says that not even their number is known."""
    if len(incident.offenders) > 1 and any(one.sequence == "00" for one in incident.offenders):
        yield Fault("36", "offenders", "00")


@edit("offender", "556")
def age_digits(offender: Offender, case: Case) -> Iterable[Fault]:
    """00 to 99."""
    if no_digits(offender.age):
        yield Fault("37", "age", offender.age)


@edit("offender", "557")
def cleared_without_offender(offender: Offender, case: Case) -> Iterable[Fault]:
    """Who clears an incident exceptionally knows the offender."""
    if case.exceptional and offender.sequence == "00":
        yield Fault("36", "sequence", "00")


@edit("incident", "558")
def cleared_without_known(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """And at least one by age, sex and race."""
    if case.exceptional and not case.deletes() and incident.offenders and not any(map(known, incident.offenders)):
        yield Fault("37", "offenders")


@edit("incident", "559")
def justified_without_known(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Who killed justifiably is known."""
    if "09C" in case.codes and incident.offenders and not any(map(known, incident.offenders)):
        yield Fault("37", "offenders")


@edit("incident", "560")
def rape_by_same_sex(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """At least one offender of a rape is not of the victim's sex."""
    for number_, victim in enumerate(incident.victims):
        numbers = {one.offender for one in victim.relations}
        if "11A" not in victim.offenses or "00" in numbers or victim.sex not in ("M", "F"):
            continue
        sexes = {one.sex for one in incident.offenders if one.sequence in numbers}
        if sexes == {victim.sex}:
            yield Fault("38", f"victims.{number_}.sex", victim.sex)
