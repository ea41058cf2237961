"""What a client said of its upload, kept as it came: tus has it told back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Of uploads begun before, what was said is known in parts only: nothing is told back."""
    kept = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("upload", sa.Column("given", kept, server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.alter_column("upload", "given", server_default=None)


def downgrade() -> None:
    """Takes it away again; only ever for an empty database."""
    op.drop_column("upload", "given")
