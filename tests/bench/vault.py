"""The vault: uploads, storage and the ledger, one part after the other; `tests.bench.vault_PART` says what each measures."""

from typing import Any

from tests.bench import parts

PARTS = ("uploads", "storage", "ledger")


def measure() -> dict[str, Any]:
    """The figures of every part in one."""
    return parts.measure("vault", PARTS)
