"""Sending an object's bytes to a browser: whole or in part, playable or as a download, kept by no cache."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from itertools import chain

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import parse_if_range_header

from app.core.errors import DomainError
from app.core.storage import ObjectStore, Pieces, StorageError
from app.evidence import ranges
from app.evidence.names import attachment

log = logging.getLogger("blotter.fixity")
_SHOWN = ("video/", "audio/", "image/", "text/vtt", "application/vnd.apple.mpegurl")
_NEVER_SHOWN = ("image/svg+xml",)  # a drawing that can carry scripts


def asked_span(*, size: int, sha256: str) -> ranges.Span | None:
    """The part this request wants; None for the whole. Raises ranges.Unsatisfiable.

    An If-Range that names other content (RFC 9110, 13.1.5) gets the whole: the part would not fit what is there.
    """
    condition = request.headers.get("If-Range")
    weak = condition is not None and condition.startswith("W/")
    if weak or (condition is not None and parse_if_range_header(condition).etag != sha256):
        return None
    return ranges.wanted(request.headers.get("Range"), size=size)


def content(
    objects: ObjectStore,
    key: str,
    *,
    size: int,
    sha256: str,
    media_type: str,
    span: ranges.Span | None,
    download_as: str = "",
) -> ResponseReturnValue:
    """The object, or `span` of it. With `download_as`, or when a browser should not show its type, a download."""
    part = span or ranges.Span(0, size)
    shown = not download_as and media_type.startswith(_SHOWN) and media_type not in _NEVER_SHOWN
    body = b"" if request.method == "HEAD" else _begun(objects, key, part)
    response = Response(body, 206 if span else 200, direct_passthrough=False)
    response.headers["Content-Type"] = media_type if shown else "application/octet-stream"
    response.headers["Content-Length"] = str(part.length)
    if span:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    if not shown:
        response.headers["Content-Disposition"] = attachment(download_as or f"{sha256[:12]}.bin")
    return _guarded(response, sha256)


class Damaged(DomainError):
    """What is stored cannot be given out: it is gone, or not what was sealed (500)."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


def _begun(objects: ObjectStore, key: str, part: ranges.Span) -> Iterable[bytes]:
    """The bytes, the first of them read already: damage at the beginning is an error page, not half an answer."""
    try:
        pieces = objects.open(key, part.start, part.length)
        return Pieces(chain([next(pieces, b"")], pieces), pieces.close)
    except StorageError as error:
        raise damaged(key, error) from error


def damaged(key: str, error: Exception) -> Damaged:
    """The refusal for what cannot be given out, with its key and the cause in the log."""
    log.error("FIXITY FAULT while sending %s: %s", key, error)
    return Damaged(
        "This file is damaged or missing in the store.",
        remedy="Tell an administrator: it can be restored from the replica store or a backup.",
    )


def whole(objects: ObjectStore, key: str) -> bytes:
    """All of a small object, to make something of. Damaged as in `content`."""
    try:
        return b"".join(objects.open(key))
    except StorageError as error:
        raise damaged(key, error) from error


def picture(jpeg: bytes) -> Response:
    """A small picture that was made for this answer."""
    return _kept_by_nobody(Response(jpeg, mimetype="image/jpeg"))


def unsatisfiable(*, size: int, sha256: str) -> ResponseReturnValue:
    """No byte lies in the range asked for."""
    response = Response("No byte of this item lies in that range.\n", 416, mimetype="text/plain")
    response.headers["Content-Range"] = f"bytes */{size}"
    return _guarded(response, sha256)


def _guarded(response: Response, sha256: str) -> Response:
    response.set_etag(sha256)
    response.headers["Accept-Ranges"] = "bytes"
    return _kept_by_nobody(response)


def _kept_by_nobody(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def note(text: str, name: str = "") -> Response:
    """Plain text that no cache may keep; as a file when it has a `name`."""
    response = Response(text, mimetype="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if name:
        response.headers["Content-Disposition"] = attachment(name)
    return response
