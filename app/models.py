"""Every room's tables, imported in one place so that the metadata is whole."""

from app.accounts import models as accounts
from app.analysis import models as analysis
from app.core import ledger, outbox
from app.core.ledger import checkpoints, tree
from app.core.storage import objectkeys
from app.earlywarning import models as earlywarning
from app.evidence import models as evidence
from app.incidents import models as incidents
from app.reports import models as reports
from app.reports import work as reports_work

ALL_ROOMS = (
    ledger,
    tree,
    checkpoints,
    objectkeys,
    outbox,
    accounts,
    incidents,
    evidence,
    analysis,
    reports,
    reports_work,
    earlywarning,
)
