"""Types of report as data: as the product comes, and as the agency changed them, every version kept (drafting rests on it)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.permissions import Permission
from app.reports import wording
from app.reports.canonical import digest
from app.reports.drafting import ReportTypeVersion

# What the writing engine knows; a test keeps both lists equal.
SECTIONS = (
    "Dispatch and arrival",
    "Officer's recollection",
    "Contact",
    "Statements",
    "Observations",
    "Actions and force",
    "Search and seizure",
    "Disposition",
    "Evidence",
)
FINDERS = {
    "reason": "a reason for the contact was given",
    "name": "a person was named",
    "birth": "a date of birth was given",
    "plate": "a license plate was said or seen",
    "vehicle": "a vehicle was described",
    "injuries": "injuries were spoken of, or asked about and answered",
    "weapons": "weapons were spoken of, or asked about and answered",
    "drugs": "drugs were spoken of",
    "property": "an item of property was named",
    "value": "an amount of money was said",
    "rights": "rights were read",
    "disposition": "the outcome was said, or an arrest",
    "arrest": "somebody was told they are under arrest",
    "offence": "the incident's record has an offense",
    "force_sign": "harsh words, restraint, force or an arrest",
    "force": "the use of force was said",
    "search": "a search was said, or something found",
    "search_sign": "a search was said or asked for",
    "aid": "medical aid was called for",
    "hurt": "somebody said they are hurt",
}
KINDS = ("person", "place", "vehicle", "plate", "vin", "weapon", "drug", "injury", "money", "phone", "date_of_birth", "property", "offence")  # fmt: skip
LEAST_REASON = 10
LEAST_CHOSEN, MOST_CHOSEN = 10, 120
MOST_ASKED, MOST_WORDS = 40, 40
LONGEST_TEXT, LONGEST_WORD = 300, 60
_GAP = re.compile(r"\[INSERT: [^\[\]]+\]")
_LOOSE = re.compile(r"[\[\]\"“”{}<>]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact such a report must have; see `types.toml`."""

    section: str
    text: str
    found_by: str = ""
    words: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class ReportType:
    """One type of report. `version` 0 is the type as the product comes."""

    code: str
    title: str
    opening: str
    person: str
    asked: tuple[Asked, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    favours: tuple[str, ...] = ()
    most: int = 45
    version: int = 0

    def content(self) -> dict[str, Any]:
        """Everything but the version, as plain data: what is kept and hashed. `headings` is a list: its order counts."""
        plain = asdict(self)
        del plain["version"]
        return plain | {"headings": [[code, heading] for code, heading in self.headings.items()]}

    @property
    def sha256(self) -> str:
        """The hash of its content."""
        return digest(self.content())


def from_content(content: Mapping[str, Any], *, version: int = 0) -> ReportType:
    """A type from what is kept of it."""
    asked = tuple(Asked(**{**one, "words": tuple(one.get("words", ()))}) for one in content["asked"])
    given = {**content, "asked": asked, "favours": tuple(content.get("favours", ()))}
    return ReportType(**{**given, "headings": dict(content.get("headings", ()))}, version=version)


@cache
def defaults() -> dict[str, ReportType]:
    """The types as the product comes, by code; each is checked as an agency's own would be."""
    read = tomllib.loads((Path(__file__).parent / "types.toml").read_text(encoding="utf-8"))
    types = {code: from_content({"code": code, **content}) for code, content in read.items()}
    for one in types.values():
        check(one)
    return types


def standing(code: str) -> ReportType:
    """The type as the agency has it now. NotFound for a code that is none."""
    if code not in defaults():
        raise NotFound("There is no such type of report.")
    newest = (
        session()
        .scalars(
            sa.select(ReportTypeVersion)
            .where(ReportTypeVersion.code == code)
            .order_by(ReportTypeVersion.number.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return defaults()[code] if newest is None else from_content(newest.content, version=newest.number)


def all_standing() -> list[ReportType]:
    """Every type as the agency has it now."""
    return [standing(code) for code in defaults()]


def history(code: str) -> list[ReportTypeVersion]:
    """Every version the agency made of a type, the newest first."""
    query = sa.select(ReportTypeVersion).where(ReportTypeVersion.code == code)
    return list(session().scalars(query.order_by(ReportTypeVersion.number.desc())))


def version(code: str, number: int) -> ReportType:
    """One version; 0 is as the product comes."""
    if code in defaults() and number == 0:
        return defaults()[code]
    query = sa.select(ReportTypeVersion).where(ReportTypeVersion.code == code, ReportTypeVersion.number == number)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such version.")
    return from_content(found.content, version=found.number)


def change(wanted: ReportType, *, over: int, reason: str, actor: Actor) -> ReportTypeVersion:
    """Keeps the agency's new version of a type; drafts made from now on use it, those made before stay as they are.

    `over` is the version the change was made from: Conflict when another was kept since, Invalid when it is not well
    formed or changes nothing.
    """
    if not actor.may(Permission.AGENCY_RULES):
        raise Forbidden("Administrators change types of report.")
    check(wanted)
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"report_type:{wanted.code}"))))
    before = standing(wanted.code)
    if before.version != over:
        raise Conflict(
            "Somebody changed this type since you opened it.", remedy="Open it again; your words are still in the form."
        )
    if wanted.content() == before.content():
        raise Invalid("Nothing is different.", field="opening", remedy="Change something, or leave the page.")
    said = wording.words(reason, field="reason", least=LEAST_REASON, most=400, what="The reason")
    kept = ReportTypeVersion(
        code=wanted.code,
        number=before.version + 1,
        content=wanted.content(),
        sha256=wanted.sha256,
        officer_id=actor.id,
        reason=said,
        at=now(),
    )
    session().add(kept)
    session().flush()
    ledger.record(
        "reports:type:change",
        actor=actor,
        subject_kind="report_type",
        subject_id=wanted.code,
        number=kept.number,
        before=before.sha256,
        after=kept.sha256,
    )
    return kept


