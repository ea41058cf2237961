"""The agency's keys: made once, never made anew, and useless for anything but their own object."""

import base64
import stat
import sys
import threading
from pathlib import Path

import pytest

from app.config import Settings
from app.core.keys import CommandWrapper, FileWrapper, KeyMissing, signer, wrapper
from app.core.verifier import Fault, Key, open_note

SERVICE = """
import base64, sys
verb, name = sys.argv[1:]
content = base64.b64decode(sys.stdin.read())
mask = (name.encode() * 20)[: len(content)]
print(base64.b64encode(bytes(a ^ b for a, b in zip(content, mask))).decode())
"""


def fresh() -> bool:
    return False


def used() -> bool:
    return True


def test_keys_are_made_once_for_the_service_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert signer(settings, used=fresh).key == signer(settings, used=used).key
    assert wrapper(settings, used=fresh).id == wrapper(settings, used=used).id
    for name in ("signing.key", "agency.key"):
        assert stat.S_IMODE((settings.keys / name).stat().st_mode) == 0o400
    assert sorted(path.name for path in settings.keys.iterdir()) == ["agency.key", "signing.key"]


@pytest.mark.parametrize("get", [signer, wrapper])
def test_a_key_that_was_used_is_never_made_anew(tmp_path: Path, get) -> None:
    with pytest.raises(KeyMissing, match="restore it from your copy"):
        get(Settings(home=tmp_path), used=used)
    assert not (tmp_path / "keys").exists()


def test_two_that_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    settings, found, together = Settings(home=tmp_path), [], threading.Barrier(6)

    def get() -> None:
        together.wait()
        found.append(wrapper(settings, used=fresh).id)

    threads = [threading.Thread(target=get) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_wrapped_key_opens_for_its_object_only() -> None:
    own = FileWrapper(b"a" * 32)
    wrapped = own.wrap(b"k" * 32, "originals/ab/thing")
    assert own.unwrap(wrapped, "originals/ab/thing") == b"k" * 32
    for other, name in ((own, "originals/ab/other"), (FileWrapper(b"b" * 32), "originals/ab/thing")):
        with pytest.raises(KeyMissing, match="restore the keys"):
            other.unwrap(wrapped, name)
    assert own.id != FileWrapper(b"b" * 32).id
    assert base64.b64encode(b"a" * 32).decode() not in own.id


def test_a_key_service_behind_a_command(tmp_path: Path) -> None:
    program = tmp_path / "service.py"
    program.write_text(SERVICE)
    settings = Settings(home=tmp_path, key_command=f"{sys.executable} {program}")
    own = wrapper(settings, used=used)
    assert isinstance(own, CommandWrapper)
    wrapped = own.wrap(b"k" * 32, "thing")
    assert wrapped != b"k" * 32
    assert own.unwrap(wrapped, "thing") == b"k" * 32
    for broken in ("/no/such/program", f"{sys.executable} -c raise"):
        with pytest.raises(KeyMissing, match="BLOTTER_KEY_COMMAND could not unwrap"):
            CommandWrapper(broken).unwrap(wrapped, "thing")


def test_a_signed_note_is_read_with_its_key_and_no_other(tmp_path: Path) -> None:
    own = signer(Settings(home=tmp_path / "one", agency_ori="IL0160000"), used=fresh)
    other = signer(Settings(home=tmp_path / "two", agency_ori="IL0160000"), used=fresh)
    note = own.sign_note("il0160000.blotter\n5\nabc\n")
    assert note.splitlines()[-1].startswith("— il0160000.blotter ")
    assert open_note(note, Key.read(str(own.key))) == "il0160000.blotter\n5\nabc\n"
    with pytest.raises(Fault, match="no signature of"):
        open_note(note, other.key)
    with pytest.raises(Fault, match="not il0160000"):
        open_note(note.replace("\n5\n", "\n6\n"), own.key)
    with pytest.raises(Fault, match="not a signed note"):
        open_note("nothing\n", own.key)
    with pytest.raises(ValueError, match="empty line"):
        own.sign_note("a\n\nb\n")


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", "name+zz+!!"])
def test_a_damaged_key_is_said_to_be_damaged(text: str) -> None:
    with pytest.raises(Fault):
        Key.read(text)
