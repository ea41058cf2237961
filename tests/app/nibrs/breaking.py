"""Each of the 269 published rules broken once: a valid record and what is changed in it, or a line of a flat file."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.nibrs import flatfile
from app.nibrs.edits import Agency, OnFile, Reference
from app.nibrs.records import Drug, Item, Layout, Offender, Property, Relation, Report, Submission
from tests.app.nibrs import valid
from tests.app.nibrs.valid import (
    ASSAULT,
    ATTEMPT,
    BRAWL,
    BURGLARY,
    DELETION,
    DRUGS,
    GROUP_B,
    GROUP_B_DELETION,
    JUSTIFIED,
    OFFICER,
    ORI,
    OTHER_ORI,
    RAPE,
    REFERENCE,
    ROBBERY,
    VEHICLE,
    ZERO,
    changed,
)


@dataclass(frozen=True)
class Break:
    """A submission that breaks a rule, and the circumstances in which it does."""

    submission: Submission
    reference: Reference = REFERENCE


def by_change(base: Report, changes: dict[str, Any], **reference: Any) -> Break:
    """A record with some values replaced."""
    return Break(Submission((changed(base, changes),)), dataclasses.replace(REFERENCE, **reference))


def together(*reports: Report, **reference: Any) -> Break:
    """Several reports in one submission."""
    return Break(Submission(reports), dataclasses.replace(REFERENCE, **reference))


def in_file(base: Report, level: str, first: int, text: str, *more: Report) -> Break:
    """A flat file in which the first line of a level has other text from a position on."""
    lines = flatfile.write([base, *more]).decode().splitlines()
    place = next(n for n, line in enumerate(lines) if line[4] == level)
    lines[place] = lines[place][: first - 1] + text + lines[place][first - 1 + len(text) :]
    return Break(flatfile.read("\n".join(lines).encode()))


def line_moved(base: Report, level: str) -> Break:
    """A flat file in which the first line of a level comes last."""
    lines = flatfile.write([base]).decode().splitlines()
    place = next(n for n, line in enumerate(lines) if line[4] == level)
    return Break(flatfile.read("\n".join([*lines[:place], *lines[place + 1 :], lines[place]]).encode()))


def mixed_lengths(base: Report, short: dict[str, bool]) -> Break:
    """A flat file whose second report is written in shorter lengths."""
    second = changed(base, {"head.number": "26-000124"})
    content = flatfile.write([base]) + flatfile.write([second], Layout(**short))
    return Break(flatfile.read(content))


def agency(**known: Any) -> dict[str, Agency]:
    """The FBI's list with something known of our agency."""
    return {**valid.AGENCIES, ORI: dataclasses.replace(valid.AGENCIES[ORI], **known)}


def filed(**known: Any) -> OnFile:
    """What the FBI holds."""
    return OnFile(**known)


Made = Callable[[], Break]
C = by_change
NEXT = {"head.number": "26-000124"}
SPOUSES = {"offenses.0.weapons": ("40",)}

NUMBERS: dict[str, Made] = {}
for _level, _base in (("2", ASSAULT), ("3", BURGLARY), ("4", ASSAULT), ("5", ASSAULT), ("6", ASSAULT)):
    for _last, _text in (("15", "26 000123   "), ("16", " 26-000123  "), ("17", "26*000123   ")):
        NUMBERS[f"{_level}{_last}"] = lambda b=_base, lv=_level, t=_text: in_file(b, lv, 26, t)
    if _level in "235":
        NUMBERS[f"{_level}01"] = lambda b=_base, lv=_level: in_file(b, lv, 17, " " * 9)
for _last, _text in (("15", "26 0001"), ("16", " 26-0001"), ("17", "26+0001")):
    NUMBERS[f"1{_last}"] = lambda t=_text: C(ASSAULT, {"head.number": t})
    NUMBERS[f"7{_last}"] = lambda t=_text: C(GROUP_B, {"head.number": t})
for _last, _text in (("15", "00000 000000"), ("16", " 00000000000"), ("17", "000000+00000")):
    NUMBERS[f"0{_last}"] = lambda t=_text: in_file(ZERO, "0", 26, t)

