"""Taking in counts that an agency already has, in two steps, so that they enter the comparison as further indicators."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.accounts import queries as accounts
from app.accounts.models import Officer, Posting
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Role
from app.core.states import Moves
from app.earlywarning import importing
from app.earlywarning.counts import (
    MONTHS_OF_SERVICE,
    CountsFile,
    FileState,
    Indicator,
    IndicatorCount,
    IndicatorStanding,
)
from app.earlywarning.importing import Bad, Good, Sheet
from app.earlywarning.service import ask_for_patterns

MOVES = Moves("file", {FileState.UPLOADED: {FileState.TAKEN, FileState.GIVEN_UP}})
AT_ONCE = 500
_LOCK = 0x1D1CA7


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a file in would do, row by row: `fresh` rows are new, `same` ones are here already, `changed` ones are
    here with other figures and would replace them, `bad` ones stay in the file."""

    sheet: Sheet
    fresh: list[Good]
    same: list[Good]
    changed: list[Good]
    bad: list[Bad]


class Counted(NamedTuple):
    """Counts of one indicator for one officer in one month and unit; `exposure` None where rows bring none."""

    indicator_id: uuid.UUID
    officer_id: uuid.UUID
    month: date
    unit_id: uuid.UUID
    events: int
    exposure: float | None


@dataclass(frozen=True, slots=True)
class Served:
    """How long one officer served, and where: `moved` are the days of moves, oldest first, with the unit before each."""

    officer_id: uuid.UUID
    unit_id: uuid.UUID
    since: date
    until: date | None
    moved: tuple[tuple[date, uuid.UUID], ...]

    def in_month(self, month: date) -> bool:
        """Whether the account was open in that month, given by its first day."""
        ends = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        return self.since < ends and (self.until is None or self.until >= month)

    def unit(self, day: date) -> uuid.UUID:
        """The unit on a day."""
        return next((before for moved, before in self.moved if moved > day), self.unit_id)


