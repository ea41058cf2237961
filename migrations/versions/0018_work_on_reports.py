"""Work on reports: supplements, comments, figures, findings, planted mistakes, recollections, rules, notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
KEPT = ("recollection", "agency_rule")
# What a filed report supplements is as fixed as its text.
REPORT_GUARD = """
CREATE OR REPLACE FUNCTION blotter_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted_at IS NOT NULL OR EXISTS (SELECT 1 FROM draft WHERE report_id = OLD.id) THEN
            RAISE EXCEPTION 'a report that was drafted or signed is kept: DELETE refused'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'filed'
        AND (OLD.id, OLD.incident_id, OLD.author_id, OLD.state, OLD.created_at, OLD.submitted_at, OLD.approved_at, OLD.filed_at%(more_old)s)
        IS DISTINCT FROM
            (NEW.id, NEW.incident_id, NEW.author_id, NEW.state, NEW.created_at, NEW.submitted_at, NEW.approved_at, NEW.filed_at%(more_new)s)
    THEN
        RAISE EXCEPTION 'a filed report is never changed: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""
DEFAULTS = (
    ("report", "supplement_number"),
    ("review", "number"),
    ("review", "reasons"),
    ("sentence", "engines"),
    ("sentence", "machine_characters"),
)


def upgrade() -> None:
    """Adds the tables; numbers the reviews there are, and counts for the lists what stands."""
    op.create_table(
        "agency_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_agency_rule_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_rule")),
    )
    op.create_index(op.f("ix_agency_rule_name"), "agency_rule", ["name"], unique=False)
    op.create_table(
        "notice_address",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_notice_address_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_notice_address")),
    )
    op.create_table(
        "recollection",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_recollection_incident_id_incident")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_recollection_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recollection")),
        sa.UniqueConstraint("incident_id", "officer_id", name=op.f("uq_recollection_incident_id_officer_id")),
    )
    op.create_index(op.f("ix_recollection_incident_id"), "recollection", ["incident_id"], unique=False)
    op.create_table(
        "finding_acknowledgement",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_finding_acknowledgement_officer_id_officer")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_finding_acknowledgement_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_acknowledgement")),
        sa.UniqueConstraint("report_id", "finding", name=op.f("uq_finding_acknowledgement_report_id_finding")),
    )
    op.create_index(
        op.f("ix_finding_acknowledgement_report_id"), "finding_acknowledgement", ["report_id"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "filed",
                "reopened",
                "commented",
                name="noticekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("mail_error", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_notice_officer_id_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_notice_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_officer_at", "notice", ["officer_id", "at"], unique=False)
    op.create_index(
        "ix_notice_unseen", "notice", ["officer_id"], unique=False, postgresql_where=sa.text("seen_at IS NULL")
    )
    op.create_table(
        "report_figures",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("machine_characters", sa.Integer(), nullable=False),
        sa.Column("sentences", sa.Integer(), nullable=False),
        sa.Column("ai_sentences", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("changed_since_return", sa.Integer(), nullable=False),
        sa.Column("open_comments", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_figures_report_id_report")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_figures")),
    )
    op.create_table(
        "planted_mistake",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("beside_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["beside_id"], ["sentence.id"], name=op.f("fk_planted_mistake_beside_id_sentence"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_planted_mistake_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planted_mistake")),
    )
    op.create_index(op.f("ix_planted_mistake_report_id"), "planted_mistake", ["report_id"], unique=False)
    op.create_table(
        "report_comment",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sentence_id", sa.Uuid(), nullable=True),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["report_comment.id"], name=op.f("fk_report_comment_answers_id_report_comment")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name=op.f("fk_report_comment_author_id_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_comment_report_id_report")),
        sa.ForeignKeyConstraint(["resolved_by"], ["officer.id"], name=op.f("fk_report_comment_resolved_by_officer")),
        sa.ForeignKeyConstraint(["sentence_id"], ["sentence.id"], name=op.f("fk_report_comment_sentence_id_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comment")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_comment_report_id_number")),
    )
    op.create_index(op.f("ix_report_comment_report_id"), "report_comment", ["report_id"], unique=False)
    op.add_column("report", sa.Column("supplements_id", sa.Uuid(), nullable=True))
    op.add_column("report", sa.Column("supplement_number", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint(op.f("uq_report_incident_id"), "report", type_="unique")
    op.create_index("ix_report_changed", "report", [sa.text("changed_at DESC"), "id"], unique=False)
    op.create_index(op.f("ix_report_incident_id"), "report", ["incident_id"], unique=False)
    op.create_index(
        "uq_report_first", "report", ["incident_id"], unique=True, postgresql_where=sa.text("supplements_id IS NULL")
    )
    op.create_unique_constraint(
        op.f("uq_report_supplements_id_supplement_number"), "report", ["supplements_id", "supplement_number"]
    )
    op.create_foreign_key(op.f("fk_report_supplements_id_report"), "report", "report", ["supplements_id"], ["id"])
    op.add_column("review", sa.Column("number", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "review",
        sa.Column(
            "reasons", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column(
        "sentence",
        sa.Column(
            "engines", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("sentence", sa.Column("machine_characters", sa.Integer(), server_default="0", nullable=False))
    _count_machine_characters()
    _number_reviews()
    for table, column in DEFAULTS:
        op.alter_column(table, column, server_default=None)
    _count_what_stands()
    _guard_report("supplements_id", "supplement_number")
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION blotter_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION blotter_refuse_change()"
        )


def _guard_report(*columns: str) -> None:
    """The guard of filed reports, over `columns` besides those it has watched since signing."""
    more = {f"more_{when.lower()}": "".join(f", {when}.{name}" for name in columns) for when in ("OLD", "NEW")}
    op.execute(REPORT_GUARD % more)


def _count_machine_characters() -> None:
    """Sentences of a filed report are immutable: only here, once, do those from before get the figure they lacked."""
    op.execute("ALTER TABLE sentence DISABLE TRIGGER sentence_filed")
    op.execute("UPDATE sentence SET machine_characters = length(text) WHERE authorship <> 'officer'")
    op.execute("ALTER TABLE sentence ENABLE TRIGGER sentence_filed")


def _number_reviews() -> None:
    """Reviews are immutable: only here, once, are those from before given their number."""
    op.execute("ALTER TABLE review DISABLE TRIGGER review_kept")
    op.execute(
        "UPDATE review SET number = counted.number FROM"
        " (SELECT id, row_number() OVER (PARTITION BY report_id ORDER BY at, id) AS number FROM review) AS counted"
        " WHERE counted.id = review.id"
    )
    op.execute("ALTER TABLE review ENABLE TRIGGER review_kept")
    op.create_unique_constraint(op.f("uq_review_report_id_number"), "review", ["report_id", "number"])


def _count_what_stands() -> None:
    """An edited sentence counts as the machine's whole until the report is next changed or submitted."""
    op.execute(
        "INSERT INTO report_figures (report_id, characters, machine_characters, sentences, ai_sentences, doubtful, gaps,"
        " errors, warnings, returns, changed_since_return, open_comments, share)"
        " SELECT report_id, total, machine, n, ai, doubtful, gaps, 0, 0, 0, 0, 0,"
        " CASE WHEN total > 0 THEN machine::float / total ELSE 0 END FROM ("
        " SELECT r.id AS report_id, coalesce(sum(length(s.text)), 0) AS total,"
        " coalesce(sum(s.machine_characters), 0) AS machine, count(s.id) AS n,"
        " count(s.id) FILTER (WHERE s.authorship <> 'officer') AS ai,"
        " count(s.id) FILTER (WHERE s.authorship = 'machine' AND s.confidence < 0.5) AS doubtful,"
        " count(s.id) FILTER (WHERE s.text LIKE '%[INSERT%') AS gaps"
        " FROM report r LEFT JOIN sentence s ON s.report_id = r.id AND s.removed_at IS NULL GROUP BY r.id) AS counted"
    )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    _guard_report()
    op.drop_column("sentence", "machine_characters")
    op.drop_column("sentence", "engines")
    op.drop_constraint(op.f("uq_review_report_id_number"), "review", type_="unique")
    op.drop_column("review", "reasons")
    op.drop_column("review", "number")
    op.drop_constraint(op.f("fk_report_supplements_id_report"), "report", type_="foreignkey")
    op.drop_constraint(op.f("uq_report_supplements_id_supplement_number"), "report", type_="unique")
    op.drop_index("uq_report_first", "report")
    op.drop_index(op.f("ix_report_incident_id"), "report")
    op.drop_index("ix_report_changed", "report")
    op.create_unique_constraint(op.f("uq_report_incident_id"), "report", ["incident_id"])
    op.drop_column("report", "supplement_number")
    op.drop_column("report", "supplements_id")
    for table in (
        "report_comment",
        "planted_mistake",
        "report_figures",
        "notice",
        "finding_acknowledgement",
        "recollection",
        "notice_address",
        "agency_rule",
    ):
        op.drop_table(table)
