"""Times typed at a station in Chicago are kept in UTC."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.incidents.forms import FilterForm, IncidentForm, station_zone


@pytest.fixture
def in_chicago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_chicago")
def test_a_typed_time_is_the_stations_own(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = IncidentForm(MultiDict({"kind": "theft", "occurred_at": "2026-01-02T10:00"}))
        assert form.moment() == datetime(2026, 1, 2, 16, tzinfo=UTC)
        assert form.moment().tzinfo is UTC
    assert station_zone() in ("CST", "CDT")


@pytest.mark.usefixtures("in_chicago")
def test_a_day_in_the_filter_is_the_stations_day_to_its_end(app: Flask) -> None:
    with app.test_request_context():
        filters = FilterForm(MultiDict({"since": "2026-07-01", "until": "2026-07-01"})).filters()
    assert filters.since == datetime(2026, 7, 1, 5, tzinfo=UTC)
    assert filters.until == datetime(2026, 7, 2, 5, tzinfo=UTC)
