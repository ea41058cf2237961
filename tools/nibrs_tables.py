"""Makes app/nibrs/data/codes.csv and rules.csv from the FBI's published code tables, edit rules and 2019.1 schemas.

`python tools/nibrs_tables.py FOLDER`, where FOLDER holds NIBRSCodeTables.xlsx, NIBRSEditRules.xlsx, edit_rules.csv and
the IEPD, as published by SEARCH-NCJIS/nibrs (Apache-2.0; the tables and the IEPD are works of the FBI, public domain).
"""

import csv
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

SHEET = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
XSD = "{http://www.w3.org/2001/XMLSchema}"
OUT = Path(__file__).resolve().parent.parent / "app" / "nibrs" / "data"

# our name of a table: (sheet of the code tables, schema file, type in it)
UCR = "niem/codes/fbi_ucr/3.2/fbi_ucr.xsd"
NDEX = "niem/codes/fbi_ndex/3.1/fbi_ndex.xsd"
NIBRS = "nibrs/2019/nibrs-codes.xsd"
TABLES = {
    "offense": ("UCROffenseCodeType", NIBRS, "OffenseCodeSimpleType"),
    "location": ("LocationTypeType", NIBRS, "LocationCategoryCodeSimpleType"),
    "activity": ("TypeOfCriminalActivityType", NIBRS, "CriminalActivityCategoryCodeSimpleType"),
    "bias": ("BiasMotivationType", NDEX, "BiasMotivationCodeSimpleType"),
    "property": ("PropertyDescriptionType", UCR, "PropertyCategoryCodeSimpleType"),
    "loss": ("TypePropertyLossEtcType", "cjis/2.0/cjis-codes.xsd", "ItemStatusCodeSimpleType"),
    "relationship": ("RelationshipsVictimToOffendersT", NIBRS, "VictimToSubjectRelationshipCodeSimpleType"),
    "weapon": ("TypeOfWeaponForceInvolvedType", UCR, "ForceCategoryCodeSimpleType"),
    "armed": ("ArresteeWasArmedWithType", UCR, "ArresteeWeaponCodeSimpleType"),
    "drug": ("SuspectedDrugTypeType", UCR, "DrugCategoryCodeSimpleType"),
    "measurement": ("TypeDrugMeasurementType", UCR, "DrugMeasurementCodeSimpleType"),
    "using": ("OffenderSuspectedOfUsingType", UCR, "IncidentFactorCodeSimpleType"),
    "entry": ("MethodOfEntryType", UCR, "MethodOfEntryCodeSimpleType"),
    "cleared": ("ClearedExceptionallyType", UCR, "IncidentExceptionalClearanceCodeSimpleType"),
    "victim": ("TypeOfVictimType", UCR, "VictimCategoryCodeSimpleType"),
    "officer_activity": ("OfficerActivityCircumstanceType", UCR, "LEOKAActivityCategoryCodeSimpleType"),
    "officer_assignment": ("OfficerAssignmentTypeType", UCR, "LEOKAOfficerAssignmentCategoryCodeSimpleType"),
    "circumstance": ("AggravatedAssaultHomicideCircum", UCR, "AggravatedAssaultHomicideFactorsCodeSimpleType"),
    "justifiable": ("AdditionalJustifiableHomicideCi", UCR, "JustifiableHomicideFactorsCodeSimpleType"),
    "injury": ("TypeInjuryType", UCR, "InjuryCategoryCodeSimpleType"),
    "sex": ("SexOfPersonType", "niem/codes/fbi_ncic/3.2/fbi_ncic.xsd", "SEXCodeSimpleType"),
    "race": ("RaceOfPersonType", NDEX, "RACCodeSimpleType"),
    "ethnicity": ("EthnicityOfPersonType", UCR, "EthnicityCodeSimpleType"),
    "resident": ("ResidentStatusOfPersonType", UCR, "ResidentCodeSimpleType"),
    "arrest": ("TypeOfArrestType", UCR, "ArrestCategoryCodeSimpleType"),
    "multiple": ("MultipleArresteeSegmentsIndicat", UCR, "MultipleArresteeSegmentsCodeSimpleType"),
    "disposition": ("DispositionOfArresteeUnder18Typ", NDEX, "JuvenileDispositionCodeSimpleType"),
}
# Where the schema writes a word instead of the code: what begins the word's documentation or is the word itself.
WORDS = {
    "loss": "1 NONE|2 BURNED|3 COUNTERFEITED|4 DESTROYED_DAMAGED_VANDALIZED|5 RECOVERED|6 SEIZED|7 STOLEN|8 UNKNOWN",
    "relationship": "AQ Acquaintance|BE Babysittee|BG Boyfriend_Girlfriend|CF Child of Boyfriend_Girlfriend|EE Employee"
    "|ER Employer|XR Ex_Relationship|XS Ex_Spouse|OF Family Member|CH Family Member_Child|GC Family Member_Grandchild"
    "|GP Family Member_Grandparent|IL Family Member_In-Law|PA Family Member_Parent|SB Family Member_Sibling"
    "|SE Family Member_Spouse|CS Family Member_Spouse_Common Law|SC Family Member_Stepchild|SP Family Member_Stepparent"
    "|SS Family Member_Stepsibling|FR Friend|NE Neighbor|OK NonFamily_Otherwise Known|RU Relationship Unknown"
    "|ST Stranger|VO Victim Was Offender",
    "bias": "11 ANTIWHITE|12 ANTIBLACK_AFRICAN AMERICAN|13 ANTIAMERICAN INDIAN_ ALASKAN NATIVE|14 ANTIASIAN"
    "|15 ANTIMULTIRACIAL GROUP|16 ANTINATIVEHAWAIIAN_OTHERPACIFICISLANDER|21 ANTIJEWISH|22 ANTICATHOLIC"
    "|23 ANTIPROTESTANT|24 ANTIISLAMIC|25 ANTIOTHER RELIGION|26 ANTIMULTIRELIGIOUS GROUP|27 ANTIATHEIST_AGNOSTIC"
    "|28 ANTIMORMON|29 ANTIJEHOVAHWITNESS|31 ANTIARAB|32 ANTIHISPANIC_LATINO|33 ANTIOTHER ETHNICITY_NATIONAL ORIGIN"
    "|41 ANTIMALE HOMOSEXUAL|42 ANTIFEMALE HOMOSEXUAL|43 ANTIHOMOSEXUAL|44 ANTIHETEROSEXUAL|45 ANTIBISEXUAL"
    "|51 ANTIPHYSICAL DISABILITY|52 ANTIMENTAL DISABILITY|61 ANTIMALE|62 ANTIFEMALE|71 ANTITRANSGENDER"
    "|72 ANTIGENDER_NONCONFORMING|81 ANTIEASTERNORTHODOX|82 ANTIOTHER CHRISTIAN|83 ANTIBUDDHIST|84 ANTIHINDU"
    "|85 ANTISIKH|88 NONE|99 UNKNOWN",
}
AGAINST = {"Person": "person", "Property": "property", "Society": "society", "Other": "any", "Not a Crime": "person"}
LEVELS = {
    "Structure Check": "S",
    "Zero Report Segment": "0",
    "Admin Segment": "1",
    "Offense Segment": "2",
    "Property Segment": "3",
    "Victim Segment": "4",
    "Offender Segment": "5",
    "Arrestee Segment": "6",
    "Group B Arrest Segment": "7",
}
WARNINGS = {"269", "342", "343", "449", "549", "640", "641", "740", "741"}
SEVENTEENTH = {
    "320": ("Property Segment", "DATE RECOVERED CANNOT PREDATE THE INCIDENT DATE")
}  # listed without its words
RULE_ELEMENTS = {"388": "18", "343": "19", "376": "14", "382": "15"}


