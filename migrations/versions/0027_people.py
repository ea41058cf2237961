"""The master index, mentions put together within an incident, and decisions on mentions that can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds tables, and columns whose defaults serve code that does not know them."""
    op.create_table(
        "index_entry",
        sa.Column(
            "kind",
            sa.Enum("person", "vehicle", "place", "property", name="entrykind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_index_entry_made_by_officer")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["index_entry.id"], name=op.f("fk_index_entry_merged_into_index_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entry")),
    )
    op.create_index(op.f("ix_index_entry_merged_into"), "index_entry", ["merged_into"], unique=False)
    op.create_table(
        "index_appearance",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("engine", JSON, nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("linked_at", WHEN, nullable=False),
        sa.Column("unlinked_by", sa.Uuid(), nullable=True),
        sa.Column("unlinked_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["index_entry.id"], name=op.f("fk_index_appearance_entry_id_index_entry")
        ),
        sa.ForeignKeyConstraint(["linked_by"], ["officer.id"], name=op.f("fk_index_appearance_linked_by_officer")),
        sa.ForeignKeyConstraint(["unlinked_by"], ["officer.id"], name=op.f("fk_index_appearance_unlinked_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_appearance")),
    )
    op.create_index(op.f("ix_index_appearance_entry_id"), "index_appearance", ["entry_id"], unique=False)
    op.create_index(op.f("ix_index_appearance_group_id"), "index_appearance", ["group_id"], unique=False)
    op.create_index(op.f("ix_index_appearance_incident_id"), "index_appearance", ["incident_id"], unique=False)
    op.create_table(
        "index_fact",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "name",
                "date_of_birth",
                "phone",
                "email",
                "ssn",
                "driver_licence",
                "address",
                "plate",
                "vin",
                "description",
                "serial",
                name="factkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("mention_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("start_s", sa.Double(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["officer.id"], name=op.f("fk_index_fact_confirmed_by_officer")),
        sa.ForeignKeyConstraint(["entry_id"], ["index_entry.id"], name=op.f("fk_index_fact_entry_id_index_entry")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["officer.id"], name=op.f("fk_index_fact_withdrawn_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_fact")),
    )
    op.create_index(op.f("ix_index_fact_entry_id"), "index_fact", ["entry_id"], unique=False)
    op.create_index(op.f("ix_index_fact_mention_id"), "index_fact", ["mention_id"], unique=False)
    op.create_table(
        "index_merge",
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", WHEN, nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["index_entry.id"], name=op.f("fk_index_merge_kept_id_index_entry")),
        sa.ForeignKeyConstraint(["merged_by"], ["officer.id"], name=op.f("fk_index_merge_merged_by_officer")),
        sa.ForeignKeyConstraint(["merged_id"], ["index_entry.id"], name=op.f("fk_index_merge_merged_id_index_entry")),
        sa.ForeignKeyConstraint(["undone_by"], ["officer.id"], name=op.f("fk_index_merge_undone_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_merge")),
    )
    op.create_index(op.f("ix_index_merge_kept_id"), "index_merge", ["kept_id"], unique=False)
    op.create_index(op.f("ix_index_merge_merged_id"), "index_merge", ["merged_id"], unique=False)
    op.create_table(
        "mention_group",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "state", sa.Enum("proposed", "confirmed", name="groupstate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("engine", JSON, nullable=False),
        sa.Column("declined", JSON, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.id"], name=op.f("fk_mention_group_decided_by_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_mention_group_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention_group")),
    )
    op.create_index(op.f("ix_mention_group_incident_id"), "mention_group", ["incident_id"], unique=False)
    op.create_table(
        "index_key",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["index_entry.id"], name=op.f("fk_index_key_entry_id_index_entry")),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["index_fact.id"], name=op.f("fk_index_key_fact_id_index_fact"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fact_id", "key", name=op.f("pk_index_key")),
    )
    op.create_index("ix_index_key_entry", "index_key", ["entry_id"], unique=False)
    op.create_index("ix_index_key_key", "index_key", ["key", "entry_id"], unique=False)
    op.create_table(
        "mention_act",
        sa.Column("mention_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("undone_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["officer.id"], name=op.f("fk_mention_act_by_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_mention_act_incident_id_incident")),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mention.id"], name=op.f("fk_mention_act_mention_id_mention"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention_act")),
    )
    op.create_index(op.f("ix_mention_act_batch"), "mention_act", ["batch"], unique=False)
    op.create_index("ix_mention_act_latest", "mention_act", ["incident_id", "by", "at"], unique=False)
    op.create_index(op.f("ix_mention_act_mention_id"), "mention_act", ["mention_id"], unique=False)
    op.create_table(
        "mention_member",
        sa.Column("mention_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("placed_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["mention_group.id"],
            name=op.f("fk_mention_member_group_id_mention_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mention.id"], name=op.f("fk_mention_member_mention_id_mention"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["officer.id"], name=op.f("fk_mention_member_placed_by_officer")),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_mention_member")),
    )
    op.create_index(op.f("ix_mention_member_group_id"), "mention_member", ["group_id"], unique=False)
    op.add_column("mention", sa.Column("detail", JSON, nullable=False, server_default="{}"))
    op.add_column("mention", sa.Column("said", JSON, nullable=False, server_default="{}"))
    op.add_column("mention", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("mention", sa.Column("carried_to", sa.Uuid(), nullable=True))
    op.alter_column("mention", "step_id", existing_type=sa.UUID(), nullable=True)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.alter_column("mention", "step_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("mention", "carried_to")
    op.drop_column("mention", "edition")
    op.drop_column("mention", "said")
    op.drop_column("mention", "detail")
    op.drop_index(op.f("ix_mention_member_group_id"), table_name="mention_member")
    op.drop_table("mention_member")
    op.drop_index(op.f("ix_mention_act_mention_id"), table_name="mention_act")
    op.drop_index("ix_mention_act_latest", table_name="mention_act")
    op.drop_index(op.f("ix_mention_act_batch"), table_name="mention_act")
    op.drop_table("mention_act")
    op.drop_index("ix_index_key_key", table_name="index_key")
    op.drop_index("ix_index_key_entry", table_name="index_key")
    op.drop_table("index_key")
    op.drop_index(op.f("ix_mention_group_incident_id"), table_name="mention_group")
    op.drop_table("mention_group")
    op.drop_index(op.f("ix_index_merge_merged_id"), table_name="index_merge")
    op.drop_index(op.f("ix_index_merge_kept_id"), table_name="index_merge")
    op.drop_table("index_merge")
    op.drop_index(op.f("ix_index_fact_mention_id"), table_name="index_fact")
    op.drop_index(op.f("ix_index_fact_entry_id"), table_name="index_fact")
    op.drop_table("index_fact")
    op.drop_index(op.f("ix_index_appearance_incident_id"), table_name="index_appearance")
    op.drop_index(op.f("ix_index_appearance_group_id"), table_name="index_appearance")
    op.drop_index(op.f("ix_index_appearance_entry_id"), table_name="index_appearance")
    op.drop_table("index_appearance")
    op.drop_index(op.f("ix_index_entry_merged_into"), table_name="index_entry")
    op.drop_table("index_entry")
