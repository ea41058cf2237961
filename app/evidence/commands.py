"""What an operator types about evidence."""

import sys
import uuid
from pathlib import Path

import click

from app.config import settings
from app.core.actor import machine
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.keys import signer
from app.core.ledger import checkpoints
from app.core.storage import store
from app.core.verifier import Fault
from app.evidence import exports, reasons
from app.evidence.reasons import ReasonCode


@click.command("export")
@click.argument("items", nargs=-1, type=click.UUID, required=True)
@click.option(
    "--reason", type=click.Choice([code.value for code in ReasonCode]), required=True, help="what it is taken for"
)
@click.option("--case", required=True, help="the number of the case it belongs to")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("export.zip"), show_default=True)
def export(items: tuple[uuid.UUID, ...], reason: str, case: str, out: Path) -> None:
    """Write ITEMS (ids of evidence) with custody, proofs and verifier to a file that anyone can check offline."""
    own = signer(settings(), used=checkpoints.any_signed)
    try:
        with transaction():
            why = reasons.reason(reason, case)
            packed = exports.pack(items, signer=own, actor=machine("command line"), reason=why)
        exports.write(packed, out, objects=store(settings()))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{out}: {len(items)} items. Check it anywhere: unpack it and run `python verify.py .`")


@click.command("prove")
@click.argument("item", type=click.UUID)
def prove(item: uuid.UUID) -> None:
    """Show that every event of ITEM is in the signed tree, and that none is missing."""
    own = signer(settings(), used=checkpoints.any_signed)
    try:
        with transaction():
            shown = exports.prove(item, signer=own)
    except (Fault, DomainError) as fault:
        click.echo(f"FAULT: {fault}", err=True)
        sys.exit(1)
    for event in shown:
        click.echo(
            f"{event['nth'] or '-':>4}  event {event['seq']:>8}  {event['at']}  {event['act']}  {event['actor_label']}"
        )
    click.echo(f"{len(shown)} events, each proven to be in the tree, none missing.")


COMMANDS: tuple[click.Command, ...] = (export,)
LEDGER_COMMANDS: tuple[click.Command, ...] = (prove,)
