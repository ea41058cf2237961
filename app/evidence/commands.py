"""What an operator types about evidence."""

import sys
import uuid
from pathlib import Path

import click

from app.config import settings
from app.core.actor import machine
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.keys import KeyMissing, signer
from app.core.ledger import checkpoints
from app.core.storage import store
from app.core.verifier import Fault
from app.evidence import exports, fixity, reasons, rounds
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


@click.group("fixity")
def fixity_group() -> None:
    """Read evidence back and compare it with what was sealed."""


@fixity_group.command("check")
@click.argument("items", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="every object there is, however lately it was read")
def check(items: tuple[uuid.UUID, ...], everything: bool) -> None:
    """Read ITEMS (ids of evidence) and their working copies back now; ends 1 when one is not what was sealed."""
    if bool(items) == everything:
        raise click.UsageError("Name items by their ids, or say --all.")
    actor = machine("command line")
    with transaction():
        keys = None if everything else fixity.keys_of(items)
    if keys is not None and not keys:
        raise click.ClickException("Nothing is stored for these items: check the ids.")
    sound = []
    try:
        for one in rounds.now_at_once(settings(), keys, actor=actor):
            sound.append(one.sound)
            if one.found.state in fixity.FAULTY:
                click.echo(_fault(one), err=True)
    except KeyMissing as missing:
        raise click.ClickException(str(missing)) from missing
    with transaction():
        fixity.note_round(sound, actor=actor)
    click.echo(f"{len(sound)} objects read back, {sound.count(False)} of them not what was sealed.")
    if not all(sound):
        sys.exit(1)


@fixity_group.command("report")
def report() -> None:
    """How much was read back this week, and what is damaged; ends 1 when something is."""
    told = fixity.report()
    oldest = f"{told.oldest:%Y-%m-%d %H:%M} UTC" if told.oldest else "none"
    click.echo(f"{told.objects} objects, {told.checked_this_week} read back this week, {told.never} never yet")
    click.echo(f"waiting longest: since {oldest}")
    if settings().replica_dir:
        click.echo(f"{told.unreplicated} originals without a good copy in the replica store")
    for one in told.faulty:
        near = "" if one.near_byte is None else f" near byte {one.near_byte}"
        click.echo(f"{one.state}: {one.kind} {one.storage_key}{near}", err=True)
    if told.faulty:
        sys.exit(1)


def _fault(one: rounds.Checked) -> str:
    near = "" if one.found.near_byte is None else f" near byte {one.found.near_byte}"
    after = "; restored from the replica" if one.restored else ""
    return f"{one.found.state}: {one.taken.kind} {one.taken.key} of {', '.join(one.items)}{near}{after}"


COMMANDS: tuple[click.Command, ...] = (export, fixity_group)
LEDGER_COMMANDS: tuple[click.Command, ...] = (prove,)
