"""How each language event was found, and the respect of what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Adds the columns; events kept before were found by a rule alone."""
    op.add_column("language_event", sa.Column("found_by", sa.String(length=20), server_default="rule", nullable=False))
    op.add_column("language_event", sa.Column("probability", sa.Float(), nullable=True))
    op.add_column("language_event", sa.Column("scope", sa.String(length=20), server_default="", nullable=False))
    op.add_column("language_event", sa.Column("respect", sa.Float(), nullable=True))
    op.add_column("exposure", sa.Column("respect", sa.Float(), nullable=True))


def downgrade() -> None:
    """Takes them away again."""
    op.drop_column("exposure", "respect")
    for name in ("respect", "scope", "probability", "found_by"):
        op.drop_column("language_event", name)
