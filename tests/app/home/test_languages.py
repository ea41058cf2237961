"""Which language a page speaks, who chose it, and what of it the record keeps."""

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from babel import support
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import ngettext
from lxml import html

from app.accounts.models import Officer
from app.config import Settings
from app.core import languages
from app.core.db import session, transaction
from app.core.errors import Conflict
from app.core.ledger import Event
from app.core.permissions import Role
from app.core.phrases import phrase
from app.evidence import faults
from app.reports.authorship import CERTIFICATION
from app.reports.models import Signature
from tests.app.reports.conftest import Desk, desk, drafted, keep  # noqa: F401  (desk is a fixture)
from tests.people import PASSWORD, People, csrf_token, signed_in

SignIn = Callable[[Officer], FlaskClient]
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


def choose(client: FlaskClient, language: str, *, back: str = "/account") -> Any:
    """Presses the button of a language."""
    sent = {"csrf_token": csrf_token(client), "language": language, "next": back}
    return client.post("/language", data=sent)


def spoken(client: FlaskClient, path: str, **headers: str) -> str:
    """What <html lang> says of the page."""
    found = re.search(r'<html lang="([\w-]+)" dir="(\w+)"', client.get(path, headers=headers).get_data(as_text=True))
    assert found is not None
    assert found[2] == "ltr"
    return found[1]


def events(act: str) -> list[dict[str, Any]]:
    session().rollback()
    return list(session().scalars(sa.select(Event.details).where(Event.act == act).order_by(Event.seq)))


def test_a_stranger_is_answered_in_what_the_browser_asks_for(app: Flask) -> None:
    client = app.test_client()
    assert spoken(client, "/sign-in") == "en"
    assert spoken(client, "/sign-in", **SPANISH) == "es-US"
    assert spoken(client, "/sign-in", **{"Accept-Language": "fr, de;q=0.8"}) == "en"


def test_a_choice_before_sign_in_is_kept_in_the_browser(app: Flask) -> None:
    client = app.test_client()
    answer = choose(client, "es", back="/sign-in?next=/phone")
    assert answer.location == "/sign-in?next=/phone"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    page = client.get("/sign-in").get_data(as_text=True)
    assert "Este es un sistema restringido de Springfield Police Department." in page
    assert "This is a restricted system of Springfield Police Department." in page, "the English notice is beside it"
    assert ">English</button>" in page
    assert ">Español</button>" in page


@pytest.mark.parametrize("sent", [{"language": "fr"}, {"language": ""}, {}])
def test_a_language_that_is_not_offered_is_refused(app: Flask, sent: dict[str, str]) -> None:
    client = app.test_client()
    answer = client.post("/language", data={"csrf_token": csrf_token(client), **sent})
    assert answer.status_code == 422
    assert "This language is not offered here." in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers or "blotter-language" not in answer.headers["Set-Cookie"]


def test_a_choice_leads_to_no_other_site(app: Flask) -> None:
    assert choose(app.test_client(), "es", back="https://elsewhere.example/").location == "/"


def test_an_officers_own_choice_goes_with_them_to_every_device(app: Flask, people: People) -> None:
    officer = people.one()
    choose(signed_in(app, officer), "es")
    assert [one["language"] for one in events("accounts:language:choose")] == ["es"]
    other = signed_in(app, officer)
    assert spoken(other, "/account") == "es-US", "more than what the browser says"
    assert spoken(other, "/") == "es-US"
    choose(other, "es")
    assert len(events("accounts:language:choose")) == 1, "the same again is no act"
    choose(other, "en")
    assert spoken(signed_in(app, officer), "/account", **SPANISH) == "en"


def test_what_is_not_translated_is_honestly_english(app: Flask, people: People) -> None:
    officer, supervisor = people.one(), people.one(Role.SUPERVISOR)
    client = signed_in(app, officer)
    choose(client, "es")
    assert spoken(client, "/incidents") == "en"
    page = client.get("/incidents").get_data(as_text=True)
    assert 'lang="es-US" data-english>Esta página todavía está solo en inglés.' in page
    assert "Sign out" in page
    assert "Salir" not in page
    head = signed_in(app, supervisor)
    choose(head, "es")
    assert spoken(head, "/") == "en", "only an officer's own page is translated"
    assert spoken(client, "/nothing-here") == "es-US"


