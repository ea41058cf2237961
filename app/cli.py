"""The `blotter` command: what an operator types."""

from collections.abc import Callable
from copy import copy
from importlib.metadata import entry_points, version
from typing import Any

import click

from app import lan
from app import migrate as migrations
from app.config import settings
from app.core import db
from app.core.storage import checking, objectkeys, shelf
from app.embedded import addresses, stop_database
from app.station import running

OFFLINE = ("verify-receipt",)  # commands that need no database


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("blotter"))
def blotter() -> None:
    """Blotter, the open police record: recordings in, reviewed and provable reports out."""


@blotter.command()
@click.option("--lan", "on_lan", is_flag=True, help="Serve the local network by HTTPS, for a real phone.")
def run(on_lan: bool) -> None:
    """Start everything on this machine and serve until Ctrl-C."""
    config, certificate = settings(), None
    if on_lan:
        address = lan.local_address() if config.host in ("127.0.0.1", "0.0.0.0") else lan.checked(config.host)  # noqa: S104
        config = config.model_copy(update={"host": address, "secure_cookies": True})
        certificate = lan.certificate(config.home, address)
    with running(config, certificate) as station:
        if certificate:
            click.echo(lan.invitation(station.address, certificate))
        click.echo(f"Blotter is at {station.address}  (Ctrl-C ends it)")
        station.watch()
    click.echo("Everything has ended.")


@blotter.command()
def migrate() -> None:
    """Bring the database to the present shape, and make the folder or the bucket that keeps the evidence."""
    address = addresses(settings())[0]
    migrations.make_ready(settings(), address)
    click.echo("The database has the present shape; the evidence store and the agency's keys are there.")
    with db.connected(address):
        new = not objectkeys.any_kept()
    if new and settings().storage == "s3":  # before the first recording: does the server keep its promises? (R6)
        for one in checking.check(shelf(settings())):
            click.echo(f"{'ok  ' if one.held else 'WEAK'}  {one.attempt}: {one.outcome}")


@blotter.command()
def stop() -> None:
    """End an embedded database and broker that were left running."""
    from app.embedded import EmbeddedRedis

    EmbeddedRedis(settings().home).stop()
    stop_database(settings().home)


def _connected(act: Callable[..., Any]) -> Callable[..., Any]:
    """`act` with the database connected before and given back after."""

    def connected(*args: Any, **kwargs: Any) -> Any:
        db.connect(addresses(settings())[0], pool_size=1)
        try:
            return act(*args, **kwargs)
        finally:
            db.disconnect()

    return connected


def _on_database(command: click.Command) -> click.Command:
    """A copy of the command that connects first: the room's own stays free of where it is typed."""
    own = copy(command)
    if isinstance(own, click.Group):
        own.commands = {name: _on_database(one) for name, one in own.commands.items()}
    elif own.callback is not None and own.name not in OFFLINE:
        own.callback = _connected(own.callback)
    return own


def _add_room_commands() -> None:
    from app.accounts import commands as accounts
    from app.core import commands as core
    from app.core import key_commands as keys
    from app.evidence import commands as evidence

    for command in evidence.LEDGER_COMMANDS:
        core.ledger_group.add_command(command)

    for command in (*accounts.COMMANDS, *core.COMMANDS, *keys.COMMANDS, *evidence.COMMANDS):
        blotter.add_command(_on_database(command))
    for point in entry_points(group="blotter.commands"):  # the back room's, found without importing it by name
        blotter.add_command(point.load())


def main() -> None:
    """The entry point of the `blotter` command."""
    _add_room_commands()
    blotter()


if __name__ == "__main__":
    main()
