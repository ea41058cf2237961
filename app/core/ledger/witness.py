"""A witness: somebody elsewhere who is sent every checkpoint, so that no later history can be told otherwise."""

import http.client
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

PAUSES = (1.0, 4.0)  # seconds before the second and the third try; after that the next run tries again
TIMEOUT = 10.0
LONGEST_ANSWER = 4096


class Unwitnessed(Exception):
    """The witness did not take it; the message says why, without the address's secrets."""


def send(url: str, note: str, *, pauses: Sequence[float] = PAUSES, timeout: float = TIMEOUT) -> None:
    """POSTs a signed note as text. Any answer of 2xx is a yes; a redirect is none. Unwitnessed after the last try."""
    for pause in (*pauses, None):
        try:
            _post(url, note, timeout)
        except (OSError, http.client.HTTPException, Unwitnessed) as error:
            if pause is None:
                raise Unwitnessed(str(error) or type(error).__name__) from error
            time.sleep(pause)
        else:
            return


def _post(url: str, note: str, timeout: float) -> None:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, note.encode(), {"Content-Type": "text/plain; charset=utf-8"})
        answer = connection.getresponse()
        answer.read(LONGEST_ANSWER)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise Unwitnessed(f"the witness answered {answer.status}")
