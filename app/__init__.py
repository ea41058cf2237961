"""The portal: pages, JSON API, phone app. `create_app` shows on one page what is switched on."""

import logging
import uuid
from importlib.metadata import version
from pathlib import Path

from flask import Flask, g, request
from flask.wrappers import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from app import keeping
from app.config import Settings, settings
from app.core import db, errors, languages, rates, refusals, slim, statics
from app.core.actor import REACHED
from app.core.forgery import csrf

ROOT = Path(__file__).resolve().parent.parent
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def create_app(chosen: Settings | None = None, *, database_url: str = "") -> Flask:
    """The whole portal, bound to the database at `database_url` (or the one in the settings)."""
    config = chosen or settings()
    app = Flask(__name__, root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=config.secret(),
        SETTINGS=config,
        CONTENT_SECURITY_POLICY=CONTENT_SECURITY_POLICY,
        SESSION_COOKIE_NAME="blotter",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        MAX_CONTENT_LENGTH=config.upload_chunk_max_bytes,
        MAX_FORM_MEMORY_SIZE=2_000_000,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.connect(database_url or config.database_url, pool_size=config.web_threads)
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    csrf.init_app(app)
    slim.install(app)  # first, because what is installed first is asked last: it compresses what all others made
    statics.install(app)
    languages.install(app)
    _circumstances(app)
    errors.install_error_pages(app, refused=refusals.note)
    _rooms(app)
    rates.install(app)  # after the rooms: it counts who asks, and by then that is known
    keeping.install()
    return app


def _rooms(app: Flask) -> None:
    """Every room's doors. The order is the order of the street."""
    from app import accounts, analysis, desk, earlywarning, evidence, home, incidents, nibrs, phone, reports, search

    for room in (accounts, incidents, evidence, analysis, reports, earlywarning, nibrs, search, desk, home, phone):
        room.install(app)


def _circumstances(app: Flask) -> None:
    """What surrounds every request: an id, a session of the database, and the headers of a careful site."""
    config: Settings = app.config["SETTINGS"]
    released = version("blotter")

    @app.before_request
    def name_the_request() -> None:
        g.request_id = uuid.uuid4().hex[:16]
        REACHED.set(f"{request.environ['SERVER_NAME']}:{request.environ['SERVER_PORT']}"[:100])

    @app.after_request
    def careful_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self)")
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if config.secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    @app.teardown_appcontext
    def end_session(_error: BaseException | None) -> None:
        db.close_session()
        REACHED.set("")

    @app.context_processor
    def every_page() -> dict[str, object]:
        return {"agency_name": config.agency_name, "version": released}


def configure_logging(level: int = logging.INFO) -> None:
    """One line a record, to standard error, with the time in UTC. No narrative text goes there (CJIS AU-3(3))."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
