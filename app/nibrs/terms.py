"""On what terms this agency reports: its ORI, since when, with which codes, against which schema."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lxml import etree

from app.config import Settings
from app.nibrs import codes, names
from app.nibrs.edits import Agency, OnFile, Reference


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of this room. `since` is None for an agency that does not report by NIBRS."""

    ori: str
    since: date | None
    additions: str = ""
    schemas: str = ""

    @property
    def tables(self) -> codes.Tables:
        """The FBI's code tables with the state's additions."""
        return codes.tables(self.additions)

    @property
    def schema(self) -> etree.XMLSchema | None:
        """The FBI's schema, when its folder is set."""
        return _schema(self.schemas) if self.schemas else None

    def reference(self, today: date, on_file: OnFile | None = None) -> Reference:
        """What reports are judged by on a day. Of the FBI's list of agencies we know our own line alone, so other ORIs are
        judged by their form."""
        reference = Reference(today=today, tables=self.tables, on_file=on_file or OnFile())
        return reference if self.since is None else _with_own(reference, self)


def _with_own(reference: Reference, terms: Terms) -> Reference:
    known = _Known({terms.ori: Agency(nibrs_since=terms.since)})
    return Reference(reference.today, reference.tables, known, reference.on_file, reference.threshold)


class _Known(dict[str, Agency]):
    """Agencies of which one is known: every other ORI counts as listed."""

    def __contains__(self, ori: object) -> bool:
        return True


def terms(config: Settings) -> Terms:
    """The terms of this process's settings."""
    additions, schemas = config.nibrs_codes, config.nibrs_schemas
    return Terms(
        ori=config.agency_ori,
        since=config.nibrs_since,
        additions=str(additions) if additions else "",
        schemas=str(schemas) if schemas else "",
    )


@cache
def _schema(folder: str) -> etree.XMLSchema:
    return names.schema(Path(folder))
