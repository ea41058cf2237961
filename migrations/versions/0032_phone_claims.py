"""Phone: where a phone says it was when it recorded, kept as its claim beside the upload."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0028"


def upgrade() -> None:
    """Adds the column; phones before this said nothing of it."""
    op.add_column("upload", sa.Column("position", postgresql.JSONB(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Takes it away again."""
    op.drop_column("upload", "position")
