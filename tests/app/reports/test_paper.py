"""The PDF of a report and its proof: what stands on every page, that nothing breaks it, that any changed byte is found."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.accounts import signing
from app.accounts.models import RevocationReason
from app.core.clock import now
from app.core.db import transaction
from app.core.permissions import Role
from app.reports import printing, proofs, service
from app.reports.authorship import CERTIFICATION, DISCLOSURE_CA, DISCLOSURE_UT
from app.reports.models import ReportState
from app.reports.printing import Face
from app.reports.signatures import Signed
from tests.app.reports.conftest import Desk
from tests.app.reports.proving import agency_key, checked, said
from tests.people import People, signed_in

NASTY = (
    '#strong[x] *y* _z_ $e=mc^2$ @label <tag> `raw` \\ // /* */ #import "x" = head',
    "😀 漢字 مرحبا \u202eevil\u202c \u200f שלום",
    "W" * 3000,
    "http://example.invalid/" + "very-long/" * 60,
    "nul\x00 bell\x07 form\x0c escape\x1b line\u2028 paragraph\u2029 surrogate-free",
    "ﬁ ligature, combining e\u0301, zero\u200bwidth, soft\u00adhyphen, private \ue000, unassigned \U000e0fff",
)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, white space folded."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def fetched(app: Flask, desk: Desk) -> bytes:
    """The PDF as its author gets it."""
    answer = signed_in(app, desk.officer).get(f"/reports/{desk.report_id}/report.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.get_data()


def lengthen(desk: Desk, count: int = 60) -> None:
    for number in range(count):
        with transaction():
            service.add_sentence(
                desk.report,
                text=f"Sentence {number} says what was seen that evening. " * 3,
                section="Search",
                actor=desk.author,
            )


@pytest.fixture
def handed_out(app: Flask, desk: Desk, tmp_path: Path) -> Path:
    """An approved report as it is handed out: PDF and proof side by side."""
    desk.submit()
    desk.approve()
    answer = signed_in(app, desk.supervisor).get(f"/reports/{desk.report_id}/proof")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        archive.extractall(tmp_path / "out")
        assert {"README.txt", "verify.py", "verify_report.py"} < set(archive.namelist())
    return next((tmp_path / "out").glob("*.pdf"))


def change_proof(pdf: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = pdf.with_suffix(".sig")
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def test_a1_the_sentence_and_the_programs_on_every_page(app: Flask, desk: Desk) -> None:
    lengthen(desk)
    desk.submit()
    desk.approve()
    pages = pages_of(fetched(app, desk))
    assert len(pages) >= 3
    for number, text in enumerate(pages, 1):
        assert DISCLOSURE_CA in text, number
        assert "blotter-writing extractive 1.2; pocketsphinx en-us 5.1.1" in text, number
        assert f"Page {number} of {len(pages)}" in text
        assert "not an officer" not in text
    whole = " ".join(pages)
    assert CERTIFICATION in whole
    assert whole.count("Signed electronically on") == 2
    assert desk.evidence.sha256 in re.sub(r"[\s\u200b]", "", whole)
    assert "E1 00:01–00:04" in whole


def test_a1_no_machine_text_no_sentence_on_any_page(app: Flask, desk: Desk) -> None:
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    lengthen(desk)
    desk.submit()
    assert "artificial intelligence" not in " ".join(pages_of(fetched(app, desk))).lower()


def test_a2_utah_has_its_words_and_the_authors_certification(app: Flask, desk: Desk) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"disclosure_states": ("UT",)})
    draft = pages_of(fetched(app, desk))
    assert all(DISCLOSURE_UT in text and DISCLOSURE_CA not in text for text in draft)


def test_a7_every_page_of_a_draft_says_that_it_is_no_statement(app: Flask, desk: Desk) -> None:
    lengthen(desk)
    for text in pages_of(fetched(app, desk)):
        assert printing.DRAFT in text
    desk.submit()
    for text in pages_of(fetched(app, desk)):
        assert printing.UNAPPROVED in text
        assert printing.DRAFT not in text
    assert "reports:paper:issue" in desk.acts()


def test_a7_a_draft_proves_nothing(app: Flask, desk: Desk) -> None:
    assert signed_in(app, desk.officer).get(f"/reports/{desk.report_id}/proof").status_code == 409


def test_it_is_pdf_a_tagged_with_its_fonts_inside(app: Flask, desk: Desk) -> None:
    desk.submit()
    reader = pypdf.PdfReader(io.BytesIO(fetched(app, desk)))
    told = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", told, re.DOTALL)
    assert "pdfuaid:part>1<" in told
    assert reader.root_object["/MarkInfo"]["/Marked"]
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(inner), font


def test_the_same_version_gives_the_same_bytes(app: Flask, desk: Desk) -> None:
    desk.submit()
    assert fetched(app, desk) == fetched(app, desk)


@pytest.mark.parametrize("text", NASTY, ids=["markup", "scripts", "a long word", "an address", "control", "odd"])
def test_bad_input_no_text_breaks_the_paper(desk: Desk, text: str) -> None:
    pdf = paper_of(desk, text)
    whole = "".join(pages_of(pdf))
    if text.startswith("#strong"):
        assert "#strong[x] *y* _z_ $e=mc^2$" in whole, "words, never markup"
    if "漢" in text:
        assert "[U+6F22]" in whole
        assert "their number" in whole
    if text.startswith("W"):
        assert re.sub(r"[\s\u200b]", "", whole).count("W") >= 3000, "nothing of it runs off the page"


@hypothesis_settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_bad_input_whatever_is_typed_can_be_printed(text: str) -> None:
    content = plain_content(text)
    face = Face(ReportState.DRAFT, None, "", Signed(None, None), now())
    assert printing.paper(content, face).pdf.startswith(b"%PDF")


def plain_content(text: str) -> dict[str, Any]:
    """A report that says `text` wherever something can be said."""
    return {
        "report": "r",
        "incident": {
            "number": "2026-000001",
            "kind": "Stop",
            "title": text,
            "place": text,
            "occurred_at": "2026-11-25T10:11:12+00:00",
            "unit": text,
        },
        "printed": {"agency": text[:80], "ori": "Z", "disclosures": [DISCLOSURE_CA], "certification": ""},
        "author": {"badge": "1", "name": text, "rank": "Officer"},
        "ai": {"used": True, "programs": [text[:200]], "machine_share": 0.5},
        "sentences": [
            {"section": text, "text": text, "authorship": "edited", "sources": [["0e" * 16, 0.0, 3725.0], ["x", 1, 2]]}
        ],
        "people": [{"part": "driver", "name": text, "date_of_birth": ""}],
        "offences": [{"code": text, "description": text}],
        "exhibits": [{"id": "0e" * 16, "title": text, "name": text, "sha256": "", "size": 0, "duration_s": None}],
    }


def paper_of(desk: Desk, text: str) -> bytes:
    face = Face(ReportState.DRAFT, None, "", Signed(None, None), now())
    return printing.paper(plain_content(text), face).pdf


def test_a3_what_was_handed_out_holds(app: Flask, desk: Desk, handed_out: Path) -> None:
    key = agency_key(app.config["SETTINGS"])
    code, told = checked(handed_out, "--key", str(key))
    assert code == 0, told
    assert "author: Officer Ida Reyes" in told
    assert "approver: Supervisor" in told
    code, told = checked(handed_out)
    assert (code, "Nobody vouched" in told) == (0, True)


def test_a3_any_changed_byte_of_the_pdf_is_found(app: Flask, handed_out: Path) -> None:
    """A byte here and there, and one more at the end."""
    whole, key = handed_out.read_bytes(), str(agency_key(app.config["SETTINGS"]))
    for place in (0, len(whole) // 3, len(whole) // 2, len(whole) - 1):
        handed_out.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        code, told = said(handed_out, "--key", key)
        assert (code, "the PDF was changed" in told) == (1, True), place
    handed_out.write_bytes(whole + b"\n")
    assert said(handed_out, "--key", key)[0] == 1


FORGERIES: tuple[tuple[str, Callable[[dict[str, Any]], object], str], ...] = (
    ("the text", lambda p: p["content"]["sentences"][0].update(text="I saw nothing."), "not what the agency says"),
    ("a name", lambda p: p["content"]["author"].update(name="Somebody"), "not what the agency says"),
    ("the approver left out", lambda p: p["signatures"].pop(), "not those the agency says"),
    ("the author twice", lambda p: p["signatures"].append(p["signatures"][0]), "not those the agency says"),
    (
        "a time",
        lambda p: p["signatures"][0].update(note=p["signatures"][0]["note"].replace('"at":"20', '"at":"19')),
        "signature",
    ),
    (
        "a certificate of another",
        lambda p: p["signatures"][0].update(certificate=p["signatures"][1]["certificate"]),
        "a signature",
    ),
    ("an event", lambda p: p["events"][0]["event"].update(actor_label="nobody"), "does not lead to the tree"),
    ("the events left out", lambda p: p["events"].clear(), "the ledger shows no such act"),
    (
        "the paper's hash",
        lambda p: p.update(paper=p["paper"].replace('"pdf_sha256":"', '"pdf_sha256":"0')),
        "signature",
    ),
    ("the form", lambda p: p.pop("content"), "cannot be read"),
)


def test_a3_whatever_is_changed_in_the_proof_is_found(app: Flask, handed_out: Path) -> None:
    proof, key = handed_out.with_suffix(".sig"), str(agency_key(app.config["SETTINGS"]))
    whole = proof.read_text()
    for what, change, expected in FORGERIES:
        change_proof(handed_out, change)
        code, told = said(handed_out, "--key", key)
        assert (code, expected in told) == (1, True), (what, told)
        proof.write_text(whole)


def test_a_signature_made_after_its_key_was_ended_does_not_hold(app: Flask, desk: Desk, handed_out: Path) -> None:
    """Ended from before the signature on: the proof handed out later says so, and so does the agency's note with the older one."""
    key = signing.newest_key(desk.officer)
    with transaction():
        signing.revoke(
            key,
            reason=RevocationReason.COMPROMISED,
            since=key.created_at,
            agency=signing.agency(app.config["SETTINGS"]),
            actor=desk.reviewer,
        )
    (handed_out.parent / "ended.note").write_text(key.revocation)
    own = ("--key", str(agency_key(app.config["SETTINGS"])))
    assert said(handed_out, *own)[0] == 0, "this one was made before, and knows nothing of it"
    code, told = said(handed_out, *own, "--revocation", str(handed_out.parent / "ended.note"))
    assert (code, "but the key is ended" in told) == (1, True)
    archive = signed_in(app, desk.supervisor).get(f"/reports/{desk.report_id}/proof").get_data()
    with zipfile.ZipFile(io.BytesIO(archive)) as later:
        later.extractall(handed_out.parent)
    assert said(handed_out, *own)[0] == 1
    assert "does not stand" in " ".join(pages_of(handed_out.read_bytes()))


