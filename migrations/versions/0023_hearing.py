"""Hearing in chunks: what is heard of a long recording so far, and what a person asked of a reading (its language)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0020"
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    """Adds the table and the column."""
    op.add_column("step", sa.Column("asked", JSON, server_default="{}", nullable=False))
    op.create_table(
        "heard_chunk",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("utterances", JSON, nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_heard_chunk_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_chunk")),
        sa.UniqueConstraint("evidence_id", "key", "number", name=op.f("uq_heard_chunk_evidence_id_key_number")),
    )


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("heard_chunk")
    op.drop_column("step", "asked")
