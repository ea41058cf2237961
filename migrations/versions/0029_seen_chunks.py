"""Seeing in chunks: what is seen of a long recording so far."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "seen_chunk",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_seen_chunk_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_chunk")),
        sa.UniqueConstraint("evidence_id", "key", "number", name=op.f("uq_seen_chunk_evidence_id_key_number")),
    )


def downgrade() -> None:
    """Takes it away again."""
    op.drop_table("seen_chunk")
