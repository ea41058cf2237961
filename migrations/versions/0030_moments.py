"""People's decisions on tags, and moments that are searched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds columns whose defaults serve code that does not know them, and tables; asks for the moments of what is here."""
    op.alter_column("tag", "step_id", nullable=True)
    op.add_column("tag", sa.Column("edition", sa.Integer(), server_default="1", nullable=False))
    op.add_column("tag", sa.Column("carried_to", sa.Uuid(), nullable=True))
    decision = sa.Enum("proposed", "confirmed", "rejected", name="decision", native_enum=False, length=32)
    op.add_column("tag", sa.Column("decision", decision, server_default="proposed", nullable=False))
    op.add_column("tag", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.add_column("tag", sa.Column("decided_at", WHEN, nullable=True))
    op.create_foreign_key(op.f("fk_tag_decided_by_officer"), "tag", "officer", ["decided_by"], ["id"])
    decided = sa.text("decision <> 'proposed'")
    op.create_index("ix_tag_decided", "tag", ["decision", "kind"], postgresql_where=decided)
    _tag_act()
    _moment()
    _saved_search()
    op.execute(
        "INSERT INTO outbox_job (task, queue, arguments, created_at, due_at) SELECT 'gather_moments', 'default',"
        " jsonb_build_object('evidence_id', id), now(), now() FROM evidence WHERE state = 'sealed'"
    )


def downgrade() -> None:
    """Takes them away; what a person added goes with them."""
    op.execute("DELETE FROM outbox_job WHERE task = 'gather_moments' AND sent_at IS NULL")
    for table in ("saved_search", "moment", "tag_act"):
        op.drop_table(table)
    op.drop_index("ix_tag_decided", "tag")
    op.drop_constraint(op.f("fk_tag_decided_by_officer"), "tag", type_="foreignkey")
    for column in ("decided_at", "decided_by", "decision", "carried_to", "edition"):
        op.drop_column("tag", column)
    op.execute("DELETE FROM tag WHERE step_id IS NULL")
    op.alter_column("tag", "step_id", nullable=False)


def _tag_act() -> None:
    op.create_table(
        "tag_act",
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("undone_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_tag_act_by_officer")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_tag_act_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_act_tag_id_tag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_act")),
    )
    op.create_index(op.f("ix_tag_act_batch"), "tag_act", ["batch"])
    op.create_index(op.f("ix_tag_act_tag_id"), "tag_act", ["tag_id"])
    op.create_index("ix_tag_act_latest", "tag_act", ["evidence_id", "by", "at"])


def _moment() -> None:
    op.create_table(
        "moment",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=True),
        sa.Column("found", postgresql.TSVECTOR(), nullable=False),
        sa.Column("place", postgresql.TSVECTOR(), nullable=False),
        sa.Column("utterance_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tag_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_moment_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_moment_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moment")),
    )
    op.create_index(op.f("ix_moment_evidence_id"), "moment", ["evidence_id"])
    for column in ("found", "place"):
        op.create_index(
            f"ix_moment_{column}", "moment", [column], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        )
    op.create_index("ix_moment_newest", "moment", [sa.text("at DESC"), "id"])
    op.create_index("ix_moment_incident", "moment", ["incident_id", sa.text("at DESC")])


def _saved_search() -> None:
    op.create_table(
        "saved_search",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_saved_search_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_saved_search_officer_id_name")),
    )
