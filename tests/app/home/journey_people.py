"""The journey through the findings of an incident and the master index."""

import re
import uuid

import sqlalchemy as sa

from app.analysis.mentions.models import MentionGroup
from app.analysis.models import Mention
from app.core.db import session
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.people.models import Appearance, Fact, IndexEntry, Merge
from tests.app.desk.scene import found, step
from tests.app.home.trip import WORDS, Journey

MADE = "Glorbinette"


def know_people(trip: Journey, incident: Incident, item: Evidence) -> None:
    """Findings are reviewed, put together and linked; entries searched, merged and parted."""
    reading = step(item, "find_entities", generation=3)
    several = [found(reading, kind="person", value=f"{MADE} {n}", start=50 + 3.0 * n) for n in range(4)]
    here, officer = f"/incidents/{incident.id}/mentions", Role.OFFICER
    trip.go("mentions.review", officer, here)
    form = {"kind": "person", "value": f"{MADE} {WORDS['name']}", "edition": "1"}
    trip.go("mentions.correct", officer, f"/mentions/{several[0].id}/correct", form=form)
    _add(trip, here, item)
    chosen = {"chosen": [str(several[1].id)], f"edition-{several[1].id}": "1"}
    trip.go("mentions.confirm_chosen", officer, f"{here}/confirm", form=chosen)
    trip.go("mentions.confirm_chosen", officer, f"{here}/confirm", form=chosen | {"sure": "yes"})
    trip.go("mentions.undo", officer, f"{here}/undo", form={})
    trip.go("mentions.move", officer, f"/mentions/{several[1].id}/move")
    trip.go("mentions.move", officer, f"/mentions/{several[1].id}/move", form={"to": str(several[2].id)})
    group = session().scalars(sa.select(MentionGroup.id)).one()
    trip.go("mentions.take_out", officer, f"/mentions/{several[1].id}/out", form={})
    _grouped(several[3], group)
    trip.go("mentions.confirm_group", officer, f"/mention-groups/{group}/confirm", form={})
    _linked(trip, several[0])
    _index(trip)


def _add(trip: Journey, here: str, item: Evidence) -> None:
    form = {
        "evidence": str(item.id),
        "start": "1",
        "end": "0:02",
        "kind": "weapon",
        "value": WORDS["item"],
        "utterance": "",
    }
    trip.go("mentions.add", Role.OFFICER, f"{here}/add", form=form)


def _grouped(mention: Mention, group: uuid.UUID) -> None:
    """As a machine adds a finding to a person's group."""
    from app.analysis.mentions.models import MentionMember
    from app.core.clock import now
    from app.core.db import transaction

    with transaction() as db:
        db.add(MentionMember(mention_id=mention.id, group_id=group, confidence=0.6, reasons=[], placed_at=now()))


def _linked(trip: Journey, mention: Mention) -> None:
    here, officer = f"/mentions/{mention.id}", Role.OFFICER
    trip.go("linking.link", officer, f"{here}/link", form={"entry": "new", "label": "", "role": "witness"})
    for decision in ("rejected", "confirmed"):  # thrown out, its fact goes; confirmed again, it can be taken over again
        trip.go("analysis.decide", officer, f"{here}/{decision}", form={"back": "mentions"})
    trip.go("linking.take_over", officer, f"{here}/take-over", form={})
    entry, link = session().execute(sa.select(Appearance.entry_id, Appearance.id)).one()
    trip.go("linking.unlink", officer, f"/links/{link}/unlink", form={})
    trip.go("linking.link", officer, f"{here}/link")
    trip.go("linking.decline", officer, f"{here}/decline", form={"declined": str(entry)})


def _index(trip: Journey) -> None:
    officer, clerk = Role.OFFICER, Role.RECORDS
    entry = session().scalars(sa.select(IndexEntry.id)).one()
    here = f"/people/{entry}"
    trip.go("index.show_index", officer, "/people")
    trip.go(
        "index.search", officer, "/people", form={"text": WORDS["name"], "reason": "investigation", "case": "2026-7"}
    )
    trip.go("index.show", officer, here)
    trip.go("index.add_fact", officer, f"{here}/facts", form={"kind": "ssn", "value": "123-45-6789"})
    trip.go("index.add_fact", officer, f"{here}/facts", form={"kind": "phone", "value": "555 123 4567"})
    ssn, phone = (session().scalars(sa.select(Fact.id).where(Fact.kind == kind)).one() for kind in ("ssn", "phone"))
    shown = trip.go("index.reveal", clerk, f"/people/facts/{ssn}/show", form={})
    assert re.search("123-45-6789", shown.text)
    trip.go("index.split", clerk, f"{here}/split", form={"label": f"{MADE} Second", "facts": [str(phone)]})
    other = session().scalars(sa.select(IndexEntry.id).where(IndexEntry.id != entry)).one()
    trip.go("index.merge", clerk, f"{here}/merge?with={other}")
    trip.go("index.merge", clerk, f"{here}/merge", form={"with": str(other)})
    done = session().scalars(sa.select(Merge.id)).one()
    trip.go("index.unmerge", clerk, f"/people/merges/{done}/undo", form={})
    trip.go("index.withdraw", officer, f"/people/facts/{phone}/withdraw", form={})
