"""NIBRS: codings, files, what stood in them and what the FBI answered; files and answers refuse change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
JSON = postgresql.JSONB(astext_type=sa.Text())
STATES = sa.Enum("made", "accepted", "warnings", "errors", name="entrystate", native_enum=False, length=32)


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "nibrs_coding",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("not_reportable", sa.String(length=400), nullable=False),
        sa.Column("acknowledged", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["officer.id"], name=op.f("fk_nibrs_coding_changed_by_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_nibrs_coding_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nibrs_coding")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_nibrs_coding_incident_id")),
    )
    op.create_index(op.f("ix_nibrs_coding_changed_at"), "nibrs_coding", ["changed_at"], unique=False)
    op.create_table(
        "nibrs_file",
        sa.Column("direction", sa.Enum("made", "read", name="direction", native_enum=False, length=32), nullable=False),
        sa.Column("format", sa.Enum("flat", "xml", name="format", native_enum=False, length=32), nullable=False),
        sa.Column("ori", sa.String(length=9), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_nibrs_file_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nibrs_file")),
    )
    op.create_index(op.f("ix_nibrs_file_made_at"), "nibrs_file", ["made_at"], unique=False)
    op.create_table(
        "nibrs_entry",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("action", sa.String(length=1), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("happened", sa.String(length=8), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["nibrs_file.id"], name=op.f("fk_nibrs_entry_file_id_nibrs_file")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_nibrs_entry_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nibrs_entry")),
    )
    for column in ("file_id", "incident_id", "number"):
        op.create_index(op.f(f"ix_nibrs_entry_{column}"), "nibrs_entry", [column], unique=False)
    op.create_table(
        "nibrs_response",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("violations", JSON, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attached_by", sa.Uuid(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["attached_by"], ["officer.id"], name=op.f("fk_nibrs_response_attached_by_officer")),
        sa.ForeignKeyConstraint(["entry_id"], ["nibrs_entry.id"], name=op.f("fk_nibrs_response_entry_id_nibrs_entry")),
        sa.ForeignKeyConstraint(["file_id"], ["nibrs_file.id"], name=op.f("fk_nibrs_response_file_id_nibrs_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nibrs_response")),
    )
    op.create_index(op.f("ix_nibrs_response_file_id"), "nibrs_response", ["file_id"], unique=False)
    for table in ("nibrs_file", "nibrs_response"):
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION blotter_refuse_change()"
        )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    for table in ("nibrs_response", "nibrs_entry", "nibrs_file", "nibrs_coding"):
        op.drop_table(table)
