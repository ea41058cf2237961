"""What an operator types about the agency's own keys."""

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from app.config import settings
from app.core import keys, ledger
from app.core.actor import machine
from app.core.db import transaction
from app.core.ledger import checkpoints
from app.core.storage import objectkeys

OPERATOR = machine("command line")
_REMEDY = "Keep a copy of {folder} away from this machine: without it no recording can be opened again."


@click.group("keys")
def keys_group() -> None:
    """Show the agency's own keys, and change the one that opens recordings."""


@keys_group.command("list")
def list_keys() -> None:
    """Show which keys there are and how many objects each opens; ends 1 when one is missing."""
    config = settings()
    counts = objectkeys.counted()
    known = {one.id: one for one in _openers()}
    for path in sorted(config.keys.glob("*.key")):
        click.echo(f"{path.name:<28} {_age(path)}  {_what(path)}{_loose(path)}")
    for identity in known:
        click.echo(f"{identity:<28} opens {counts.pop(identity, 0)} objects")
    for identity, number in counts.items():
        click.echo(f"MISSING {identity}: {number} objects cannot be opened without it. Restore your copy.", err=True)
    click.echo(_REMEDY.format(folder=config.keys))
    if counts:
        sys.exit(1)


@keys_group.command("rewrap")
def rewrap() -> None:
    """Make a new agency key, and wrap the key of every object with it. Broken off, the next call goes on with it."""
    config = settings()
    try:
        wrapper = keys.wrapper(config, used=objectkeys.any_kept)
        if not set(objectkeys.counted()) - {wrapper.id}:
            keys.renew(config)
            wrapper = keys.wrapper(config, used=objectkeys.any_kept)
            click.echo(f"There is a new key, {wrapper.id}. Copy {config.keys} away from this machine now.")
        total = 0
        while done := objectkeys.rewrap(wrapper):
            total += done
            click.echo(f"{total} object keys wrapped anew")
        with transaction():
            ledger.record(
                "keys:agency:rewrap", actor=OPERATOR, subject_kind="key", subject_id=wrapper.id, objects=total
            )
    except (keys.KeyMissing, ValueError) as error:
        raise click.ClickException(str(error)) from error
    old = ", ".join(path.name for path in keys.retired(config))
    click.echo(
        f"Every object opens with {wrapper.id}. Keep {old or 'the old key'} for as long as an old backup may be needed."
    )


COMMANDS: tuple[click.Command, ...] = (keys_group,)


def _openers() -> list[keys.Wrapper]:
    try:
        own = keys.wrapper(settings(), used=lambda: True)
    except keys.KeyMissing as error:
        click.echo(f"MISSING {error}", err=True)
        return []
    return [own.newest, *own.retired] if isinstance(own, keys.Ring) else [own]


def _what(path: Path) -> str:
    if path.name == "signing.key":
        return f"signs as {keys.signer(settings(), used=checkpoints.any_signed).name}"
    return "opens and wraps" if path.name == "agency.key" else "opens what it wrapped before; wraps nothing new"


def _loose(path: Path) -> str:
    return "  OTHERS CAN READ IT" if stat.S_IMODE(path.stat().st_mode) & 0o077 else ""


def _age(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d")
