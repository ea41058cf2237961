"""Rules on what goes together: the segments of an incident, property and its offenses, agencies."""

from collections.abc import Iterable

from app.nibrs.edits.case import ORI, Case, day, number
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.records import GroupAIncident, Report

VEHICLES = ("03", "05", "24", "28", "37")
PARTS = "38"
SELDOM_STOLEN_FIRST = ("250", "280")
ANY_LOSS = tuple("12345678")
LOSSES = {
    "280": ("1", "5"),
    **dict.fromkeys(("100", "220", "510"), ("1", "5", "7", "8")),
    **dict.fromkeys(("35A", "35B"), ("1", "6")),
    "200": ("2",),
    "250": ("3", "5", "6"),
    "290": ("4",),
    **dict.fromkeys(
        ("120", "210", "23A", "23B", "23C", "23D", "23E", "23F", "23G", "23H", "240", "26A", "26B", "26C", "26D", "26E",
         "26F", "26G", "270"),
        ("5", "7"),
    ),
    **dict.fromkeys(("39A", "39B", "39C", "39D"), ("6",)),
}  # fmt: skip
NOTHING = ("1", "8")


@edit("incident", "050")
def out_of_order(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Levels rise from 1 to 6."""
    if incident.order != "".join(sorted(incident.order)):
        yield Fault("", "order", incident.order)


@edit("incident", "055")
def headless(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Level 1 comes first."""
    if incident.order and not incident.order.startswith("1"):
        yield Fault("", "order", incident.order)


@edit("incident", "065")
def offense_without_victim(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Every offense wronged somebody."""
    wronged = {code for victim in incident.victims for code in victim.offenses}
    for n, offense in enumerate(incident.offenses):
        if offense.code and offense.code not in wronged:
            yield Fault("24", f"offenses.{n}.code", offense.code)


@edit("incident", "071")
def arrest_after_clearance(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """What was cleared exceptionally was not cleared by an arrest before."""
    cleared = day(incident.cleared_date)
    for n, arrestee in enumerate(incident.arrestees):
        arrested = day(arrestee.date)
        if case.exceptional and cleared and arrested and arrested <= cleared:
            yield Fault("4", f"arrestees.{n}.date", arrestee.date)


@edit("incident", "072")
def recovered_first_stolen(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """What is recovered was stolen in the same incident."""
    if set(case.codes) & set(SELDOM_STOLEN_FIRST):
        return
    stolen = {item.description for seg in incident.properties if seg.loss == "7" for item in seg.items}
    for n, segment in enumerate(incident.properties):
        for item in segment.items if segment.loss == "5" else ():
            parts = item.description == PARTS and bool(stolen & set(VEHICLES))
            if item.description and item.description not in stolen and not parts:
                yield Fault("15", f"properties.{n}.items", item.description)


@edit("incident", "073")
def more_recovered(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """No more vehicles recovered than stolen."""
    stolen = [number(segment.stolen) for segment in incident.properties if segment.stolen]
    recovered = [number(segment.recovered) or 0 for segment in incident.properties if segment.recovered]
    if stolen and 0 not in stolen and None not in stolen and sum(recovered) > sum(one or 0 for one in stolen):
        yield Fault("19", "properties", str(sum(recovered)))


@edit("incident", "074")
def property_needed(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Some offenses are about property."""
    wanting = [one for one in case.codes if case.needs_property(one)]
    if wanting and not incident.properties and not case.deletes():
        yield Fault("14", "properties", wanting[0])


@edit("incident", "075")
def segments_missing(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """An incident has an offense, a victim and an offender, if only an unknown one."""
    if not case.deletes():
        for name in ("offenses", "victims", "offenders"):
            if not getattr(incident, name):
                yield Fault("", name, name)


@edit("incident", "076")
def property_allowed(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Others are not."""
    if incident.properties and case.codes and not any(case.needs_property(one) for one in case.codes):
        yield Fault("14", "properties")


def _losses(incident: GroupAIncident) -> set[str]:
    return {segment.loss for segment in incident.properties if segment.loss}


@edit("incident", "077")
def attempted_loss(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """An attempt lost nothing, or nobody knows."""
    wanting = [one for one in sorted(case.attempted) if case.needs_property(one)]
    if wanting and incident.properties and not _losses(incident) & set(NOTHING):
        yield Fault("14", "properties", wanting[0])


@edit("incident", "078")
def completed_loss(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each completed offense has a loss that fits it."""
    for one in sorted(case.completed):
        fitting = set(LOSSES.get(one, ANY_LOSS))
        if case.needs_property(one) and one != "35B" and incident.properties and not _losses(incident) & fitting:
            yield Fault("14", "properties", one)


@edit("incident", "081")
def fitting_loss(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Each loss fits an offense."""
    fitting: set[str] = set()
    for offense in incident.offenses:
        if case.needs_property(offense.code):
            fitting |= set(NOTHING if offense.attempted == "A" else LOSSES.get(offense.code, ANY_LOSS))
    for n, segment in enumerate(incident.properties):
        if fitting and segment.loss and segment.loss in ANY_LOSS and segment.loss not in fitting:
            yield Fault("14", f"properties.{n}.loss", segment.loss)


@edit("incident", "080")
def society_once(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """Crimes against society have one victim, society."""
    if not case.codes or not incident.victims or not all(case.against(one, "society") for one in case.codes):
        return
    if len(incident.victims) > 1 or incident.victims[0].kind != "S":
        yield Fault("25", "victims", str(len(incident.victims)))


@edit("incident", "084")
def worth_more(incident: GroupAIncident, case: Case) -> Iterable[Fault]:
    """What is recovered is worth no more than it was when stolen; parts no more than the vehicles."""
    stolen, recovered = _values(incident, "7"), _values(incident, "5")
    for description, value in recovered.items():
        before = stolen.get(description)
        if before is None and description == PARTS:
            vehicles = [stolen[one] for one in VEHICLES if one in stolen]
            before = sum(vehicles) if vehicles else None
        if before is not None and value > before:
            yield Fault("16", "properties", description)


def _values(incident: GroupAIncident, loss: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for segment in incident.properties:
        for item in segment.items if segment.loss == loss else ():
            value = number(item.value)
            if value is not None:
                found[item.description] = found.get(item.description, 0) + value
    return found


# ---- the agency


@edit("report", "052")
def ori_form(report: Report, case: Case) -> Iterable[Fault]:
    """Nine characters, the state first."""
    if report.head.ori.strip() and not ORI.fullmatch(report.head.ori):
        yield Fault("1", "head.ori", report.head.ori)


@edit("report", "933")
def ori_unknown(report: Report, case: Case) -> Iterable[Fault]:
    """On the FBI's list, where that is at hand."""
    listed = case.reference.agencies
    if listed is not None and ORI.fullmatch(report.head.ori) and report.head.ori not in listed:
        yield Fault("1", "head.ori", report.head.ori)


@edit("report", "930")
def ori_historical(report: Report, case: Case) -> Iterable[Fault]:
    """Still reporting."""
    if case.agency and case.agency.status == "historical":
        yield Fault("1", "head.ori", report.head.ori)


@edit("report", "932")
def ori_duplicated(report: Report, case: Case) -> Iterable[Fault]:
    """Once on the list."""
    if case.agency and case.agency.status == "duplicated":
        yield Fault("1", "head.ori", report.head.ori)


@edit("report", "934")
def ori_covered(report: Report, case: Case) -> Iterable[Fault]:
    """Reporting for itself."""
    if case.agency and case.agency.status == "covered":
        yield Fault("1", "head.ori", report.head.ori)
