"""Rules on level 3: what was stolen, burned, seized, found again, and the drugs."""

from collections.abc import Iterable

from app.nibrs.edits.case import GAMBLING, Case, day, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.edits.shared import no_head, not_codes, repeated
from app.nibrs.records import Drug, GroupAIncident, Property

NO_VALUE = ("09", "22", "48", "65", "66")
UNVALUED = (*NO_VALUE, "10", "99")  # may be left blank; drugs are judged by 382 and 383
MAY_BE_ZERO = (*NO_VALUE, "77")
VEHICLES = ("03", "05", "24", "28", "37")
STRUCTURES = ("29", "30", "31", "32", "33", "34", "35")
TOO_BIG = ("01", *VEHICLES, *STRUCTURES, "12", "15", "18", "39", "66", "78")
ILLOGICAL = {
    "220": STRUCTURES,
    "240": STRUCTURES,
    **dict.fromkeys(("23A", "23B", "23C"), TOO_BIG),
    **dict.fromkeys(("23D", "23E", "23F", "23G"), (*VEHICLES, *STRUCTURES)),
    "23H": VEHICLES,
}
MEASURES = {"GM": "weight", "KG": "weight", "OZ": "weight", "LB": "weight"} | dict.fromkeys(
    ("ML", "LT", "FO", "GL"), "volume"
)


def has_data(segment: Property) -> bool:
    """Whether anything beside the kind of loss is given."""
    return bool(segment.items or segment.drugs or segment.stolen or segment.recovered)


@edit("property", "301")
def mandatory(segment: Property, case: Case) -> Iterable[Fault]:
    """Every segment has a kind of loss."""
    yield from no_head(segment, case)
    if not segment.loss:
        yield Fault("14", "loss")


@edit("property", "302")
def digits(segment: Property, case: Case) -> Iterable[Fault]:
    """Values, counts and quantities are digits."""
    for n, item in enumerate(segment.items):
        if item.value and number(item.value) is None:
            yield Fault("16", f"items.{n}.value", item.value)
    for element, name in (("18", "stolen"), ("19", "recovered")):
        if getattr(segment, name) and number(getattr(segment, name)) is None:
            yield Fault(element, name, getattr(segment, name))
    for n, drug in enumerate(segment.drugs):
        if drug.quantity and number(drug.quantity) is None:
            yield Fault("21", f"drugs.{n}.quantity", drug.quantity)


@edit("property", "304")
def valid(segment: Property, case: Case) -> Iterable[Fault]:
    """Codes there are."""
    yield from not_codes(segment, case, (("14", "loss", "loss"),))
    for n, item in enumerate(segment.items):
        for fault in not_codes(item, case, (("15", "description", "property"),)):
            yield fault._replace(field=f"items.{n}.description")
    for n, drug in enumerate(segment.drugs):
        for fault in not_codes(drug, case, (("20", "kind", "drug"), ("22", "measurement", "measurement"))):
            yield fault._replace(field=f"drugs.{n}.{fault.field}")


@edit("property", "305")
def recovered_date(segment: Property, case: Case) -> Iterable[Fault]:
    """A day, and not after the month of the submission."""
    for n, item in enumerate(segment.items):
        found = day(item.recovered)
        if item.recovered and (found is None or case.after_submission(found)):
            yield Fault("17", f"items.{n}.recovered", item.recovered)


@edit("property", "320")
def recovered_before(segment: Property, case: Case) -> Iterable[Fault]:
    """Not found again before it was gone."""
    for n, item in enumerate(segment.items):
        found = day(item.recovered)
        if found and case.date and found < case.date:
            yield Fault("17", f"items.{n}.recovered", item.recovered)


@edit("property", "306")
def duplicates(segment: Property, case: Case) -> Iterable[Fault]:
    """No description twice; no drug twice unless measured in another way; unknown drugs once."""
    for one in repeated(tuple(item.description for item in segment.items)):
        yield Fault("15", "items", one)
    kinds = tuple(f"{drug.kind} {_measure(drug)}" for drug in segment.drugs if drug.kind)
    twice = {one.split()[0] for one in repeated(kinds)}
    if [drug.kind for drug in segment.drugs].count("U") > 1:
        twice.add("U")
    for one in sorted(twice):
        yield Fault("20", "drugs", one)