def test_an_agency_may_offer_one_language_or_begin_with_another() -> None:
    assert Settings(languages=("es", "en")).languages == ("es", "en")
    for wrong in ((), ("en", "en")):
        with pytest.raises(ValueError, match="BLOTTER_LANGUAGES"):
            Settings(languages=wrong)
    with pytest.raises(ValueError, match="languages"):
        Settings(languages=("fr",))  # type: ignore[arg-type]


def test_where_only_english_is_offered_nothing_is_to_be_chosen(app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"languages": ("en",)})
    client = app.test_client()
    assert spoken(client, "/sign-in", **SPANISH) == "en"
    assert "Español" not in client.get("/sign-in").get_data(as_text=True)


def test_c2_the_record_says_in_which_language_the_notice_was_read(app: Flask, people: People) -> None:
    officer = people.one()
    signed_in(app, officer)
    client = app.test_client()
    choose(client, "es")
    sent = {"csrf_token": csrf_token(client), "badge": officer.badge, "password": PASSWORD, "notice": "y"}
    assert client.post("/sign-in", data=sent).status_code == 303
    assert [one["language"] for one in events("accounts:officer:sign-in")] == ["en", "es"]


def test_errors_stand_beside_their_fields_in_the_language_of_the_page(app: Flask, people: People) -> None:
    client = app.test_client()
    choose(client, "es")
    sent = {"csrf_token": csrf_token(client), "badge": "1", "password": "wrong", "notice": "y"}
    assert "La placa o la contraseña es incorrecta" in client.post("/sign-in", data=sent).get_data(as_text=True)
    long = client.post("/sign-in", data=sent | {"badge": "1" * 21}).get_data(as_text=True)
    assert "El campo no puede tener más de 20 caracteres." in long, "also what the library says of itself"
    officer = people.one()
    mine = signed_in(app, officer)
    choose(mine, "es")
    new = {"csrf_token": csrf_token(mine, "/account"), "old": PASSWORD, "password": "short", "again": "short"}
    answer = mine.post("/account/password", data=new).get_data(as_text=True)
    assert "Esta contraseña tiene menos de 8 caracteres." in answer
    late = mine.post("/phone/incidents", data={"csrf_token": new["csrf_token"], "kind": "theft", "place": "x" * 201})
    assert "Como máximo 200 caracteres." in late.get_data(as_text=True)


def test_a_program_is_told_in_the_language_of_its_officer(app: Flask, people: People) -> None:
    officer = people.one()
    client = signed_in(app, officer)
    choose(client, "es")
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": csrf_token(client, "/account")}
    missing = client.head("/api/v1/uploads/9f1c7e0a-0000-4000-8000-000000000000", headers=headers)
    assert missing.status_code == 404
    answer = client.get("/api/v1/uploads/9f1c7e0a-0000-4000-8000-000000000000/status")
    assert answer.get_json()["detail"] == "No existe ese envío o no es suyo."


def test_a_refusal_stays_english_for_the_record_and_is_spanish_for_the_reader(app: Flask) -> None:
    refused = Conflict(phrase("Incident %(number)s is closed.", number="2026-000001"), remedy="Reopen it first.")
    assert refused.message == "Incident 2026-000001 is closed."
    assert str(refused) == refused.message
    with app.test_request_context("/nothing-here", headers=SPANISH):
        assert languages.told(refused) == "El incidente 2026-000001 está cerrado. Reábralo primero."
        assert languages.speak("Nobody ever said this.") == "Nobody ever said this."
        assert languages.speak("") == ""
    assert languages.told(refused) == "Incident 2026-000001 is closed. Reopen it first."


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (faults.DIFFERS, "Lo que llegó no es lo que envió el teléfono: las huellas no coinciden."),
        ("The file cannot be read: the file is empty", "No se puede leer el archivo: el archivo está vacío"),
        ("The file cannot be read: moov atom 9", "No se puede leer el archivo: moov atom 9"),
        (
            "The name says video, the content is application/zip.",
            "El nombre dice video; el contenido es application/zip.",
        ),
        ("", ""),
    ],
)
def test_why_an_item_was_set_aside_is_said_in_words_that_were_kept(app: Flask, kept: str, said: str) -> None:
    with app.test_request_context("/nothing-here", headers=SPANISH):
        assert faults.in_words(kept) == said
    with app.test_request_context("/nothing-here"):
        assert faults.in_words(kept) == kept


