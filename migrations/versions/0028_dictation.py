"""Dictation: a recollection names the recording it was dictated in."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Adds the column; what was locked before was typed."""
    op.add_column("recollection", sa.Column("dictated_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_recollection_dictated_id_evidence"), "recollection", "evidence", ["dictated_id"], ["id"]
    )


def downgrade() -> None:
    """Takes it away again."""
    op.drop_constraint(op.f("fk_recollection_dictated_id_evidence"), "recollection", type_="foreignkey")
    op.drop_column("recollection", "dictated_id")
