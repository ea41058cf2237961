"""The bytes of one request, as they come off the connection."""

from collections.abc import Iterator
from typing import Any

from flask import request
from gunicorn.http.body import Body as GunicornBody
from gunicorn.http.body import LengthReader
from werkzeug.exceptions import ClientDisconnected

PIECE = 256 * 1024
SILENCE_S = 30.0  # a phone that says nothing for so long has lost its network


class Body:
    """The request's body in pieces of at most PIECE bytes. It ends where the connection does, and says so.

    A piece is good until the next one is asked for: they may share their memory.
    """

    def __init__(self) -> None:
        self.broke_off = False

    def __iter__(self) -> Iterator[bytes | memoryview]:
        socket = request.environ.get("gunicorn.socket")
        if socket is not None:
            socket.settimeout(SILENCE_S)
        try:
            reader = _length_reader(request.environ.get("wsgi.input"))
            yield from self._stream() if socket is None or reader is None else self._direct(socket, reader)
        finally:
            if socket is not None:
                socket.settimeout(None)

    def _stream(self) -> Iterator[bytes]:
        """As WSGI has it."""
        try:
            while piece := request.stream.read(PIECE):
                yield piece
        except (ClientDisconnected, OSError):
            self.broke_off = True

    def _direct(self, socket: Any, reader: Any) -> Iterator[bytes | memoryview]:
        """Off the connection into one buffer. Through gunicorn's and werkzeug's own buffers each byte is copied five
        times, which costs as much processor time as everything else that the portal does with a chunk of 8 MB."""
        ahead = reader.unreader.take_buffered()  # what came along with the headers
        if surplus := ahead[reader.length :]:
            reader.unreader.unread(surplus)  # the next request's
            ahead = ahead[: reader.length]
        reader.length -= len(ahead)
        if ahead:
            yield ahead
        room = memoryview(bytearray(min(PIECE, reader.length)))
        while reader.length and not self.broke_off:
            wanted, at = min(len(room), reader.length), 0
            while at < wanted and not self.broke_off:
                came = _receive(socket, room[at:wanted])
                self.broke_off = not came
                at += came
            reader.length -= at  # or gunicorn would wait for these bytes before the next request
            yield room[:at]


def _receive(socket: Any, room: memoryview) -> int:
    """Bytes put into `room`; 0 when the connection is over, one way or the other."""
    try:
        return int(socket.recv_into(room))
    except OSError:
        return 0


def _length_reader(body: Any) -> Any:
    """Gunicorn's reader of a body of known length, when that is what there is and nothing was read from it yet."""
    if not isinstance(body, GunicornBody) or not isinstance(body.reader, LengthReader) or body.buf.tell():
        return None
    return body.reader if hasattr(body.reader.unreader, "take_buffered") else None