def test_dates_and_numbers_are_written_as_the_language_does(app: Flask) -> None:
    at = datetime(2026, 1, 4, 15, 4, tzinfo=UTC)
    with app.test_request_context("/nothing-here", headers=SPANISH):
        assert languages.moment(at) == "4 ene 2026, 15:04 UTC"
        assert languages.calendar_day(at.date()) == "4 ene 2026"
        assert languages.number(12345) == "12,345", "as Spanish is written in the United States"
        assert languages.decimal(1.25) == "1.2"
    with app.test_request_context("/nothing-here"):
        assert languages.moment(at) == "04 Jan 2026, 15:04 UTC"
        assert languages.calendar_day(at.date()) == "04 Jan 2026"


def test_a_phone_is_given_its_words_and_its_pages_in_every_language(app: Flask) -> None:
    client = app.test_client()
    script = client.get("/words/es.js")
    assert script.mimetype == "text/javascript"
    assert script.get_data(as_text=True).startswith('globalThis.blotterWords={"')
    assert '"Set aside, not sealed.":"Apartado, sin sellar."' in script.get_data(as_text=True)
    assert '"1 file":["1 archivo","{n} archivos"]' in script.get_data(as_text=True)
    assert client.get("/words/es.js", headers={"If-None-Match": script.headers["ETag"]}).status_code == 304
    for path in ("/words/en.js", "/words/fr.js", "/words/..js"):
        assert client.get(path).status_code == 404, path
    for path in ("/phone/shell", "/phone/offline"):
        assert spoken(client, f"{path}?language=es-US") == "es-US"
        assert spoken(client, f"{path}?language=en", **SPANISH) == "en"
        assert spoken(client, f"{path}?language=nonsense") == "en"
    manifest = client.get("/manifest.webmanifest", headers=SPANISH).get_json(force=True)
    assert (manifest["lang"], manifest["start_url"]) == ("es-US", "/phone")


def test_a_part_of_a_page_speaks_the_language_of_that_page(desk: Desk) -> None:  # noqa: F811
    """The incident's page is English and asks for the same parts as the report's own, which is not."""
    client = signed_in(desk.app, desk.officer)
    choose(client, "es")
    path = f"/reports/{desk.report_id}/findings"
    for tag, words in (("es-US", "Comprobaciones"), ("en", "Checks")):
        part = client.get(path, headers={"HX-Request": "true", "X-Blotter-Page-Language": tag})
        assert f'id="findings-title">{words} ' in part.get_data(as_text=True)


def test_a_message_is_said_in_the_language_of_the_page_that_shows_it(app: Flask, people: People) -> None:
    client = signed_in(app, people.one())
    choose(client, "es")
    new = {"old": PASSWORD, "password": "another horse battery", "again": "another horse battery"}
    client.post("/account/password", data=new | {"csrf_token": csrf_token(client, "/account")})
    assert "Su contraseña se cambió" in client.get("/account").get_data(as_text=True)


def test_what_is_counted_is_said_in_its_number(app: Flask) -> None:
    with app.test_request_context("/nothing-here", headers=SPANISH):
        said = [ngettext("%(num)s open", "%(num)s open", count) for count in (0, 1, 2)]
        assert said == ["0 pendientes", "1 pendiente", "2 pendientes"]


def test_a_phrase_is_copied_whole() -> None:
    said = phrase("At most %(most)s characters.", most=200)
    twin = copy.deepcopy(said)
    assert (twin, twin.pattern, twin.values) == ("At most 200 characters.", said.pattern, {"most": 200})


