"""A phone whose answer was lost asks again under the same key, and there is one upload and one item all the same."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import session, transaction
from app.evidence.models import Evidence, Upload
from tests.app.evidence.sending import PIECE_TYPE, Phone, an_incident
from tests.people import People

CONTENT = b"bytes of a recording" * 10


def test_asked_twice_it_is_one_upload_wherever_it_stands(app: Flask, people: People) -> None:
    phone = Phone(app, people.one())
    incident = an_incident(phone.officer)
    first = phone.open(incident, len(CONTENT), phone_key="k-1")
    phone.patch(first, 0, CONTENT[:50])
    again = phone.create(incident, len(CONTENT), phone_key="k-1")
    assert (again.status_code, again.headers["Location"], again.headers["Upload-Offset"]) == (201, first, "50")
    phone.patch(first, 50, CONTENT[50:])
    whole = phone.create(incident, len(CONTENT), body=CONTENT, phone_key="k-1")
    assert (whole.headers["Location"], whole.headers["Upload-Offset"]) == (first, str(len(CONTENT)))
    assert session().scalar(sa.select(sa.func.count()).select_from(Evidence)) == 1


def test_bytes_that_came_with_the_creation_are_taken_once(app: Flask, people: People) -> None:
    phone = Phone(app, people.one())
    incident = an_incident(phone.officer)
    places = {
        phone.create(incident, len(CONTENT), body=CONTENT, headers={"Content-Type": PIECE_TYPE}, phone_key="k").location
        for _ in range(3)
    }
    assert len(places) == 1
    assert session().scalar(sa.select(sa.func.count()).select_from(Evidence)) == 1


def test_a_key_is_one_officer_s_and_one_file_s(app: Flask, people: People) -> None:
    phone, other = Phone(app, people.one()), Phone(app, people.one())
    first = phone.open(an_incident(phone.officer), 9, phone_key="k")
    assert other.open(an_incident(other.officer), 9, phone_key="k") != first
    refused = phone.create(an_incident(phone.officer), 9, phone_key="k")
    assert (refused.status_code, refused.get_json()["field"]) == (409, "phone_key")
    assert phone.create(an_incident(phone.officer), 9, phone_key="k e y").status_code == 400


def test_what_was_given_up_or_ran_out_does_not_stand_in_the_way(app: Flask, people: People) -> None:
    phone = Phone(app, people.one())
    incident = an_incident(phone.officer)
    given_up = phone.open(incident, 9, phone_key="k")
    phone.delete(given_up)
    second = phone.open(incident, 9, phone_key="k")
    assert second != given_up
    with transaction() as current:
        current.execute(sa.update(Upload).values(expires_at=now() - timedelta(seconds=1)))
    assert phone.open(incident, 9, phone_key="k") not in (given_up, second)
