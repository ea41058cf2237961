"""E2: every way there is to overwrite or remove a sealed original is tried, and each fails."""

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict
from app.core.permissions import Role
from app.core.storage import AlreadyKept, Altered, ObjectStore, shelf, store
from app.evidence import receiving, service
from app.evidence.models import Evidence
from app.incidents.models import Incident
from tests.app.evidence.sending import INTAKE, PIECE_TYPE, Phone, metadata, sealed
from tests.people import People, actor_for, signed_in

CONTENT, OTHER = b"what was recorded " * 1000, b"what somebody would rather have " * 1000


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    return sealed(app, phone.send(incident, CONTENT))


@pytest.fixture
def untouched(settings: Settings, item: Evidence) -> Callable[[], bool]:
    """Whether the original, its bytes on the shelf and its row are what they were."""
    key, item_id, name = item.storage_key, item.id, item.original_name
    path = settings.objects / key
    before = path.read_bytes()

    def holds() -> bool:
        close_session()
        row = session().get_one(Evidence, item_id)
        return (
            path.read_bytes() == before
            and b"".join(store(settings).open(key)) == CONTENT
            and (row.sha256, row.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
            and (row.storage_key, row.original_name) == (key, name)
        )

    return holds


def test_e2_its_upload_takes_no_more_bytes_and_cannot_be_given_up(
    phone: Phone, item: Evidence, untouched: Callable[[], bool]
) -> None:
    location = f"/api/v1/uploads/{item.upload_id}"
    for offset in (0, len(CONTENT)):
        assert phone.patch(location, offset, OTHER).status_code >= 400
    assert phone.patch(location, 0, OTHER, Upload_Length=str(len(OTHER))).status_code >= 400
    assert phone.delete(location).status_code == 409
    assert untouched()


def test_e2_an_upload_joined_from_parts_does_not_take_it_in(
    phone: Phone, incident: Incident, item: Evidence, untouched: Callable[[], bool]
) -> None:
    headers = phone.headers | {
        "Upload-Concat": f"final;/api/v1/uploads/{item.upload_id}",
        "Upload-Metadata": metadata(incident=str(incident.id), filename="x.mp4"),
    }
    assert phone.client.post("/api/v1/uploads", headers=headers).status_code >= 400
    assert untouched()


def test_e2_the_same_name_or_another_file_that_claims_its_hash_is_another_item(
    app: Flask, phone: Phone, incident: Incident, item: Evidence, untouched: Callable[[], bool]
) -> None:
    again = phone.send(incident, OTHER, sha256=item.sha256)
    assert again.id != item.id
    with transaction():
        service.quarantine(session().get_one(Evidence, again.id), reason="differs", sha256="b" * 64, actor=INTAKE)
    assert untouched()


@pytest.mark.parametrize("where", [store, shelf], ids=["sealed", "bare shelf"])
def test_e2_the_stores_refuse(
    settings: Settings,
    item: Evidence,
    untouched: Callable[[], bool],
    tmp_path: Path,
    where: Callable[[Settings], ObjectStore],
) -> None:
    path = tmp_path / "other"
    path.write_bytes(OTHER)
    for sha256, refusal in ((hashlib.sha256(OTHER).hexdigest(), AlreadyKept), (item.sha256, (Altered, AlreadyKept))):
        with pytest.raises(refusal):
            where(settings).put_file(item.storage_key, path, sha256=sha256)
    with pytest.raises(AlreadyKept):
        shelf(settings).put(item.storage_key, [OTHER], len(OTHER))
    with where(settings).local_path(item.storage_key) as kept:
        if where is shelf:
            assert kept.stat().st_mode & 0o222 == 0, "read-only"
    assert untouched()


def test_e2_no_verb_seals_or_sets_it_aside_again(
    settings: Settings, phone: Phone, item: Evidence, untouched: Callable[[], bool]
) -> None:
    actor = actor_for(phone.officer)
    with pytest.raises(Conflict), transaction():
        service.seal(
            session().get_one(Evidence, item.id),
            sha256="b" * 64,
            size=1,
            media_kind=None,
            media_type="",
            duration_s=None,
            facts={},
            storage_key="originals/bb/other",
            actor=actor,
        )
    with pytest.raises(Conflict), transaction():
        service.quarantine(session().get_one(Evidence, item.id), reason="x", storage_key="quarantine/x", actor=actor)
    with pytest.raises(Conflict), transaction():
        receiving.terminate(item.upload_id, intake_dir=settings.intake, actor=actor)
    with transaction():
        receiving.expire_uploads(settings.intake, actor=actor)
    assert untouched()


@pytest.mark.parametrize("role", list(Role))
def test_e2_no_route_with_any_method_changes_it(
    app: Flask, people: People, phone: Phone, item: Evidence, untouched: Callable[[], bool], role: Role
) -> None:
    """Every route that can name the item is asked with every method, with a body, by every role and by the phone."""
    browser = signed_in(app, people.one(role))
    rules = [rule for rule in app.url_map.iter_rules() if {"evidence_id", "upload_id"} & rule.arguments]
    assert len(rules) >= 5
    for rule in rules:
        given: dict[str, object] = {name: uuid.uuid4() for name in rule.arguments}
        given |= {"evidence_id": item.id, "upload_id": item.upload_id, "incident_id": item.incident_id}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(
                rule.endpoint,
                {name: given[name] for name in rule.arguments},
                method=next(iter(rule.methods or {"GET"})),
            )
        for method in ("PUT", "POST", "PATCH", "DELETE"):
            sent = {"Upload-Offset": "0", "Content-Type": PIECE_TYPE, "Tus-Resumable": "1.0.0"}
            for client, headers in ((browser, sent), (phone.client, sent | phone.headers)):
                answer = client.open(path, method=method, headers=headers, data=OTHER)
                sent_away = answer.status_code == 303 and answer.location.startswith("/sign-in")
                assert answer.status_code >= 400 or sent_away, f"{method} {path}: {answer.status_code}"
    assert untouched()
