"""A report out of the FBI's 2019.1 XML, ours or another system's; what cannot be a code is kept as it stands."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from app.core.errors import Invalid
from app.nibrs.codes import Tables, published
from app.nibrs.names import AGES, CATEGORIES, ID, NAMESPACES, REF, VEHICLES, Node, every, parse, text
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

SPOKEN_AGES = {words: code for code, words in AGES.items()}


def read(content: bytes, *, schema: etree.XMLSchema | None = None, tables: Tables | None = None) -> Report:
    """The report in one document. With `schema`, it must be valid against it.

    Invalid when it is no XML, no NIBRS submission, or breaks the schema; the message names the line.
    """
    root = parse(content)
    report = next(every(root, "nibrs:Report"), None)
    if root.tag != f"{{{NAMESPACES['nibrs']}}}Submission" or report is None:
        raise Invalid("This is no NIBRS submission of the 2019 exchange.", field="file")
    if schema is not None:
        refuse_unless_valid(root, schema)
    category = text(report, "nibrs:ReportHeader/nibrs:NIBRSReportCategoryCode")
    reader = _Reader(report, tables or published())
    if category == CATEGORIES["0"]:
        return reader.zero()
    return reader.arrest() if category == CATEGORIES["B"] else reader.incident()


def refuse_unless_valid(root: Node, schema: etree.XMLSchema) -> None:
    """Nothing when the document is valid; otherwise Invalid with the first fault."""
    if not schema.validate(root):
        fault = schema.error_log[0]
        named = re.sub(r"\{[^}]*\}", "", fault.message)
        raise Invalid(f"Line {fault.line}: {named}", field="file", remedy="The document breaks the FBI's schema.")


def _date(parent: Node | None, path: str) -> str:
    """The day at `path`, as YYYYMMDD; empty when there is none."""
    day = text(parent, f"{path}/nc:Date") or text(parent, f"{path}/nc:DateTime")[:10]
    return day.replace("-", "")[:8]


def _fill(digits: str, width: int) -> str:
    return digits.zfill(width) if digits.isascii() and digits.isdigit() else digits


class _Reader:
    """Reads one nibrs:Report."""

    def __init__(self, report: Node, tables: Tables) -> None:
        self.report, self.tables = report, tables
        self.by_id = {node.get(ID): node for node in report.iterchildren() if node.get(ID)}

    def head(self, number: str) -> Head:
        header = next(every(self.report, "nibrs:ReportHeader"), None)
        year, _, month = text(header, "nibrs:ReportDate/nc:YearMonthDate").partition("-")
        agency = "nibrs:ReportingAgency/j:OrganizationAugmentation/j:OrganizationORIIdentification/nc:IdentificationID"
        city = "nibrs:ReportingAgency/cjis:OrganizationAugmentation/cjis:DirectReportingCityIdentification"
        return Head(
            action=text(header, "nibrs:ReportActionCategoryCode"),
            month=month[:2],
            year=year,
            city=text(header, f"{city}/nc:IdentificationID"),
            ori=text(header, agency),
            number=number,
        )

    def zero(self) -> ZeroReport:
        head = self.head("0" * 12)
        return ZeroReport(head=head, month=head.month, year=head.year)

    def arrest(self) -> GroupBArrest:
        arrestees = self.arrestees()
        return GroupBArrest(self.head(arrestees[0].transaction if arrestees else ""), arrestees)

    def incident(self) -> GroupAIncident:
        node = next(every(self.report, "nc:Incident"), None)
        moment = text(node, "nc:ActivityDate/nc:DateTime")
        cargo = text(node, "cjis:IncidentAugmentation/j:OffenseCargoTheftIndicator")
        reported = text(node, "cjis:IncidentAugmentation/cjis:IncidentReportDateIndicator")
        offenses = dict(self.offenses())
        offenders = dict(self.offenders())
        return GroupAIncident(
            head=self.head(text(node, "nc:ActivityIdentification/nc:IdentificationID")),
            date=moment[:10].replace("-", "") or _date(node, "nc:ActivityDate"),
            report_date="R" if reported in ("true", "1") else "",
            hour=moment[11:13],
            cleared=text(node, "j:IncidentAugmentation/j:IncidentExceptionalClearanceCode"),
            cleared_date=_date(node, "j:IncidentAugmentation/j:IncidentExceptionalClearanceDate"),
            cargo={"true": "Y", "1": "Y", "false": "N", "0": "N"}.get(cargo, cargo),
            offenses=tuple(offenses.values()),
            properties=self.properties(),
            victims=self.victims(offenses, offenders),
            offenders=tuple(offenders.values()),
            arrestees=self.arrestees(),
        )

    def codes(self, node: Node, path: str, table: str) -> tuple[str, ...]:
        found = (one.text.strip() for one in every(node, path) if one.text and one.text.strip())
        return tuple(self.tables[table].read(one) for one in found)

    def code(self, node: Node | None, path: str, table: str) -> str:
        return self.tables[table].read(text(node, path))

    def offenses(self) -> list[tuple[str, Offense]]:
        locations = {}
        for link in every(self.report, "j:OffenseLocationAssociation"):
            where = self.by_id.get(_ref(link, "nc:Location"))
            locations[_ref(link, "j:Offense")] = self.code(where, "nibrs:LocationCategoryCode", "location")
        found = []
        for number, node in enumerate(every(self.report, "j:Offense"), start=1):
            name = node.get(ID) or str(number)
            attempted = text(node, "j:OffenseAttemptedIndicator")
            offense = Offense(
                code=self.code(node, "nibrs:OffenseUCRCode", "offense"),
                attempted={"true": "A", "1": "A", "false": "C", "0": "C"}.get(attempted, attempted),
                using=self.codes(node, "j:OffenseFactor/j:OffenseFactorCode", "using"),
                location=locations.get(name, ""),
                premises=_fill(text(node, "j:OffenseStructuresEnteredQuantity"), 2),
                entry=text(node, "j:OffenseEntryPoint/j:PassagePointMethodCode"),
                activity=self.codes(node, "nibrs:CriminalActivityCategoryCode", "activity"),
                weapons=self.codes(node, "j:OffenseForce/j:ForceCategoryCode", "weapon"),
                biases=self.codes(node, "j:OffenseFactorBiasMotivationCode", "bias"),
            )
            found.append((name, offense))
        return found

    def properties(self) -> tuple[Property, ...]:
        """Items and substances gathered by the segment their id tells, or by kind of loss where others wrote them."""
        segments: dict[str, _Segment] = {}
        for node in (*every(self.report, "nc:Item"), *every(self.report, "nc:Substance")):
            loss = self.code(node, "nc:ItemStatus/cjis:ItemStatusCode", "loss")
            ours = re.fullmatch(r"(?:Item|Substance)-(\d+)-(\d+)(?:-\d+)?", node.get(ID) or "")
            name = ours.group(1) if ours else f"loss {loss}"
            segment = segments.setdefault(name, _Segment(loss))
            segment.take(self, node, int(ours.group(2)) if ours else None)
        ordered = sorted(segments, key=int) if all(n.isdigit() for n in segments) else list(segments)
        return tuple(segments[name].record() for name in ordered)

    def item(self, node: Node) -> Item:
        return Item(
            description=self.code(node, "j:ItemCategoryNIBRSPropertyCategoryCode", "property"),
            value=_fill(text(node, "nc:ItemValue/nc:ItemValueAmount/nc:Amount"), 9),
            recovered=_date(node, "nc:ItemValue/nc:ItemValueDate"),
        )

    def drug(self, node: Node) -> Drug | None:
        measure = next(every(node, "nc:SubstanceQuantityMeasure"), None)
        drug = Drug(
            kind=self.code(node, "j:DrugCategoryCode", "drug"),
            quantity=_thousandths(text(measure, "nc:MeasureDecimalValue")),
            measurement=self.code(measure, "j:SubstanceUnitCode", "measurement"),
        )
        return drug if drug != Drug() else None

    def person(self, node: Node | None) -> dict[str, Any]:
        role = next(every(node, "nc:RoleOfPerson"), None) if node is not None else None
        person = self.by_id.get(role.get(REF)) if role is not None else None
        return {
            "age": _age(next(every(person, "nc:PersonAgeMeasure"), None) if person is not None else None),
            "sex": self.code(person, "j:PersonSexCode", "sex"),
            "race": self.code(person, "j:PersonRaceNDExCode", "race"),
            "ethnicity": self.code(person, "j:PersonEthnicityCode", "ethnicity"),
            "resident": self.code(person, "j:PersonResidentCode", "resident"),
        }

    def victims(self, offenses: dict[str, Offense], offenders: dict[str, Offender]) -> tuple[Victim, ...]:
        connected: dict[str, list[str]] = {}
        for link in every(self.report, "j:OffenseVictimAssociation"):
            offense = offenses.get(_ref(link, "j:Offense"))
            connected.setdefault(_ref(link, "j:Victim"), []).append(offense.code if offense else "")
        related: dict[str, list[Relation]] = {}
        for link in every(self.report, "j:SubjectVictimAssociation"):
            offender = offenders.get(_ref(link, "j:Subject"))
            words = self.code(link, "nibrs:VictimToSubjectRelationshipCode", "relationship")
            relation = Relation(offender.sequence if offender else "", words)
            related.setdefault(_ref(link, "j:Victim"), []).append(relation)
        officers = {_ref(node, "nc:RoleOfPerson"): node for node in every(self.report, "j:EnforcementOfficial")}
        found = []
        for number, node in enumerate(every(self.report, "j:Victim"), start=1):
            name = node.get(ID) or str(number)
            officer = officers.get(_ref(node, "nc:RoleOfPerson")) if _ref(node, "nc:RoleOfPerson") else None
            found.append(self.victim(node, officer, connected.get(name, []), related.get(name, [])))
        return tuple(found)

    def victim(self, node: Node, officer: Node | None, offenses: list[str], relations: list[Relation]) -> Victim:
        ori = "j:EnforcementOfficialUnit/j:OrganizationAugmentation/j:OrganizationORIIdentification/nc:IdentificationID"
        return Victim(
            sequence=_fill(text(node, "j:VictimSequenceNumberText"), 3),
            offenses=tuple(offenses),
            kind=self.code(node, "j:VictimCategoryCode", "victim"),
            circumstances=self.codes(node, "j:VictimAggravatedAssaultHomicideFactorCode", "circumstance"),
            justifiable=text(node, "j:VictimJustifiableHomicideFactorCode"),
            injuries=self.codes(node, "j:VictimInjury/j:InjuryCategoryCode", "injury"),
            relations=tuple(relations),
            officer_activity=text(officer, "j:EnforcementOfficialActivityCategoryCode"),
            officer_assignment=text(officer, "j:EnforcementOfficialAssignmentCategoryCode"),
            officer_ori=text(officer, ori),
            **self.person(node),
        )

    def offenders(self) -> list[tuple[str, Offender]]:
        found = []
        for number, node in enumerate(every(self.report, "j:Subject"), start=1):
            person = {key: value for key, value in self.person(node).items() if key != "resident"}
            sequence = _fill(text(node, "j:SubjectSequenceNumberText"), 2)
            found.append((node.get(ID) or str(number), Offender(sequence=sequence, **person)))
        return found

    def arrestees(self) -> tuple[Arrestee, ...]:
        arrests = {}
        for link in every(self.report, "j:ArrestSubjectAssociation"):
            arrests[_ref(link, "j:Subject")] = self.by_id.get(_ref(link, "nc:Activity"))
        found = []
        for node in every(self.report, "j:Arrestee"):
            arrest = arrests.get(node.get(ID) or "")
            cleared = text(node, "j:ArresteeClearanceIndicator")
            rest: dict[str, Any] = self.person(node)
            arrestee = Arrestee(
                sequence=_fill(text(node, "j:ArrestSequenceID"), 2),
                transaction=text(arrest, "nc:ActivityIdentification/nc:IdentificationID"),
                date=_date(arrest, "nc:ActivityDate"),
                kind=text(arrest, "j:ArrestCategoryCode"),
                multiple=text(node, "j:ArrestSubjectCountCode"),
                offense=self.code(arrest, "j:ArrestCharge/nibrs:ChargeUCRCode", "offense"),
                armed=self.codes(node, "j:ArresteeArmedWithCode", "armed"),
                disposition=text(node, "j:ArresteeJuvenileDispositionCode"),
                clearance={"true": "Y", "1": "Y", "false": "N", "0": "N"}.get(cleared, cleared),
                **rest,
            )
            found.append(arrestee)
        return tuple(found)


class _Segment:
    """A property segment being gathered."""

    def __init__(self, loss: str) -> None:
        self.loss, self.count = loss, 0
        self.counted = False
        self.items: list[tuple[int, Item]] = []
        self.drugs: list[Drug] = []

    def take(self, reader: _Reader, node: Node, place: int | None) -> None:
        item, drug = reader.item(node), reader.drug(node)
        quantity = text(node, "nc:ItemQuantity")
        if quantity.isascii() and quantity.isdigit() and (not item.description or item.description in VEHICLES):
            self.count, self.counted = self.count + int(quantity), True
        if drug is not None:
            self.drugs.append(drug)
            if item.description and any(one.description == item.description for _, one in self.items):
                return  # the second drug of the same description
        if item != Item():
            self.items.append((len(self.items) if place is None else place, item))

    def record(self) -> Property:
        count = f"{self.count:02}" if self.counted else ""
        return Property(
            loss=self.loss,
            items=tuple(item for _, item in sorted(self.items, key=lambda one: one[0])),
            stolen=count if self.loss == "7" else "",
            recovered=count if self.loss == "5" else "",
            drugs=tuple(self.drugs),
        )


def _ref(parent: Node, path: str) -> str:
    found = next(every(parent, path), None)
    return (found.get(REF) or "") if found is not None else ""


def _age(measure: Node | None) -> str:
    spoken = text(measure, "nc:MeasureValueText")
    if spoken:
        return SPOKEN_AGES.get(spoken, spoken)
    low = text(measure, "nc:MeasureIntegerRange/nc:RangeMinimumIntegerValue")
    high = text(measure, "nc:MeasureIntegerRange/nc:RangeMaximumIntegerValue")
    if low or high:
        return _fill(low, 2) + _fill(high, 2)
    return _fill(text(measure, "nc:MeasureIntegerValue"), 2)


def _thousandths(decimal: str) -> str:
    """1.5 as 000000001500; what is no number as it stands."""
    try:
        return f"{int(Decimal(decimal) * 1000):012}" if decimal else ""
    except (InvalidOperation, ValueError, OverflowError):
        return decimal
