"""Uploads, sealed evidence, renditions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "upload",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "received", "terminated", name="uploadstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("claimed_type", sa.String(length=120), nullable=False),
        sa.Column("claimed_sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_s", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_upload_incident_id_incident")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_upload_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_incident_id"), "upload", ["incident_id"], unique=False)
    op.create_index(op.f("ix_upload_officer_id"), "upload", ["officer_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("received", "sealed", "quarantined", name="evidencestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("original_name", sa.String(length=255), nullable=False),
        sa.Column(
            "media_kind",
            sa.Enum("video", "audio", "image", "document", "other", name="mediakind", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("claimed_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["duplicate_of"], ["evidence.id"], name=op.f("fk_evidence_duplicate_of_evidence")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_evidence_incident_id_incident")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_evidence_officer_id_officer")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_evidence_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_evidence_upload_id")),
    )
    op.create_index(op.f("ix_evidence_incident_id"), "evidence", ["incident_id"], unique=False)
    op.create_index(op.f("ix_evidence_officer_id"), "evidence", ["officer_id"], unique=False)
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_table(
        "rendition",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("parent_sha256", sa.String(length=64), nullable=False),
        sa.Column("tool", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_rendition_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
    )
    op.create_index(op.f("ix_rendition_evidence_id"), "rendition", ["evidence_id"], unique=False)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("rendition")
    op.drop_table("evidence")
    op.drop_table("upload")
