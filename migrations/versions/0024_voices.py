"""How each utterance was said: loudness, pitch, rate, overlap, shouting. What was heard before has none."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    """Adds the column; code that does not know it may go on writing."""
    op.add_column("utterance", sa.Column("voice", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    """Takes it away again."""
    op.drop_column("utterance", "voice")
