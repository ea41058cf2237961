"""`blotter models`: the optional model packs, as an operator handles them."""

import sys
from pathlib import Path

import click

from app.config import settings
from workers.engines.packs import PackError, PackShelf, catalogue


def shelf() -> PackShelf:
    """The shelf this installation reads its packs from."""
    return PackShelf(settings().packs)


@click.group()
def models() -> None:
    """Optional model packs: list, install, import, verify. Without any, the built-in engines do the work."""


@models.command("list")
def list_packs() -> None:
    """Show every known pack and whether it is installed."""
    installed = {pack.name for pack in shelf().installed()}
    for pack in catalogue():
        mark = "installed" if pack.name in installed else "-"
        size = f"{pack.size_bytes / 1e6:,.0f} MB" if pack.size_bytes else "size unknown"
        click.echo(f"{pack.name:24} {mark:10} {size:>14}  {pack.licence:14} {pack.purpose}")


@models.command()
@click.argument("names", nargs=-1)
@click.option("--default", "defaults", is_flag=True, help="the packs a usual installation has")
@click.option("--go-on", is_flag=True, help="end well when an address does not answer: set-up uses this")
def install(names: tuple[str, ...], defaults: bool, go_on: bool) -> None:
    """Fetch packs by NAME from their publishers. Nothing else in Blotter ever fetches anything."""
    wanted = [pack for pack in catalogue() if pack.name in names or (defaults and pack.default)]
    unknown = set(names) - {pack.name for pack in catalogue()}
    if unknown:
        raise click.ClickException(f"no pack is named {', '.join(sorted(unknown))}; see `blotter models list`")
    for pack in wanted:
        if shelf().find(pack.name) is not None:
            click.echo(f"{pack.name} is installed.")
            continue
        size = f"{pack.size_bytes / 1e6:,.0f} MB" if pack.size_bytes else "size unknown"
        click.echo(f"Fetching {pack.name} ({size}, {pack.licence}) from {pack.address}")
        try:
            shelf().install(pack.name)
        except PackError as error:
            click.echo(f"  not installed: {error}", err=True)
            click.echo(f"  The built-in engine does this work meanwhile. Later: blotter models install {pack.name}")
            if not go_on:
                sys.exit(1)


@models.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_packs(folder: Path) -> None:
    """Take packs from FOLDER, for stations without a network."""
    found = shelf().import_from(folder)
    for pack in found:
        click.echo(f"{pack.name} imported.")
    if not found:
        raise click.ClickException(f"no known pack lies in {folder}; see `blotter models list` for the names")


@models.command()
def verify() -> None:
    """Compare every installed file with the hash noted when it came; ends 1 when one differs."""
    outcome = shelf().verify()
    for name, good, reason in outcome:
        click.echo(f"{name}: {'as installed' if good else reason}")
    if not all(good for _, good, _ in outcome):
        sys.exit(1)
