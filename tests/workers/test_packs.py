"""Model packs: imported, fetched, refused, verified, missed; and `blotter models` as an operator types it."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import free_port, shared
from workers import commands
from workers.engines import packs
from workers.engines.packs import Pack, PackAltered, PackError, PackFile, PackShelf, PackUnreachable, catalogue, known

CONTENT = b"weights" * 1000


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[str]:
    """A publisher's address on this machine that has one file."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(CONTENT)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, directory=str(folder), **kwargs)

        def log_message(self, *args) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`listed(address, sha256)`: a catalogue with one pack, and a station whose shelf is under the test's folder."""

    def catalogue_of(address: str, sha256: str = hashlib.sha256(CONTENT).hexdigest()) -> PackShelf:
        pack = Pack(
            "tiny",
            "detector",
            "Tiny",
            "to be tested",
            "Apache-2.0",
            address,
            (PackFile("model.onnx", sha256),),
            default=True,
        )
        for place in (packs, commands):
            monkeypatch.setattr(place, "catalogue", lambda: (pack,))
        monkeypatch.setattr(commands, "shelf", lambda: PackShelf(tmp_path / "shelf"))
        return PackShelf(tmp_path / "shelf")

    return catalogue_of


def typed(*words: str) -> Result:
    """`blotter models …`."""
    return CliRunner().invoke(commands.models, list(words))


def test_every_listed_pack_says_what_it_is_and_under_which_licence() -> None:
    for pack in catalogue():
        assert pack.title
        assert pack.purpose
        assert pack.licence
        assert pack.files
        assert not any(word in pack.licence for word in ("GPL", "NC"))
    assert {pack.name for pack in catalogue() if pack.default} == {"whisper-base.en", "yolox-nano"}


def test_a_pack_is_fetched_checked_and_then_verified(listed, publisher: str) -> None:
    shelf = listed(publisher)
    assert typed("install", "tiny").exit_code == 0
    assert (shelf.find("tiny") / "model.onnx").read_bytes() == CONTENT
    assert shelf.verify() == [("tiny", True, "")]
    assert "tiny is installed." in typed("install", "tiny").output
    assert "installed" in typed("list").output


def test_a_file_that_is_not_the_promised_one_never_reaches_the_shelf(listed, publisher: str) -> None:
    shelf = listed(publisher, sha256="0" * 64)
    with pytest.raises(PackAltered, match="not the file that was promised"):
        shelf.install("tiny")
    assert shelf.find("tiny") is None
    assert list(shelf.root.iterdir()) == [], "nothing half-installed stays"


def test_an_address_that_does_not_answer_is_given_up_with_the_command_to_try_later(listed) -> None:
    shelf = listed(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(PackUnreachable):
        shelf.install("tiny")
    said = typed("install", "--default", "--go-on")
    assert said.exit_code == 0
    assert "Fetching tiny" in said.output
    assert "Later: blotter models install tiny" in said.output
    assert typed("install", "tiny").exit_code == 1
    assert packs.PATIENCE_S <= 10


def test_a_missing_file_at_the_publisher_is_said_so(listed, publisher: str) -> None:
    shelf = listed(publisher + "gone/")
    with pytest.raises(PackUnreachable, match=r"(?i)not found"):
        shelf.install("tiny")


def test_one_flipped_byte_is_found_and_named(listed, publisher: str) -> None:
    shelf = listed(publisher)
    shelf.install("tiny")
    path = shelf.find("tiny") / "model.onnx"
    path.write_bytes(b"W" + CONTENT[1:])
    assert shelf.verify() == [("tiny", False, "model.onnx is not what was installed")]
    said = typed("verify")
    assert said.exit_code == 1
    assert "model.onnx" in said.output
    path.unlink()
    assert shelf.verify() == [("tiny", False, "model.onnx is missing")]


def test_import_takes_what_lies_there_by_folder_or_by_hash(listed, tmp_path: Path) -> None:
    shelf = listed("http://nowhere.invalid/")
    stick = tmp_path / "stick" / "downloads"
    stick.mkdir(parents=True)
    (stick / "model.onnx").write_bytes(CONTENT)
    assert typed("import", str(tmp_path / "stick")).output == "tiny imported.\n"
    assert shelf.verify() == [("tiny", True, "")]


def test_import_of_nothing_and_of_the_wrong_file_are_refused(listed, tmp_path: Path) -> None:
    shelf = listed("http://nowhere.invalid/")
    said = typed("import", str(tmp_path))
    assert said.exit_code == 1
    assert "no known pack lies in" in said.output
    wrong = tmp_path / "stick" / "tiny"
    wrong.mkdir(parents=True)
    (wrong / "model.onnx").write_bytes(b"other")
    with pytest.raises(PackAltered):
        shelf.import_from(tmp_path / "stick")
    assert shelf.find("tiny") is None


def test_the_shared_packs_import_and_verify(tmp_path: Path) -> None:
    folder = shared("models")
    shelf = PackShelf(tmp_path)
    assert "yolox-nano" in {pack.name for pack in shelf.import_from(folder)}
    assert all(good for _, good, _ in shelf.verify())


def test_an_unknown_pack_is_said_so() -> None:
    with pytest.raises(PackError, match="No pack is named"):
        known("no-such")
    said = typed("install", "no-such")
    assert said.exit_code == 1
    assert "blotter models list" in said.output
