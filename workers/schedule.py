"""What happens by the clock: one table."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "steps come back": {"task": "come_back", "schedule": 20.0, "options": {"queue": "default", "expires": 20}},
    "uploads expire": {"task": "expire_uploads", "schedule": 3600.0, "options": {"queue": "default"}},
    "outbox is swept": {"task": "sweep_outbox", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
    "retention is judged": {"task": "judge_retention", "schedule": 3600.0, "options": {"queue": "default"}},
    "deletions are told": {"task": "tell_deletions", "schedule": 7 * 24 * 3600.0, "options": {"queue": "default"}},
    "ledger is verified": {"task": "verify_ledger", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
}
