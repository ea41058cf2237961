"""Excerpts: clips and stills that a person had cut from an original."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "excerpt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("clip", "still", name="excerptkind", native_enum=False, length=32), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "making", "made", "failed", name="excerptstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.Column("rendition_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_excerpt_asked_by_officer")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_excerpt_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["rendition_id"], ["rendition.id"], name=op.f("fk_excerpt_rendition_id_rendition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excerpt")),
    )
    op.create_index(op.f("ix_excerpt_evidence_id"), "excerpt", ["evidence_id"], unique=False)


def downgrade() -> None:
    """Takes it away again; only ever for an empty database."""
    op.drop_table("excerpt")