def test_a_signature_from_before_its_key_was_ended_holds(app: Flask, desk: Desk, handed_out: Path) -> None:
    with transaction():
        signing.revoke(
            signing.newest_key(desk.officer),
            reason=RevocationReason.LEFT,
            since=None,
            agency=signing.agency(app.config["SETTINGS"]),
            actor=desk.reviewer,
        )
    archive = signed_in(app, desk.supervisor).get(f"/reports/{desk.report_id}/proof").get_data()
    with zipfile.ZipFile(io.BytesIO(archive)) as later:
        later.extractall(handed_out.parent)
    code, told = said(handed_out, "--key", str(agency_key(app.config["SETTINGS"])))
    assert code == 0, told


def test_a_proof_of_another_agency_or_none_at_all(app: Flask, handed_out: Path, tmp_path: Path) -> None:
    from app.config import Settings
    from app.core.keys import signer

    other = signer(Settings(home=tmp_path / "other"), used=lambda: False)
    assert said(handed_out, "--key", str(other.key))[0] == 1
    assert said(handed_out, "--key", "rubbish")[0] == 1
    handed_out.with_suffix(".sig").unlink()
    code, told = said(handed_out)
    assert (code, "put" in told) == (1, True)
    assert said(tmp_path / "nothing.pdf")[0] == 2


