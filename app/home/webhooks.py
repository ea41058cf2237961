"""Webhooks: another system of the agency is told of chosen acts, signed with the agency's key, again until it hears.

Nothing is told unless an administrator names an address. What is told are ids and codes of the ledger, never words.
"""

import base64
import http.client
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core import ledger, watches
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, Identified, session, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.keys import Signer
from app.core.ledger import Event

TOLD = {  # act -> in words
    "evidence:item:seal": "A recording is sealed",
    "evidence:item:quarantine": "A recording is set aside",
    "reports:draft:keep": "A report is drafted",
    "reports:report:submit": "A report is submitted",
    "reports:report:return": "A report is returned",
    "reports:report:approve": "A report is approved",
    "reports:report:file": "A report is filed",
    "reports:bundle:keep": "A discovery bundle is ready",
    "evidence:hold:place": "A hold is placed",
    "evidence:hold:release": "A hold is released",
    "evidence:item:purge": "A recording is deleted by its retention rule",
}
MOST = 10
AT_ONCE = 100  # events in one run
TIMEOUT_S = 10.0
SLOWEST = timedelta(hours=6)
HELD = timedelta(minutes=2)
ALARMING = 5  # tries in vain, some eight minutes: then the administrator is told
LONGEST_ANSWER = 4096


class Webhook(Identified, Base):
    """An address and what it is told. `told_seq` is the last event of the ledger it need not be told of."""

    __tablename__ = "webhook"

    url: orm.Mapped[str] = orm.mapped_column(sa.String(500))
    acts: orm.Mapped[list[Any]]
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]
    ended_at: orm.Mapped[datetime | None]
    told_seq: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    told_at: orm.Mapped[datetime | None]
    tries: orm.Mapped[int] = orm.mapped_column(default=0)
    next_try_at: orm.Mapped[datetime]
    failing_since: orm.Mapped[datetime | None]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")

    maker: orm.Mapped[Officer] = orm.relationship()

    @property
    def host(self) -> str:
        """Whom it tells, without what an address may keep secret."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one run came to: events taken by the other side, and why it stopped, if it did."""

    events: int
    reason: str = ""


class NotTaken(Exception):
    """The other side did not take it; says why."""


def standing() -> list[Webhook]:
    """Those in use, oldest first."""
    query = sa.select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.made_at)
    return list(session().scalars(query.options(orm.joinedload(Webhook.maker))))


def one(webhook_id: uuid.UUID) -> Webhook:
    """One in use. NotFound when there is none."""
    found = session().get(Webhook, webhook_id)
    if found is None or found.ended_at is not None:
        raise NotFound("There is no such webhook.")
    return found


