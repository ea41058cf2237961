"""Answers sent gzipped to browsers that can read it, where that gives nothing away.

The size of a compressed page tells whether words that somebody else put into it stand in it twice (BREACH, 2013). So pages are
only compressed for a browser that says the request was not made by another site (Sec-Fetch-Site), and each such answer is
lengthened by a random number of bytes in gzip's own header besides. The product's own files say nothing: they are
compressed once and kept.
"""

import gzip
import secrets
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join

LEAST = 500  # bytes; below it the header costs more than it saves
TEXTS = ("text/", "application/json", "application/problem+json", "application/manifest+json", "image/svg+xml")
SCRIPTS = ("application/javascript",)
OWN = ("same-origin", "none")  # none: typed, or opened from a bookmark
PADDING = 100  # random bytes at most


def install(app: Flask) -> None:
    """Compresses what is text, long enough and sent whole. What was recorded is streamed and never touched."""

    @app.after_request
    def slim(response: Response) -> Response:
        if not _compressible(response):
            return response
        response.vary.add("Accept-Encoding")
        own_file = request.endpoint == "static"
        if not own_file:
            response.vary.add("Sec-Fetch-Site")
        if not request.accept_encodings.quality("gzip") or not (
            own_file or request.headers.get("Sec-Fetch-Site") in OWN
        ):
            return response
        body = _own_file(app) if own_file else padded(response.get_data())
        if body is None or request.method == "HEAD":
            return response
        if own_file:
            response.direct_passthrough = False
            getattr(response.response, "close", lambda: None)()  # the file that would have been sent
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        if tag := response.get_etag()[0]:
            response.set_etag(tag, weak=True)  # the same words in other bytes
        return response


def padded(body: bytes) -> bytes:
    """`body` gzipped (RFC 1952) with a random name of a random length in the header: nobody learns the exact size."""
    name = secrets.token_hex(PADDING)[: secrets.randbelow(PADDING) + 1].encode() + b"\0"
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(body) + packer.flush()
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # FNAME is set, no time, system unknown
    return head + name + packed + zlib.crc32(body).to_bytes(4, "little") + (len(body) % 2**32).to_bytes(4, "little")


def _compressible(response: Response) -> bool:
    kind = response.mimetype or ""
    text = kind.startswith(TEXTS) or kind in SCRIPTS
    whole = response.status_code not in (204, 206, 304) and not response.is_streamed
    if request.endpoint == "static":
        return text and response.status_code == 200
    there = response.headers
    bare = not {"Content-Encoding", "Accept-Ranges"} & set(there.keys()) and "attachment" not in there.get(
        "Content-Disposition", ""
    )
    return text and whole and bare and (response.content_length or 0) >= LEAST


def _own_file(app: Flask) -> bytes | None:
    """The static file of this request, compressed; None where it does not become shorter."""
    joined = safe_join(app.static_folder or "", (request.view_args or {})["filename"])
    if joined is None:
        return None
    found = Path(joined)
    return _packed(found, found.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _packed(path: Path, _changed: int) -> bytes | None:
    whole = path.read_bytes()
    packed = gzip.compress(whole, 9, mtime=0)
    return packed if len(whole) >= LEAST and len(packed) < len(whole) else None
