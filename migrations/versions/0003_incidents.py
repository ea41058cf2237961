"""Incidents, their people and offences, and who works on them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the tables of this room."""
    op.create_table(
        "incident_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_incident_counter")),
    )
    op.create_table(
        "incident",
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "traffic_stop",
                "arrest",
                "domestic_disturbance",
                "theft",
                "use_of_force",
                "found_property",
                "other",
                name="incidentkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state", sa.Enum("open", "closed", name="incidentstate", native_enum=False, length=32), nullable=False
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by"], ["officer.id"], name=op.f("fk_incident_opened_by_officer")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_incident_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index("ix_incident_occurred", "incident", [sa.literal_column("occurred_at DESC"), "id"], unique=False)
    op.create_index(op.f("ix_incident_occurred_at"), "incident", ["occurred_at"], unique=False)
    op.create_index(op.f("ix_incident_opened_by"), "incident", ["opened_by"], unique=False)
    op.create_index(op.f("ix_incident_unit_id"), "incident", ["unit_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_assignment_incident_id_incident")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_assignment_officer_id_officer")),
        sa.PrimaryKeyConstraint("incident_id", "officer_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_officer_id"), "assignment", ["officer_id"], unique=False)
    op.create_table(
        "offence",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["officer.id"], name=op.f("fk_offence_entered_by_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_offence_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence")),
    )
    op.create_index(op.f("ix_offence_incident_id"), "offence", ["incident_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "victim",
                "suspect",
                "witness",
                "driver",
                "passenger",
                "other",
                name="part",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("mention_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["officer.id"], name=op.f("fk_participant_entered_by_officer")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_participant_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_incident_id"), "participant", ["incident_id"], unique=False)


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.drop_table("assignment")
    op.drop_table("offence")
    op.drop_table("participant")
    op.drop_table("incident_counter")
    op.drop_table("incident")
