"""The ledger is searched by act, person, place, outcome and time; what the house watches over is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BY = ("act", "actor_label", "address", "outcome", "incident_id")


def upgrade() -> None:
    """Indexes that end in the event's number, so that the newest of a kind are read off one end."""
    op.drop_index("ix_ledger_event_act", table_name="ledger_event")
    op.drop_index("ix_ledger_event_incident_id", table_name="ledger_event")
    for column in BY:
        op.create_index(f"ix_ledger_event_{column}_seq", "ledger_event", [column, "seq"])
    op.create_index("ix_ledger_event_at", "ledger_event", ["at"])
    op.create_table(
        "watch",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watch")),
    )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("watch")
    op.drop_index("ix_ledger_event_at", table_name="ledger_event")
    for column in BY:
        op.drop_index(f"ix_ledger_event_{column}_seq", table_name="ledger_event")
    op.create_index("ix_ledger_event_act", "ledger_event", ["act"])
    op.create_index("ix_ledger_event_incident_id", "ledger_event", ["incident_id"])