def add(url: str, acts: Sequence[str], *, actor: Actor) -> Webhook:
    """From now on this address is told of these acts. Invalid names the field; Conflict when there are MOST already."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 500:
        raise Invalid(
            "Give the whole address.", field="url", remedy="It begins with https:// (or http:// within the house)."
        )
    if not acts or set(acts) - set(TOLD):
        raise Invalid("Choose what is told.", field="acts")
    if len(standing()) >= MOST:
        raise Conflict(f"There are {MOST} webhooks already.", remedy="End one first.")
    moment = now()
    made = Webhook(
        id=uuid.uuid4(),
        url=url.strip(),
        acts=sorted(set(acts)),
        made_by=actor.id,
        made_at=moment,
        told_seq=ledger.head()[0],
        next_try_at=moment,
    )
    session().add(made)
    session().flush()
    _note("add", made, actor, acts=made.acts, host=made.host)
    return made


def end(webhook: Webhook, *, actor: Actor) -> None:
    """It is told nothing any more."""
    webhook.ended_at = now()
    if webhook.failing_since is not None:
        watches.held(_watch(webhook))  # nobody waits for it any more
    _note("end", webhook, actor, host=webhook.host)


def try_now(webhook: Webhook) -> None:
    """Whatever it waits for, it is tried at the next run."""
    webhook.next_try_at = now()


def tell(webhook_id: uuid.UUID, signer: Signer) -> Told:
    """Tells one webhook what it was not told yet, in the order of the ledger; each event until it is taken, so that none
    is left out and one may come twice with the same id. What is not taken is tried later, each time after longer."""
    webhook, events, newest = _claim(webhook_id)
    if webhook is None:
        return Told(0)
    for number, event in enumerate(events):
        try:
            _post(webhook, event, signer)
        except (OSError, http.client.HTTPException, NotTaken) as error:
            with transaction():
                _failed(one(webhook_id), str(error) or type(error).__name__)
            return Told(number, str(error))
        with transaction():
            _heard(one(webhook_id), event.seq)
    with transaction():
        standing_still = one(webhook_id)
        standing_still.next_try_at = now()
        if len(events) < AT_ONCE:
            standing_still.told_seq = newest
    return Told(len(events))


def signature(signer: Signer, *, message_id: str, seconds: int, body: bytes) -> str:
    """An Ed25519 signature as Standard Webhooks writes it (v1a): over id, time and body, joined by dots."""
    signed = f"{message_id}.{seconds}.".encode() + body
    return "v1a," + base64.b64encode(signer.private.sign(signed)).decode()


def _claim(webhook_id: uuid.UUID) -> tuple[Webhook | None, list[Event], int]:
    """The webhook, when it is due and nobody else tells it now, with what it was not told yet. It is held by its own
    next try, so that no transaction is open while the other side is waited for."""
    with transaction():
        due = sa.select(Webhook).where(
            Webhook.id == webhook_id, Webhook.ended_at.is_(None), Webhook.next_try_at <= now()
        )
        webhook = session().scalars(due.with_for_update(skip_locked=True)).one_or_none()
        if webhook is None:
            return None, [], 0
        newest = ledger.head()[0]
        webhook.next_try_at = now() + HELD
        return webhook, _untold(webhook, newest), newest


def _heard(webhook: Webhook, seq: int) -> None:
    webhook.told_seq, webhook.told_at, webhook.next_try_at = seq, now(), now() + HELD
    if webhook.failing_since is not None:
        watches.held(_watch(webhook))
    webhook.tries, webhook.failing_since, webhook.reason = 0, None, ""


def _watch(webhook: Webhook) -> str:
    return f"webhook {webhook.host}"[:40]


def _untold(webhook: Webhook, newest: int) -> list[Event]:
    query = sa.select(Event).where(Event.seq > webhook.told_seq, Event.seq <= newest, Event.act.in_(webhook.acts))
    return list(session().scalars(query.where(Event.outcome == "done").order_by(Event.seq).limit(AT_ONCE)))


def _post(webhook: Webhook, event: Event, signer: Signer) -> None:
    told = {
        "seq": event.seq,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "incident_id": str(event.incident_id) if event.incident_id else None,
        "hash": event.hash,
    }
    body = json.dumps({"type": event.act, "timestamp": event.at.isoformat(), "data": told}).encode()
    message_id, seconds = f"{webhook.id}.{event.seq}", int(now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(signer, message_id=message_id, seconds=seconds, body=body),
    }
    parts = urlsplit(webhook.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        answer.read(LONGEST_ANSWER)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"it answered {answer.status}")


def _failed(webhook: Webhook, reason: str) -> None:
    webhook.tries += 1
    webhook.failing_since = webhook.failing_since or now()
    webhook.reason = reason[:200]
    webhook.next_try_at = now() + min(timedelta(seconds=15 * 2 ** min(webhook.tries, 20)), SLOWEST)
    if webhook.tries >= ALARMING:
        watches.failed(_watch(webhook), f"{webhook.reason}; nothing is lost, it is told when it answers")


def _note(act: str, webhook: Webhook, actor: Actor, **details: Any) -> None:
    ledger.record(f"home:webhook:{act}", actor=actor, subject_kind="webhook", subject_id=webhook.id, **details)
