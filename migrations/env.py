"""Alembic's environment: our metadata, a lock and statement timeout, one transaction per migration."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.util.exc import CommandError

from app.core.db import Base
from app.models import ALL_ROOMS

METADATA = Base.metadata if ALL_ROOMS else None  # importing app.models registers every table

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def _guard(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Lets no step back be kept once the ledger holds an event: a table dropped is a record lost."""
    if step.is_upgrade or ctx.connection.scalar(sa.text("SELECT to_regclass('ledger_event')")) is None:
        return
    if ctx.connection.scalar(sa.text("SELECT EXISTS (SELECT 1 FROM ledger_event)")):
        raise CommandError("This database holds a record; going back would destroy it. Restore a backup instead.")


def run() -> None:
    """Runs the migrations against the address given by the caller (-x url=… or config attribute)."""
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(sa.text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            compare_type=True,
            transaction_per_migration=True,
            on_version_apply=_guard,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
