"""The product's own files under an address that names their content: kept by browsers for good, and never stale.

`/static/v-DIGEST/js/phone.js` is `static/js/phone.js` as long as nothing in the folder changes. Modules, sheets and glyphs name
each other by relative addresses, so that one digest over the whole folder serves all of them.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

FOR_GOOD = "public, max-age=31536000, immutable"
PARTS = ("text/css", "text/javascript")
# What these say holds for documents and workers; on each of the forty parts of a page it is half a kilobyte for nothing.
OF_DOCUMENTS = ("Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy")
ASK_AGAIN = "no-cache"  # kept too, but asked for whether it is still so


def install(app: Flask) -> None:
    """Lets url_for('static', …) give the addresses of this release; an address of another release still gets the file."""
    release = digest(Path(app.static_folder or ""))
    app.config["STATIC_RELEASE"] = release
    app.add_url_rule("/static/v-<release>/<path:filename>", endpoint="static", view_func=app.view_functions["static"])

    @app.url_defaults
    def of_this_release(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("release", release)

    @app.url_value_preprocessor
    def which_release(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if endpoint == "static" and values is not None:
            g.release_asked_for = values.pop("release", "")

    @app.after_request
    def how_long(response: Response) -> Response:
        if "release_asked_for" in g:
            good = response.status_code in (200, 304) and g.release_asked_for == release
            response.headers["Cache-Control"] = FOR_GOOD if good else ASK_AGAIN
            if good and response.mimetype in PARTS and not request.path.endswith("-worker.js"):
                for name in OF_DOCUMENTS:
                    response.headers.pop(name, None)
        return response


def released(app: Flask, text: str) -> str:
    """`text` of a file that stands outside the folder, with every address in it that of this release."""
    return text.replace('"/static/', f'"/static/v-{app.config["STATIC_RELEASE"]}/')


def digest(folder: Path) -> str:
    """Twelve hexadecimal digits over the names and contents of everything in the folder."""
    whole = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.startswith(".")):
        whole.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]
