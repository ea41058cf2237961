"""What happens by the clock: one table."""

from typing import Any

from app.config import settings

SCHEDULE: dict[str, dict[str, Any]] = {
    "steps come back": {"task": "come_back", "schedule": 20.0, "options": {"queue": "default", "expires": 20}},
    "uploads expire": {"task": "expire_uploads", "schedule": 3600.0, "options": {"queue": "default"}},
    "store is swept": {"task": "sweep_store", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
    "evidence is read back": {
        "task": "check_fixity",
        "schedule": 600.0,
        "options": {"queue": "default", "expires": 600},
    },
    "originals are copied": {"task": "replicate", "schedule": 600.0, "options": {"queue": "default", "expires": 600}},
    "scratch is swept": {"task": "sweep_scratch", "schedule": 3600.0, "options": {"queue": "default"}},
    "outbox is swept": {"task": "sweep_outbox", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
    "ledger is signed": {
        "task": "checkpoint_ledger",
        "schedule": float(settings().checkpoint_seconds),
        "options": {"queue": "default", "expires": settings().checkpoint_seconds},
    },
    "week is told": {"task": "tell_the_week", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
    "retention is judged": {"task": "judge_retention", "schedule": 3600.0, "options": {"queue": "default"}},
    "deletions are told": {"task": "tell_deletions", "schedule": 7 * 24 * 3600.0, "options": {"queue": "default"}},
    "patterns are found": {"task": "find_patterns", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
    "webhooks are told": {"task": "tell_webhooks", "schedule": 30.0, "options": {"queue": "default", "expires": 30}},
    "ledger is verified": {"task": "verify_ledger", "schedule": 24 * 3600.0, "options": {"queue": "default"}},
}
