"""Drafting: the agency's versions of report types, previews of them, and what each draft left out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    """Adds two tables and a column; drafts from before left out what nobody listed."""
    op.create_table(
        "report_type_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_report_type_version_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_type_version")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_report_type_version_code_number")),
    )
    op.create_table(
        "report_type_preview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "made", "failed", name="previewstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("made", JSON, nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_report_type_preview_asked_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_type_preview")),
    )
    op.create_index(op.f("ix_report_type_preview_asked_at"), "report_type_preview", ["asked_at"], unique=False)
    op.add_column("draft", sa.Column("left_out", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.alter_column("draft", "left_out", server_default=None)
    op.execute(
        "CREATE TRIGGER report_type_version_kept BEFORE UPDATE OR DELETE ON report_type_version"
        " FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER report_type_version_never_emptied BEFORE TRUNCATE ON report_type_version"
        " EXECUTE FUNCTION blotter_refuse_change()"
    )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_column("draft", "left_out")
    op.drop_table("report_type_preview")
    op.drop_table("report_type_version")
