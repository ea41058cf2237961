"""NIBRS: how many rules are there and tested, agreement with the given fixtures, validity, round trips, and speed."""

import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from app import create_app, embedded, migrate
from app.config import Settings
from app.core import db
from app.core.db import session, transaction
from app.core.permissions import Role
from app.nibrs import flatfile, names, service, xmlwriting
from app.nibrs.edits import check, check_submission, rules
from app.nibrs.models import Format, NibrsFile
from app.nibrs.packing import Outgoing, pack
from app.nibrs.records import KINDS, Report, from_plain
from app.nibrs.terms import Terms
from tests.app.nibrs.breaking import BREAKS
from tests.app.nibrs.drawing import REPORTS
from tests.app.nibrs.fixtures import submission_verdicts, verdicts
from tests.app.nibrs.valid import ORI, REFERENCE, VALID
from tests.conftest import SHARED
from tests.people import People, actor_for

FOLDER = SHARED / "data" / "nibrs"
DRAWN = 300
EXPORTED = 2_000
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def measure() -> dict[str, Any]:
    """The figures of this room; those that need the shared material are None where it is not there."""
    there = FOLDER.exists()
    drawn = draw()
    return {
        "nibrs_rules": len(rules()),
        "nibrs_rules_tested": sum(found_by_its_number(one) for one in BREAKS),
        **(agreement() if there else {"nibrs_fixture_agreement": None}),
        "nibrs_xml_valid": valid_share(drawn) if there else None,
        "roundtrip_identical": identical_share(drawn),
        **speed(drawn),
    }


def found_by_its_number(rule_id: str) -> bool:
    """Whether a report that breaks one rule is found by that rule's own number."""
    broken = BREAKS[rule_id]()
    found = check_submission(broken.submission, broken.reference)
    return any(one.rule.id == rule_id and one.number == rule_id[:3] for one in found)


def agreement() -> dict[str, Any]:
    """The share of fixtures whose verdict is the documented one; each that is not, and the share but for rule 171."""
    found = verdicts(FOLDER)
    for one in found:
        if not one.agrees:
            say(f"{one.name}: documented {sorted(one.documented)}, ours {sorted(one.ours)}")
    window = [one.documented == one.ours - {"171"} for one in submission_verdicts(FOLDER)]
    return {
        "nibrs_fixtures": len(found),
        "nibrs_fixture_agreement": round(sum(one.agrees for one in found) / len(found), 4),
        "nibrs_fixture_agreement_but_for_171": round(sum(window) / len(window), 4),
    }


def draw() -> list[Report]:
    """The valid records of the tests and DRAWN others."""
    made: list[Report] = []
    quiet = settings(
        max_examples=DRAWN,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )

    @quiet
    @given(REPORTS)
    def keep(report: Report) -> None:
        made.append(report)

    keep()
    return [*VALID.values(), *made]


def valid_share(reports: list[Report]) -> float:
    """The share of exported documents that are valid against nibrs.xsd."""
    schema = names.schema(next(FOLDER.glob("NIBRS_IEPD_*")) / "base-xsd")
    documents = [xmlwriting.write(one, sender=ORI, message_id="1", made_at=NOW) for one in reports]
    return sum(schema.validate(names.parse(one)) for one in documents) / len(documents)


def identical_share(drawn: list[Report]) -> float:
    """The share of reports that are the same lines after flat -> database -> XML -> database -> flat."""
    reports = [*drawn, *given_reports()]
    with database() as actor:
        terms = Terms(ori=ORI, since=None)
        with transaction():
            first, _ = service.take_in(flatfile.write(reports), name="in.txt", terms=terms, actor=actor)
        from_flat = kept(first)
        outgoing = [Outgoing(one, one.head.action, None) for one in from_flat]
        name, packed = pack(outgoing, Format.XML, terms, made_at=NOW, day="20260315", series=1)
        with transaction():
            second, _ = service.take_in(packed, name=name, terms=terms, actor=actor)
        back = kept(second)
    same = sum(flatfile.write([a]) == flatfile.write([b]) for a, b in zip(from_flat, back, strict=True))
    return same / len(from_flat)


def given_reports() -> Iterator[Report]:
    """The given flat files' reports that pass the rules."""
    if not FOLDER.exists():
        return
    anywhere = dataclasses.replace(REFERENCE, agencies=None)
    for path in sorted((FOLDER / "flatfile_tests").glob("*.txt")):
        if "EDS" not in path.name:
            for report in flatfile.read(path.read_bytes()).reports:
                if not any(one.is_error and one.number != "171" for one in check(report, anywhere)):
                    yield report


def kept(file: NibrsFile) -> list[Report]:
    """The reports as the database has them."""
    session().expire_all()
    return [from_plain(KINDS[one.kind], one.content) for one in file.entries]


@contextmanager
def database() -> Iterator[Any]:
    """A database of its own, and a clerk in it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = embedded.database_url(home / "postgres")
        try:
            migrate.upgrade(url)
            create_app(Settings(home=home, secret_key="k" * 40), database_url=url)
            yield actor_for(People().one(Role.RECORDS))
        finally:
            db.disconnect()
            embedded.stop_database(home / "postgres")


def speed(drawn: list[Report]) -> dict[str, float]:
    """Reports a second written as a flat file and as XML, and milliseconds to judge one."""
    terms = Terms(ori=ORI, since=None)
    endless = count()
    many = [drawn[next(endless) % len(drawn)] for _ in range(EXPORTED)]
    outgoing = [Outgoing(one, one.head.action, None) for one in many]
    figures = {}
    for name, written in (("export_records_per_s", Format.FLAT), ("export_xml_records_per_s", Format.XML)):
        began = time.perf_counter()
        pack(outgoing, written, terms, made_at=NOW, day="20260315", series=1)
        figures[name] = round(EXPORTED / (time.perf_counter() - began))
    began = time.perf_counter()
    for one in many:
        check(one, REFERENCE)
    figures["check_ms"] = round((time.perf_counter() - began) / EXPORTED * 1000, 3)
    return figures


def say(text: str) -> None:
    """Progress, beside the figures."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(measure()))
