"""An officer with a phone, and an incident to send to."""

import pytest
from flask import Flask

from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident
from tests.people import People


@pytest.fixture
def phone(app: Flask, people: People) -> Phone:
    """The phone of an officer."""
    return Phone(app, people.one())


@pytest.fixture
def incident(phone: Phone) -> Incident:
    """An open incident of that officer."""
    return an_incident(phone.officer)
