"""Reports: paper and bundles, pages with 100,000 reports, NIBRS; `tests.bench.reports_PART` says what each measures."""

from typing import Any

from tests.bench import parts

PARTS = (
    "pdf",
    "pages",
    "nibrs",
)  # paper first: how far a bundle grows the process shows only before the others grow it


def measure() -> dict[str, Any]:
    """The figures of every part in one."""
    return parts.measure("reports", PARTS)
