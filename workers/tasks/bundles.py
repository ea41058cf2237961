"""Make bundle: everything a court may ask about one report, packed, sealed, and noted."""

import hashlib
import logging
import tempfile
import time
import uuid
from pathlib import Path

from app.accounts import signing
from app.config import settings
from app.core.actor import machine
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import DomainError
from app.core.storage import purge, store
from app.reports import bagging, bundles
from app.reports.authorship import Terms
from app.reports.models import Bundle
from app.reports.proofs import Press
from workers.celery_app import celery

log = logging.getLogger("blotter.bundles")
CLERK = machine("bundle")
BEAT_SECONDS = 30.0


@celery.task(name="make_bundle")
def make_bundle(bundle_id: str) -> None:
    """Makes one bundle. May run twice: whoever claims it makes it."""
    try:
        with transaction():
            bundle = bundles.claim(uuid.UUID(bundle_id))
        if bundle is not None:
            _make(bundle)
    finally:
        close_session()


def _make(bundle: Bundle) -> None:
    try:
        size, key, sha256 = _pack(bundle)
        try:
            with transaction():
                made = session().get_one(Bundle, bundle.id)
                bundles.keep(made, storage_key=key, size=size, sha256=sha256, actor=CLERK)
        except DomainError:
            purge(settings(), key)
            raise
    except DomainError as error:
        _fail(bundle.id, f"{error.message} {error.remedy}".strip())
    except OSError:
        log.exception("bundle %s", bundle.id)
        _fail(bundle.id, "The machine has no room for it, or cannot write. Ask an administrator, then ask again.")
    except Exception:
        log.exception("bundle %s", bundle.id)
        _fail(bundle.id, "It could not be made. Ask an administrator: the log says why.")


def _pack(bundle: Bundle) -> tuple[int, str, str]:
    """(size, where it lies, its SHA-256)."""
    config = settings()
    press = Press(
        signing.agency(config).signer,
        Terms(config.agency_name, config.agency_ori, config.disclosure_states),
        config.fonts_dir,
    )
    with transaction():
        contents = bundles.gather(session().get_one(Bundle, bundle.id), press=press)
    beat = Beat(bundle.id)
    config.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.scratch) as scratch:
        folder, target = Path(scratch) / "bag", Path(scratch) / "bag.zip"
        folder.mkdir()
        objects = store(config)
        bagging.write(contents, folder, objects=objects, agency=config.agency_name, beat=beat)
        bagging.pack(folder, target, top=bundles.name_of(contents.told.report), beat=beat)
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        key = f"bundles/{bundle.id}/{now():%Y%m%dT%H%M%S%f}.zip"
        objects.put_file(key, target, sha256=sha256)
        return target.stat().st_size, key, sha256


class Beat:
    """Extends the claim from time to time, for as long as there is something to show for it."""

    def __init__(self, bundle_id: uuid.UUID) -> None:
        self._bundle_id, self._last = bundle_id, time.monotonic()

    def __call__(self) -> None:
        """Called as often as one likes."""
        if time.monotonic() - self._last >= BEAT_SECONDS:
            self._last = time.monotonic()
            with transaction():
                bundles.extend(self._bundle_id)


def _fail(bundle_id: uuid.UUID, error: str) -> None:
    with transaction():
        bundles.fail(session().get_one(Bundle, bundle_id), error=error, actor=CLERK)
