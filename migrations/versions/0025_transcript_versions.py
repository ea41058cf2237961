"""Versions of transcripts: what people corrected, and what stood before; spoken words found by an index.

Two guards stand in the database itself: no new words where the old ones are not kept, and no change of what the machine
said. Code that does not know the new columns goes on adding utterances and deleting its own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
JSON = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)
KINDS = ("machine", "correction", "speakers", "replace", "import", "carried", "undo")


def upgrade() -> None:
    """Adds the columns, the tables, the index and the guards."""
    op.add_column("transcript", sa.Column("read_number", sa.Integer(), server_default="1", nullable=False))
    op.add_column("utterance", sa.Column("born", sa.Integer(), server_default="1", nullable=False))
    op.add_column("utterance", sa.Column("edition", sa.Integer(), server_default="1", nullable=False))
    op.add_column("utterance", sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("utterance", sa.Column("redactions", JSON, server_default="[]", nullable=False))
    op.alter_column("utterance", "speaker", type_=sa.String(80), existing_nullable=False)
    op.create_index(
        "ix_utterance_said",
        "utterance",
        [sa.text("to_tsvector('english'::regconfig, text)")],
        unique=False,
        postgresql_using="gin",
    )
    _tables()
    _guards()


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    op.execute("DROP TRIGGER utterance_words_kept ON utterance")
    op.execute("DROP FUNCTION blotter_words_kept()")
    op.drop_table("utterance_revision")
    op.execute("DROP FUNCTION blotter_machine_said()")
    op.drop_table("transcript_version")
    op.drop_index("ix_utterance_said", table_name="utterance", postgresql_using="gin")
    op.alter_column("utterance", "speaker", type_=sa.String(20), existing_nullable=False)
    for column in ("redactions", "gone", "edition", "born"):
        op.drop_column("utterance", column)
    op.drop_column("transcript", "read_number")


def _tables() -> None:
    op.create_table(
        "transcript_version",
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="versionkind", native_enum=False, length=32), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("closed_at", WHEN, nullable=True),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("source", JSON, nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_transcript_version_transcript_id_transcript")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["officer.id"], name=op.f("fk_transcript_version_made_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_version")),
        sa.UniqueConstraint("transcript_id", "number", name=op.f("uq_transcript_version_transcript_id_number")),
    )
    op.create_table(
        "utterance_revision",
        sa.Column("utterance_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("words", "speaker", "redacted", "stands", name="part", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("content", JSON, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["utterance_id"], ["utterance.id"], name=op.f("fk_utterance_revision_utterance_id_utterance")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_utterance_revision_version_id_transcript_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utterance_revision")),
        sa.UniqueConstraint(
            "utterance_id", "part", "version_id", name=op.f("uq_utterance_revision_utterance_id_part_version_id")
        ),
    )
    op.create_index(op.f("ix_utterance_revision_version_id"), "utterance_revision", ["version_id"], unique=False)


def _guards() -> None:
    op.execute(
        "CREATE FUNCTION blotter_words_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM utterance_revision r WHERE r.utterance_id = OLD.id AND r.part = 'words') THEN "
        "RAISE EXCEPTION 'refused: the words of utterance % are not kept in any version', OLD.id; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER utterance_words_kept BEFORE UPDATE OF text, words ON utterance FOR EACH ROW "
        "WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.words IS DISTINCT FROM NEW.words) "
        "EXECUTE FUNCTION blotter_words_kept()"
    )
    op.execute(
        "CREATE FUNCTION blotter_machine_said() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM transcript_version v WHERE v.id = OLD.version_id AND v.number = 1) THEN "
        "RAISE EXCEPTION 'refused: what the machine said is never changed'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER machine_said BEFORE UPDATE ON utterance_revision FOR EACH ROW "
        "EXECUTE FUNCTION blotter_machine_said()"
    )
