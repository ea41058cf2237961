"""The language an officer reads the pages in; empty follows the browser."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Adds the column; nobody has chosen yet."""
    op.add_column("officer", sa.Column("language", sa.String(8), nullable=False, server_default=""))
    op.alter_column("officer", "language", server_default=None)


def downgrade() -> None:
    """Takes the choices away."""
    op.drop_column("officer", "language")
