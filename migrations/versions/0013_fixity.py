"""When each stored object was last read back, what was found, and a second hash of originals."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
STATES = sa.Enum(
    "sound", "altered", "missing", "unreadable", "replaced", name="fixitystate", native_enum=False, length=32
)


def upgrade() -> None:
    """Adds the table, which the first round fills, and what is shown on the item's page."""
    op.add_column("evidence", sa.Column("second_hash", sa.String(length=160), server_default="", nullable=False))
    op.alter_column("evidence", "second_hash", server_default=None)
    op.add_column("evidence", sa.Column("fixity", STATES, nullable=True))
    op.add_column("evidence", sa.Column("fixity_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "stored_object",
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("turn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", STATES, nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("near_byte", sa.BigInteger(), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replicated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("storage_key", name=op.f("pk_stored_object")),
    )
    op.create_index(op.f("ix_stored_object_turn_at"), "stored_object", ["turn_at"], unique=False)
    op.create_index(op.f("ix_evidence_storage_key"), "evidence", ["storage_key"], unique=False)
    op.create_index(op.f("ix_rendition_storage_key"), "rendition", ["storage_key"], unique=False)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_index(op.f("ix_rendition_storage_key"), table_name="rendition")
    op.drop_index(op.f("ix_evidence_storage_key"), table_name="evidence")
    op.drop_index(op.f("ix_stored_object_turn_at"), table_name="stored_object")
    op.drop_table("stored_object")
    op.drop_column("evidence", "fixity_at")
    op.drop_column("evidence", "fixity")
    op.drop_column("evidence", "second_hash")
