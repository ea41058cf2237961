"""Uploads joined from parts, and uploads whose length is said later."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
PARTS = sa.Enum("whole", "part", "joined", name="uploadpart", native_enum=False, length=32)


def upgrade() -> None:
    """Every upload there is was a whole one."""
    op.add_column("upload", sa.Column("part", PARTS, server_default="whole", nullable=False))
    op.add_column(
        "upload",
        sa.Column(
            "parts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.alter_column("upload", "part", server_default=None)
    op.alter_column("upload", "parts", server_default=None)
    op.alter_column("upload", "length", existing_type=sa.BigInteger(), nullable=True)
    op.alter_column("upload", "incident_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.alter_column("upload", "incident_id", existing_type=sa.Uuid(), nullable=False)
    op.alter_column("upload", "length", existing_type=sa.BigInteger(), nullable=False)
    op.drop_column("upload", "parts")
    op.drop_column("upload", "part")
