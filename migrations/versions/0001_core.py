"""The floor: outbox and ledger; the ledger refuses change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

REFUSE = """
CREATE FUNCTION blotter_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are kept as written: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "ledger_event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_label", sa.String(length=200), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_event_hash")),
    )
    op.create_index(op.f("ix_ledger_event_act"), "ledger_event", ["act"], unique=False)
    op.create_index(op.f("ix_ledger_event_actor_id"), "ledger_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_ledger_event_incident_id"), "ledger_event", ["incident_id"], unique=False)
    op.create_index("ix_ledger_event_subject", "ledger_event", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "outbox_job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task", sa.String(length=100), nullable=False),
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_job")),
    )
    op.create_index(
        "ix_outbox_job_unsent", "outbox_job", ["due_at"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.execute(REFUSE)
    op.execute(
        "CREATE TRIGGER ledger_event_kept BEFORE UPDATE OR DELETE ON ledger_event FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER ledger_event_never_emptied BEFORE TRUNCATE ON ledger_event EXECUTE FUNCTION blotter_refuse_change()"
    )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("ledger_event")
    op.drop_table("outbox_job")
    op.execute("DROP FUNCTION blotter_refuse_change()")
