"""What an operator types about accounts. The passwords come from a prompt, never from the command line."""

import click

from app.accounts import queries, service
from app.accounts.models import Officer, Unit
from app.core.actor import machine
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.permissions import Role

OPERATOR = machine("operator")


@click.command("create-unit")
@click.argument("name")
def create_unit(name: str) -> None:
    """Add a unit of the agency."""
    try:
        with transaction():
            service.add_unit(name, actor=OPERATOR)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Unit {name} is there.")


@click.command("create-officer")
@click.argument("badge")
@click.option("--name", prompt=True, help="as reports should say it")
@click.option("--rank", default="Officer", show_default=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OFFICER.value, show_default=True)
@click.option("--unit", prompt=True, help="made when there is none of this name")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="asked for when not given")
@click.option("--temporary/--lasting", default=True, show_default=True, help="must it be changed at first sign-in")
def create_officer(badge: str, name: str, rank: str, role: str, unit: str, password: str, temporary: bool) -> None:
    """Add an account for the officer with BADGE."""
    try:
        with transaction():
            officer = service.enrol(
                badge,
                name=name,
                rank=rank,
                role=Role(role),
                unit=_unit(unit),
                password=password,
                must_change=temporary,
                actor=OPERATOR,
            )
    except DomainError as error:
        raise click.ClickException(f"{error.message} {error.remedy}".strip()) from error
    click.echo(f"{officer.label} has an account as {officer.role.title.lower()}.")


@click.command("list-officers")
def list_officers() -> None:
    """Show everybody with an account."""
    for officer in queries.officers():
        state = "closed" if officer.closed_at else "locked" if officer.locked_at else "open"
        click.echo(f"{officer.badge:10} {officer.title:32} {officer.role.value:18} {officer.unit.name:24} {state}")


@click.command("unlock")
@click.argument("badge")
def unlock(badge: str) -> None:
    """Let a locked account try again."""
    officer = _officer(badge)
    with transaction():
        service.unlock(officer, actor=OPERATOR)
    click.echo(f"{officer.title} may sign in again.")


@click.command("reset-password")
@click.argument("badge")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="asked for when not given")
def reset_password(badge: str, password: str) -> None:
    """Give a temporary password and end every session of BADGE."""
    officer = _officer(badge)
    try:
        with transaction():
            service.reset_password(officer, password=password, actor=OPERATOR)
    except DomainError as error:
        raise click.ClickException(f"{error.message} {error.remedy}".strip()) from error
    click.echo(f"{officer.title} must change it at the next sign-in.")


COMMANDS = [create_unit, create_officer, list_officers, unlock, reset_password]


def _unit(name: str) -> Unit:
    known = next((unit for unit in queries.units() if unit.name == name), None)
    return known or service.add_unit(name, actor=OPERATOR)


def _officer(badge: str) -> Officer:
    officer = queries.by_badge(badge)
    if officer is None:
        raise click.ClickException(f"Nobody has the badge {badge}; see `blotter list-officers`.")
    return officer
