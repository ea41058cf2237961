"""The ledger: append-only events in a chain and in a Merkle tree. Every act on evidence, reports and accounts leaves one.

`events` writes and reads, `tree` proves, `checkpoints` signs, `walk` looks for faults, `probe` tries to write,
`search` finds.
"""

from app.core.ledger.events import COLUMNS, GENESIS, Entry, Event, custody, head, record, written
from app.core.ledger.walk import Fault, dump, faults

__all__ = ["COLUMNS", "GENESIS", "Entry", "Event", "Fault", "custody", "dump", "faults", "head", "record", "written"]
