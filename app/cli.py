"""The `blotter` command: what an operator types."""

import sys
from collections.abc import Callable
from copy import copy
from importlib.metadata import entry_points, version
from typing import Any

import click

from app import migrate as migrations
from app.config import settings
from app.core import db, ledger
from app.core.storage import store
from app.embedded import addresses, stop_database
from app.station import running


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("blotter"))
def blotter() -> None:
    """Blotter, the open police record: recordings in, reviewed and provable reports out."""


@blotter.command()
def run() -> None:
    """Start everything on this machine and serve until Ctrl-C."""
    with running(settings()) as station:
        click.echo(f"Blotter is at {station.address}  (Ctrl-C ends it)")
        station.watch()
    click.echo("Everything has ended.")


@blotter.command()
def migrate() -> None:
    """Bring the database to the present shape, and make the folder or the bucket that keeps the evidence."""
    migrations.upgrade(addresses(settings())[0])
    store(settings()).prepare()
    click.echo("The database has the present shape, and the evidence store is there.")


@blotter.command()
def stop() -> None:
    """End an embedded database and broker that were left running."""
    from app.embedded import EmbeddedRedis

    EmbeddedRedis(settings().home).stop()
    stop_database(settings().home)


@blotter.group("ledger")
def ledger_group() -> None:
    """Check the record of every act."""


@ledger_group.command()
def verify() -> None:
    """Walk the whole chain and name every break; ends 1 when there is one."""
    _connected(_verify)()


def _verify() -> None:
    found = list(ledger.faults())
    count, head = ledger.head()
    for fault in found:
        click.echo(f"FAULT at event {fault.seq}: {fault.reason}", err=True)
    if found:
        sys.exit(1)
    click.echo(f"{count} events, unbroken. The last one's hash is {head}")


def _connected(act: Callable[..., Any]) -> Callable[..., Any]:
    """`act` with the database connected before and given back after."""

    def connected(*args: Any, **kwargs: Any) -> Any:
        db.connect(addresses(settings())[0], pool_size=1)
        try:
            return act(*args, **kwargs)
        finally:
            db.disconnect()

    return connected


def _add_room_commands() -> None:
    from app.accounts import commands as accounts

    for command in map(copy, accounts.COMMANDS):  # a copy: the room's own stays free of where it is typed
        if command.callback is not None:
            command.callback = _connected(command.callback)
        blotter.add_command(command)
    for point in entry_points(group="blotter.commands"):  # the back room's, found without importing it by name
        blotter.add_command(point.load())


def main() -> None:
    """The entry point of the `blotter` command."""
    _add_room_commands()
    blotter()


if __name__ == "__main__":
    main()
