"""What officers really send: empty, broken, misnamed, doubled. Each ends sealed or in quarantine with a reason in words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.accounts.models import Officer
from app.analysis.models import StepState
from samples.phone import Phone, PhoneError, encode
from tests.journeys import clips
from tests.journeys.station import PASSWORD, TestStation

Send = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def officer(station: TestStation) -> Officer:
    return station.person(name="Dana Kim")


@pytest.fixture(scope="module")
def incident(station: TestStation, officer: Officer) -> str:
    return station.incident(officer)


@pytest.fixture(scope="module")
def send(station: TestStation, officer: Officer, incident: str) -> Send:
    """Sends a file and gives its last status."""
    phone = station.phone(officer)

    def sent(path: Path, **how: Any) -> dict[str, Any]:
        upload = phone.send(path, incident=how.pop("incident", incident), title=how.pop("title", path.stem), **how)
        return phone.await_seal(upload)

    return sent


def _evidence(status: dict[str, Any]) -> str:
    return str(status["url"]).rsplit("/", 1)[-1]


def test_an_empty_file_is_quarantined(send: Send, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    status = send(empty)
    assert (status["state"], "empty" in status["reason"]) == ("quarantined", True)


def test_a_truncated_video_is_quarantined_and_kept(send: Send, tmp_path: Path, station: TestStation) -> None:
    status = send(clips.truncated(tmp_path / "cut.mp4", clips.video(tmp_path / "whole.mp4")))
    assert status["state"] == "quarantined"
    assert "cut off" in status["reason"]
    assert list((station.station.settings.home / "objects").rglob(f"*{status['sha256'][:16]}*")), "the bytes are kept"


def test_text_named_mp4_is_quarantined(send: Send, tmp_path: Path) -> None:
    status = send(clips.text_named_mp4(tmp_path / "words.mp4"))
    assert status["state"] == "quarantined"
    assert "text/plain" in status["reason"]


def test_a_zero_second_recording_is_quarantined(send: Send, tmp_path: Path) -> None:
    status = send(clips.silence(tmp_path / "nothing.wav", seconds=0))
    assert status["state"] == "quarantined"
    assert status["reason"]


def test_a_wrong_hash_is_quarantined(send: Send, tmp_path: Path) -> None:
    status = send(clips.video(tmp_path / "other.mp4", seconds=1), sha256="0" * 64)
    assert status["state"] == "quarantined"
    assert "hashes differ" in status["reason"]


def test_a_video_without_sound_is_read_all_the_same(send: Send, tmp_path: Path, station: TestStation) -> None:
    status = send(clips.video(tmp_path / "silent.mp4", sound=False))
    steps = station.await_steps(_evidence(status))
    assert {step.state for step in steps.values()} == {StepState.DONE}


def test_sound_without_video_is_read_without_tags(send: Send, tmp_path: Path, station: TestStation) -> None:
    status = send(clips.silence(tmp_path / "quiet.wav", seconds=2))
    steps = station.await_steps(_evidence(status))
    assert "tag_video" not in steps
    assert {step.state for step in steps.values()} == {StepState.DONE}


def test_a_photograph_is_tagged(send: Send, tmp_path: Path, station: TestStation, officer: Officer) -> None:
    evidence = _evidence(send(clips.photo(tmp_path / "plate.jpg")))
    steps = station.await_steps(evidence)
    assert steps["tag_video"].state is StepState.DONE, steps["tag_video"].error
    tags = station.browser(officer).json(f"/api/v1/evidence/{evidence}/tags")["tags"]
    assert "8XYZ456" in [tag["label"] for tag in tags if tag["kind"] == "plate"]


def test_a_document_is_sealed_and_not_read(send: Send, tmp_path: Path, station: TestStation) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Left at the front desk.")
    status = send(note)
    assert status["state"] == "sealed"
    assert station.steps(_evidence(status)) == {}


def test_the_same_recording_twice_is_analysed_once(send: Send, tmp_path: Path, station: TestStation) -> None:
    clip = clips.video(tmp_path / "twice.mp4", seconds=1)
    first, second = send(clip), send(clip)
    assert second["state"] == "sealed"
    assert second["duplicate_of"] == _evidence(first)
    assert station.steps(_evidence(second)) == {}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.mp4", "x" * 300 + ".mp4", "مقطع الشرطة.mp4", "Überprüfung 巡查 🚓.mp4", "a\u202egpj.mp4"]
)
def test_odd_names_are_harmless(send: Send, tmp_path: Path, name: str, station: TestStation) -> None:
    status = send(clips.video(tmp_path / "fine.mp4", seconds=1), name=name, title="Odd name")
    assert status["state"] == "sealed"
    assert not (station.station.settings.home.parent / "etc").exists()


def test_someone_elses_incident_is_not_there(station: TestStation, send: Send, tmp_path: Path) -> None:
    stranger = station.person(unit="South Patrol")
    theirs = station.incident(stranger)
    with pytest.raises(PhoneError, match="404"):
        send(clips.video(tmp_path / "mine.mp4", seconds=1), incident=theirs)


def test_a_token_revoked_in_the_middle_stops_and_a_fresh_one_goes_on(
    station: TestStation, officer: Officer, incident: str, tmp_path: Path
) -> None:
    clip = clips.video(tmp_path / "half.mp4", seconds=3)
    phone = station.phone(officer)
    size = clip.stat().st_size
    metadata = encode({"filename": "half.mp4", "title": "Half", "incident": incident})
    opened = phone.http.post(
        f"{station.address}/api/v1/uploads",
        timeout=60,
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": metadata},
    )
    location = station.address + opened.headers["Location"]
    half = clip.read_bytes()[: size // 2]
    patch = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    assert phone.http.patch(location, data=half, headers={**patch, "Upload-Offset": "0"}, timeout=60).status_code == 204
    assert phone.http.delete(f"{station.address}/api/v1/tokens/current", timeout=60).status_code == 200
    stopped = phone.http.patch(location, data=b"x", headers={**patch, "Upload-Offset": str(len(half))}, timeout=60)
    assert stopped.status_code == 401
    again = Phone(station.address, officer.badge, PASSWORD)
    again.sign_in()
    again.go_on(location, clip)
    assert again.await_seal(location.rsplit("/", 1)[-1])["state"] == "sealed"
