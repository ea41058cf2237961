"""The shelf of optional model packs: what is known, what is installed, and whether it is still what it was."""

import contextlib
import hashlib
import json
import shutil
import tempfile
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent.parent / "models.toml"
MANIFEST = "manifest.json"
PATIENCE_S = 10.0  # an address that does not answer in this time is given up
_BLOCK = 1024 * 1024
Progress = Callable[[str, int], None]


class PackError(Exception):
    """A pack that cannot be had; the message says why."""


class PackUnreachable(PackError):
    """The publisher's address does not answer."""


class PackAltered(PackError):
    """A file is not the one that was promised."""


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack; `sha256` is empty where the publisher gives none."""

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """One model somebody else trained: what it is for, where it comes from, under which licence."""

    name: str
    kind: str
    title: str
    purpose: str
    licence: str
    address: str
    files: tuple[PackFile, ...]
    size_bytes: int = 0
    default: bool = False


@cache
def catalogue() -> tuple[Pack, ...]:
    """Every pack Blotter knows, as workers/models.toml lists them."""
    listed = tomllib.loads(CATALOGUE.read_text())["pack"]
    return tuple(Pack(**{**row, "files": tuple(PackFile(**file) for file in row["files"])}) for row in listed)


def known(name: str) -> Pack:
    """The pack of this name; PackError when there is none."""
    for pack in catalogue():
        if pack.name == name:
            return pack
    raise PackError(f"No pack is named {name}.")


@dataclass(frozen=True, slots=True)
class PackShelf:
    """The folder of installed packs, one folder a pack, each with a manifest of its files' hashes."""

    root: Path

    def find(self, name: str) -> Path | None:
        """The folder of an installed pack, or None."""
        folder = self.root / name
        return folder if (folder / MANIFEST).exists() else None

    def installed(self) -> list[Pack]:
        """The packs that are there."""
        return [pack for pack in catalogue() if self.find(pack.name)]

    def install(self, name: str, *, progress: Progress = lambda file, size: None, timeout: float = PATIENCE_S) -> Path:
        """Fetches a pack from its publisher, checks it, and puts it on the shelf whole or not at all."""
        pack = known(name)

        def fetch(folder: Path) -> None:
            for file in pack.files:
                _download(pack.address + file.name, folder / file.name, progress, timeout)

        return self._put(pack, fetch)

    def import_from(self, folder: Path) -> list[Pack]:
        """Takes every pack whose files lie somewhere under `folder`; PackAltered when one is not what it should be."""
        found = []
        for pack in catalogue():
            sources = [_lying_under(folder, pack, file) for file in pack.files]
            if not all(sources):
                continue

            def copy(target: Path, sources: list[Path | None] = sources) -> None:
                for source in sources:
                    if source is not None:
                        shutil.copyfile(source, target / source.name)

            self._put(pack, copy)
            found.append(pack)
        return found

    def verify(self) -> list[tuple[str, bool, str]]:
        """(name, as installed, what differs) of each pack."""
        return [(pack.name, *self._verified(pack.name)) for pack in self.installed()]

    def _verified(self, name: str) -> tuple[bool, str]:
        folder = self.root / name
        noted: dict[str, str] = json.loads((folder / MANIFEST).read_text())["files"]
        for file, sha256 in noted.items():
            path = folder / file
            if not path.exists():
                return False, f"{file} is missing"
            if digest(path) != sha256:
                return False, f"{file} is not what was installed"
        return True, ""

    def _put(self, pack: Pack, fill: Callable[[Path], None]) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{pack.name}-", dir=self.root))
        try:
            fill(fresh)
            hashes = {file.name: _checked(fresh / file.name, file) for file in pack.files}
            (fresh / MANIFEST).write_text(json.dumps({"name": pack.name, "files": hashes}, indent=2))
            fresh.chmod(0o755)
            target = self.root / pack.name
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(target)
            fresh.rename(target)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        return target


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(path: Path, file: PackFile) -> str:
    found = digest(path)
    if file.sha256 and found != file.sha256:
        raise PackAltered(f"{file.name} is not the file that was promised: its SHA-256 is {found}.")
    return found


def _download(address: str, target: Path, progress: Progress, timeout: float) -> None:
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer, target.open("wb") as file:  # noqa: S310
            size = 0
            while block := answer.read(_BLOCK):
                file.write(block)
                size += len(block)
                progress(target.name, size)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise PackUnreachable(f"{address} does not answer ({reason}).") from error


def _lying_under(folder: Path, pack: Pack, file: PackFile) -> Path | None:
    """A file of this name: in a folder named for its pack, or, when its hash is known, anywhere."""
    for path in sorted(folder.rglob(file.name)):
        in_own_folder = path.parent.name.replace("_", "-") == pack.name.replace("_", "-")
        if in_own_folder or (file.sha256 and digest(path) == file.sha256):
            return path
    return None
