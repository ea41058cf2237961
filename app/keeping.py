"""Which rooms have a say when an item is deleted, in one place: the portal and the workers install it alike."""

from app.analysis import keeping as analysis
from app.earlywarning import keeping as earlywarning
from app.evidence.retention import keeping
from app.reports import keeping as reports
from app.search import keeping as search


def install() -> None:
    """Lets every room be asked."""
    keeping.install((search.ROOM, earlywarning.ROOM, reports.ROOM, analysis.ROOM))
