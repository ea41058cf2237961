"""What one officer may send, by size, count and rate: each refusal says the limit, what to do, and when there is room."""

from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.config import Settings
from app.core.clock import now
from app.core.db import transaction
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident, refused, upload_of, uploads
from tests.people import People

LATER = {"Upload-Defer-Length": "1"}


@pytest.fixture
def limits(app: Flask) -> Settings:
    """The settings, to be narrowed."""
    found: Settings = app.config["SETTINGS"]
    return found


def room_in(answer: TestResponse, seconds: float) -> None:
    """Retry-After says about so many seconds."""
    assert int(answer.headers["Retry-After"]) == pytest.approx(seconds, abs=60)


def test_so_many_unfinished_uploads_and_no_more(
    app: Flask, phone: Phone, incident: Incident, people: People, limits: Settings
) -> None:
    limits.uploads_open_max = 2
    first, second = phone.open(incident, 5), phone.part(b"part")
    for answer in (phone.create(incident, 5), phone.create(incident, None, headers=LATER)):
        refused(answer, 429, "2 unfinished uploads", "Finish one of them")
        room_in(answer, limits.upload_expires_hours * 3600)
    assert uploads() == 2
    other = Phone(app, people.one())
    assert other.create(an_incident(other.officer), 5).status_code == 201  # the limit is each officer's own
    assert phone.delete(first).status_code == 204
    third = phone.open(incident, 5)
    assert phone.patch(third, 0, b"12345").status_code == 204
    assert phone.create(incident, 5).status_code == 201
    with transaction():
        upload_of(second).expires_at = now() - timedelta(seconds=1)
    assert phone.create(incident, 5).status_code == 201


def test_so_many_bytes_in_unfinished_uploads_and_no_more(phone: Phone, incident: Incident, limits: Settings) -> None:
    limits.uploads_open_max_bytes = 100
    alone = phone.open(incident, 150)  # one by itself is held by the limit of a file only
    answer = phone.create(incident, 1)
    refused(answer, 429, "151 bytes together", "100 is the most", "Finish one of them", "Upload-Length")
    room_in(answer, limits.upload_expires_hours * 3600)
    phone.delete(alone)
    phone.open(incident, 60)
    refused(phone.create(incident, 41), 429, "101 bytes together")
    later = phone.create(incident, None, headers=LATER).headers["Location"]
    refused(phone.patch(later, 0, b"1", Upload_Length="41"), 429, "101 bytes together", "Upload-Length")
    assert phone.head(later).headers["Upload-Offset"] == "0"
    assert phone.patch(later, 0, b"1", Upload_Length="40").status_code == 204


def test_so_many_in_an_hour_and_no_more(phone: Phone, incident: Incident, limits: Settings) -> None:
    limits.uploads_per_hour = 3
    begun = [phone.open(incident, 5) for _ in range(3)]
    with transaction():
        for minutes, upload in zip((50, 20, 10), [upload_of(one) for one in begun], strict=True):
            upload.created_at = now() - timedelta(minutes=minutes)
    answer = phone.create(incident, 5)
    refused(answer, 429, "3 uploads within the hour", "Wait")
    room_in(answer, 600)
    with transaction():
        upload_of(begun[0]).created_at = now() - timedelta(minutes=61)
    assert phone.create(incident, 5).status_code == 201
    room_in(phone.create(incident, 5), 2400)


def test_a_file_no_larger_than_the_most(phone: Phone, incident: Incident, limits: Settings) -> None:
    limits.upload_max_bytes = 10
    where = incident.id
    answer = phone.create(where, 11)
    refused(answer, 413, "11 bytes", "at most 10", "shorter parts", "Upload-Length")
    assert answer.get_json()["field"] == "Upload-Length"
    assert phone.create(where, 10).status_code == 201
