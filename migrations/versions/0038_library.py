"""The library: a row for each item, kept collections, playlists, columns, acts on many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)
GIN = {"postgresql_using": "gin"}


def upgrade() -> None:
    """Adds tables, and asks for the rows of what is here: one job for each incident with evidence."""
    _item()
    _kept()
    _playlists()
    op.execute(
        "INSERT INTO outbox_job (task, queue, arguments, created_at, due_at) SELECT DISTINCT 'shelve_incident', 'default',"
        " jsonb_build_object('incident_id', incident_id), now(), now() FROM evidence"
    )


def downgrade() -> None:
    """Takes them away; playlists and collections go with them."""
    op.execute("DELETE FROM outbox_job WHERE task IN ('shelve', 'shelve_incident') AND sent_at IS NULL")
    for table in ("playlist_part", "playlist", "library_act", "library_columns", "library_collection", "library_item"):
        op.drop_table(table)


def _to(table: str, column: str, other: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **more)


def _item() -> None:
    op.create_table(
        "library_item",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("retention", sa.String(12), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("categories", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        *(_to("library_item", f"{other}_id", other) for other in ("evidence", "incident", "officer", "unit")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_library_item")),
    )
    for column in ("words", "tags"):
        op.create_index(
            f"ix_library_item_{column}", "library_item", [column], **GIN, postgresql_with={"fastupdate": "off"}
        )
    op.create_index("ix_library_item_categories", "library_item", ["categories"], **GIN)
    newest = sa.text("at DESC")
    op.create_index("ix_library_item_newest", "library_item", [newest, "evidence_id"])
    for name, column in (
        ("incident", "incident_id"),
        ("officer", "officer_id"),
        ("unit", "unit_id"),
        ("place", "place"),
    ):
        op.create_index(f"ix_library_item_{name}", "library_item", [column, newest])
    for name, column in (("title", "title"), ("number", "number"), ("size", "size"), ("duration", "duration_s")):
        op.create_index(f"ix_library_item_{name}", "library_item", [column, "evidence_id"])
    op.create_index("ix_library_item_where", "library_item", ["at"], postgresql_where=sa.text("lat IS NOT NULL"))


def _kept() -> None:
    op.create_table(
        "library_collection",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("asked", sa.String(2000), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("library_collection", "officer_id", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_collection")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_library_collection_officer_id_name")),
    )
    op.create_table(
        "library_columns",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("shown", JSON, nullable=False),
        _to("library_columns", "officer_id", "officer"),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_library_columns")),
    )
    op.create_table(
        "library_act",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("done", JSON, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("undone_at", WHEN, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("library_act", "officer_id", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_act")),
    )
    op.create_index(op.f("ix_library_act_officer_id"), "library_act", ["officer_id"])


def _playlists() -> None:
    op.create_table(
        "playlist",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("playlist", "officer_id", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist")),
    )
    op.create_index(op.f("ix_playlist_officer_id"), "playlist", ["officer_id"])
    op.create_table(
        "playlist_part",
        sa.Column("playlist_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("playlist_part", "playlist_id", "playlist", ondelete="CASCADE"),
        _to("playlist_part", "evidence_id", "evidence"),
        _to("playlist_part", "added_by", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlist_part")),
    )
    op.create_index(op.f("ix_playlist_part_evidence_id"), "playlist_part", ["evidence_id"])
    op.create_index("ix_playlist_part_order", "playlist_part", ["playlist_id", "position"])
