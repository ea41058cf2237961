"""A report as the FBI's 2019.1 XML: one document a report, valid against nibrs.xsd when the report passes the rules."""

from datetime import datetime

from lxml import etree

from app.nibrs.codes import Tables, published
from app.nibrs.names import AGES, CATEGORIES, ID, NAMESPACES, REF, VEHICLES, Node, put, qualified
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
    Report,
    Victim,
    ZeroReport,
)

VERSION = "2019.1"


def write(
    report: Report, *, sender: str, message_id: str, made_at: datetime, action: str = "", tables: Tables | None = None
) -> bytes:
    """The document of one report. `sender` is the submitting agency's ORI, `action` replaces the report's own (R)."""
    root = etree.Element(qualified("nibrs:Submission"), nsmap=NAMESPACES)
    metadata = put(root, "cjis:MessageMetadata")
    put(metadata, "cjis:MessageDateTime", made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    put(metadata, "cjis:MessageIdentification/nc:IdentificationID", message_id)
    put(metadata, "cjis:MessageImplementationVersion", VERSION)
    _ori(put(metadata, "cjis:MessageSubmittingOrganization"), sender)
    _Document(put(root, "nibrs:Report"), tables or published()).report(report, action)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _ori(parent: Node, ori: str) -> None:
    put(parent, "j:OrganizationAugmentation/j:OrganizationORIIdentification/nc:IdentificationID", ori)


def _day(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"


def _number(digits: str) -> str:
    return str(int(digits)) if digits.isascii() and digits.isdigit() else digits


class _Document:
    """Writes one report under its element; the schema's order is the order of the methods."""

    def __init__(self, root: Node, tables: Tables) -> None:
        self.root, self.tables = root, tables

    def report(self, report: Report, action: str) -> None:
        if isinstance(report, ZeroReport):
            self.header("0", report.head, action, f"{report.year}-{report.month}")
        elif isinstance(report, GroupBArrest):
            self.header("B", report.head, action, f"{report.head.year}-{report.head.month}")
            self.arrests(report.arrestees)
        else:
            self.header("A", report.head, action, f"{report.head.year}-{report.head.month}")
            self.incident(report)
            if (action or report.head.action) != "D":
                self.group_a(report)

    def group_a(self, incident: GroupAIncident) -> None:
        for number, offense in enumerate(incident.offenses, start=1):
            self.offense(number, offense)
        for number, offense in enumerate(incident.offenses, start=1):
            location = put(self.root, "nc:Location")
            location.set(ID, f"Location-{number}")
            put(location, "nibrs:LocationCategoryCode", offense.location)
        for number, segment in enumerate(incident.properties, start=1):
            self.items(number, segment)
        for number, segment in enumerate(incident.properties, start=1):
            self.substances(number, segment)
        self.people(incident)
        for victim in incident.victims:
            self.officer(incident, victim)
        for number, victim in enumerate(incident.victims, start=1):
            self.victim(number, victim)
        for number, offender in enumerate(incident.offenders, start=1):
            self.subject(number, offender)
        self.arrests(incident.arrestees, people=False)
        self.associations(incident)

    def header(self, category: str, head: Head, action: str, month: str) -> None:
        header = put(self.root, "nibrs:ReportHeader")
        put(header, "nibrs:NIBRSReportCategoryCode", CATEGORIES[category])
        put(header, "nibrs:ReportActionCategoryCode", action or head.action)
        put(header, "nibrs:ReportDate/nc:YearMonthDate", month)
        _ori(put(header, "nibrs:ReportingAgency"), head.ori)

    def incident(self, incident: GroupAIncident) -> None:
        node = put(self.root, "nc:Incident")
        put(node, "nc:ActivityIdentification/nc:IdentificationID", incident.head.number)
        when = put(node, "nc:ActivityDate")
        if incident.hour:
            put(when, "nc:DateTime", f"{_day(incident.date)}T{incident.hour}:00:00")
        else:
            put(when, "nc:Date", _day(incident.date))
        more = put(node, "cjis:IncidentAugmentation")
        put(more, "cjis:IncidentReportDateIndicator", "true" if incident.report_date == "R" else "false")
        if incident.cargo:
            put(more, "j:OffenseCargoTheftIndicator", "true" if incident.cargo == "Y" else "false")
        if incident.cleared:
            cleared = put(node, "j:IncidentAugmentation")
            put(cleared, "j:IncidentExceptionalClearanceCode", incident.cleared)
            if incident.cleared_date:
                put(cleared, "j:IncidentExceptionalClearanceDate/nc:Date", _day(incident.cleared_date))

    def offense(self, number: int, offense: Offense) -> None:
        node = put(self.root, "j:Offense")
        node.set(ID, f"Offense-{number}")
        put(node, "nibrs:OffenseUCRCode", self.code("offense", offense.code))
        for code in filter(None, offense.activity):
            put(node, "nibrs:CriminalActivityCategoryCode", self.code("activity", code))
        for code in filter(None, offense.biases):
            put(node, "j:OffenseFactorBiasMotivationCode", self.code("bias", code))
        if offense.premises:
            put(node, "j:OffenseStructuresEnteredQuantity", _number(offense.premises))
        for code in filter(None, offense.using):
            put(node, "j:OffenseFactor/j:OffenseFactorCode", self.code("using", code))
        if offense.entry:
            put(node, "j:OffenseEntryPoint/j:PassagePointMethodCode", offense.entry)
        for code in filter(None, offense.weapons):
            put(node, "j:OffenseForce/j:ForceCategoryCode", self.code("weapon", code))
        put(node, "j:OffenseAttemptedIndicator", "true" if offense.attempted == "A" else "false")

    def items(self, number: int, segment: Property) -> None:
        """Every description but drugs that have a suspected type, which are substances; ids keep place and order."""
        counts = _vehicle_counts(segment)
        shown = [(n, item) for n, item in enumerate(segment.items) if not (segment.drugs and item.description == "10")]
        if not segment.items and not segment.drugs:
            shown = [(0, Item())]
        for place, item in shown:
            self.item(put(self.root, "nc:Item"), f"Item-{number}-{place}", segment, item, counts.get(place, ""))

    def item(self, node: Node, name: str, segment: Property, item: Item, quantity: str = "") -> None:
        node.set(ID, name)
        put(node, "nc:ItemStatus/cjis:ItemStatusCode", self.code("loss", segment.loss))
        if item.value or item.recovered:
            value = put(node, "nc:ItemValue")
            if item.value:
                put(value, "nc:ItemValueAmount/nc:Amount", _number(item.value))
            if item.recovered:
                put(value, "nc:ItemValueDate/nc:Date", _day(item.recovered))
        if item.description:
            put(node, "j:ItemCategoryNIBRSPropertyCategoryCode", self.code("property", item.description))
        if quantity:
            put(node, "nc:ItemQuantity", quantity)

    def substances(self, number: int, segment: Property) -> None:
        drugs = [(place, item) for place, item in enumerate(segment.items) if item.description == "10"]
        place, item = drugs[0] if drugs else (0, Item())
        for order, drug in enumerate(segment.drugs):
            node = put(self.root, "nc:Substance")
            self.item(
                node, f"Substance-{number}-{place}-{order}", segment, item if order == 0 else Item(item.description)
            )
            self.drug(node, drug)

    def drug(self, node: Node, drug: Drug) -> None:
        put(node, "j:DrugCategoryCode", self.code("drug", drug.kind))
        if drug.quantity or drug.measurement:
            measure = put(node, "nc:SubstanceQuantityMeasure")
            if drug.quantity:
                thousandths = int(drug.quantity) if drug.quantity.isascii() and drug.quantity.isdigit() else 0
                put(measure, "nc:MeasureDecimalValue", f"{thousandths // 1000}.{thousandths % 1000:03}")
            if drug.measurement:
                put(measure, "j:SubstanceUnitCode", self.code("measurement", drug.measurement))

    def people(self, incident: GroupAIncident) -> None:
        for number, victim in enumerate(incident.victims, start=1):
            if is_person(victim):
                self.person(f"PersonVictim-{number}", victim)
        for number, offender in enumerate(incident.offenders, start=1):
            if is_person(offender):
                self.person(f"PersonOffender-{number}", offender)
        for number, arrestee in enumerate(incident.arrestees, start=1):
            self.person(f"PersonArrestee-{number}", arrestee)

    def person(self, name: str, person: Victim | Offender | Arrestee) -> None:
        node = put(self.root, "nc:Person")
        node.set(ID, name)
        if person.age:
            _age(put(node, "nc:PersonAgeMeasure"), person.age)
        resident = "" if isinstance(person, Offender) else person.resident
        for element, table, code in (
            ("j:PersonEthnicityCode", "ethnicity", person.ethnicity),
            ("j:PersonRaceNDExCode", "race", person.race),
            ("j:PersonResidentCode", "resident", resident),
            ("j:PersonSexCode", "sex", person.sex),
        ):
            if code:
                put(node, element, self.code(table, code))

    def officer(self, incident: GroupAIncident, victim: Victim) -> None:
        if not (victim.officer_activity or victim.officer_assignment or victim.officer_ori):
            return
        node = put(self.root, "j:EnforcementOfficial")
        if is_person(victim):
            put(node, "nc:RoleOfPerson").set(REF, f"PersonVictim-{incident.victims.index(victim) + 1}")
        if victim.officer_activity:
            put(node, "j:EnforcementOfficialActivityCategoryCode", victim.officer_activity)
        if victim.officer_assignment:
            put(node, "j:EnforcementOfficialAssignmentCategoryCode", victim.officer_assignment)
        if victim.officer_ori:
            _ori(put(node, "j:EnforcementOfficialUnit"), victim.officer_ori)

    def victim(self, number: int, victim: Victim) -> None:
        node = put(self.root, "j:Victim")
        node.set(ID, f"Victim-{number}")
        if is_person(victim):
            put(node, "nc:RoleOfPerson").set(REF, f"PersonVictim-{number}")
        put(node, "j:VictimSequenceNumberText", _number(victim.sequence))
        for code in filter(None, victim.injuries):
            put(node, "j:VictimInjury/j:InjuryCategoryCode", self.code("injury", code))
        put(node, "j:VictimCategoryCode", self.code("victim", victim.kind))
        for code in filter(None, victim.circumstances):
            put(node, "j:VictimAggravatedAssaultHomicideFactorCode", self.code("circumstance", code))
        if victim.justifiable:
            put(node, "j:VictimJustifiableHomicideFactorCode", victim.justifiable)

    def subject(self, number: int, offender: Offender) -> None:
        node = put(self.root, "j:Subject")
        node.set(ID, f"Offender-{number}")
        if is_person(offender):
            put(node, "nc:RoleOfPerson").set(REF, f"PersonOffender-{number}")
        put(node, "j:SubjectSequenceNumberText", _number(offender.sequence))

    def arrests(self, arrestees: tuple[Arrestee, ...], *, people: bool = True) -> None:
        described = {n for n, one in enumerate(arrestees, start=1) if is_person(one) or not people}
        for number, arrestee in enumerate(arrestees, start=1):
            if people and number in described:
                self.person(f"PersonArrestee-{number}", arrestee)
        for number, arrestee in enumerate(arrestees, start=1):
            self.arrestee(number, arrestee, number in described)
        for number, arrestee in enumerate(arrestees, start=1):
            self.arrest(number, arrestee)
        for number in range(1, len(arrestees) + 1):
            link = put(self.root, "j:ArrestSubjectAssociation")
            put(link, "nc:Activity").set(REF, f"Arrest-{number}")
            put(link, "j:Subject").set(REF, f"Arrestee-{number}")

    def arrestee(self, number: int, arrestee: Arrestee, described: bool) -> None:
        node = put(self.root, "j:Arrestee")
        node.set(ID, f"Arrestee-{number}")
        if described:
            put(node, "nc:RoleOfPerson").set(REF, f"PersonArrestee-{number}")
        put(node, "j:ArrestSequenceID", _number(arrestee.sequence))
        if arrestee.clearance:
            put(node, "j:ArresteeClearanceIndicator", "true" if arrestee.clearance == "Y" else "false")
        for code in filter(None, arrestee.armed):
            put(node, "j:ArresteeArmedWithCode", self.code("armed", code))
        if arrestee.disposition:
            put(node, "j:ArresteeJuvenileDispositionCode", arrestee.disposition)
        if arrestee.multiple:
            put(node, "j:ArrestSubjectCountCode", arrestee.multiple)

    def arrest(self, number: int, arrestee: Arrestee) -> None:
        node = put(self.root, "j:Arrest")
        node.set(ID, f"Arrest-{number}")
        put(node, "nc:ActivityIdentification/nc:IdentificationID", arrestee.transaction)
        if arrestee.date:
            put(node, "nc:ActivityDate/nc:Date", _day(arrestee.date))
        if arrestee.offense:
            put(node, "j:ArrestCharge/nibrs:ChargeUCRCode", self.code("offense", arrestee.offense))
        if arrestee.kind:
            put(node, "j:ArrestCategoryCode", arrestee.kind)

    def associations(self, incident: GroupAIncident) -> None:
        for number in range(1, len(incident.offenses) + 1):
            link = put(self.root, "j:OffenseLocationAssociation")
            put(link, "j:Offense").set(REF, f"Offense-{number}")
            put(link, "nc:Location").set(REF, f"Location-{number}")
        places = {code: number for number, code in reversed(list(enumerate(incident.codes, start=1)))}
        for number, victim in enumerate(incident.victims, start=1):
            for code in victim.offenses:
                if code in places:
                    link = put(self.root, "j:OffenseVictimAssociation")
                    put(link, "j:Offense").set(REF, f"Offense-{places[code]}")
                    put(link, "j:Victim").set(REF, f"Victim-{number}")
        subjects = {one.sequence: number for number, one in reversed(list(enumerate(incident.offenders, start=1)))}
        for number, victim in enumerate(incident.victims, start=1):
            for relation in victim.relations:
                if relation.offender in subjects:
                    link = put(self.root, "j:SubjectVictimAssociation")
                    put(link, "j:Subject").set(REF, f"Offender-{subjects[relation.offender]}")
                    put(link, "j:Victim").set(REF, f"Victim-{number}")
                    if relation.relationship:
                        words = self.code("relationship", relation.relationship)
                        put(link, "nibrs:VictimToSubjectRelationshipCode", words)

    def code(self, table: str, code: str) -> str:
        """A code as the schema writes it; an agency's own as the federal one it stands for."""
        return self.tables[table].written(self.tables.federal(table, code))


def is_person(one: Victim | Offender | Arrestee) -> bool:
    """Whether anything is said of a person at all."""
    return bool(one.age or one.sex or one.race or one.ethnicity or getattr(one, "resident", ""))


def _age(node: Node, age: str) -> None:
    if age in AGES:
        put(node, "nc:MeasureValueText", AGES[age])
    elif len(age) == 4:
        between = put(node, "nc:MeasureIntegerRange")
        put(between, "nc:RangeMaximumIntegerValue", _number(age[2:]))
        put(between, "nc:RangeMinimumIntegerValue", _number(age[:2]))
    else:
        put(node, "nc:MeasureIntegerValue", _number(age))


def _vehicle_counts(segment: Property) -> dict[int, str]:
    """The number of vehicles, spread over the vehicle descriptions so that it adds up; by place among the items."""
    told = segment.stolen if segment.loss == "7" else segment.recovered if segment.loss == "5" else ""
    if not (told.isascii() and told.isdigit()):
        return {}
    places = [place for place, item in enumerate(segment.items) if item.description in VEHICLES] or [0]
    rest = int(told) - (len(places) - 1)
    if rest < 1:
        return {places[0]: str(int(told))}
    return {place: str(rest if place == places[0] else 1) for place in places}
