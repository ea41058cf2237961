"""Every room's tables, imported in one place so that the metadata is whole."""

from app.accounts import models as accounts
from app.analysis import models as analysis
from app.analysis.mentions import models as mentions
from app.analysis.tags import models as tags
from app.analysis.transcripts import models as transcripts
from app.core import ledger, outbox, rates, repeats, undoing, watches
from app.core.ledger import checkpoints, tree
from app.core.storage import objectkeys
from app.earlywarning import counts as earlywarning_counts
from app.earlywarning import drawn as earlywarning_drawn
from app.earlywarning import models as earlywarning
from app.evidence import models as evidence
from app.evidence.retention import models as retention
from app.home import webhooks
from app.incidents import models as incidents
from app.nibrs import models as nibrs
from app.people import models as people
from app.reports import drafting as reports_drafting
from app.reports import models as reports
from app.reports import work as reports_work
from app.search import models as search
from app.search.library import models as library

ALL_ROOMS = (
    ledger,
    tree,
    checkpoints,
    objectkeys,
    outbox,
    watches,
    rates,
    repeats,
    undoing,
    webhooks,
    accounts,
    people,
    incidents,
    evidence,
    retention,
    analysis,
    transcripts,
    mentions,
    tags,
    reports,
    reports_work,
    reports_drafting,
    earlywarning,
    earlywarning_drawn,
    earlywarning_counts,
    nibrs,
    search,
    library,
)
