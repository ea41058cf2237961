"""Reports; drafts and versions refuse change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "report",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "submitted", "returned", "approved", "filed", name="reportstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name=op.f("fk_report_author_id_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_report_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_report_incident_id")),
    )
    op.create_index(op.f("ix_report_author_id"), "report", ["author_id"], unique=False)
    op.create_index(op.f("ix_report_state"), "report", ["state"], unique=False)
    op.create_table(
        "version",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "submitted", "returned", "approved", "filed", name="reportstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_version_created_by_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_version_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_version_report_id_number")),
    )
    op.create_index(op.f("ix_version_report_id"), "version", ["report_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "draft", "submitted", "returned", "approved", "filed", name="reportstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_review_report_id_report")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["officer.id"], name=op.f("fk_review_reviewer_id_officer")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_review_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_report_id"), "review", ["report_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_signature_officer_id_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_signature_report_id_report")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_signature_version_id_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_report_id"), "signature", ["report_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("engines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_draft_report_id_report")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_draft_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_draft_report_id_number")),
        sa.UniqueConstraint("step_id", name=op.f("uq_draft_step_id")),
    )
    op.create_index(op.f("ix_draft_report_id"), "draft", ["report_id"], unique=False)
    op.create_table(
        "sentence",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("machine_text", sa.Text(), nullable=False),
        sa.Column(
            "authorship",
            sa.Enum("machine", "edited", "officer", name="authorship", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_sentence_draft_id_draft")),
        sa.ForeignKeyConstraint(["edited_by"], ["officer.id"], name=op.f("fk_sentence_edited_by_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_sentence_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
    )
    op.create_index(op.f("ix_sentence_report_id"), "sentence", ["report_id"], unique=False)
    op.create_table(
        "sentence_source",
        sa.Column("sentence_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_sentence_source_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_sentence_source_sentence_id_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence_source")),
    )
    op.create_index(op.f("ix_sentence_source_sentence_id"), "sentence_source", ["sentence_id"], unique=False)
    # ### end Alembic commands ###
    op.execute(
        "CREATE TRIGGER draft_kept BEFORE UPDATE OR DELETE ON draft FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute("CREATE TRIGGER draft_never_emptied BEFORE TRUNCATE ON draft EXECUTE FUNCTION blotter_refuse_change()")
    op.execute(
        "CREATE TRIGGER version_kept BEFORE UPDATE OR DELETE ON version FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER version_never_emptied BEFORE TRUNCATE ON version EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER signature_kept BEFORE UPDATE OR DELETE ON signature FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER signature_never_emptied BEFORE TRUNCATE ON signature EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER review_kept BEFORE UPDATE OR DELETE ON review FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute("CREATE TRIGGER review_never_emptied BEFORE TRUNCATE ON review EXECUTE FUNCTION blotter_refuse_change()")


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("signature")
    op.drop_table("review")
    op.drop_table("sentence_source")
    op.drop_table("sentence")
    op.drop_table("version")
    op.drop_table("draft")
    op.drop_table("report")
