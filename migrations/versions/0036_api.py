"""Counting what programs ask, and answering what is sent twice as once."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0032"


def upgrade() -> None:
    """Adds two tables of their own; the counts need not survive a crash."""
    op.create_table(
        "api_use",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_api_use")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "api_repeat",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_api_repeat_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", "key", name=op.f("pk_api_repeat")),
    )


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("api_repeat")
    op.drop_table("api_use")
