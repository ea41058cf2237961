"""Keeping the library's row of an item true: made anew, by one statement, from everything that stands of it."""

import json
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from app.analysis import queries as analysis
from app.analysis.models import Decision, Tag, Transcript
from app.analysis.tags.kinds import KINDS, QUIET
from app.core.db import session
from app.evidence.models import Evidence, EvidenceState
from app.search.library.models import LibraryItem
from app.search.library.positions import positions

MANY = 500  # items of one statement
_HELD = """EXISTS (SELECT FROM evidence_hold h WHERE h.released_at IS NULL AND h.incident_id = e.incident_id
    AND (h.evidence_id IS NULL OR h.evidence_id = e.id))"""
_TITLES = "concat_ws(' . ', e.title, e.original_name, i.title, i.place)"
_PEOPLE = """coalesce((SELECT string_agg(p.name, ' . ') FROM participant p WHERE p.incident_id = e.incident_id), '')
    || ' . ' || coalesce((SELECT string_agg(m.value, ' . ') FROM mention m WHERE m.evidence_id = e.id
    AND m.decision = 'confirmed' AND m.carried_to IS NULL AND m.kind IN ('person', 'place', 'vehicle', 'organisation')), '')"""
_SEEN = """coalesce((SELECT string_agg(DISTINCT concat_ws(' . ', t.label, CAST(:kinds AS jsonb) ->> t.kind), ' . ')
    FROM tag t WHERE t.evidence_id = e.id AND t.id = ANY(:tags)), '')"""
_SAID = """coalesce((SELECT string_agg(u.text, ' ' ORDER BY u.position, u.start_s) FROM utterance u JOIN transcript tr
    ON tr.id = u.transcript_id WHERE tr.evidence_id = e.id AND tr.id = ANY(:transcripts) AND NOT u.gone), '')"""
_SIGN = "'p/' || upper(regexp_replace(%s, '[^A-Za-z0-9]', '', 'g'))"
_SIGNS = f"""ARRAY['n/' || i.number] || ARRAY(SELECT DISTINCT {_SIGN % "t.label"} FROM tag t WHERE t.evidence_id = e.id
    AND t.kind = 'plate' AND t.id = ANY(:tags)) || ARRAY(SELECT DISTINCT {_SIGN % "m.value"} FROM mention m
    WHERE m.evidence_id = e.id AND m.kind = 'plate' AND m.decision = 'confirmed' AND m.carried_to IS NULL)"""  # noqa: S608
_AT = "CAST(CAST(:positions AS jsonb) #>> ARRAY[e.id::text, '%d'] AS float8)"
_SHELVE = sa.text(
    # Nothing typed by anybody is put into the text: only the pieces above.
    f"""
    INSERT INTO library_item (evidence_id, incident_id, officer_id, unit_id, number, kind, state, retention, at, title, place,
      size, duration_s, lat, lon, categories, tags, words)
    SELECT e.id, e.incident_id, e.officer_id, i.unit_id, i.number, coalesce(e.media_kind, 'unknown'), e.state,
      CASE WHEN e.state = 'purged' THEN 'gone' WHEN {_HELD} THEN 'held'
        WHEN EXISTS (SELECT FROM purge_queue q WHERE q.evidence_id = e.id) THEN 'deletion'
        WHEN EXISTS (SELECT FROM evidence_category c WHERE c.evidence_id = e.id) THEN 'rule' ELSE 'none' END,
      coalesce(e.recorded_at, e.received_at), coalesce(nullif(e.title, ''), left(e.original_name, 200)), i.place,
      e.size, coalesce(e.duration_s, 0), {_AT % 0}, {_AT % 1},
      ARRAY(SELECT c.category_id FROM evidence_category c WHERE c.evidence_id = e.id ORDER BY 1),
      ARRAY(SELECT DISTINCT t.kind || '/' || t.label FROM tag t WHERE t.evidence_id = e.id AND t.id = ANY(:tags)
        AND NOT t.kind = ANY(:quiet) ORDER BY 1),
      setweight(to_tsvector('english', {_TITLES} || ' . ' || {_PEOPLE}), 'A')
      || array_to_tsvector({_SIGNS})
      || setweight(to_tsvector('english', {_SEEN}), 'B') || setweight(to_tsvector('english', {_SAID}), 'C')
    FROM evidence e JOIN incident i ON i.id = e.incident_id WHERE e.id = ANY(:ids)
    """  # noqa: S608
)


def shelve(ids: Collection[uuid.UUID]) -> int:
    """Makes the rows of these items anew, at most MANY at a time; returns how many stand. An item that is gone has none.

    What stands is read as it is now: the words of the standing transcript, tags no person rejected, confirmed findings,
    the people of the incident, categories, holds, and the position where its file or phone claims one.
    """
    wanted, made = list(dict.fromkeys(ids)), 0
    for begin in range(0, len(wanted), MANY):
        some = wanted[begin : begin + MANY]
        # Two who shelve the same item wait for each other: the later one reads what the first one's cause left.
        session().execute(sa.select(Evidence.id).where(Evidence.id.in_(some)).order_by(Evidence.id).with_for_update())
        forget(some)
        made += int(session().execute(_SHELVE, _given(some)).rowcount)  # type: ignore[attr-defined]
    return made


def shelve_incident(incident_id: uuid.UUID) -> int:
    """The same for everything in an incident."""
    return shelve(session().scalars(sa.select(Evidence.id).where(Evidence.incident_id == incident_id)).all())


def forget(ids: Collection[uuid.UUID]) -> int:
    """Removes these items' rows; returns how many there were."""
    gone = session().execute(sa.delete(LibraryItem).where(LibraryItem.evidence_id.in_(ids)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def empty(evidence_id: uuid.UUID) -> None:
    """Takes out of a purged item's row all that was made from it."""
    bare: dict[str, Any] = {"words": sa.cast("", TSVECTOR), "tags": [], "categories": [], "lat": None, "lon": None}
    row = sa.update(LibraryItem).where(LibraryItem.evidence_id == evidence_id)
    session().execute(row.values(state=EvidenceState.PURGED.value, retention="gone", **bare))


def _given(ids: list[uuid.UUID]) -> dict[str, object]:
    tags = sa.select(Tag.id).where(
        Tag.evidence_id.in_(ids), Tag.decision != Decision.REJECTED, analysis.standing_tags(ids)
    )
    heard = sa.select(Transcript.id).where(
        Transcript.evidence_id.in_(ids), Transcript.step_id.in_(analysis.standing(ids))
    )
    words = {key: f"{kind.title} {kind.words}" for key, kind in KINDS.items()}
    return {
        "ids": ids,
        "tags": list(session().scalars(tags)),
        "transcripts": list(session().scalars(heard)),
        "quiet": list(QUIET),
        "kinds": json.dumps(words),
        "positions": json.dumps({str(one): found for one, found in positions(ids).items()}),
    }
