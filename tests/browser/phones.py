"""An officer's phone page in Chromium, by hand: choose, send, look into what it keeps, and what the server then seals."""

import contextlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.accounts.models import Officer
from app.core.clock import now
from app.core.db import session, transaction
from app.evidence.models import Evidence, EvidenceState, MediaKind, Upload
from app.incidents import service as incidents
from app.incidents.models import Incident, IncidentKind
from samples.browser import await_value
from tests.app.evidence.sending import sealed
from tests.people import actor_for

WAIT = 60_000
PLAIN = b"what nobody but the officer may read "
# Everything the page keeps, as text: records, pieces and the day; keys say only whether they can be taken out.
KEPT = """async () => {
  const base = await new Promise((done) => { const asked = indexedDB.open("blotter-phone"); asked.onsuccess = () => done(asked.result); });
  const all = (name, what) => new Promise((done) => { const asked = base.transaction(name).objectStore(name)[what](); asked.onsuccess = () => done(asked.result); });
  const read = (value) => value instanceof CryptoKey ? { extractable: value.extractable, usages: value.usages } :
    value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value;
  const plain = (value) => JSON.stringify(value, (_, one) => read(one));
  const found = { items: (await all("items", "getAll")).map((one) => plain(one)), pieces: (await all("pieces", "getAll")).map(read),
    kept: (await all("kept", "getAll")).map((one) => plain(one)), names: await all("kept", "getAllKeys") };
  base.close();
  return found;
}"""
READY = """async () => Boolean(navigator.serviceWorker.controller) && Boolean(await caches.match("/phone/shell")) &&
  Boolean(await caches.match(document.querySelector("script[src$='/tus.min.js']").src))"""


def incident_of(officer: Officer, place: str = "Main Street") -> Incident:
    """An incident of the officer's that happens now."""
    with transaction():
        return incidents.open_incident(
            kind=IncidentKind.THEFT, occurred_at=now(), place=place, actor=actor_for(officer)
        )


def file(name: str = "a.zip", *, copies: int = 1000, kind: str = "application/zip") -> dict[str, Any]:
    """A file that no other is like, of about 37 bytes times `copies`."""
    content = b"PK\x03\x04" + uuid.uuid4().bytes + PLAIN * copies
    return {"name": name, "mimeType": kind, "buffer": content}


@dataclass
class Hand:
    """What an officer does with the page."""

    page: Page

    def open(self) -> "Hand":
        """The phone's page, ready for when the network goes. A browser that gave its worker up tries again at a reload."""
        self.page.goto("/phone")
        with contextlib.suppress(TimeoutError):
            await_value(lambda: self.page.evaluate(READY), bool, seconds=30, pause=0.1)
            return self
        self.page.reload()
        await_value(lambda: self.page.evaluate(READY), bool, seconds=60, pause=0.1)
        return self

    def send(self, *files: dict[str, Any], title: str = "", incident: str = "") -> "Hand":
        """Chooses files and sends them; to the incident of that place, where one is named."""
        self.page.locator("input[name=file]").set_input_files(list(files))
        if incident:
            options = self.page.locator("#pu-incident option").all_inner_texts()
            self.page.locator("#pu-incident").select_option(label=next(one for one in options if incident in one))
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_role("button", name="Send", exact=True).click()
        return self

    def row(self, words: str) -> Locator:
        """The line of the file that is called so."""
        return self.page.locator("queue-list li").filter(has_text=words)

    def says(self, name: str, words: str | re.Pattern[str]) -> "Hand":
        """The line of the file says so, soon."""
        expect(self.row(name)).to_contain_text(words, timeout=WAIT)
        return self

    def notice(self, words: str) -> "Hand":
        """There is such a notice, soon."""
        expect(self.page.locator("phone-notices")).to_contain_text(words, timeout=WAIT)
        return self

    def kept(self) -> dict[str, Any]:
        """What lies on the phone."""
        found: dict[str, Any] = self.page.evaluate(KEPT)
        return found


def uploads(officer: Officer) -> list[Upload]:
    """What the server knows of the officer's uploads, oldest first."""
    session().rollback()
    query = sa.select(Upload).where(Upload.officer_id == officer.id).order_by(Upload.created_at)
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def seal_all(app: Flask) -> list[Evidence]:
    """Seals what has arrived, as intake does."""
    session().rollback()
    arrived = session().scalars(sa.select(Evidence).where(Evidence.state == EvidenceState.RECEIVED)).all()
    return [sealed(app, item, kind=MediaKind.OTHER, media_type="application/zip") for item in arrived]
