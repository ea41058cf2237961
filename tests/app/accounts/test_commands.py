"""What an operator types about accounts, through the real `blotter`."""

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.accounts import queries
from app.accounts.commands import create_officer, create_unit, list_officers, reset_password, unlock
from app.accounts.models import Officer
from app.core.db import session
from tests.people import PASSWORD, People

ADA = ["55", "--name", "Ada Stone", "--role", "administrator", "--unit", "Office", "--password", "a long enough secret"]


def typed(command, *words: str, given: str = "") -> Result:
    """The command as typed, on the test's database."""
    return CliRunner().invoke(command, list(words), input=given)


def test_an_officer_is_created_in_a_unit_made_in_passing(app: Flask) -> None:
    said = typed(create_officer, *ADA)
    assert said.exit_code == 0, said.output
    assert "Ada Stone" in said.output
    officer = queries.by_badge("55")
    assert officer is not None
    assert (officer.unit.name, officer.role.value, officer.must_change_password) == ("Office", "administrator", True)


def test_the_password_is_asked_for_and_not_shown(app: Flask) -> None:
    said = typed(create_officer, *ADA[:-2], given="a long enough secret\na long enough secret\n")
    assert said.exit_code == 0, said.output
    assert "a long enough secret" not in said.output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((*ADA[:-1], "short"), "fewer than 8"),
        (("5 5", *ADA[1:]), "letters and digits"),
        (("55", "--role", "king"), "king"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_kept(app: Flask, words: tuple[str, ...], reason: str) -> None:
    said = typed(create_officer, *words)
    assert said.exit_code != 0
    assert reason in said.output
    assert "Traceback" not in said.output
    assert queries.officers() == []


def test_a_second_use_of_a_badge_or_a_unit_is_refused(app: Flask) -> None:
    assert typed(create_officer, *ADA).exit_code == 0
    assert "given out before" in typed(create_officer, *ADA).output
    assert "already" in typed(create_unit, "Office").output


def test_list_unlock_and_reset(app: Flask, people: People, attempt) -> None:
    officer = people.one()
    for _ in range(5):
        attempt(officer, "wrong wrong wrong")
    session().expire_all()
    assert "locked" in typed(list_officers).output
    assert typed(unlock, officer.badge).exit_code == 0
    assert attempt(officer, PASSWORD).status_code == 303
    assert typed(reset_password, officer.badge, "--password", "for one more day").exit_code == 0
    session().expire_all()
    assert session().get(Officer, officer.id).must_change_password


def test_an_unknown_badge_is_said_so(app: Flask) -> None:
    for command in (unlock, reset_password):
        said = typed(command, "404", *(["--password", "for one more day"] if command is reset_password else []))
        assert said.exit_code == 1
        assert "Nobody has the badge 404" in said.output
