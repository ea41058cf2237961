"""Officers' own signing keys, signatures that can be checked elsewhere, discovery bundles; a filed report refuses change."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KEY_GUARD = """
CREATE FUNCTION blotter_guard_signing_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A key is ended once, and nothing else about it ever changes; ending it destroys its private half.
    IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND NEW.revoked_from IS NOT NULL
        AND (OLD.id, OLD.officer_id, OLD.name, OLD.public, OLD.certificate, OLD.created_at)
            = (NEW.id, NEW.officer_id, NEW.name, NEW.public, NEW.certificate, NEW.created_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are kept as written: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
REPORT_GUARD = """
CREATE FUNCTION blotter_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted_at IS NOT NULL OR EXISTS (SELECT 1 FROM draft WHERE report_id = OLD.id) THEN
            RAISE EXCEPTION 'a report that was drafted or signed is kept: DELETE refused'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'filed'
        AND (OLD.id, OLD.incident_id, OLD.author_id, OLD.state, OLD.created_at, OLD.submitted_at, OLD.approved_at, OLD.filed_at)
        IS DISTINCT FROM
            (NEW.id, NEW.incident_id, NEW.author_id, NEW.state, NEW.created_at, NEW.submitted_at, NEW.approved_at, NEW.filed_at)
    THEN
        RAISE EXCEPTION 'a filed report is never changed: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""
SENTENCE_GUARD = """
CREATE FUNCTION blotter_guard_sentence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    row_before jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    filed boolean;
BEGIN
    IF TG_TABLE_NAME = 'sentence' THEN
        SELECT bool_or(state = 'filed') INTO filed FROM report
            WHERE id IN ((row_now->>'report_id')::uuid, (row_before->>'report_id')::uuid);
    ELSE
        SELECT bool_or(report.state = 'filed') INTO filed FROM report JOIN sentence ON sentence.report_id = report.id
            WHERE sentence.id IN ((row_now->>'sentence_id')::uuid, (row_before->>'sentence_id')::uuid);
    END IF;
    IF filed THEN
        RAISE EXCEPTION 'a filed report is never changed: % of % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
BUNDLE_STATES = sa.Enum("asked", "making", "made", "failed", name="bundlestate", native_enum=False, length=32)
PARTS = sa.Enum("author", "approver", name="signaturepart", native_enum=False, length=32)
REASONS = sa.Enum("compromised", "left", "replaced", name="revocationreason", native_enum=False, length=32)


def upgrade() -> None:
    """Signatures from before stay as they are: the author's, with no key of their own."""
    op.create_table(
        "signing_key",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public", sa.String(length=300), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrapper", sa.String(length=80), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("reason", REASONS, nullable=True),
        sa.Column("revocation", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_signing_key_officer_id_officer")),
        sa.ForeignKeyConstraint(["revoked_by"], ["officer.id"], name=op.f("fk_signing_key_revoked_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("public", name=op.f("uq_signing_key_public")),
    )
    op.create_index(
        "ix_signing_key_in_use",
        "signing_key",
        ["officer_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(op.f("ix_signing_key_officer_id"), "signing_key", ["officer_id"], unique=False)
    op.add_column("signature", sa.Column("part", PARTS, server_default="author", nullable=False))
    op.add_column("signature", sa.Column("key_id", sa.Uuid(), nullable=True))
    op.add_column("signature", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.alter_column("signature", "part", server_default=None)
    op.alter_column("signature", "note", server_default=None)
    op.create_foreign_key(op.f("fk_signature_key_id_signing_key"), "signature", "signing_key", ["key_id"], ["id"])
    op.create_table(
        "bundle",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("originals", sa.Boolean(), nullable=False),
        sa.Column("state", BUNDLE_STATES, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["officer.id"], name=op.f("fk_bundle_asked_by_officer")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_bundle_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    op.create_index(op.f("ix_bundle_report_id"), "bundle", ["report_id"], unique=False)
    for guard in (KEY_GUARD, REPORT_GUARD, SENTENCE_GUARD):
        op.execute(guard)
    op.execute(
        "CREATE TRIGGER signing_key_kept BEFORE UPDATE OR DELETE ON signing_key"
        " FOR EACH ROW EXECUTE FUNCTION blotter_guard_signing_key()"
    )
    op.execute(
        "CREATE TRIGGER signing_key_never_emptied BEFORE TRUNCATE ON signing_key EXECUTE FUNCTION blotter_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER report_kept BEFORE UPDATE OR DELETE ON report"
        " FOR EACH ROW EXECUTE FUNCTION blotter_guard_report()"
    )
    op.execute("CREATE TRIGGER report_never_emptied BEFORE TRUNCATE ON report EXECUTE FUNCTION blotter_refuse_change()")
    for table in ("sentence", "sentence_source"):
        op.execute(
            f"CREATE TRIGGER {table}_filed BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION blotter_guard_sentence()"
        )


def downgrade() -> None:
    """Takes them away again; only ever for an empty database."""
    for table in ("sentence", "sentence_source"):
        op.execute(f"DROP TRIGGER {table}_filed ON {table}")
    op.execute("DROP TRIGGER report_kept ON report")
    op.execute("DROP TRIGGER report_never_emptied ON report")
    op.drop_table("bundle")
    op.drop_constraint(op.f("fk_signature_key_id_signing_key"), "signature", type_="foreignkey")
    for column in ("note", "key_id", "part"):
        op.drop_column("signature", column)
    op.drop_table("signing_key")
    for function in ("blotter_guard_sentence", "blotter_guard_report", "blotter_guard_signing_key"):
        op.execute(f"DROP FUNCTION {function}()")
