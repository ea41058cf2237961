"""The ledger's tree, checkpoints, and one function that numbers, chains and hashes an event."""

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

APPEND = r"""
CREATE FUNCTION blotter_ledger_append(
    p_at timestamptz, p_act text, p_outcome text, p_actor_id uuid, p_actor_label text, p_session_id text,
    p_address text, p_device text, p_subject_kind text, p_subject_id text, p_incident_id uuid, p_details jsonb,
    p_pieces text[]
) RETURNS TABLE (seq bigint, at timestamptz, hash text, leaf bytea) LANGUAGE plpgsql AS $$
DECLARE
    last record;
    number bigint := 1;
    moment timestamptz := p_at;
    previous text := repeat('0', 64);
    counted integer;
    content bytea;
    digest text;
    node bytea;
    place bigint;
    depth smallint := 0;
    sibling bytea;
BEGIN
    -- One appender at a time, held to the end of the transaction; each statement below sees what the last one left.
    PERFORM pg_advisory_xact_lock(1651273588);
    SELECT e.seq, e.hash, e.at INTO last FROM ledger_event e ORDER BY e.seq DESC LIMIT 1;
    IF FOUND THEN
        number := last.seq + 1;
        previous := last.hash;
        moment := greatest(p_at, last.at);
    END IF;
    SELECT e.nth INTO counted FROM ledger_event e
        WHERE e.subject_kind = p_subject_kind AND e.subject_id = p_subject_id ORDER BY e.seq DESC LIMIT 1;
    IF FOUND AND counted IS NULL THEN
        SELECT count(*) INTO counted FROM ledger_event e
            WHERE e.subject_kind = p_subject_kind AND e.subject_id = p_subject_id;
    END IF;
    counted := coalesce(counted, 0) + 1;
    content := convert_to(
        p_pieces[1] || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || p_pieces[2] || counted
        || p_pieces[3] || previous || p_pieces[4] || number || p_pieces[5], 'UTF8');
    digest := encode(sha256(content), 'hex');
    INSERT INTO ledger_event (seq, at, act, outcome, actor_id, actor_label, session_id, address, device, subject_kind,
                              subject_id, nth, incident_id, details, previous_hash, hash)
        VALUES (number, moment, p_act, p_outcome, p_actor_id, p_actor_label, p_session_id, p_address, p_device,
                p_subject_kind, p_subject_id, counted, p_incident_id, p_details, previous, digest);
    node := sha256('\x00'::bytea || content);
    RETURN QUERY SELECT number, moment, digest, node;
    -- RFC 6962: a leaf, and every subtree that it completes.
    place := number - 1;
    INSERT INTO ledger_node (level, index, hash) VALUES (depth, place, node);
    WHILE place % 2 = 1 LOOP
        SELECT n.hash INTO STRICT sibling FROM ledger_node n WHERE n.level = depth AND n.index = place - 1;
        node := sha256('\x01'::bytea || sibling || node);
        place := place / 2;
        depth := depth + 1;
        INSERT INTO ledger_node (level, index, hash) VALUES (depth, place, node);
    END LOOP;
END $$
"""
KEPT = ("ledger_node", "ledger_checkpoint")


def upgrade() -> None:
    """Adds tree, checkpoints and the function, and grows the tree over the events there are."""
    op.add_column("ledger_event", sa.Column("nth", sa.Integer(), nullable=True))
    op.drop_index("ix_ledger_event_subject", table_name="ledger_event")
    op.create_index("ix_ledger_event_subject", "ledger_event", ["subject_kind", "subject_id", "seq"], unique=False)
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION blotter_refuse_change()"
        )
    _grow()
    op.execute(APPEND)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.execute("DROP FUNCTION blotter_ledger_append")
    op.drop_table("ledger_checkpoint")
    op.drop_table("ledger_node")
    op.drop_index("ix_ledger_event_subject", table_name="ledger_event")
    op.create_index("ix_ledger_event_subject", "ledger_event", ["subject_kind", "subject_id"], unique=False)
    op.drop_column("ledger_event", "nth")


def _grow() -> None:
    """The nodes over events from before the tree: an event's canonical form as it was when they were written."""
    connection = op.get_bind()
    insert = sa.text("INSERT INTO ledger_node (level, index, hash) VALUES (:level, :index, :hash)")
    edge: list[bytes] = []
    for place, row in enumerate(connection.execute(sa.text("SELECT * FROM ledger_event ORDER BY seq")).mappings()):
        node = hashlib.sha256(b"\x00" + _canonical(row)).digest()
        nodes, level, index = [{"level": 0, "index": place, "hash": node}], 0, place
        while index % 2:
            node, level, index = hashlib.sha256(b"\x01" + edge.pop() + node).digest(), level + 1, index // 2
            nodes.append({"level": level, "index": index, "hash": node})
        edge.append(node)
        connection.execute(insert, nodes)


def _canonical(row: Any) -> bytes:
    at = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    ids = {name: str(row[name] or "") for name in ("actor_id", "incident_id")}
    kept = {name: value for name, value in row.items() if name not in ("hash", "nth")}
    return json.dumps({**kept, **ids, "at": at}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