AGES: dict[str, Made] = {}
for _level, _base, _path in (
    ("4", ASSAULT, "victims.0.age"),
    ("5", ASSAULT, "offenders.0.age"),
    ("6", ASSAULT, "arrestees.0.age"),
    ("7", GROUP_B, "arrestees.0.age"),
):
    for _last, _age in (("08", " 34"), ("09", "3X4"), ("10", "4030"), ("22", "0034")):
        AGES[f"{_level}{_last}"] = lambda b=_base, p=_path, a=_age: C(b, {p: a})

STRUCTURE: dict[str, Made] = {
    "050": lambda: line_moved(ASSAULT, "4"),
    "051": lambda: in_file(ASSAULT, "5", 5, "9"),
    "052": lambda: C(ASSAULT, {"head.ori": "C1012340"}),
    "055": lambda: in_file(ASSAULT, "1", 5, "8"),
    "056": lambda: together(ASSAULT, ASSAULT),
    "058": lambda: in_file(ASSAULT, "4", 7, "01"),
    "059": lambda: together(ASSAULT, changed(BURGLARY, {**NEXT, "head.ori": "NV0123400"})),
    "060": lambda: C(ASSAULT, {"head.month": "04"}),
    "065": lambda: C(ASSAULT, {"victims.0.offenses": ("13C",)}),
    "070": lambda: C(ASSAULT, {"victims.0.relations": (Relation("15", "ST"),)}),
    "071": lambda: C(ASSAULT, {"cleared": "B", "cleared_date": "20260212"}),
    "072": lambda: C(VEHICLE, {"properties.1.items.0.description": "37"}),
    "073": lambda: C(VEHICLE, {"properties.1.recovered": "02"}),
    "074": lambda: C(BURGLARY, {"properties": ()}),
    "075": lambda: C(ASSAULT, {"offenders": ()}),
    "076": lambda: C(ASSAULT, {"properties": BURGLARY.properties}),
    "077": lambda: C(ATTEMPT, {"properties": BURGLARY.properties}),
    "078": lambda: C(VEHICLE, {"properties": (Property(loss="1"),)}),
    "080": lambda: C(DRUGS, {"victims.1": changed(DRUGS.victims[0], {"sequence": "002"})}),
    "081": lambda: C(BURGLARY, {"properties.0.loss": "2"}),
    "084": lambda: C(VEHICLE, {"properties.1.items.0.value": "000013000"}),
    "085": lambda: C(ROBBERY, {"victims.0.relations": (Relation("01", "ST"),)}),
    "088": lambda: together(ASSAULT, changed(GROUP_B, {"head.number": "26-000123"})),
    "090": lambda: in_file(ZERO, "0", 38, "13"),
    "091": lambda: in_file(ZERO, "0", 40, "20X6"),
    "092": lambda: in_file(ZERO, "0", 26, "000000000001"),
    "093": lambda: in_file(ZERO, "0", 40, "2019"),
    "094": lambda: in_file(ZERO, "0", 38, "03"),
    "930": lambda: C(ASSAULT, {}, agencies=agency(status="historical")),
    "931": lambda: C(OFFICER, {}, agencies={**valid.AGENCIES, OTHER_ORI: Agency("historical")}),
    "932": lambda: C(ASSAULT, {}, agencies=agency(status="duplicated")),
    "933": lambda: C(ASSAULT, {"head.ori": "CA9999900"}),
    "934": lambda: C(ASSAULT, {}, agencies=agency(status="covered")),
    "952": lambda: C(OFFICER, {"victims.0.officer_ori": "CA04567"}),
}
ZEROS: dict[str, Made] = {
    "001": lambda: C(ZERO, {"year": ""}),
    "028": lambda: C(ZERO, {}, on_file=filed(incidents={(ORI, "26-000123"): ("20260210",)})),
    "029": lambda: C(ZERO, {}, on_file=filed(arrests={(ORI, "26-000200"): (("20260211", "01"),)})),
    "090-zero": lambda: C(ZERO, {"month": "00"}),
    "092-zero": lambda: C(ZERO, {"head.number": "26-000123"}),
    "093-zero": lambda: C(ZERO, {"year": "2020"}),
    "094-zero": lambda: C(ZERO, {"month": "03"}),
    "096": lambda: C(ZERO, {}, agencies=agency(covered_from=date(2026, 2, 20))),
}
ADMINISTRATIVE: dict[str, Made] = {
    "101": lambda: C(ASSAULT, {"date": ""}),
    "104": lambda: C(ASSAULT, {"cleared": "Z"}),
    "105": lambda: C(ASSAULT, {"date": "20260230"}),
    "118": lambda: C(ASSAULT, {}, agencies=agency(inactive_from=date(2026, 2, 1))),
    "119": lambda: C(BURGLARY, {"cargo": ""}),
    "122": lambda: C(ASSAULT, {"cargo": "Y"}),
    "151": lambda: C(ASSAULT, {"report_date": "X"}),
    "152": lambda: C(ASSAULT, {"hour": "24"}),
    "153": lambda: C(BURGLARY, {"cleared_date": "20260212"}),
    "155": lambda: C(ROBBERY, {"cleared": "B", "cleared_date": "20260209"}),
    "156": lambda: C(ROBBERY, {"cleared": "B"}),
    "170": lambda: C(ASSAULT, {"date": "20260301"}),
    "171": lambda: C(ASSAULT, {"date": "20241231"}),
    "172": lambda: C(ASSAULT, {"date": "19901231"}),
    "173": lambda: C(ASSAULT, {}, agencies=agency(nibrs_since=date(2026, 2, 15))),
    "175": lambda: C(ASSAULT, {"head.month": "13"}),
    "178": lambda: mixed_lengths(BURGLARY, {"cargo": False}),
    "197": lambda: C(DELETION, {"date": ""}),
    "198": lambda: C(DELETION, {"date": ""}, on_file=filed(incidents={(ORI, "26-000123"): ("20231001",)})),
    "199": lambda: C(DELETION, {"date": ""}, on_file=filed(incidents={(ORI, "26-000123"): ("20260101", "20260110")})),
}
OFFENSES: dict[str, Made] = {
    "201": lambda: C(ASSAULT, {"offenses.0.location": ""}),
    "202": lambda: C(BURGLARY, {"offenses.0.location": "14", "offenses.0.premises": "0X"}),
    "204": lambda: C(ASSAULT, {"offenses.0.location": "26"}),
    "205": lambda: C(ASSAULT, {"offenses.0.location": "58"}),
    "206": lambda: C(ASSAULT, {"offenses.0.using": ("A", "A")}),
    "207": lambda: C(ASSAULT, {"offenses.0.using": ("N", "A")}),
    "219": lambda: C(ASSAULT, {"offenses.0.activity": ("P",)}),
    "220": lambda: C(DRUGS, {"offenses.0.activity": ()}),
    "221": lambda: C(ASSAULT, {"offenses.0.weapons": ()}),
    "222": lambda: C(BURGLARY, {"offenses.0.weapons": ("40",)}),
    "251": lambda: C(BURGLARY, {"offenses.0.attempted": "X"}),
    "252": lambda: C(BURGLARY, {"offenses.0.premises": "03"}),
    "253": lambda: C(BURGLARY, {"offenses.0.entry": ""}),
    "254": lambda: C(ASSAULT, {"offenses.0.entry": "F"}),
    "255": lambda: C(ASSAULT, {"offenses.0.weapons": ("12X",)}),
    "256": lambda: C(ASSAULT, {"offenses.0.attempted": "A"}),
    "257": lambda: C(BURGLARY, {"offenses.0.location": "14"}),
    "258": lambda: C(ASSAULT, {"offenses.0.weapons": ("20A",)}),
    "262": lambda: C(ASSAULT, {"offenses.1": ASSAULT.offenses[0]}),
    "263": lambda: C(ASSAULT, {f"offenses.{n}": ASSAULT.offenses[0] for n in range(1, 11)}),
    "264": lambda: C(ASSAULT, {"offenses.0.code": "90C"}),
    "265": lambda: C(OFFICER, {"offenses.0.weapons": ("20",)}),
    "266": lambda: C(JUSTIFIED, {"offenses.1": ASSAULT.offenses[0]}),
    "267": lambda: C(JUSTIFIED, {"offenses.0.weapons": ("99",)}),
    "268": lambda: C(VEHICLE, {"offenses.0.code": "23H", "victims.0.offenses": ("23H",)}),
    "269": lambda: C(OFFICER, {"offenses.0.weapons": ("12",)}),
    "270": lambda: C(JUSTIFIED, {"offenses.0.biases": ("11",)}),
    "284": lambda: mixed_lengths(ASSAULT, {"biases": False}),
}
ITEM = "properties.0.items.0"
DRUG = "properties.0.drugs.0"
PROPERTY: dict[str, Made] = {
    "301": lambda: C(BURGLARY, {"properties.0.loss": ""}),
    "302": lambda: C(BURGLARY, {f"{ITEM}.value": "12OO"}),
    "304": lambda: C(BURGLARY, {f"{ITEM}.description": "40"}),
    "305": lambda: C(VEHICLE, {"properties.1.items.0.recovered": "20260301"}),
    "306": lambda: C(DRUGS, {"properties.0.drugs.1": Drug("E", "000000001000", "OZ")}),
    "320": lambda: C(VEHICLE, {"properties.1.items.0.recovered": "20260209"}),
    "342": lambda: C(BURGLARY, {f"{ITEM}.value": "001000000"}),
    "343": lambda: C(
        VEHICLE,
        {
            "offenses.1": changed(VEHICLE.offenses[0], {"code": "280"}),
            "victims.0.offenses": ("240", "280"),
            "properties": VEHICLE.properties[1:],
        },
    ),
    "351": lambda: C(BURGLARY, {f"{ITEM}.value": "000000000"}),
    "352": lambda: C(ATTEMPT, {"properties.0.items": (Item("07", "000000100"),)}),
    "353": lambda: C(BURGLARY, {f"{ITEM}.description": "88"}),
    "354": lambda: C(BURGLARY, {f"{ITEM}.description": ""}),
    "355": lambda: C(BURGLARY, {f"{ITEM}.recovered": "20260211"}),
    "356": lambda: C(VEHICLE, {"properties.1.items.0.value": ""}),
    "357": lambda: C(BURGLARY, {"properties.0.stolen": "01"}),
    "358": lambda: C(VEHICLE, {"properties.0.stolen": ""}),
    "359": lambda: C(VEHICLE, {"properties.0.items.0.description": "07"}),
    "360": lambda: C(VEHICLE, {"properties.0.recovered": "01"}),
    "361": lambda: C(VEHICLE, {"properties.1.recovered": ""}),
    "362": lambda: C(DRUGS, {"properties.0.drugs.1": Drug("X")}),
    "363": lambda: C(
        DRUGS,
        {"properties.0.drugs.1": Drug("L", "000000001000", "GM"), "properties.0.drugs.2": Drug("X", "000000001000")},
    ),
    "364": lambda: C(DRUGS, {f"{DRUG}.quantity": "", f"{DRUG}.measurement": ""}),
    "365": lambda: C(BURGLARY, {"properties.0.drugs": (Drug("E", "000000001000", "GM"),)}),
    "366": lambda: C(DRUGS, {f"{DRUG}.measurement": ""}),
    "367": lambda: C(DRUGS, {f"{DRUG}.kind": "A", f"{DRUG}.measurement": "NP"}),
    "368": lambda: C(DRUGS, {f"{DRUG}.quantity": ""}),
    "372": lambda: C(BURGLARY, {"properties.0.items": ()}),
    "375": lambda: C(VEHICLE, {"properties.0.items": ()}),
    "376": lambda: C(BURGLARY, {"properties.1": BURGLARY.properties[0]}),
    "382": lambda: C(BURGLARY, {f"{ITEM}.description": "10", f"{ITEM}.value": ""}),
    "383": lambda: C(DRUGS, {f"{ITEM}.value": "000000500"}),
    "384": lambda: C(DRUGS, {f"{DRUG}.measurement": "XX"}),
    "387": lambda: C(DRUGS, {"properties.0.items.1": Item("11", "000000020")}),
    "388": lambda: C(VEHICLE, {"properties.0.items.1": Item("37", "000020000")}),
    "389": lambda: C(VEHICLE, {"properties.1.items.1": Item("37", "000009000", "20260212")}),
    "390": lambda: C(BURGLARY, {f"{ITEM}.description": "29"}),
    "391": lambda: C(BURGLARY, {f"{ITEM}.description": "09"}),
    "392": lambda: C(DRUGS, {"properties": (Property(loss="1"),)}),
}
V = "victims.0"
VICTIMS: dict[str, Made] = {
    "401": lambda: C(ASSAULT, {f"{V}.kind": ""}),
    "402": lambda: C(ASSAULT, {f"{V}.sequence": "00X"}),
    "404": lambda: C(ASSAULT, {f"{V}.race": "X"}),
    "406": lambda: C(ASSAULT, {f"{V}.injuries": ("B", "B")}),
    "407": lambda: C(ASSAULT, {f"{V}.injuries": ("N", "B")}),
    "419": lambda: C(BURGLARY, {f"{V}.injuries": ("M",)}),
    "449": lambda: C(ASSAULT, {f"{V}.age": "16", f"{V}.relations.0.relationship": "SE"}),
    "450": lambda: C(ASSAULT, {f"{V}.age": "13", f"{V}.relations.0.relationship": "SE"}),
    "451": lambda: C(BRAWL, {"victims.1.sequence": "001"}),
    "453": lambda: C(ASSAULT, {f"{V}.sex": ""}),
    "454": lambda: C(OFFICER, {f"{V}.officer_activity": ""}),
    "455": lambda: C(JUSTIFIED, {f"{V}.justifiable": ""}),
    "456": lambda: C(ASSAULT, {f"{V}.circumstances": ("06", "10")}),
    "457": lambda: C(ASSAULT, {f"{V}.justifiable": "A"}),
    "458": lambda: C(BURGLARY, {f"{V}.kind": "B"}),
    "459": lambda: C(BURGLARY, {f"{V}.relations": (Relation("00"),)}),
    "460": lambda: C(ASSAULT, {f"{V}.relations.0.relationship": ""}),
    "461": lambda: C(BURGLARY, {f"{V}.kind": "S"}),
    "462": lambda: C(ASSAULT, {f"{V}.circumstances": ("07",)}),
    "463": lambda: C(JUSTIFIED, {f"{V}.circumstances": ("01",)}),
    "464": lambda: C(ASSAULT, {f"{V}.kind": "B"}),
    "465": lambda: C(DRUGS, {f"{V}.kind": "B"}),
    "466": lambda: C(ASSAULT, {f"{V}.offenses": ("13A", "220")}),
    "467": lambda: C(BURGLARY, {f"{V}.kind": "S"}),
    "468": lambda: C(ASSAULT, {"offenders": (Offender("00"),), f"{V}.relations": (Relation("00", "ST"),)}),
    "469": lambda: C(RAPE, {f"{V}.sex": "U"}),
    "470": lambda: C(ASSAULT, {f"{V}.relations.0.relationship": "VO"}),
    "471": lambda: C(BRAWL, {f"{V}.relations.1.relationship": "VO"}),
    "472": lambda: C(
        ASSAULT, {"offenders.0.age": "00", "offenders.0.sex": "U", "offenders.0.race": "U", "arrestees": ()}
    ),
    "474": lambda: C(BRAWL, {"victims.1.relations.0.relationship": "VO"}),
    "475": lambda: C(BRAWL, {f"{V}.relations": (Relation("01", "SE"), Relation("02", "SE"))}),
    "476": lambda: C(BRAWL, {f"{V}.relations.0.relationship": "SE", "victims.1.relations.0.relationship": "SE"}),
    "477": lambda: C(ASSAULT, {"offenses.0.code": "09B", f"{V}.offenses": ("09B",), f"{V}.circumstances": ("06",)}),
    "478": lambda: C(ASSAULT, {"offenses.1": OFFICER.offenses[0], f"{V}.offenses": ("13A", "13B")}),
    "479": lambda: C(OFFICER, {f"{V}.injuries": ("B",)}),
    "480": lambda: C(ASSAULT, {f"{V}.circumstances": ("08",)}),
    "481": lambda: C(RAPE, {"offenses.0.code": "36B", f"{V}.offenses": ("36B",)}),
    "482": lambda: C(BURGLARY, {f"{V}.kind": "L"}),
    "483": lambda: C(ASSAULT, {f"{V}.officer_activity": "01"}),
    "484": lambda: mixed_lengths(ASSAULT, {"officers": False}),
    "490": lambda: C(OFFICER, {"hour": ""}),
}
O = "offenders.0"  # noqa: E741
OFFENDERS: dict[str, Made] = {
    "501": lambda: C(ASSAULT, {f"{O}.sequence": ""}),
    "502": lambda: C(ASSAULT, {f"{O}.sequence": "1"}),
    "504": lambda: C(ASSAULT, {f"{O}.race": "X"}),
    "549": lambda: C(ASSAULT, {f"{O}.age": "17", f"{V}.relations.0.relationship": "SE"}),
    "550": lambda: C(ASSAULT, {f"{O}.age": "09", f"{V}.relations.0.relationship": "SE"}),
    "551": lambda: C(BRAWL, {"offenders.1.sequence": "01"}),
    "552": lambda: C(BURGLARY, {f"{O}.age": "35"}),
    "553": lambda: C(ASSAULT, {f"{V}.sex": "M"}),
    "554": lambda: C(ASSAULT, {f"{V}.relations.0.relationship": "PA"}),
    "555": lambda: C(BRAWL, {"offenders.1": Offender("00")}),
    "556": lambda: C(ASSAULT, {f"{O}.age": "7"}),
    "557": lambda: C(BURGLARY, {"cleared": "B", "cleared_date": "20260212"}),
    "558": lambda: C(
        ROBBERY, {"cleared": "B", "cleared_date": "20260212", "offenders": (Offender("01", "00", "M", "W"),)}
    ),
    "559": lambda: C(JUSTIFIED, {f"{O}.race": "U"}),
    "560": lambda: C(RAPE, {f"{V}.sex": "M"}),
    "584": lambda: mixed_lengths(ASSAULT, {"ethnicity": False}),
}
A = "arrestees.0"
ARRESTEES: dict[str, Made] = {
    "623": lambda: C(ASSAULT, {f"{A}.clearance": "Y"}),
    "656": lambda: C(ASSAULT, {"arrestees.1": changed(ASSAULT.arrestees[0], {"sequence": "02"})}),
    "661": lambda: C(ASSAULT, {"arrestees.1": ASSAULT.arrestees[0]}),
    "664": lambda: C(ASSAULT, {f"{A}.age": "X5"}),
    "665": lambda: C(ASSAULT, {f"{A}.date": "20260209"}),
    "667": lambda: C(ASSAULT, {f"{A}.sex": "U"}),
    "669": lambda: C(JUSTIFIED, {"arrestees": ASSAULT.arrestees}),
    "670": lambda: C(ASSAULT, {f"{A}.offense": "09C"}),
    "720": lambda: C(GROUP_B, {f"{A}.date": "20241231"}),
    "751": lambda: C(GROUP_B, {"arrestees.1": GROUP_B.arrestees[0]}),
    "757": lambda: C(GROUP_B, {f"{A}.age": "5"}),
    "758": lambda: C(GROUP_B, {f"{A}.sex": "U"}),
    "759": lambda: C(GROUP_B, {}, on_file=filed(arrests={(ORI, "26-000200"): (("20260211", "01"),)})),
    "760": lambda: C(GROUP_B, {f"{A}.offense": "13A"}),
    "761": lambda: C(GROUP_B, {f"{A}.offense": "90I"}),
    "797": lambda: C(GROUP_B_DELETION, {f"{A}.date": ""}),
    "798": lambda: C(
        GROUP_B_DELETION, {f"{A}.date": ""}, on_file=filed(arrests={(ORI, "26-000200"): (("20231001", "01"),)})
    ),
    "799": lambda: C(
        GROUP_B_DELETION,
        {f"{A}.date": ""},
        on_file=filed(arrests={(ORI, "26-000200"): (("20260101", "01"), ("20260110", "01"))}),
    ),
}
for _level, _base in (("6", ASSAULT), ("7", GROUP_B)):
    for _last, _changes in {
        "01": {f"{A}.kind": ""},
        "02": {f"{A}.sequence": "00"},
        "04": {f"{A}.race": "X"},
        "05": {f"{A}.date": "20260229"},
        "06": {f"{A}.armed": ("12", "12")},
        "07": {f"{A}.armed": ("01", "12")},
        "40": {f"{A}.age": "1518"},
        "41": {f"{A}.age": "99"},
        "52": {f"{A}.age": "16"},
        "53": {f"{A}.disposition": "H"},
        "54": {f"{A}.armed": ("12X",)},
        "55": {f"{A}.armed": ("16A",)},
    }.items():
        ARRESTEES[f"{_level}{_last}"] = lambda b=_base, c=_changes: C(b, c)
    ARRESTEES[f"{_level}18"] = lambda b=_base: C(b, {}, agencies=agency(inactive_from=date(2026, 2, 11)))

BREAKS: dict[str, Made] = {
    **NUMBERS,
    **AGES,
    **STRUCTURE,
    **ZEROS,
    **ADMINISTRATIVE,
    **OFFENSES,
    **PROPERTY,
    **VICTIMS,
    **OFFENDERS,
    **ARRESTEES,
}
