"""The channel an utterance was heard in, where a recording carries a voice in each."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Adds the column; what was heard before does not say."""
    op.add_column("utterance", sa.Column("channel", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Takes it away."""
    op.drop_column("utterance", "channel")
