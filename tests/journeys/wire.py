"""A network between a client and the station, of the tests' own: real TCP, which breaks when told, or flips a bit."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close at once, with RST, as a lost network looks from both ends
_PIECE = 64 * 1024


class Wire:
    """Carries every connection made to `address` on to the station, byte for byte, until it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.carried = self.cuts = self.refused = 0
        self._cut_at: int | None = None
        self._refuse = 0
        self._over = False
        self._flip: tuple[bytes, bytes] | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def cut_after(self, count: int, *, refuse: int = 2) -> None:
        """Once `count` more bytes went up every connection breaks, and so do the next `refuse` that are tried."""
        with self._lock:
            self._cut_at, self._refuse = self.carried + count, refuse

    def change(self, was: bytes, becomes: bytes) -> None:
        """The first time `was` goes up, in one piece, `becomes` arrives: of the same length, or the request breaks."""
        assert len(was) == len(becomes)
        with self._lock:
            self._flip = (was, becomes)

    def close(self) -> None:
        """Ends everything."""
        self.listening.close()
        with self._lock:
            self._over = True
            self._break()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            with self._lock:
                if self.cuts and self._refuse:
                    self._refuse, self.refused = self._refuse - 1, self.refused + 1
                    _reset(client)
                    continue
            try:
                server = socket.create_connection(self.target)
            except OSError:
                _reset(client)
                continue
            with self._lock:
                self._open |= {client, server}
                if self._over:  # it came as everything was ended
                    self._break()
                    return
            for source, sink, up in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._carry, args=(source, sink, up), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        try:
            while piece := source.recv(_PIECE):
                if not (self._up(piece, sink) if up else self._down(piece, sink)):
                    return
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # a server that gives up a connection with a request on its way resets it: so must the wire
            _reset(sink)

    def _down(self, piece: bytes, sink: socket.socket) -> bool:
        sink.sendall(piece)
        return True

    def _up(self, piece: bytes, sink: socket.socket) -> bool:
        """Whether the connection still stands behind these bytes."""
        with self._lock:
            if self._flip and self._flip[0] in piece:
                piece, self._flip = piece.replace(*self._flip, 1), None
            left = None if self._cut_at is None else self._cut_at - self.carried
            cut = left is not None and len(piece) >= left
            piece = piece[:left] if cut else piece
            self.carried += len(piece)
        with contextlib.suppress(OSError):
            sink.sendall(piece)
        if cut:
            with self._lock:
                self.cuts, self._cut_at = self.cuts + 1, None
                self._break()
        return not cut

    def _break(self) -> None:
        for one in self._open:
            _reset(one)
        self._open.clear()


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def wire_to(address: str) -> Iterator[Wire]:
    """A wire to the station at `address`, taken away afterwards."""
    host, _, port = address.removeprefix("http://").partition(":")
    wire = Wire(host, int(port))
    try:
        yield wire
    finally:
        wire.close()
