"""Years of recordings that were read, written straight into the tables by a handful of statements: for patterns."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Officer
from app.core.clock import now
from app.core.db import session, transaction

SPOKE = """
CREATE TEMP TABLE said ON COMMIT DROP AS
SELECT gen_random_uuid() AS upload_id, gen_random_uuid() AS evidence_id, gen_random_uuid() AS step_id, o.id AS officer_id,
       o.unit_id, i.id AS incident_id, i.kind, cast(:since AS timestamptz) + (cast(:until AS timestamptz)
       - cast(:since AS timestamptz)) * random() AS at, cast(:minutes AS double precision) * (0.5 + random()) * 60 AS speech_s,
       cast(coalesce((cast(:times AS jsonb) ->> cast(o.id AS text)), '1') AS double precision) AS times
FROM officer o CROSS JOIN generate_series(1, :each) AS n
JOIN LATERAL (SELECT id, kind FROM incident WHERE opened_by = :opener ORDER BY md5(cast(id AS text) || cast(o.id AS text) || n) LIMIT 1) i ON true
WHERE o.id = ANY(:officers)
"""
ROWS = (
    """INSERT INTO upload (id, officer_id, incident_id, state, part, parts, length, "offset", filename, title, claimed_type,
       claimed_sha256, category, created_at, expires_at, address, given)
       SELECT upload_id, officer_id, incident_id, 'received', 'whole', '[]', 9, 9, 'a.mp4', '', '', '', '', at, at, '', '{}'
       FROM said""",
    """INSERT INTO evidence (id, incident_id, officer_id, upload_id, state, reason, title, original_name, media_kind,
       media_type, size, claimed_sha256, sha256, second_hash, storage_key, facts, recorded_at, received_at, sealed_at)
       SELECT evidence_id, incident_id, officer_id, upload_id, 'sealed', '', 'Body camera', 'a.mp4', 'video', 'video/mp4', 9, '',
       md5(cast(evidence_id AS text)) || md5(cast(upload_id AS text)), '', '', '{}', at, at, at FROM said""",
    """INSERT INTO step (id, evidence_id, name, generation, state, queue, after, input_hash, engine, progress, attempts,
       claimed_by, error) SELECT step_id, evidence_id, 'score_language', 1, 'done', 'default', '[]', '', '{}', 1, 1, '', ''
       FROM said""",
    """INSERT INTO exposure (id, officer_id, evidence_id, step_id, speech_s, utterances, said_at, unit_id, shift, kind)
       SELECT gen_random_uuid(), officer_id, evidence_id, step_id, speech_s, cast(round(speech_s / 8) AS int), at, unit_id,
       CASE WHEN extract(hour FROM at) BETWEEN 7 AND 14 THEN 'day' WHEN extract(hour FROM at) BETWEEN 15 AND 22
       THEN 'evening' ELSE 'night' END, kind FROM said""",
)
MOMENTS = """
INSERT INTO language_event (id, officer_id, evidence_id, step_id, category, polarity, phrase, rule, directed, start_s, end_s,
    confidence, word_confidence, speaker_confidence, engine, said_at, decision, decision_reason)
SELECT gen_random_uuid(), officer_id, evidence_id, step_id, cast(:category AS text), cast(:polarity AS text), '', cast(:rule AS text), true, 5, 7, 0.9, 0.9, 0.9,
    '{"name": "blotter-language", "version": "1"}', at, 'proposed', ''
FROM said CROSS JOIN LATERAL generate_series(1, 8) AS n
WHERE random() + 0 * n < cast(:rate AS double precision) * speech_s / 3600 / 8 * CASE WHEN cast(:polarity AS text) = 'aggressive' THEN times ELSE 1 END
"""


def spoke(
    officers: Sequence[Officer],
    *,
    each: int,
    minutes: float = 20,
    per_hour: float = 0.5,
    times: Mapping[uuid.UUID, float] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    seed: float = 0.5,
) -> None:
    """`each` recordings an officer, spread over the time, `minutes` of own speech in the middle; aggressive moments at
    `per_hour`, `times` that for some, and courteous ones three times as often. The same seed gives the same figures."""
    end = until or now()
    with transaction() as db:
        _incidents(officers[0])
        db.execute(sa.select(sa.func.setseed(seed)))
        db.execute(
            sa.text(SPOKE),
            {
                "since": since or end - timedelta(days=360),
                "until": end,
                "minutes": minutes,
                "times": _json(times or {}),
                "each": each,
                "opener": officers[0].id,
                "officers": [one.id for one in officers],
            },
        )
        for rows in ROWS:
            db.execute(sa.text(rows))
        for category, polarity, rule, rate in (
            ("insult", "aggressive", "insult-called", per_hour),
            ("thanks", "courteous", "thanks-said", per_hour * 3),
        ):
            db.execute(sa.text(MOMENTS), {"category": category, "polarity": polarity, "rule": rule, "rate": rate})


def enrolled(like: Officer, number: int) -> list[Officer]:
    """`number` more officers of the same unit and password, in one statement: badges 50001 and on."""
    with transaction() as db:
        db.execute(
            sa.text(
                "INSERT INTO officer (id, badge, name, rank, role, unit_id, password_hash, must_change_password, created_at, language) "
                "SELECT gen_random_uuid(), cast(50000 + n AS text), 'Test Officer ' || 50000 + n, 'Officer', 'officer', "
                "o.unit_id, o.password_hash, false, now(), '' FROM officer o, generate_series(1, :number) n WHERE o.id = :id"
            ),
            {"id": like.id, "number": number},
        )
    return list(session().scalars(sa.select(Officer).where(Officer.badge > "50000").order_by(Officer.badge)))


def _incidents(opener: Officer) -> None:
    for number, kind in enumerate(("traffic_stop", "arrest", "theft", "other")):
        session().execute(
            sa.text(
                "INSERT INTO incident (id, number, kind, state, title, occurred_at, place, unit_id, opened_by, created_at) "
                "SELECT gen_random_uuid(), :number, :kind, 'open', '', now(), '', unit_id, id, now() FROM officer "
                "WHERE id = :id ON CONFLICT (number) DO NOTHING"
            ),
            {"number": f"2020-{opener.badge[-5:]:0>5}{number}", "kind": kind, "id": opener.id},
        )


def _json(times: Mapping[uuid.UUID, float]) -> str:
    return "{" + ", ".join(f'"{one}": "{factor}"' for one, factor in times.items()) + "}"