def sheets(path: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Each sheet of a workbook by name: its rows as letters of columns and text."""
    book = zipfile.ZipFile(path)
    texts = ["".join(t.itertext()) for t in ET.fromstring(book.read("xl/sharedStrings.xml"))]
    targets = {r.get("Id"): r.get("Target") for r in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
    for sheet in ET.fromstring(book.read("xl/workbook.xml")).find("m:sheets", SHEET):
        inside = ET.fromstring(book.read("xl/" + targets[sheet.get(RELATION)].removeprefix("/xl/")))
        yield sheet.get("name"), [_row(row, texts) for row in inside.iter(f"{{{SHEET['m']}}}row")]


def _row(row: ET.Element, texts: list[str]) -> dict[str, str]:
    found = {}
    for cell in row.findall("m:c", SHEET):
        value = cell.find("m:v", SHEET)
        if value is not None:
            text = texts[int(value.text)] if cell.get("t") == "s" else value.text
            found[re.match("[A-Z]+", cell.get("r")).group()] = text
    return found


def published(schema: Path, name: str) -> set[str]:
    """The values a simple type of a schema enumerates."""
    for kind in ET.parse(schema).iter(f"{XSD}simpleType"):
        if kind.get("name") == name:
            return {one.get("value") for one in kind.iter(f"{XSD}enumeration")}
    raise SystemExit(f"{schema}: no type {name}")


def codes(folder: Path) -> Iterator[list[str]]:
    """Every published code: table, code, words, group, crime against, and how the schema writes it."""
    book = dict(sheets(folder / "NIBRSCodeTables.xlsx"))
    schemas = next(folder.glob("NIBRS_IEPD_*")) / "base-xsd"
    for table, (sheet, schema, kind) in TABLES.items():
        values = published(schemas / schema, kind)
        words = dict(one.split(" ", 1) for one in WORDS[table].split("|")) if table in WORDS else {}
        seen = set()
        for row in book[sheet][1:]:
            code = row.get("B", "").strip()
            written = words.get(code, "") if words else code
            if not code or code in seen or written not in values:
                continue  # the database's own "unknown" and "blank" are no codes of the FBI's
            seen.add(code)
            against = AGAINST.get(row.get("G", ""), "") if table == "offense" else ""
            group = row.get("D", "").removeprefix("Group ") if table == "offense" else ""
            yield [table, code, " ".join(row["C"].split()), group, against, written]
        missing = {one for one in values if not re.fullmatch(r"1\dA", one)} - (set(words.values()) if words else seen)
        if missing:
            raise SystemExit(f"{table}: in the schema and not in the table: {sorted(missing)}")


def rules(folder: Path) -> Iterator[list[str]]:
    """Every published rule: id, number, level, segment, severity, data elements, the FBI's message."""
    book = dict(sheets(folder / "NIBRSEditRules.xlsx"))
    elements: dict[str, list[str]] = {}
    for row in book["ElementEdits"][1:]:
        listed = elements.setdefault(row.get("C", "").zfill(3), [])
        number = row.get("B", "")
        if re.fullmatch(r"\d+[A-C]?", number) and number not in listed:
            listed.append(number)
    taken: set[str] = set()
    with (folder / "edit_rules.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            segment, message = row["segment"], row["message"]
            if row["rule"] in SEVENTEENTH:
                segment, message = SEVENTEENTH[row["rule"]]
            number = row["rule"].zfill(3)
            key = f"{number}-zero" if number in taken else number
            taken.add(number)
            severity = "warning" if number in WARNINGS else "error"
            of = " ".join(elements.get(number, [])) or RULE_ELEMENTS.get(number, "")
            yield [key, number, LEVELS[segment], severity, of, " ".join(message.split())]


def main() -> None:
    """Writes both files."""
    folder = Path(sys.argv[1])
    heads = {
        "codes.csv": (["table", "code", "words", "group", "against", "written"], codes),
        "rules.csv": (["id", "number", "level", "severity", "elements", "message"], rules),
    }
    for name, (head, make) in heads.items():
        rows = list(make(folder))
        with (OUT / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
