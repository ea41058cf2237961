"""Language events, exposure, dispositions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "disposition",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "no_concern",
                "coaching",
                "training",
                "wellness",
                "referred",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_disposition_decided_by_officer")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_disposition_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_index(op.f("ix_disposition_officer_id"), "disposition", ["officer_id"], unique=False)
    op.create_table(
        "exposure",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("speech_s", sa.Double(), nullable=False),
        sa.Column("utterances", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_exposure_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_exposure_officer_id_officer")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_exposure_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_exposure_evidence_id")),
    )
    op.create_index(op.f("ix_exposure_officer_id"), "exposure", ["officer_id"], unique=False)
    op.create_index(op.f("ix_exposure_said_at"), "exposure", ["said_at"], unique=False)
    op.create_table(
        "language_event",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("utterance_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column(
            "polarity",
            sa.Enum("aggressive", "courteous", "neutral", name="polarity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("phrase", sa.String(length=400), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("directed", sa.Boolean(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("word_confidence", sa.Double(), nullable=False),
        sa.Column("speaker_confidence", sa.Double(), nullable=False),
        sa.Column("engine", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("proposed", "confirmed", "rejected", name="decision", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_language_event_decided_by_officer")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_language_event_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_language_event_officer_id_officer")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_language_event_step_id_step")),
        sa.ForeignKeyConstraint(
            ["utterance_id"], ["utterance.id"], name=op.f("fk_language_event_utterance_id_utterance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_event")),
    )
    op.create_index(op.f("ix_language_event_evidence_id"), "language_event", ["evidence_id"], unique=False)
    op.create_index(op.f("ix_language_event_officer_id"), "language_event", ["officer_id"], unique=False)
    op.create_index(op.f("ix_language_event_said_at"), "language_event", ["said_at"], unique=False)
    op.create_index(op.f("ix_language_event_step_id"), "language_event", ["step_id"], unique=False)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("disposition")
    op.drop_table("exposure")
    op.drop_table("language_event")
