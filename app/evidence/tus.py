"""The headers of tus 1.0 (tus.io): what an upload's requests carry, read and checked, and what answers carry."""

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Protocol

from app.core.errors import DomainError
from app.evidence.landing import ALGORITHMS, Checksum
from app.evidence.models import UploadPart
from app.evidence.names import shown_name
from app.evidence.schemas import Offer

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration,concatenation"
CONTENT_TYPE = "application/offset+octet-stream"
MOST_PARTS = 100
_KEY = re.compile(r"[!-+\--~]+")  # printable ASCII, neither space nor comma
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_ADDRESS = re.compile(r"[^\s,]*/uploads/([0-9a-fA-F-]{36})/?")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_PHONE_KEY = re.compile(r"[0-9A-Za-z:-]{1,64}")
_EARTH_M = 40_100_000  # once around: no accuracy is worse
_DIGEST_BYTES = {"sha1": 20, "sha256": 32}


class BadRequest(DomainError):
    """A header that cannot be read (400)."""

    status = HTTPStatus.BAD_REQUEST


class WrongVersion(DomainError):
    """Not tus 1.0.0 (412)."""

    status = HTTPStatus.PRECONDITION_FAILED


class WrongType(DomainError):
    """A body of another content type (415)."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def check_version(header: str | None) -> None:
    """Raises WrongVersion unless the request speaks tus 1.0.0."""
    if header != VERSION:
        raise WrongVersion(f"Tus-Resumable must be {VERSION}.")


def check_type(content_type: str | None) -> None:
    """Raises WrongType unless the body is a piece of an upload."""
    if (content_type or "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise WrongType(f"Content-Type must be {CONTENT_TYPE}.")


def number(name: str, header: str | None) -> int:
    """A header that counts bytes; BadRequest when it is missing or no such number."""
    if header is None or not _NUMBER.fullmatch(header.strip()):
        raise BadRequest(f"{name} must be a number of bytes.", field=name)
    return int(header)


class Headers(Protocol):
    """What a request carries, by name in any case."""

    def get(self, name: str, /) -> str | None:
        """The value of one, None without it."""


def length(headers: Headers) -> int | None:
    """Upload-Length, or None with Upload-Defer-Length: 1; BadRequest without either or with both."""
    deferred = headers.get("Upload-Defer-Length")
    if deferred is None:
        return number("Upload-Length", headers.get("Upload-Length"))
    if deferred.strip() != "1" or headers.get("Upload-Length") is not None:
        raise BadRequest("Upload-Defer-Length must be 1, without Upload-Length.", field="Upload-Defer-Length")
    return None


@dataclass(frozen=True, slots=True)
class Concatenation:
    """What Upload-Concat asks for, and the uploads to join, in order."""

    kind: UploadPart
    parts: tuple[uuid.UUID, ...] = ()


def concatenation(header: str | None) -> Concatenation:
    """Upload-Concat: absent, `partial`, or `final;` and the addresses of the parts. BadRequest otherwise."""
    if header is None:
        return Concatenation(UploadPart.WHOLE)
    kind, _, rest = header.strip().partition(";")
    addresses = [_ADDRESS.fullmatch(address) for address in rest.split()]
    if kind == "partial" and not rest:
        return Concatenation(UploadPart.PART)
    try:
        parts = tuple(uuid.UUID(address[1] if address else "") for address in addresses)
    except ValueError as error:
        raise BadRequest("Upload-Concat names an upload that is none.", field="Upload-Concat") from error
    if kind != "final" or not 0 < len(parts) <= MOST_PARTS or len(set(parts)) != len(parts):
        raise BadRequest(
            f"Upload-Concat must be partial, or final; and 1 to {MOST_PARTS} different uploads.", field="Upload-Concat"
        )
    return Concatenation(UploadPart.JOINED, parts)


def checksum(header: str | None) -> Checksum | None:
    """Upload-Checksum, or None without one; BadRequest for an algorithm not offered or a digest that is none."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadRequest(f"Upload-Checksum must use one of {', '.join(ALGORITHMS)}.", field="Upload-Checksum")
    digest = _decoded(encoded.strip(), "Upload-Checksum")
    if len(digest) != _DIGEST_BYTES[algorithm]:
        raise BadRequest(f"Upload-Checksum is no {algorithm} digest.", field="Upload-Checksum")
    return Checksum(algorithm, digest)