def test_the_code_on_the_page_is_a_statement_of_the_agency(app: Flask, desk: Desk, tmp_path: Path) -> None:
    """What a telephone reads from the paper, checked without any network."""
    version = desk.submit()
    with transaction():
        press = proofs.Press(signing.agency(app.config["SETTINGS"]).signer, terms=_terms(app))
        face = proofs._face(desk.report, version, proofs.signatures.of_version(version), press)
    (tmp_path / "qr.txt").write_text(face.statement)
    key = str(agency_key(app.config["SETTINGS"]))
    code, told = said(tmp_path / "qr.txt", "--key", key)
    assert code == 0, told
    assert version.sha256 in told
    (tmp_path / "qr.txt").write_text(face.statement.replace(version.sha256, "0" * 64))
    assert said(tmp_path / "qr.txt", "--key", key)[0] == 1
    assert said(tmp_path / "qr.txt")[0] == 1, "without the agency's key it proves nothing"


def test_a_report_on_a_clip_that_is_not_kept_any_more(desk: Desk) -> None:
    """Bad input: a source that is no exhibit is named by the beginning of its id."""
    content = plain_content("x")
    content["exhibits"] = []
    face = Face(ReportState.DRAFT, None, "", Signed(None, None), now())
    assert "0e0e0e0e 00:00–1:02:05" in pages_of(printing.paper(content, face).pdf)[0]


def test_strangers_get_neither_paper_nor_proof(app: Flask, desk: Desk, people: People) -> None:
    desk.submit()
    stranger = signed_in(app, people.one(unit="South Patrol"))
    for name in ("report.pdf", "proof"):
        assert stranger.get(f"/reports/{desk.report_id}/{name}").status_code == 404
    admin = signed_in(app, people.one(Role.ADMINISTRATOR))
    assert admin.get(f"/reports/{desk.report_id}/report.pdf").status_code == 403


def _terms(app: Flask) -> Any:
    from app.reports.authorship import Terms

    config = app.config["SETTINGS"]
    return Terms(config.agency_name, config.agency_ori, config.disclosure_states)
