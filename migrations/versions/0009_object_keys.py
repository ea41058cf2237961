"""The wrapped key of each sealed object."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the table. Objects kept before stay readable as they are."""
    op.create_table(
        "object_key",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrapper", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_object_key")),
    )


def downgrade() -> None:
    """Takes it away again; only ever for an empty database."""
    op.drop_table("object_key")