def _measure(drug: Drug) -> str:
    return MEASURES.get(drug.measurement, drug.measurement)


@edit("property", "342")
def much(segment: Property, case: Case) -> Iterable[Fault]:
    """A very high value is asked about."""
    for n, item in enumerate(segment.items):
        if (number(item.value) or 0) >= case.reference.threshold:
            yield Fault("16", f"items.{n}.value", item.value)


@edit("incident", "343")
def recovered_not_stolen(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """A vehicle found with stolen property, none stolen: perhaps a theft is missing."""
    if not {"280", "240"} <= set(case.codes):
        return
    found = {seg.loss for seg in incident.properties for item in seg.items if item.description in VEHICLES}
    if "5" in found and "7" not in found:
        yield Fault("19", "properties")


@edit("property", "351")
def zero(segment: Property, case: Case) -> Iterable[Fault]:
    """Only some things have no value."""
    for n, item in enumerate(segment.items):
        if item.description and number(item.value) == 0 and item.description not in MAY_BE_ZERO:
            yield Fault("16", f"items.{n}.value", item.value)


@edit("property", "352")
def nothing_lost(segment: Property, case: Case) -> Iterable[Fault]:
    """No property when the loss is none or unknown; with drug offenses the suspected drug alone."""
    if segment.loss not in ("1", "8"):
        return
    suspected = segment.loss == "1" and "35A" in case.codes
    if segment.items or segment.stolen or segment.recovered:
        yield Fault("15", "items")
    for n, drug in enumerate(segment.drugs):
        if not suspected or drug.quantity or drug.measurement:
            yield Fault("20", f"drugs.{n}.kind", drug.kind)


@edit("property", "353")
def pending(segment: Property, case: Case) -> Iterable[Fault]:
    """An inventory still to be made is one dollar."""
    for n, item in enumerate(segment.items):
        if item.description == "88" and number(item.value) != 1:
            yield Fault("16", f"items.{n}.value", item.value)


@edit("property", "354")
def value_of_nothing(segment: Property, case: Case) -> Iterable[Fault]:
    """A value is the value of something."""
    for n, item in enumerate(segment.items):
        if item.value and not item.description:
            yield Fault("15", f"items.{n}.description")


@edit("property", "355")
def date_of_recovered(segment: Property, case: Case) -> Iterable[Fault]:
    """Only recovered property has a date of recovery."""
    for n, item in enumerate(segment.items):
        if item.recovered and segment.loss != "5":
            yield Fault("17", f"items.{n}.recovered", item.recovered)


@edit("property", "356")
def date_of_nothing(segment: Property, case: Case) -> Iterable[Fault]:
    """What was recovered is described and has a value."""
    for n, item in enumerate(segment.items):
        if item.recovered and not (item.description and item.value):
            yield Fault(
                "16" if item.description else "15", f"items.{n}.value" if item.description else f"items.{n}.description"
            )


def _vehicle_count(segment: Property, case: Case, name: str, loss: str) -> bool:
    return bool(getattr(segment, name)) and not (segment.loss == loss and "240" in case.completed)


@edit("property", "357")
def stolen_allowed(segment: Property, case: Case) -> Iterable[Fault]:
    """Stolen vehicles are counted in completed vehicle theft."""
    if _vehicle_count(segment, case, "stolen", "7"):
        yield Fault("18", "stolen", segment.stolen)


@edit("property", "358")
def stolen_needed(segment: Property, case: Case) -> Iterable[Fault]:
    """And they must be; other stolen things alone need no count of vehicles where another offense took them."""
    if segment.loss == "7" and "240" in case.completed and not segment.stolen:
        yield Fault("18", "stolen")


@edit("property", "359")
def no_vehicle(segment: Property, case: Case) -> Iterable[Fault]:
    """A count of vehicles goes with a vehicle."""
    counted = (number(segment.stolen) or 0) + (number(segment.recovered) or 0)
    if counted and segment.items and not any(item.description in VEHICLES for item in segment.items):
        yield Fault("15", "items", segment.items[0].description)


@edit("property", "360")
def recovered_allowed(segment: Property, case: Case) -> Iterable[Fault]:
    """Recovered vehicles are counted in completed vehicle theft."""
    if _vehicle_count(segment, case, "recovered", "5"):
        yield Fault("19", "recovered", segment.recovered)


@edit("property", "361")
def recovered_needed(segment: Property, case: Case) -> Iterable[Fault]:
    """And they must be."""
    vehicle = any(item.description in VEHICLES for item in segment.items)
    if segment.loss == "5" and "240" in case.codes and vehicle and not segment.recovered:
        yield Fault("19", "recovered")


@edit("property", "372")
def empty(segment: Property, case: Case) -> Iterable[Fault]:
    """A loss of something says of what, its value, and when recovered."""
    if segment.loss not in "234567" or not segment.loss:
        return
    if not has_data(segment):
        yield Fault("15", "items")
    for n, item in enumerate(segment.items):
        if item.description and not item.value and item.description not in UNVALUED:
            yield Fault("16", f"items.{n}.value")
        if segment.loss == "5" and item.description and not item.recovered:
            yield Fault("17", f"items.{n}.recovered")


@edit("property", "375")
def undescribed(segment: Property, case: Case) -> Iterable[Fault]:
    """At least one description."""
    missing = has_data(segment) and not any(item.description for item in segment.items)
    if segment.loss and segment.loss in "234567" and missing:
        yield Fault("15", "items")


@edit("incident", "376")
def twice(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """One segment for each kind of loss."""
    for one in repeated(tuple(segment.loss for segment in incident.properties)):
        yield Fault("14", "properties", one)


@edit("property", "382")
def unvalued_drugs(segment: Property, case: Case) -> Iterable[Fault]:
    """Drugs without a value belong to a drug violation."""
    for n, item in enumerate(segment.items):
        if item.description == "10" and not item.value and "35A" not in case.codes:
            yield Fault("15", f"items.{n}.description", "10")


@edit("property", "383")
def valued_drugs(segment: Property, case: Case) -> Iterable[Fault]:
    """In a drug violation alone they have none."""
    others = [
        one for one in case.codes if one != "35A" and (case.against(one, "property") or one == "100" or one in GAMBLING)
    ]
    for n, item in enumerate(segment.items):
        if item.description == "10" and (number(item.value) or 0) > 0 and "35A" in case.codes and not others:
            yield Fault("16", f"items.{n}.value", item.value)


@edit("property", "387")
def drugs_or_equipment(segment: Property, case: Case) -> Iterable[Fault]:
    """Seized equipment needs 35B, seized drugs 35A."""
    for n, item in enumerate(segment.items):
        for description, other, missing in (("11", "35A", "35B"), ("10", "35B", "35A")):
            lone = other in case.codes and missing not in case.codes and not _others(case)
            if segment.loss == "6" and item.description == description and lone:
                yield Fault("15", f"items.{n}.description", description)


def _others(case: Case) -> bool:
    return any(case.needs_property(one) for one in case.codes if one not in ("35A", "35B"))


@edit("property", "388")
def fewer_stolen(segment: Property, case: Case) -> Iterable[Fault]:
    """As many stolen as there are kinds of vehicle, or unknown (00)."""
    yield from _fewer(segment, "18", "stolen")


@edit("property", "389")
def fewer_recovered(segment: Property, case: Case) -> Iterable[Fault]:
    """As many recovered as there are kinds of vehicle, or unknown (00)."""
    yield from _fewer(segment, "19", "recovered")


def _fewer(segment: Property, element: str, name: str) -> Iterable[Fault]:
    count = number(getattr(segment, name))
    kinds = sum(item.description in VEHICLES for item in segment.items)
    if count and kinds > 1 and count < kinds:
        yield Fault(element, name, getattr(segment, name))


@edit("property", "390")
def illogical(segment: Property, case: Case) -> Iterable[Fault]:
    """What was taken fits at least one of the offenses that take property."""
    offenses = [one for one in case.codes if case.needs_property(one)]
    for n, item in enumerate(segment.items):
        fits = any(item.description not in ILLOGICAL.get(one, ()) for one in offenses)
        if item.description and offenses and not fits:
            yield Fault("15", f"items.{n}.description", item.description)


@edit("property", "391")
def must_be_zero(segment: Property, case: Case) -> Iterable[Fault]:
    """Cards and papers have no value."""
    for n, item in enumerate(segment.items):
        if item.description in NO_VALUE and (number(item.value) or 0) > 0:
            yield Fault("16", f"items.{n}.value", item.value)
