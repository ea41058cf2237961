"""Audits and counts: draws of recordings to listen to with what was heard, and indicators imported from files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0020"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)
TABLES = (
    "warning_indicator_standing",
    "warning_count",
    "warning_counts_file",
    "warning_indicator",
    "audit_moment",
    "audit_item",
    "audit_draw",
)


def upgrade() -> None:
    """Adds the tables; nothing that is there changes."""
    _audits()
    _counts()


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    for table in TABLES:
        op.drop_table(table)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def _needed(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def _table(name: str, *columns: sa.Column, keys: dict[str, str], index: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}_{other}"))
            for column, other in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _audits() -> None:
    _table(
        "audit_draw",
        _needed("at", WHEN),
        _needed("drawn_by", sa.Uuid()),
        _needed("kind", _choice("drawkind", "random", "ranked")),
        _needed("seed", sa.String(length=100)),
        _needed("first_day", sa.Date()),
        _needed("last_day", sa.Date()),
        _needed("wanted", sa.Integer()),
        _needed("recordings", sa.Integer()),
        _needed("hours", sa.Double()),
        _needed("population_sha256", sa.String(length=64)),
        _needed("population", sa.LargeBinary()),
        keys={"drawn_by": "officer"},
        index=("at",),
    )
    _table(
        "audit_item",
        *(_needed(name, sa.Uuid()) for name in ("draw_id", "evidence_id", "officer_id")),
        _needed("place", sa.Integer()),
        _needed("speech_s", sa.Double()),
        _needed("state", _choice("listenstate", "open", "heard", "unhearable")),
        sa.Column("heard_by", sa.Uuid(), nullable=True),
        sa.Column("heard_at", WHEN, nullable=True),
        _needed("note", sa.Text()),
        keys={"draw_id": "audit_draw", "evidence_id": "evidence", "officer_id": "officer", "heard_by": "officer"},
        index=("draw_id", "evidence_id", "officer_id"),
    )
    op.create_unique_constraint(op.f("uq_audit_item_draw_id_evidence_id"), "audit_item", ["draw_id", "evidence_id"])
    _table(
        "audit_moment",
        _needed("item_id", sa.Uuid()),
        _needed("at_s", sa.Double()),
        _needed("category", sa.String(length=40)),
        _needed("rule", sa.String(length=80)),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        _needed("heard", sa.Boolean()),
        _needed("found", sa.Boolean()),
        keys={"item_id": "audit_item"},
        index=("item_id",),
    )
    op.execute(
        "CREATE TRIGGER audit_draw_kept BEFORE UPDATE OR DELETE ON audit_draw "
        "FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
    )


def _counts() -> None:
    _table(
        "warning_indicator",
        _needed("name", sa.String(length=60)),
        _needed("per", sa.String(length=60)),
        _needed("least", sa.Double()),
        _needed("made_by", sa.Uuid()),
        _needed("made_at", WHEN),
        keys={"made_by": "officer"},
    )
    op.create_unique_constraint(op.f("uq_warning_indicator_name"), "warning_indicator", ["name"])
    _table(
        "warning_counts_file",
        _needed("name", sa.String(length=200)),
        _needed("sha256", sa.String(length=64)),
        _needed("content", sa.LargeBinary()),
        _needed("state", _choice("filestate", "uploaded", "taken", "given_up")),
        sa.Column("indicator_id", sa.Uuid(), nullable=True),
        _needed("mapping", JSON),
        _needed("outcome", JSON),
        _needed("sent_by", sa.Uuid()),
        _needed("sent_at", WHEN),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", WHEN, nullable=True),
        keys={"indicator_id": "warning_indicator", "sent_by": "officer", "taken_by": "officer"},
        index=("sha256",),
    )
    _table(
        "warning_count",
        *(_needed(name, sa.Uuid()) for name in ("indicator_id", "file_id", "officer_id", "unit_id")),
        _needed("day", sa.Date()),
        _needed("number", sa.Integer()),
        sa.Column("exposure", sa.Double(), nullable=True),
        _needed("key", sa.String(length=120)),
        keys={
            "indicator_id": "warning_indicator",
            "file_id": "warning_counts_file",
            "officer_id": "officer",
            "unit_id": "unit",
        },
        index=("file_id", "officer_id"),
    )
    op.create_unique_constraint(op.f("uq_warning_count_indicator_id_key"), "warning_count", ["indicator_id", "key"])
    op.create_table(
        "warning_indicator_standing",
        *(_needed(name, sa.Uuid()) for name in ("officer_id", "indicator_id")),
        _needed("events", sa.Integer()),
        *(_needed(name, sa.Double()) for name in ("expected", "exposure", "ratio", "low", "high", "probability")),
        *(_needed(name, sa.Boolean()) for name in ("enough", "above")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_warning_indicator_standing_{column}_{other}")
            )
            for column, other in (("officer_id", "officer"), ("indicator_id", "warning_indicator"))
        ),
        sa.PrimaryKeyConstraint("officer_id", "indicator_id", name=op.f("pk_warning_indicator_standing")),
    )
