"""Retention: categories and rules, holds, the deletion queue, tombstones, release clocks. Evidence rows stay for ever."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
KEPT = ("retention_rule", "tombstone", "release_delay")
STAYS = """
CREATE FUNCTION blotter_stay_purged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'item % was purged: its record stays as it is', OLD.id;
END $$
"""


def upgrade() -> None:
    """Adds the tables of retention; nothing is deletable until a person gives it a category."""
    op.create_table(
        "retention_category",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_category")),
        sa.UniqueConstraint("code", name=op.f("uq_retention_category_code")),
    )
    op.create_table(
        "retention_proposal",
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("retire", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column(
            "counts_from",
            sa.Enum("recorded", "received", name="countsfrom", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("affected_now", sa.Integer(), nullable=False),
        sa.Column("affected_month", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "approved", "rejected", name="proposalstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["retention_category.id"],
            name=op.f("fk_retention_proposal_category_id_retention_category"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_retention_proposal_decided_by_officer")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["officer.id"], name=op.f("fk_retention_proposal_proposed_by_officer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_proposal")),
    )
    op.create_index(op.f("ix_retention_proposal_category_id"), "retention_proposal", ["category_id"], unique=False)
    op.create_table(
        "retention_rule",
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column(
            "counts_from",
            sa.Enum("recorded", "received", name="countsfrom", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("unverified", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["officer.id"], name=op.f("fk_retention_rule_approved_by_officer")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["retention_category.id"], name=op.f("fk_retention_rule_category_id_retention_category")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_retention_rule_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("category_id", "number", name=op.f("uq_retention_rule_category_id_number")),
    )
    op.create_index(op.f("ix_retention_rule_category_id"), "retention_rule", ["category_id"], unique=False)
    op.create_table(
        "critical_incident",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alerts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flagged_by", sa.Uuid(), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=False),
        sa.Column("end_reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["ended_by"], ["officer.id"], name=op.f("fk_critical_incident_ended_by_officer")),
        sa.ForeignKeyConstraint(["flagged_by"], ["officer.id"], name=op.f("fk_critical_incident_flagged_by_officer")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_critical_incident_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_critical_incident")),
    )
    op.create_index(op.f("ix_critical_incident_due_at"), "critical_incident", ["due_at"], unique=False)
    op.create_table(
        "release_delay",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["critical_incident.incident_id"],
            name=op.f("fk_release_delay_incident_id_critical_incident"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_release_delay_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_delay")),
    )
    op.create_index(op.f("ix_release_delay_incident_id"), "release_delay", ["incident_id"], unique=False)
    op.create_table(
        "evidence_category",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["retention_category.id"], name=op.f("fk_evidence_category_category_id_retention_category")
        ),
        sa.ForeignKeyConstraint(["chosen_by"], ["officer.id"], name=op.f("fk_evidence_category_chosen_by_officer")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_category_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("evidence_id", "category_id", name=op.f("pk_evidence_category")),
    )
    op.create_index(op.f("ix_evidence_category_category_id"), "evidence_category", ["category_id"], unique=False)
    op.create_table(
        "evidence_hold",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "litigation",
                "prosecution",
                "investigation",
                "complaint",
                "internal_affairs",
                "public_records",
                "other",
                name="holdreason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_hold_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_evidence_hold_incident_id_incident")),
        sa.ForeignKeyConstraint(["placed_by"], ["officer.id"], name=op.f("fk_evidence_hold_placed_by_officer")),
        sa.ForeignKeyConstraint(["released_by"], ["officer.id"], name=op.f("fk_evidence_hold_released_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_hold")),
    )
    op.create_index(op.f("ix_evidence_hold_evidence_id"), "evidence_hold", ["evidence_id"], unique=False)
    op.create_index(op.f("ix_evidence_hold_incident_id"), "evidence_hold", ["incident_id"], unique=False)
    op.create_table(
        "purge_queue",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purge_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_purge_queue_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["rule_id"], ["retention_rule.id"], name=op.f("fk_purge_queue_rule_id_retention_rule")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_purge_queue")),
    )
    op.create_index(op.f("ix_purge_queue_purge_at"), "purge_queue", ["purge_at"], unique=False)
    op.create_table(
        "retention_extension",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_retention_extension_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_retention_extension_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_extension")),
    )
    op.create_index(op.f("ix_retention_extension_evidence_id"), "retention_extension", ["evidence_id"], unique=False)
    op.create_table(
        "retention_letting_go",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_retention_letting_go_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_retention_letting_go_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_letting_go")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_retention_letting_go_evidence_id")),
    )
    op.create_table(
        "tombstone",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("incident_number", sa.String(length=12), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("rule_name", sa.String(length=80), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=False),
        sa.Column("rule_days", sa.Integer(), nullable=False),
        sa.Column("purged_by", sa.String(length=200), nullable=False),
        sa.Column("removed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_tombstone_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["rule_id"], ["retention_rule.id"], name=op.f("fk_tombstone_rule_id_retention_rule")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_purged_at"), "tombstone", ["purged_at"], unique=False)
    op.create_table(
        "purge_object",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["tombstone.evidence_id"], name=op.f("fk_purge_object_evidence_id_tombstone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_object")),
    )
    op.create_index(op.f("ix_purge_object_evidence_id"), "purge_object", ["evidence_id"], unique=False)
    op.create_index(
        "ix_purge_object_open", "purge_object", ["id"], unique=False, postgresql_where=sa.text("over_at IS NULL")
    )
    op.create_index(op.f("ix_purge_object_storage_key"), "purge_object", ["storage_key"], unique=False)
    op.alter_column("language_event", "utterance_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("upload", sa.Column("category", sa.String(length=40), server_default="", nullable=False))
    op.alter_column("upload", "category", server_default=None)
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION blotter_refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER evidence_never_deleted BEFORE DELETE ON evidence"
        " FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER evidence_never_emptied BEFORE TRUNCATE ON evidence EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(STAYS)
    op.execute(
        "CREATE TRIGGER evidence_stays_purged BEFORE UPDATE ON evidence FOR EACH ROW"
        " WHEN (OLD.state = 'purged') EXECUTE FUNCTION blotter_stay_purged()"
    )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.execute("DROP TRIGGER evidence_stays_purged ON evidence")
    op.execute("DROP TRIGGER evidence_never_deleted ON evidence")
    op.execute("DROP TRIGGER evidence_never_emptied ON evidence")
    op.execute("DROP FUNCTION blotter_stay_purged()")
    op.drop_column("upload", "category")
    op.alter_column("language_event", "utterance_id", existing_type=sa.UUID(), nullable=False)
    op.drop_index(op.f("ix_purge_object_storage_key"), table_name="purge_object")
    op.drop_index("ix_purge_object_open", table_name="purge_object", postgresql_where=sa.text("over_at IS NULL"))
    op.drop_index(op.f("ix_purge_object_evidence_id"), table_name="purge_object")
    op.drop_table("purge_object")
    op.drop_index(op.f("ix_tombstone_purged_at"), table_name="tombstone")
    op.drop_table("tombstone")
    op.drop_table("retention_letting_go")
    op.drop_index(op.f("ix_retention_extension_evidence_id"), table_name="retention_extension")
    op.drop_table("retention_extension")
    op.drop_index(op.f("ix_purge_queue_purge_at"), table_name="purge_queue")
    op.drop_table("purge_queue")
    op.drop_index(op.f("ix_evidence_hold_incident_id"), table_name="evidence_hold")
    op.drop_index(op.f("ix_evidence_hold_evidence_id"), table_name="evidence_hold")
    op.drop_table("evidence_hold")
    op.drop_index(op.f("ix_evidence_category_category_id"), table_name="evidence_category")
    op.drop_table("evidence_category")
    op.drop_index(op.f("ix_release_delay_incident_id"), table_name="release_delay")
    op.drop_table("release_delay")
    op.drop_index(op.f("ix_critical_incident_due_at"), table_name="critical_incident")
    op.drop_table("critical_incident")
    op.drop_index(op.f("ix_retention_rule_category_id"), table_name="retention_rule")
    op.drop_table("retention_rule")
    op.drop_index(op.f("ix_retention_proposal_category_id"), table_name="retention_proposal")
    op.drop_table("retention_proposal")
    op.drop_table("retention_category")