def check(wanted: ReportType) -> None:
    """Invalid, naming the field and the remedy, when a draft could not be written from it."""
    _plain(wanted.opening, "opening", "The opening", most=120, least=0)
    if re.search(r"[A-Z\d]", wanted.opening):
        raise Invalid(
            "The opening has a capital or a number.",
            field="opening",
            remedy="Begin with a small letter and name nobody: names and numbers come from the incident.",
        )
    _plain(wanted.person, "person", "How the other person is called", most=40, least=3)
    if not LEAST_CHOSEN <= wanted.most <= MOST_CHOSEN:
        raise Invalid(f"Choose from {LEAST_CHOSEN} to {MOST_CHOSEN} sentences.", field="most", remedy="45 is usual.")
    strange = [one for one in wanted.favours if one not in KINDS]
    if strange:
        raise Invalid("There is no such kind of thing.", field="favours", remedy="Choose from the list.")
    _check_headings(wanted.headings)
    if len(wanted.asked) > MOST_ASKED:
        raise Invalid(f"At most {MOST_ASKED} facts can be asked for.", field="asked", remedy="Take some out.")
    for row, one in enumerate(wanted.asked, 1):
        _check_asked(one, row)
    twice = _twice([one.text for one in wanted.asked])
    if twice:
        raise Invalid(f"“{twice}” is asked twice.", field="asked", remedy="Take one of the two out.")


def _check_headings(headings: Mapping[str, str]) -> None:
    for code, heading in headings.items():
        if code not in SECTIONS:
            raise Invalid(f"“{code}” is no section.", field="headings", remedy="Sections can be renamed, not added.")
        _plain(heading, "headings", f"The heading for “{code}”", most=60, least=2)
    shown = [headings.get(code, code).casefold() for code in SECTIONS]
    twice = _twice(shown)
    if twice:
        raise Invalid(f"Two sections are headed “{twice}”.", field="headings", remedy="Give each its own heading.")


def _check_asked(one: Asked, row: int) -> None:
    """`row` counts from 1, as the form shows it."""
    if one.section not in SECTIONS:
        raise Invalid(f"Row {row}: “{one.section}” is no section.", field="asked", remedy="Choose from the list.")
    if len(_GAP.findall(one.text)) != 1 or _LOOSE.search(_GAP.sub("", one.text)):
        raise Invalid(
            f"Row {row}: the sentence needs exactly one [INSERT: what is missing] and no other brackets or quotes.",
            field="asked",
            remedy="For example: The reason was [INSERT: reason].",
        )
    if not len(one.text) <= LONGEST_TEXT:
        raise Invalid(f"Row {row}: a sentence has at most {LONGEST_TEXT} characters.", field="asked", remedy="Shorten it.")  # fmt: skip
    for name in (one.found_by, one.when):
        if name and name not in FINDERS:
            raise Invalid(f"Row {row}: nothing finds “{name}”.", field="asked", remedy="Choose from the list.")
    if len(one.words) > MOST_WORDS or any(not 2 <= len(word) <= LONGEST_WORD for word in one.words):
        raise Invalid(
            f"Row {row}: at most {MOST_WORDS} words or phrases, each of 2 to {LONGEST_WORD} characters.",
            field="asked",
            remedy="Separate them by commas.",
        )


def _plain(text: str, field_name: str, what: str, *, most: int, least: int) -> None:
    if not least <= len(text) <= most or text != wording.plain(text):
        raise Invalid(f"{what} needs {least} to {most} plain characters.", field=field_name, remedy="Shorten or mend it.")  # fmt: skip
    if _LOOSE.search(text):
        raise Invalid(f"{what} has brackets or quotes.", field=field_name, remedy="Take them out.")


def _twice(texts: Sequence[str]) -> str:
    return next((one for at, one in enumerate(texts) if one in texts[:at]), "")
