"""Rules on level 3, data elements 20 to 22: suspected drugs, how much, and how measured."""

from collections.abc import Iterable

from app.nibrs.edits.case import Case
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.records import Property

ONE_UNIT = "000000001000"
PLANTS = ("E", "G", "K")


def seized(segment: Property, case: Case) -> bool:
    """Whether the segment is of drugs seized in a drug violation."""
    drugs = any(item.description == "10" for item in segment.items)
    return "35A" in case.codes and segment.loss == "6" and drugs


def suspected(segment: Property, case: Case) -> bool:
    """Whether the segment only says which drug was suspected: a drug violation with no seizure."""
    return "35A" in case.codes and segment.loss == "1"


@edit("property", "362")
def over_three(segment: Property, case: Case) -> Iterable[Fault]:
    """X, more than three drugs, follows two that are named."""
    kinds = [drug.kind for drug in segment.drugs if drug.kind]
    if "X" in kinds and len(kinds) < 3:
        yield Fault("20", "drugs", "X")


@edit("property", "363")
def over_three_unmeasured(segment: Property, case: Case) -> Iterable[Fault]:
    """X has no quantity."""
    for n, drug in enumerate(segment.drugs):
        if drug.kind == "X" and (drug.quantity or drug.measurement):
            yield Fault("21" if drug.quantity else "22", f"drugs.{n}.quantity", drug.quantity)


@edit("property", "364")
def measured(segment: Property, case: Case) -> Iterable[Fault]:
    """Seized drugs are named and measured."""
    if not seized(segment, case):
        return
    if not any(drug.kind for drug in segment.drugs):
        yield Fault("20", "drugs")
    for n, drug in enumerate(segment.drugs):
        if drug.kind and drug.kind != "X" and not (drug.quantity and drug.measurement):
            yield Fault("22" if drug.quantity else "21", f"drugs.{n}.quantity")


@edit("property", "365")
def drugs_of_nothing(segment: Property, case: Case) -> Iterable[Fault]:
    """A suspected drug goes with seized drugs, or with a drug violation without a seizure."""
    given = [drug.kind for drug in segment.drugs if drug.kind]
    if given and not seized(segment, case) and not suspected(segment, case):
        yield Fault("20", "drugs", given[0])


@edit("property", "366")
def quantity_alone(segment: Property, case: Case) -> Iterable[Fault]:
    """A quantity is of a drug, in a measure."""
    for n, drug in enumerate(segment.drugs):
        if drug.quantity and not (drug.kind and drug.measurement):
            yield Fault("21", f"drugs.{n}.quantity", drug.quantity)


@edit("property", "367")
def plants(segment: Property, case: Case) -> Iterable[Fault]:
    """Plants are counted of marijuana, opium and other hallucinogens."""
    for n, drug in enumerate(segment.drugs):
        if drug.measurement == "NP" and drug.kind not in PLANTS:
            yield Fault("22", f"drugs.{n}.measurement", drug.measurement)


@edit("property", "368")
def measure_alone(segment: Property, case: Case) -> Iterable[Fault]:
    """A measure is of a drug and a quantity."""
    for n, drug in enumerate(segment.drugs):
        if drug.measurement and not (drug.kind and drug.quantity):
            yield Fault("22", f"drugs.{n}.measurement", drug.measurement)


@edit("property", "384")
def at_the_laboratory(segment: Property, case: Case) -> Iterable[Fault]:
    """Not measured yet is written as one."""
    for n, drug in enumerate(segment.drugs):
        if drug.measurement == "XX" and drug.quantity != ONE_UNIT:
            yield Fault("21", f"drugs.{n}.quantity", drug.quantity)


@edit("property", "392")
def no_suspicion(segment: Property, case: Case) -> Iterable[Fault]:
    """A drug violation without a seizure says which drug was suspected."""
    if suspected(segment, case) and not any(drug.kind for drug in segment.drugs):
        yield Fault("20", "drugs")