def upload(content: bytes, *, name: str, actor: Actor) -> CountsFile:
    """Keeps a file as it came; nothing is counted yet. Invalid for what is no table."""
    table = importing.sheet(content)
    made = CountsFile(
        id=uuid.uuid4(),
        name=name[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        state=FileState.UPLOADED,
        mapping=importing.guessed(table.columns),
        outcome={},
        sent_by=actor.id,
        sent_at=now(),
    )
    session().add(made)
    session().flush()
    _note(made, "upload", actor, rows=len(table.rows), sha256=made.sha256)
    return made


def map_columns(
    file: CountsFile, mapping: Mapping[str, str], *, indicator: str, per: str, least: float, actor: Actor
) -> CountsFile:
    """Keeps what the columns mean and which indicator they are; a name not known yet makes a new one. Counts nothing.

    `per` names what the count is divided by where an exposure column is chosen; without one it is months of service.
    Invalid, naming the field, where these do not fit each other or the indicator that is there already.
    """
    file = _locked(file, FileState.UPLOADED)
    importing.check(importing.sheet(file.content), mapping)
    per = per.strip() if mapping.get("exposure") else MONTHS_OF_SERVICE
    file.indicator_id = _indicator(indicator.strip(), per=per, least=least, actor=actor).id
    file.mapping = {field: mapping[field] for field in importing.FIELDS if mapping.get(field)}
    session().flush()
    _note(file, "map", actor, indicator=file.indicator_id)
    return file


def preview(file: CountsFile) -> Preview:
    """What taking it in would do now. Changes nothing."""
    table = importing.sheet(file.content)
    people = _people()
    good, bad = importing.read(table, file.mapping, badges=people.keys(), today=now().date())
    here = _here(file.indicator_id, [one.key for one in good])
    fresh, same, changed = list[Good](), list[Good](), list[Good]()
    for one in good:
        kept = here.get(one.key)
        if kept is None:
            fresh.append(one)
        elif kept == (people[one.badge].id, one.day, one.number, one.exposure):
            same.append(one)
        else:
            changed.append(one)
    return Preview(table, fresh, same, changed, bad)


def take(file: CountsFile, *, expected: int, actor: Actor) -> CountsFile:
    """Takes the good rows in: new ones are added, changed ones replaced, those that are here stay; bad ones stay in the file.

    `expected` is how many rows the preview said would be added or replaced: Conflict when that is not so any more, when
    nothing would change, before the columns are chosen, or a second time.
    """
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    file = _locked(file, FileState.TAKEN)
    if file.indicator_id is None:
        raise Conflict("The columns are not chosen yet.", field="badge", remedy="Choose them, and read the preview.")
    seen = preview(file)
    rows = [*seen.fresh, *seen.changed]
    if len(rows) != expected:
        raise Conflict("Something changed since the preview.", remedy="Read the preview again, then take the rows in.")
    if not rows:
        raise Conflict("There is nothing to take in.", remedy="Every row is here already, or must be put right first.")
    _write(file, rows)
    file.state, file.taken_by, file.taken_at = FileState.TAKEN, actor.id, now()
    file.outcome = {name: len(getattr(seen, name)) for name in ("fresh", "same", "changed", "bad")}
    session().flush()
    ask_for_patterns()
    _note(file, "take", actor, indicator=file.indicator_id, **file.outcome)
    return file


def give_up(file: CountsFile, *, actor: Actor) -> CountsFile:
    """The file will not be taken in. It stays as it came."""
    file = _locked(file, FileState.GIVEN_UP)
    file.state = FileState.GIVEN_UP
    session().flush()
    _note(file, "give-up", actor)
    return file


def one_file(file_id: uuid.UUID) -> CountsFile:
    """One file with its content; NotFound."""
    query = sa.select(CountsFile).where(CountsFile.id == file_id).options(orm.undefer(CountsFile.content))
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def files(limit: int = 50) -> list[CountsFile]:
    """The newest files."""
    people = orm.joinedload(CountsFile.sender), orm.joinedload(CountsFile.indicator)
    return list(
        session().scalars(sa.select(CountsFile).options(*people).order_by(CountsFile.sent_at.desc()).limit(limit))
    )


def all_indicators() -> list[Indicator]:
    """Every indicator by name."""
    return list(session().scalars(sa.select(Indicator).order_by(Indicator.name)))


def totals() -> dict[uuid.UUID, tuple[int, int, date, date]]:
    """(rows, events, first day, last day) of each indicator."""
    one = IndicatorCount
    query = sa.select(
        one.indicator_id, sa.func.count(), sa.func.sum(one.number), sa.func.min(one.day), sa.func.max(one.day)
    ).group_by(one.indicator_id)
    return {name: (rows, events, first, last) for name, rows, events, first, last in session().execute(query)}


def standings_of(officer_id: uuid.UUID) -> list[IndicatorStanding]:
    """One officer by every indicator, by its name."""
    return _standings(IndicatorStanding.officer_id == officer_id)


def standing_out(limit: int = 100) -> list[IndicatorStanding]:
    """Whoever lies above the level by an indicator, in badge order."""
    return _standings(IndicatorStanding.above.is_(True))[:limit]


def counted_since(first: date) -> list[Counted]:
    """Everybody's counts by month and unit from the day `first` on."""
    one = IndicatorCount
    month = sa.cast(sa.func.date_trunc("month", sa.cast(one.day, sa.DateTime)), sa.Date)
    by = (one.indicator_id, one.officer_id, month, one.unit_id)
    query = sa.select(*by, sa.cast(sa.func.sum(one.number), sa.Integer), sa.func.sum(one.exposure))
    return [Counted(*row) for row in session().execute(query.where(one.day >= first).group_by(*by))]


def served() -> list[Served]:
    """Everybody who works or worked on the street, with their units."""
    query = sa.select(Officer.id, Officer.unit_id, Officer.created_at, Officer.closed_at)
    on_the_street = query.where(Officer.role.in_((Role.OFFICER, Role.SUPERVISOR)))
    moved: dict[uuid.UUID, list[tuple[date, uuid.UUID]]] = {}
    for officer_id, since, before in session().execute(
        sa.select(Posting.officer_id, Posting.since, Posting.before_id).order_by(Posting.since, Posting.entered_at)
    ):
        moved.setdefault(officer_id, []).append((since.astimezone(UTC).date(), before))
    return [
        Served(
            officer_id,
            unit_id,
            made.astimezone(UTC).date(),
            closed.astimezone(UTC).date() if closed else None,
            tuple(moved.get(officer_id, ())),
        )
        for officer_id, unit_id, made, closed in session().execute(on_the_street)
    ]


def keep_standings(rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces everybody's standings by indicators; called in the transaction that keeps the run."""
    session().execute(sa.delete(IndicatorStanding))
    for start in range(0, len(rows), AT_ONCE):
        session().execute(insert(IndicatorStanding), list(rows[start : start + AT_ONCE]))


def note_view(file: CountsFile | None, *, actor: Actor) -> None:
    """Looking at the files or one of them is kept."""
    subject_id = file.id if file else "all"
    ledger.record("earlywarning:counts:viewed", actor=actor, subject_kind="counts_file", subject_id=subject_id)


def _indicator(name: str, *, per: str, least: float, actor: Actor) -> Indicator:
    if not 3 <= len(name) <= 60:
        raise Invalid("A name of 3 to 60 characters.", field="indicator", remedy="Such as Complaints or Use of force.")
    found = session().scalars(sa.select(Indicator).where(sa.func.lower(Indicator.name) == name.lower())).one_or_none()
    if found is not None:
        if found.per != per:
            raise Invalid(
                f"{found.name} is counted per {found.per}.",
                field="per",
                remedy="Count it the same way, or give it another name.",
            )
        return found
    if not 3 <= len(per) <= 60:
        raise Invalid("Say what the exposure column counts.", field="per", remedy="Such as hours on duty, or stops.")
    if not 0 < least <= 100_000:
        raise Invalid("More than 0 and at most 100,000.", field="least")
    made = Indicator(id=uuid.uuid4(), name=name, per=per, least=least, made_by=actor.id, made_at=now())
    session().add(made)
    session().flush()
    return made


def _locked(file: CountsFile, state: FileState) -> CountsFile:
    file = session().get_one(CountsFile, file.id, with_for_update=True, populate_existing=True)
    if state is FileState.UPLOADED and file.state is FileState.UPLOADED:
        return file
    MOVES.check(file.state, state)
    return file


def _people() -> dict[str, Officer]:
    return {one.badge: one for one in session().scalars(sa.select(Officer))}


def _here(indicator_id: uuid.UUID | None, keys: Sequence[str]) -> dict[str, tuple[uuid.UUID, date, int, float | None]]:
    if indicator_id is None or not keys:
        return {}
    one = IndicatorCount
    query = sa.select(one.key, one.officer_id, one.day, one.number, one.exposure).where(
        one.indicator_id == indicator_id, one.key == sa.any_(sa.literal(list(keys), sa.ARRAY(sa.String)))
    )
    return {
        key: (officer_id, day, number, exposure) for key, officer_id, day, number, exposure in session().execute(query)
    }


def _write(file: CountsFile, rows: Sequence[Good]) -> None:
    people, units = _people(), dict[tuple[uuid.UUID, date], uuid.UUID]()
    for start in range(0, len(rows), AT_ONCE):
        made = []
        for one in rows[start : start + AT_ONCE]:
            officer = people[one.badge]
            moment = datetime(one.day.year, one.day.month, one.day.day, 12, tzinfo=UTC)
            if (officer.id, one.day) not in units:
                units[officer.id, one.day] = accounts.unit_at(officer, moment)
            made.append(
                {
                    "id": uuid.uuid4(),
                    "indicator_id": file.indicator_id,
                    "file_id": file.id,
                    "officer_id": officer.id,
                    "unit_id": units[officer.id, one.day],
                    "day": one.day,
                    "number": one.number,
                    "exposure": one.exposure,
                    "key": one.key,
                }
            )
        query = insert(IndicatorCount).values(made)
        newer = {
            name: query.excluded[name] for name in ("file_id", "officer_id", "unit_id", "day", "number", "exposure")
        }
        session().execute(query.on_conflict_do_update(index_elements=["indicator_id", "key"], set_=newer))


def _standings(condition: sa.ColumnElement[bool]) -> list[IndicatorStanding]:
    query = (
        sa.select(IndicatorStanding)
        .join(Officer, Officer.id == IndicatorStanding.officer_id)
        .join(Indicator, Indicator.id == IndicatorStanding.indicator_id)
        .where(condition)
        .options(orm.contains_eager(IndicatorStanding.officer), orm.contains_eager(IndicatorStanding.indicator))
    )
    return list(session().scalars(query.order_by(Indicator.name, Officer.badge)))


def _note(file: CountsFile, act: str, actor: Actor, **details: Any) -> None:
    ledger.record(f"earlywarning:counts:{act}", actor=actor, subject_kind="counts_file", subject_id=file.id, **details)
