"""Phone: where a phone says it was when it recorded, and the name by which it asks for an upload twice and gets one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Adds the columns; phones before this said nothing of either."""
    op.add_column("upload", sa.Column("position", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.add_column("upload", sa.Column("phone_key", sa.String(64), nullable=False, server_default=""))
    op.create_index(
        "uq_upload_phone_key",
        "upload",
        ["officer_id", "phone_key"],
        unique=True,
        postgresql_where=sa.text("phone_key <> ''"),
    )


def downgrade() -> None:
    """Takes them away again."""
    op.drop_index("uq_upload_phone_key", "upload")
    op.drop_column("upload", "phone_key")
    op.drop_column("upload", "position")
