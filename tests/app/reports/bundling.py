"""Bundles as their worker makes them, and as a forger changes them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit

from app.accounts import signing
from app.core.db import session, transaction
from app.core.storage import store
from app.reports import bagging, bundles, queries
from app.reports.models import Bundle
from app.reports.proofs import Press
from tests.app.reports.conftest import TERMS, Desk

REASON = "The defense has asked for it."


def desk_draft(desk: Desk, number: int) -> Any:
    return queries.draft(desk.report, number)


def made(desk: Desk, folder: Path, *, originals: bool = True) -> Path:
    """A bundle as its worker makes it, unpacked."""
    config = desk.app.config["SETTINGS"]
    with transaction():
        bundle = bundles.ask(desk.report, case_number="CR-1", reason=REASON, originals=originals, actor=desk.reviewer)
    with transaction():
        assert bundles.claim(bundle.id) is not None
    press = Press(signing.agency(config).signer, TERMS)
    with transaction():
        contents = bundles.gather(session().get_one(Bundle, bundle.id), press=press)
    bag = folder / "bag"
    bag.mkdir()
    bagging.write(contents, bag, objects=store(config), agency="Springfield", beat=lambda: None)
    return bag


def change(path: Path, how: Callable[[dict[str, Any]], object]) -> None:
    told = json.loads(path.read_text())
    how(told)
    path.write_text(json.dumps(told))


def rebagged(bag: Path) -> None:
    """The manifests made to fit again, as a forger would."""
    whole = bagit.Bag(str(bag))
    whole.save(manifests=True)
