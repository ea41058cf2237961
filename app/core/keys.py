"""The agency's own keys: one signs, one wraps. Each lies in a file that only the service may read; there is no default.

Lose the wrapping key and no recording can be opened again: keep a copy of the folder away from the machine.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import shlex
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.config import Settings
from app.core.verifier import Key

_NONCE = 12
_AGENCY = "agency.key"


class KeyMissing(RuntimeError):
    """A key that was used before is not there, or is not the one that was used."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key with the name it signs under."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> Key:
        """The public half, which may be shown to everyone."""
        return Key(self.name, self.private.public_key().public_bytes_raw())

    def sign_note(self, text: str) -> str:
        """`text` as a signed note (C2SP signed-note). `text` ends with a newline and holds no empty line."""
        if not text.endswith("\n") or "\n\n" in text:
            raise ValueError("the text of a note ends with a newline and holds no empty line")
        signature = base64.b64encode(self.key.hash + self.private.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


class Wrapper(Protocol):
    """What keeps the keys of objects safe: a file, or a key management service."""

    @property
    def id(self) -> str:
        """Which key it is, for ever the same for the same key; says nothing of the key itself."""

    def wrap(self, key: bytes, name: str) -> bytes:
        """`key` so that only this wrapper gives it back, and only for the object `name`."""

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """The key again. Raises KeyMissing when it was wrapped by another, for another name, or was changed."""


@dataclass(frozen=True, slots=True)
class FileWrapper:
    """AES-256-GCM under 32 bytes from a file; the object's name is authenticated with the key."""

    secret: bytes

    @property
    def id(self) -> str:
        """See Wrapper."""
        return "file:" + hashlib.sha256(b"blotter agency key" + self.secret).hexdigest()[:16]

    def wrap(self, key: bytes, name: str) -> bytes:
        """See Wrapper."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, key, name.encode())

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """See Wrapper."""
        try:
            return AESGCM(self.secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], name.encode())
        except InvalidTag as error:
            raise KeyMissing(
                f"The agency's key does not open {name}: restore the keys that it was kept with."
            ) from error


@dataclass(frozen=True, slots=True)
class CommandWrapper:
    """A key management service behind a command: `COMMAND wrap|unwrap NAME`, Base64 on its standard input and output."""

    command: str

    @property
    def id(self) -> str:
        """See Wrapper."""
        return "command:" + hashlib.sha256(self.command.encode()).hexdigest()[:16]

    def wrap(self, key: bytes, name: str) -> bytes:
        """See Wrapper."""
        return self._ask("wrap", key, name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """See Wrapper."""
        return self._ask("unwrap", wrapped, name)

    def _ask(self, verb: str, content: bytes, name: str) -> bytes:
        words = [*shlex.split(self.command), verb, name]
        try:
            done = subprocess.run(words, input=base64.b64encode(content), capture_output=True, timeout=30, check=True)
            return base64.b64decode(done.stdout.strip(), validate=True)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise KeyMissing(f"BLOTTER_KEY_COMMAND could not {verb} the key of {name}.") from error


@dataclass(frozen=True, slots=True)
class Ring:
    """Wraps with the newest key; unwraps with whichever of the keys did it. So a key is changed while all goes on."""

    newest: Wrapper
    retired: tuple[Wrapper, ...]

    @property
    def id(self) -> str:
        """See Wrapper: the newest one's."""
        return self.newest.id

    def wrap(self, key: bytes, name: str) -> bytes:
        """See Wrapper."""
        return self.newest.wrap(key, name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """See Wrapper. What the retired ones say when they cannot is left out: the newest one's answer counts."""
        try:
            return self.newest.unwrap(wrapped, name)
        except KeyMissing:
            for old in self.retired:
                with contextlib.suppress(KeyMissing):
                    return old.unwrap(wrapped, name)
            raise


def signer(settings: Settings, *, used: Callable[[], bool]) -> Signer:
    """The key that signs checkpoints, receipts and reports. Made now when `used` says that it never signed anything."""
    path = settings.keys / "signing.key"
    if not path.exists() and not used():
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        _keep_new(path, f"{_name(settings)} {base64.b64encode(seed).decode()}")
    name, _, encoded = _read(path).partition(" ")
    return Signer(name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded)))


def wrapper(settings: Settings, *, used: Callable[[], bool]) -> Wrapper:
    """What wraps the keys of objects, and still opens what retired keys wrapped.

    The file of a first key is made now when `used` says that nothing was ever wrapped.
    """
    path = settings.keys / _AGENCY
    if settings.key_command:
        newest: Wrapper = CommandWrapper(settings.key_command)
        older = [*retired(settings), *([path] if path.exists() else [])]
    else:
        if not path.exists() and not used():
            _keep_new(path, base64.b64encode(secrets.token_bytes(32)).decode())
        newest, older = _from(path), retired(settings)
    return Ring(newest, tuple(_from(one) for one in older)) if older else newest


def retired(settings: Settings) -> list[Path]:
    """The files of agency keys that wrap nothing new any more, oldest name first."""
    return sorted(settings.keys.glob("agency-*.key"))


def renew(settings: Settings) -> Wrapper:
    """Retires the agency's key and makes a new one. Objects are opened with both until they are wrapped anew.

    Raises KeyMissing when there is none, ValueError when a key management service keeps it: that renews its own.
    """
    if settings.key_command:
        raise ValueError("BLOTTER_KEY_COMMAND keeps the agency's key: have that service renew it.")
    path = settings.keys / _AGENCY
    old = _from(path)
    with contextlib.suppress(FileExistsError):
        os.link(path, path.with_name(f"agency-{old.id.partition(':')[2]}.key"))
    fresh = path.with_name(f".{uuid.uuid4().hex}.new")
    _keep_new(fresh, base64.b64encode(secrets.token_bytes(32)).decode())
    fresh.replace(path)
    _sync(path.parent)
    return _from(path)


def _from(path: Path) -> FileWrapper:
    return FileWrapper(base64.b64decode(_read(path)))


def _name(settings: Settings) -> str:
    return f"{settings.agency_ori.lower()}.blotter"


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError as error:
        raise KeyMissing(f"{path} is missing, and was used before: restore it from your copy of the keys.") from error


def _keep_new(path: Path, content: str) -> None:
    """Writes a key aside and links it into place: of two processes that make one at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{uuid.uuid4().hex}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w") as file:
            file.write(content + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        _sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Makes the names in `folder` outlive a crash: nothing may be wrapped by a key that could still vanish."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
