"""The review desk: kept filters, acts that can be undone for an hour, which notices an officer wants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds three tables."""
    op.create_table(
        "saved_filter",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("of_list", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.String(600), nullable=False),
        sa.Column("usual", sa.Boolean(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to_officer("saved_filter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("officer_id", "of_list", "name", name=op.f("uq_saved_filter_officer_id_of_list_name")),
    )
    op.create_table(
        "undoable",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("done", JSON, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to_officer("undoable"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoable")),
    )
    op.create_index(op.f("ix_undoable_at"), "undoable", ["at"])
    op.create_table(
        "notice_choice",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("muted", JSON, nullable=False),
        sa.Column("recordings_seen_at", WHEN, nullable=True),
        _to_officer("notice_choice"),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_notice_choice")),
    )


def downgrade() -> None:
    """Takes them away; kept filters and muted kinds go with them."""
    for table in ("notice_choice", "undoable", "saved_filter"):
        op.drop_table(table)


def _to_officer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f(f"fk_{table}_officer_id_officer"))
