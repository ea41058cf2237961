"""The doors of tags and of searching on the journey: decided, added, undone; searched, kept, changed, forgotten."""

import sqlalchemy as sa

from app.analysis.models import Tag
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.search import gathering
from app.search.models import SavedSearch
from tests.app.home.trip import BROWSER, WORDS, Journey
from tests.people import csrf_token


def see_and_search(trip: Journey, item: Evidence) -> None:
    """An officer decides on what was seen in their recording and looks for it."""
    here, who = f"/evidence/{item.id}/tags", Role.OFFICER
    trip.go("tags.review", who, here)
    first, second = (
        session().scalars(sa.select(Tag.id).where(Tag.evidence_id == item.id).order_by(Tag.start_s)).all()[:2]
    )
    trip.go("tags.decide", who, f"/tags/{first}/confirmed", form={})
    trip.go("tags.decide_chosen", who, f"{here}/decide", form={"decision": "rejected", "chosen": [str(second)]})
    trip.go("tags.undo", who, f"{here}/undo", form={})
    trip.go("tags.add", who, f"{here}/add")
    added = {"kind": "object", "label": WORDS["tag"], "start": "1", "end": "2", "box": ""}
    trip.go("tags.add", who, f"{here}/add", form=added)
    trip.go("tags.precision", Role.ADMINISTRATOR, "/analysis/precision")
    with transaction():
        gathering.gather(item.id)
    asked = f"{WORDS['tag']} not {WORDS['search']}"
    trip.go("search.show", who, f"/search?q={asked}")
    trip.go("search_api.moments", who, f"/api/v1/moments?q={asked}")
    trip.go("search.save", who, "/search/saved", form={"name": WORDS["search"], "q": asked})
    [kept] = session().scalars(sa.select(SavedSearch.id))
    trip.go("search.change", who, f"/search/saved/{kept}", form={"name": WORDS["search"], "q": WORDS["search"]})
    trip.go("search_api.searches", who, "/api/v1/searches")
    trip.go("search.remove", who, f"/search/saved/{kept}/remove", form={})
    client = trip.as_(who)
    headers = BROWSER | {"X-CSRFToken": csrf_token(client, "/account")}
    body = {"name": WORDS["search"], "text": WORDS["search"]}
    made = trip.note("search_api.save", lambda: client.post("/api/v1/searches", json=body, headers=headers))
    one = f"/api/v1/searches/{made.get_json()['id']}"
    trip.note("search_api.change", lambda: client.put(one, json={"name": WORDS["tag"]}, headers=headers))
    trip.note("search_api.remove", lambda: client.delete(one, headers=headers))
