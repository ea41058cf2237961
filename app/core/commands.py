"""What an operator types about ledger, keys and storage."""

import sys
from pathlib import Path
from typing import Any

import click

from app.config import settings
from app.core import ledger
from app.core.db import transaction
from app.core.keys import Signer, signer
from app.core.ledger import checkpoints, tree
from app.core.storage import checking, shelf
from app.core.verifier import Checkpoint, Fault, Key, check_consistency, read_receipt

_NOTE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("ledger")
def ledger_group() -> None:
    """Check, prove and publish the record of every act."""


@ledger_group.command()
def verify() -> None:
    """Walk the whole chain and its tree and name every break; ends 1 when there is one."""
    found = list(ledger.faults())
    count, head = ledger.head()
    for fault in found:
        click.echo(f"FAULT at event {fault.seq}: {fault.reason}", err=True)
    if found:
        sys.exit(1)
    click.echo(f"{count} events, unbroken. The last one's hash is {head}")


@ledger_group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def checkpoint(folder: Path | None) -> None:
    """Sign how many events there are and their root; print it, and publish it to FOLDER when one is given."""
    with transaction():
        point = checkpoints.sign(_signer())
    if folder is not None:
        checkpoints.publish(point, folder)
    click.echo(point.note, nl=False)


@ledger_group.command()
@click.argument("old", type=_NOTE)
@click.argument("new", type=_NOTE)
def compare(old: Path, new: Path) -> None:
    """Whether the checkpoint NEW continues the checkpoint OLD; ends 1 when history was rewritten between them."""
    key = _signer().key
    try:
        first, second = sorted((_read(path, key) for path in (old, new)), key=lambda point: point.size)
        if second.size > tree.size():
            raise Fault(f"{second.size} events were signed, but the ledger has only {tree.size()}")  # noqa: TRY301
        proof = tree.consistency(first.size, second.size)
        check_consistency(first.size, second.size, proof, first.root, second.root)
    except Fault as fault:
        click.echo(f"FAULT: {fault}", err=True)
        sys.exit(1)
    click.echo(f"The ledger of {second.size} events begins with the ledger of {first.size}.")


@ledger_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def dump(file: Path) -> None:
    """Write every event and checkpoint to FILE, for the stand-alone verifier."""
    own = _signer()
    with file.open("w", encoding="utf-8") as lines:
        for line in ledger.dump(str(own.key), own.name):
            lines.write(line + "\n")
    click.echo(f"{ledger.head()[0]} events written to {file}")


@ledger_group.command("key")
def public_key() -> None:
    """Print the agency's public key: give it to whoever wants to check, by another way than the exports."""
    click.echo(str(_signer().key))


@click.command("verify-receipt")
@click.argument("file", type=_NOTE)
@click.option("--key", help="the agency's public key, or a file that holds it; on the agency's own machine it is found")
def verify_receipt(file: Path, key: str | None) -> None:
    """Check offline what a phone was told of its recording; ends 1 when the receipt is not genuine."""
    try:
        trusted = Key.read(_text_of(key)) if key else signer(settings(), used=lambda: True).key
        told = read_receipt(file.read_text(encoding="utf-8"), trusted)
    except UnicodeDecodeError:
        click.echo(f"FAULT: {file} is not a receipt", err=True)
        sys.exit(1)
    except (Fault, ValueError, RuntimeError, OSError) as fault:
        click.echo(f"FAULT: {str(fault)[:200]}", err=True)
        sys.exit(1)
    for name, value in told.items():
        click.echo(f"{name:>15}  {value}")
    click.echo(_compared(told))
    click.echo(f"Signed by {trusted.name}. Nothing in it was changed.")


@click.group("storage")
def storage_group() -> None:
    """Try what the place where evidence lies really does."""


@storage_group.command("check")
def check() -> None:
    """Try to overwrite and to delete a kept object, and say what the server did; ends 1 when either worked."""
    tried = checking.check(shelf(settings()))
    for one in tried:
        click.echo(f"{'ok  ' if one.held else 'WEAK'}  {one.attempt}: {one.outcome}")
    if not all(one.held for one in tried):
        click.echo("Blotter itself never does these things. Whoever has the store's own keys could.", err=True)
        sys.exit(1)


COMMANDS: tuple[click.Command, ...] = (ledger_group, verify_receipt, storage_group)


def _text_of(key: str) -> str:
    return Path(key).read_text(encoding="utf-8") if Path(key).is_file() else key


def _compared(told: dict[str, Any]) -> str:
    if not told["claimed_sha256"]:
        return "The phone gave no SHA-256; this one was computed from what is stored."
    if told["claimed_sha256"] != told["sha256"]:
        return "What arrived is not what the phone said it sent: the two SHA-256 differ."
    return "The phone and the agency computed the same SHA-256."


def _signer() -> Signer:
    return signer(settings(), used=checkpoints.any_signed)


def _read(path: Path, key: Key) -> Checkpoint:
    return Checkpoint.read(path.read_text(encoding="utf-8"), key)
