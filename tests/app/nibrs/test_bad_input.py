"""Anything at all in any field: judged with words, never a crash; a file that cannot be read is refused as such."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.nibrs import flatfile, typed, xmlreading, xmlwriting
from app.nibrs.coding import judge, plain
from app.nibrs.edits import check_submission
from app.nibrs.fields import INCIDENT, SECTIONS, Rows
from app.nibrs.forms import Sheet
from app.nibrs.records import Report
from app.nibrs.terms import Terms
from tests.app.nibrs.drawing import REPORTS
from tests.app.nibrs.valid import ASSAULT, BURGLARY, ORI, REFERENCE

TERMS = Terms(ori=ORI, since=date(2021, 1, 1))
QUICK = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["²", "٣٤", "00", "99", "1e9", "\ud7ff", "20260230", "-1", "12A", "\t"])
)


def names() -> list[str]:
    """Every name a form may send, with two segments of each kind."""
    found = [f"a.{one.name}" for one in INCIDENT]
    for section, (_, _, fields) in SECTIONS.items():
        for n in range(2):
            for field in fields:
                inner = field.fields if isinstance(field, Rows) else ()
                found += [f"a.{section}.{n}.{field.name}.0.{one.name}" for one in inner]
                found += [] if inner else [f"a.{section}.{n}.{field.name}"]
    return [*found, "b.arrestees.0.age", "b.arrestees.0.date", "b.arrestees.0.armed"]


FORMS = st.dictionaries(st.sampled_from(names()), st.lists(TEXTS, min_size=1, max_size=6))


@QUICK
@given(FORMS)
@example({"a.arrestees.0.age": ["²²"], "a.offenders.0.sequence": ["²"], "a.properties.0.stolen": ["²"]})
def test_any_form_is_judged_and_drawn(sent: dict[str, list[str]]) -> None:
    form = MultiDict((name, value) for name, values in sent.items() for value in values)
    incident, arrest = typed.incident(form), typed.arrest(form)
    content = plain(incident, arrest)
    for one in judge(content, number="2026-000001", terms=TERMS, today=date(2026, 3, 15)):
        assert all(found.words for found in one.findings)
        sheet = Sheet(incident, TERMS.tables, one.findings)
        shown = [*sheet.top(), *sheet.sections()]
        assert shown


@QUICK
@given(REPORTS, st.integers(0, 400), st.text("²٣Aa09 -*\t", min_size=1, max_size=12))
def test_a_spoiled_flat_file_is_judged_or_refused(report: Report, place: int, spoil: str) -> None:
    content = flatfile.write([report])
    spoiled = content[:place] + spoil.encode() + content[place + len(spoil.encode()) :]
    try:
        read = flatfile.read(spoiled)
    except Invalid as refusal:
        assert refusal.field == "file"  # noqa: PT017
        return
    for one in check_submission(read, REFERENCE):
        assert one.words


@QUICK
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for reader in (flatfile.read, xmlreading.read):
        try:
            reader(content)
        except Invalid as refusal:
            assert refusal.field == "file"  # noqa: PT017


@QUICK
@given(st.sampled_from([ASSAULT, BURGLARY]), st.integers(0, 8000), st.text("<>/&A9\"'²", min_size=1, max_size=6))
def test_a_spoiled_document_is_judged_or_refused(report: Report, place: int, spoil: str) -> None:
    made = xmlwriting.write(report, sender=ORI, message_id="1", made_at=datetime(2026, 3, 15, tzinfo=UTC))
    place %= len(made)
    try:
        read = xmlreading.read(made[:place] + spoil.encode() + made[place + 1 :])
    except Invalid as refusal:
        assert refusal.field == "file"  # noqa: PT017
        return
    assert all(one.words for one in check_submission(flatfile.Submission((read,)), REFERENCE))
