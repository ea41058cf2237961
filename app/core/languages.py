"""Which language a page speaks (Flask-Babel): who chose it, which pages it has, the catalogue, dates and numbers in it."""

import io
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale, dates, numbers, support
from babel.messages import mofile, pofile
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext, refresh
from markupsafe import Markup

from app.config import Settings
from app.core.phrases import Phrase

View = TypeVar("View", bound=Callable[..., Any])
FOLDER = Path(__file__).resolve().parents[1] / "translations"
COOKIE = "blotter-language"
OF_THE_PAGE = "X-Blotter-Page-Language"
COOKIE_SECONDS = 365 * 24 * 3600
ENGLISH = "en"
NAMES = {"en": "English", "es": "Español"}  # each by its own name
LOCALES = {"en": "en_US", "es": "es_US"}  # how dates and numbers are written
TAGS = {"en": "en", "es": "es-US"}  # what <html lang> says
PAGES, SCREEN = "messages", "screen"  # catalogues: what the server says, what scripts say


class _Catalogue(Domain):
    """Reads the catalogues as they are kept in the tree: nothing has to be compiled before the portal starts."""

    def get_translations(self) -> support.NullTranslations:
        """The words of the language of this request; outside of one, English as it is written."""
        locale = get_locale()
        return _translations(locale.language if locale else ENGLISH)


class _Languages(Babel):
    domain_instance = _Catalogue(domain=PAGES)


def in_every_language(view: View) -> View:
    """Marks a route whose page is complete in every language; stands below `require`. All others answer in English."""
    view.in_every_language = True  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    """Has every request know its language, and the templates say it."""
    _Languages().init_app(app, locale_selector=lambda: LOCALES[spoken()])
    app.jinja_env.filters.update(speak=speak, in_figures=number)  # a filter: no name of a page can hide it
    app.jinja_env.globals.update(speak=speak, moment=moment, calendar_day=calendar_day, decimal=decimal)

    @app.context_processor
    def language_of_the_page() -> dict[str, object]:
        now = spoken()
        return {
            "language": now,
            "language_tag": TAGS[now],
            "direction": Locale.parse(LOCALES[now]).text_direction,
            "languages": [(code, NAMES[code]) for code in offered()],
            "asked_language": asked(),
        }


def offered() -> tuple[str, ...]:
    """The languages of this installation; the first is spoken to whoever asks for none of them."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.languages


def asked() -> str:
    """The language the person reads: their own setting, the choice kept in this browser, the browser's own, the first."""
    choices = (g.get("language") or "", request.cookies.get(COOKIE, ""))
    for one in choices:
        if one in offered():
            return one
    return request.accept_languages.best_match(offered()) or offered()[0]


def spoken() -> str:
    """The language of the page under way: English where the page is not complete in the person's own, or there is none."""
    if not has_request_context():
        return ENGLISH
    if request.headers.get(OF_THE_PAGE) == TAGS[ENGLISH]:  # a part of a page, asked for by one that is in English
        return ENGLISH
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and (g.get("english_only") or not getattr(view, "in_every_language", False)):
        return ENGLISH
    return asked()


def meet(language: str) -> None:
    """The signed-in person's own setting ("" for none) counts from now on in this request."""
    g.language = language
    refresh()


def english_only() -> None:
    """The page under way is for a role whose pages are not translated."""
    g.english_only = True
    refresh()


def speak(text: str) -> str:
    """The product's own words in the language of the page. Give it nothing that a person wrote."""
    if not text or isinstance(text, Markup):
        return text
    if isinstance(text, Phrase):
        return str(gettext(text.pattern)) % {name: _shown(value) for name, value in text.values.items()}
    return str(gettext(text))


def told(error: Any) -> str:
    """A refusal and its remedy in one line, in the language of the page."""
    return " ".join(filter(None, (speak(error.message), speak(error.remedy))))


def moment(at: datetime) -> str:
    """An aware datetime in UTC: 24 Nov 2026, 15:04 UTC; in Spanish 24 nov 2026, 15:04 UTC."""
    if _language() == ENGLISH:
        return f"{at:%d %b %Y, %H:%M} UTC"
    return f"{dates.format_datetime(at, 'd MMM y, HH:mm', tzinfo=at.tzinfo, locale=_locale())} UTC"


def calendar_day(on: date) -> str:
    """A date without its time: 24 Nov 2026."""
    if _language() == ENGLISH:
        return f"{on:%d %b %Y}"
    return dates.format_date(on, "d MMM y", locale=_locale())


def number(value: int) -> str:
    """A whole number, its thousands parted as the language does it."""
    return numbers.format_decimal(value, locale=_locale())


def decimal(value: float) -> str:
    """A number with one digit after the point, or the comma."""
    return numbers.format_decimal(round(value, 1), format="#,##0.0", locale=_locale())


@cache
def script_words(language: str) -> dict[str, str | list[str]]:
    """What scripts say: the English words and what they are in `language`; a list where it depends on a count."""
    found: dict[str, str | list[str]] = {}
    for one in _read(language, SCREEN):
        if one.id and one.string:
            plural = isinstance(one.id, tuple | list)
            found[str(one.id[0] if plural else one.id)] = list(one.string) if plural else str(one.string)
    return found


def _shown(value: Any) -> Any:
    return speak(value) if isinstance(value, Phrase) else value


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else ENGLISH


def _locale() -> Locale:
    return get_locale() or Locale.parse(LOCALES[ENGLISH])


def _read(language: str, domain: str) -> Any:
    path = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as source:
        return pofile.read_po(source, locale=language, domain=domain)


@cache
def _translations(language: str) -> support.NullTranslations:
    if language == ENGLISH:
        return support.NullTranslations()
    compiled = io.BytesIO()
    mofile.write_mo(compiled, _read(language, PAGES))
    compiled.seek(0)
    return support.Translations(compiled, domain=PAGES)