def offer(header: str | None, *, part: bool = False) -> Offer:
    """Upload-Metadata as an Offer; BadRequest names what is missing or wrong. A `part` need not name its incident.

    Keys: incident (its id), filename, title, type or filetype, sha256 (hex), category (a code: how long to keep it),
    recorded_at, client_time or sent_at (ISO 8601 with a time zone), position (see `_position`), and phone_key
    (the phone's own id of this file: asked for again, the same upload is answered). Others are told back and not read.
    """
    given = _texts(header or "")
    title = " ".join(given.get("title", "").split())
    if len(title) > 200:
        raise BadRequest(f"The title has at most 200 characters; this has {len(title)}.", field="title")
    return Offer(
        incident_id=None if part and not given.get("incident") else _incident(given.get("incident", "")),
        filename=shown_name(given.get("filename", "")),
        title=shown_name(title) if title else "",
        claimed_type=(given.get("type") or given.get("filetype") or "").replace("\0", "")[:120],
        claimed_sha256=_sha256(given.get("sha256", "")),
        category=given.get("category", "").strip()[:40],
        recorded_at=_moment(given, "recorded_at"),
        client_time=_moment(given, "client_time") or _moment(given, "sent_at"),
        phone_key=_phone_key(given.get("phone_key", "")),
        position=_position(given.get("position", "")),
    )


def given(headers: Headers) -> dict[str, str]:
    """What is told back as it came: Upload-Metadata and Upload-Concat, where there are such."""
    said = ((name, headers.get(name)) for name in ("Upload-Metadata", "Upload-Concat"))
    return {name: value for name, value in said if value}


def http_date(moment: datetime) -> str:
    """The time as RFC 9110 writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


class MethodOverride:
    """Lets X-HTTP-Method-Override say the method, for clients whose network lets only some through.

    It stands before everything else, so that whatever asks for the method, forgery protection too, sees the one meant.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], *, under: str) -> None:
        self.app, self.under = app, under

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """See PEP 3333."""
        meant = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").strip().upper()
        if meant and environ.get("PATH_INFO", "").startswith(self.under):
            environ["REQUEST_METHOD"] = meant
        return self.app(environ, start_response)


_READ = (
    "incident",
    "filename",
    "title",
    "type",
    "filetype",
    "sha256",
    "category",
    "recorded_at",
    "client_time",
    "sent_at",
    "position",
    "phone_key",
)


def _texts(header: str) -> dict[str, str]:
    """The values that are read, as text."""
    found: dict[str, str] = {}
    for key, value in _pairs(header).items():
        if key in _READ:
            try:
                found[key] = value.decode()
            except UnicodeDecodeError as error:
                raise BadRequest(f"Upload-Metadata: {key} is not UTF-8.", field=key) from error
    return found


def _pairs(header: str) -> Mapping[str, bytes]:
    """Every pair of Upload-Metadata, as tus says they are written."""
    found: dict[str, bytes] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _, encoded = pair.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise BadRequest(
                "Upload-Metadata must be pairs of an ASCII key, a space and Base64.", field="Upload-Metadata"
            )
        if key in found:
            raise BadRequest(f"Upload-Metadata names {key} twice.", field=key)
        found[key] = _decoded(encoded.strip(), key)
    return found


def _decoded(encoded: str, field: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"{field} is not Base64.", field=field) from error


def _incident(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadRequest("Upload-Metadata must name the incident by its id.", field="incident") from error


def _sha256(text: str) -> str:
    if text and not _SHA256.fullmatch(text):
        raise BadRequest("Upload-Metadata: sha256 must be 64 hexadecimal digits.", field="sha256")
    return text.lower()


def _phone_key(text: str) -> str:
    if text and not _PHONE_KEY.fullmatch(text):
        raise BadRequest("Upload-Metadata: phone_key has at most 64 letters, digits, - and :.", field="phone_key")
    return text


def _position(text: str) -> dict[str, float]:
    """`latitude,longitude,accuracy`: degrees (WGS 84) and metres, where the phone says it was; "" for nothing said."""
    if not text:
        return {}
    try:
        latitude, longitude, accuracy = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadRequest("Upload-Metadata: position must be latitude,longitude,accuracy.", field="position") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy <= _EARTH_M):
        raise BadRequest("Upload-Metadata: position is no place on Earth.", field="position")
    return {"latitude": latitude, "longitude": longitude, "accuracy_m": accuracy}


def _moment(given: dict[str, str], key: str) -> datetime | None:
    text = given.get(key, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"Upload-Metadata: {key} is not a time.", field=key) from error
    raise BadRequest(f"Upload-Metadata: {key} needs a time zone.", field=key)