def test_a3_what_is_signed_is_english_with_a_reading_beside_it(desk: Desk) -> None:  # noqa: F811
    desk.complete()
    client = signed_in(desk.app, desk.officer)
    choose(client, "es")
    path = f"/reports/{desk.report_id}/submit"
    page = client.get(path).get_data(as_text=True)
    assert f'<p lang="en">{CERTIFICATION}</p>' in page
    assert "Su contenido es verdadero y correcto a mi leal saber y entender, y es mi propia declaración." in page
    shown = re.search(r'name="shown"[^>]*value="(\w+)"', page)
    assert shown is not None
    sent = {"certified": "y", "password": PASSWORD, "shown": shown[1], "csrf_token": csrf_token(client, path)}
    assert client.post(path, data=sent).status_code == 303
    assert events("reports:report:submit")[-1]["language"] == "es"
    note = session().scalars(sa.select(Signature.note).order_by(Signature.at.desc())).first()
    assert CERTIFICATION in str(note)
    assert "declaración" not in str(note)


class Brackets(support.NullTranslations):
    """A language in which everything that is said stands between brackets."""

    def ugettext(self, words: str) -> str:
        return f"⟦{words}⟧"

    def ungettext(self, one: str, more: str, count: int) -> str:
        return f"⟦{one if count == 1 else more}⟧"


PRODUCT = r"[0-9a-f]{16}|“good evening”|Blotter|English|Español|UTC|PDF|SHA-256|The notice in English|Springfield Police Department"
NO_WORDS = {"script", "style", "svg", "option", "local-time", "time", "code"}


def unmarked(page: str, known: str) -> list[str]:
    """Texts and labels of a page that are in no brackets, what is `known` and what is the record's taken out."""
    found = []
    for node in html.fromstring(page).iter():
        if not isinstance(node.tag, str) or any(one.get("lang") == "en" for one in [node, *node.iterancestors()]):
            continue
        labels = [node.get(name, "") for name in ("aria-label", "title", "alt", "placeholder", "data-confirm")]
        texts = [] if node.tag in NO_WORDS else [node.text or ""]
        for text in [*texts, *labels, *[one.tail or "" for one in node if isinstance(one.tag, str)]]:
            rest = text
            while "⟦" in rest and (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", rest)) != rest:
                rest = less
            rest = re.sub(known, " ", rest)
            if re.search(r"[A-Za-z]{2}", rest):
                found.append(rest.strip())
    return found


def test_no_word_of_these_pages_was_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    officer, incident = desk.officer, desk.incident
    data = [officer.label, officer.title, officer.badge, officer.unit.name, incident.place, incident.title]
    data += [incident.number, "Dash camera", "Ctrl K", "127.0.0.1", "Werkzeug/[0-9.]+"]
    known = "|".join([PRODUCT, *(re.escape(one) if "[" not in one else one for one in data if one)])
    client = signed_in(desk.app, officer)
    choose(client, "es")
    monkeypatch.setattr(languages, "_translations", lambda _language: Brackets())
    stranger = desk.app.test_client()
    choose(stranger, "es")
    sent = {"csrf_token": csrf_token(client, "/account")}
    pages = {path: client.get(path) for path in ("/", "/phone", "/phone/reports", "/account", "/locked", "/nowhere")}
    pages |= {path: stranger.get(path) for path in ("/sign-in", "/phone/shell", "/phone/offline")}
    pages |= {path: client.get(path) for path in (f"/reports/{desk.report_id}", f"/reports/{desk.report_id}/submit")}
    pages["incident"] = client.post("/phone/incidents", data=sent | {"kind": "nonsense", "place": "x" * 201})
    pages["password"] = client.post("/account/password", data=sent | {"old": "", "password": "", "again": "x"})
    pages["sign-in"] = stranger.post("/sign-in", data={"csrf_token": csrf_token(stranger)})
    left = {name: unmarked(answer.get_data(as_text=True), known) for name, answer in pages.items()}
    assert {name: words for name, words in left.items() if words} == {}
    with transaction():
        assert session().get_one(Officer, officer.id).language == "es"
