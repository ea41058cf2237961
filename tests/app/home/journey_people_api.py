"""The same journey through findings and the master index as a program goes it, in JSON."""

from typing import Any

import sqlalchemy as sa

from app.core.db import session
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.people.models import IndexEntry, Merge
from tests.app.desk.scene import found, step
from tests.app.evidence.sending import Phone
from tests.app.home.trip import BROWSER, WORDS, Journey

MADE = "Snarkwhistle"


def know_people_by_json(trip: Journey, incident: Incident, item: Evidence) -> None:
    """Findings decided, put together, parted and linked; entries searched, added to, merged and parted."""
    reading = step(item, "find_entities", generation=4)
    one, two = (found(reading, kind="person", value=f"{MADE} {n}", start=70 + 3.0 * n).id for n in range(2))
    officer, clerk = (_phone(trip, role) for role in (Role.OFFICER, Role.RECORDS))
    _get(trip, "mentions_api.groups", officer, f"/incidents/{incident.id}/mentions")
    confirmed: dict[str, Any] = {"decision": "confirmed"}
    _post(trip, "mentions_api.decide", officer, f"/mentions/{one}/decision", confirmed)
    right = confirmed | {"kind": "person", "value": f"{MADE} {WORDS['name']}"}
    _post(trip, "mentions_api.decide", officer, f"/mentions/{two}/decision", right)
    group = _post(trip, "mentions_api.move", officer, f"/mentions/{two}/move", {"to": str(one)}).get_json()["id"]
    _post(trip, "mentions_api.take_out", officer, f"/mentions/{two}/out", {})
    _by_machine(trip, reading, group)
    _post(trip, "mentions_api.confirm", officer, f"/mention-groups/{group}/confirm", {})
    before = set(session().scalars(sa.select(IndexEntry.id)))
    wanted = {"entry": "new", "role": "witness"}
    link = _post(trip, "mentions_api.link", officer, f"/mentions/{one}/link", wanted).get_json()
    path = f"/api/v1/links/{link['link']}"
    trip.note("mentions_api.unlink", lambda: officer.client.delete(path, headers=officer.headers))
    _get(trip, "mentions_api.candidates", officer, f"/mentions/{one}/candidates")
    _post(trip, "mentions_api.decline", officer, f"/mentions/{one}/decline", {"entries": [link["entry"]]})
    _index(trip, officer, clerk, link["entry"], str(sorted(before)[0]))


def _index(trip: Journey, officer: Phone, clerk: Phone, entry: str, other: str) -> None:
    sought = {"text": WORDS["name"], "reason": "investigation", "case": "2026-7"}
    _post(trip, "index_api.search", officer, "/people/search", sought)
    _get(trip, "index_api.show", officer, f"/people/{entry}")
    number = {"kind": "phone", "value": "555 765 4321"}
    added = _post(trip, "index_api.add_fact", officer, f"/people/{entry}/facts", number).get_json()
    [fact] = [one["id"] for one in added["facts"] if one["kind"] == "phone"]
    _post(trip, "index_api.withdraw", officer, f"/people/facts/{fact}/withdraw", {})
    _post(trip, "index_api.merge", clerk, f"/people/{entry}/merge", {"merged": other})
    standing = sa.select(Merge.id).where(Merge.undone_at.is_(None))
    _post(trip, "index_api.unmerge", clerk, f"/people/merges/{session().scalars(standing).one()}/undo", {})


def _by_machine(trip: Journey, reading: Any, group: str) -> None:
    from tests.app.home.journey_people import _grouped

    _grouped(found(reading, kind="person", value=f"{MADE} 9", start=99.0), group)  # type: ignore[arg-type]


def _phone(trip: Journey, role: Role) -> Phone:
    trip.as_(role)
    phone = Phone(trip.app, trip.officers[role])
    phone.headers |= BROWSER
    return phone


def _get(trip: Journey, endpoint: str, phone: Phone, path: str) -> Any:
    return trip.note(endpoint, lambda: phone.client.get(f"/api/v1{path}", headers=phone.headers))


def _post(trip: Journey, endpoint: str, phone: Phone, path: str, content: dict[str, Any]) -> Any:
    return trip.note(endpoint, lambda: phone.client.post(f"/api/v1{path}", json=content, headers=phone.headers))
