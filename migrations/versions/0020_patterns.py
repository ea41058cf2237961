"""Patterns and people: circumstances of exposure, moves between units, runs, standings, alerts, contests, levels.

Old recordings get the unit their incident was opened in when the officer opened it, otherwise the officer's own; the
shift by this station's clock, as for new ones. Code that does not know the new columns may go on writing exposure
meanwhile: a trigger fills them in.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)
SHIFTS = ("day", "evening", "night")
KINDS = ("traffic_stop", "arrest", "domestic_disturbance", "theft", "use_of_force", "found_property", "other")
STATES = ("new", "assigned", "reviewing", "no_concern", "coaching", "training", "wellness", "referred")


def upgrade() -> None:
    """Adds columns and tables, and fills the columns of old rows."""
    _circumstances()
    _people()
    _found()
    _alerts()


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    for table in (
        "warning_alert_step",
        "warning_alert",
        "pattern_standing",
        "pattern_run",
        "warning_levels",
        "contest",
        "moment_decision",
        "posting",
    ):
        op.drop_table(table)
    op.execute("DROP TRIGGER exposure_circumstances ON exposure")
    op.execute("DROP FUNCTION blotter_exposure_circumstances()")
    for column in ("unit_id", "shift", "kind"):
        op.drop_column("exposure", column)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=32)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _table(name: str, *columns: sa.Column, keys: dict[str, str], index: tuple[str, ...] = ()) -> None:
    known = {column.name for column in columns}
    identity = [sa.Column("id", sa.Uuid(), nullable=False)] if "id" not in known and name != "pattern_standing" else []
    primary = "officer_id" if name == "pattern_standing" else "id"
    op.create_table(
        name,
        *columns,
        *identity,
        *(_key(name, column, other) for column, other in keys.items()),
        sa.PrimaryKeyConstraint(primary, name=op.f(f"pk_{name}")),
    )
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _needed(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def _circumstances() -> None:
    op.add_column("exposure", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.add_column("exposure", sa.Column("shift", _choice("shift", *SHIFTS), nullable=True))
    op.add_column("exposure", sa.Column("kind", _choice("incidentkind", *KINDS), nullable=True))
    op.execute(
        "UPDATE exposure x SET kind = i.kind, "
        "unit_id = CASE WHEN i.opened_by = x.officer_id THEN i.unit_id ELSE o.unit_id END "
        "FROM evidence e JOIN incident i ON i.id = e.incident_id, officer o "
        "WHERE e.id = x.evidence_id AND o.id = x.officer_id"
    )
    _fill_shifts()
    op.execute(
        "CREATE FUNCTION blotter_exposure_circumstances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.unit_id IS NULL THEN SELECT o.unit_id INTO NEW.unit_id FROM officer o WHERE o.id = NEW.officer_id; END IF; "
        "IF NEW.kind IS NULL THEN SELECT i.kind INTO NEW.kind FROM evidence e JOIN incident i ON i.id = e.incident_id "
        "WHERE e.id = NEW.evidence_id; END IF; "
        "IF NEW.shift IS NULL THEN NEW.shift := CASE WHEN extract(hour FROM NEW.said_at) BETWEEN 7 AND 14 THEN 'day' "
        "WHEN extract(hour FROM NEW.said_at) BETWEEN 15 AND 22 THEN 'evening' ELSE 'night' END; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER exposure_circumstances BEFORE INSERT ON exposure FOR EACH ROW "
        "EXECUTE FUNCTION blotter_exposure_circumstances()"
    )
    for column in ("unit_id", "shift", "kind"):
        op.alter_column("exposure", column, nullable=False)
    op.create_foreign_key(op.f("fk_exposure_unit_id_unit"), "exposure", "unit", ["unit_id"], ["id"])
    op.create_index(op.f("ix_exposure_unit_id"), "exposure", ["unit_id"], unique=False)


def _fill_shifts() -> None:
    connection = op.get_bind()
    wanted = sa.text("SELECT id, said_at FROM exposure WHERE shift IS NULL LIMIT 5000")
    put = sa.text("UPDATE exposure SET shift = :shift WHERE id = ANY(:ids)")
    while rows := connection.execute(wanted).all():
        by_shift: dict[str, list[object]] = {}
        for row_id, said_at in rows:
            by_shift.setdefault(_shift(said_at), []).append(row_id)
        for shift, ids in by_shift.items():
            connection.execute(put, {"shift": shift, "ids": ids})


def _shift(moment: datetime) -> str:
    hour = moment.astimezone().hour
    return "day" if 7 <= hour < 15 else "evening" if 15 <= hour < 23 else "night"


def _people() -> None:
    _table(
        "posting",
        *(_needed(name, sa.Uuid()) for name in ("officer_id", "before_id", "after_id")),
        _needed("since", WHEN),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        _needed("entered_at", WHEN),
        keys={"officer_id": "officer", "before_id": "unit", "after_id": "unit", "entered_by": "officer"},
        index=("officer_id",),
    )
    _table(
        "moment_decision",
        _needed("event_id", sa.Uuid()),
        _needed("decision", _choice("decision", "proposed", "confirmed", "rejected")),
        _needed("reason", sa.Text()),
        _needed("decided_by", sa.Uuid()),
        _needed("decided_at", WHEN),
        keys={"event_id": "language_event", "decided_by": "officer"},
        index=("event_id",),
    )
    op.execute(
        "INSERT INTO moment_decision (id, event_id, decision, reason, decided_by, decided_at) "
        "SELECT gen_random_uuid(), id, decision, decision_reason, decided_by, decided_at FROM language_event "
        "WHERE decided_by IS NOT NULL AND decided_at IS NOT NULL"
    )
    _table(
        "contest",
        _needed("event_id", sa.Uuid()),
        _needed("officer_id", sa.Uuid()),
        _needed("state", _choice("conteststate", "open", "upheld", "refused")),
        _needed("statement", sa.Text()),
        _needed("made_at", WHEN),
        _needed("answer", sa.Text()),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        keys={"event_id": "language_event", "officer_id": "officer", "answered_by": "officer"},
        index=("event_id", "officer_id"),
    )
    op.create_index(
        "ix_contest_one_open", "contest", ["event_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )


def _found() -> None:
    _table(
        "warning_levels",
        sa.Column("number", sa.Integer(), nullable=True),
        _needed("state", _choice("levelsstate", "waiting", "approved", "rejected")),
        *(
            _needed(name, sa.Double())
            for name in ("percentile", "probability", "false_discovery_rate", "minimum_hours")
        ),
        _needed("remind_days", sa.Integer()),
        _needed("reason", sa.Text()),
        _needed("preview", JSON),
        _needed("proposed_by", sa.Uuid()),
        _needed("proposed_at", WHEN),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        keys={"proposed_by": "officer", "decided_by": "officer"},
    )
    op.create_unique_constraint(op.f("uq_warning_levels_number"), "warning_levels", ["number"])
    _table(
        "pattern_run",
        _needed("at", WHEN),
        _needed("first_month", sa.Date()),
        _needed("last_month", sa.Date()),
        *(_needed(name, JSON) for name in ("levels", "engine", "peers", "effects")),
        *(_needed(name, sa.Integer()) for name in ("officers", "alerts")),
        keys={},
        index=("at",),
    )
    _table(
        "pattern_standing",
        _needed("officer_id", sa.Uuid()),
        _needed("run_id", sa.Uuid()),
        *(_needed(name, sa.Integer()) for name in ("events", "utterances", "recordings")),
        *(_needed(name, sa.Double()) for name in ("expected", "hours", "ratio", "low", "high", "probability")),
        *(_needed(name, sa.Boolean()) for name in ("enough", "above")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("signalled", "since")),
        *(_needed(name, JSON) for name in ("months", "exposure")),
        keys={"officer_id": "officer", "run_id": "pattern_run"},
        index=("run_id",),
    )


def _alerts() -> None:
    _table(
        "warning_alert",
        _needed("officer_id", sa.Uuid()),
        _needed("state", _choice("alertstate", *STATES)),
        *(_needed(name, JSON) for name in ("levels", "engine", "figures", "latest")),
        *(_needed(name, WHEN) for name in ("raised_at", "latest_at", "touched_at")),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        _needed("reason", sa.Text()),
        keys={"officer_id": "officer", "assignee_id": "officer", "decided_by": "officer"},
        index=("officer_id", "assignee_id"),
    )
    op.create_index(
        "ix_warning_alert_one_open",
        "warning_alert",
        ["officer_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('new', 'assigned', 'reviewing')"),
    )
    _table(
        "warning_alert_step",
        _needed("alert_id", sa.Uuid()),
        _needed("at", WHEN),
        _needed("act", sa.String(length=40)),
        _needed("state", _choice("alertstate", *STATES)),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("by", "assignee_id")),
        _needed("reason", sa.Text()),
        _needed("figures", JSON),
        keys={"alert_id": "warning_alert", "by": "officer", "assignee_id": "officer"},
        index=("alert_id",),
    )
    for table in ("warning_alert_step", "pattern_run"):
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
        )
