"""What people do with categories: load a list, add one, change a rule, take one out of use, choose them for an item.

A change that keeps longer holds at once. One that could delete anything earlier waits for a second person (R4).
"""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.permissions import Permission
from app.core.states import Moves
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention.models import Category, Choice, CountsFrom, Proposal, ProposalState, RuleVersion
from app.evidence.retention.presets import presets
from app.evidence.retention.records import note_category, note_item, reasoned
from app.evidence.retention.rules import MOST_DAYS, Rule, plain_date, shortens
from app.evidence.retention.standing import everybody, rule_of, standing

MONTH = timedelta(days=30)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PROPOSAL_MOVES = Moves("proposal", {ProposalState.WAITING: {ProposalState.APPROVED, ProposalState.REJECTED}})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as a person asks for it. `days` None: for ever. `confirmed`: counsel has read the source."""

    days: int | None
    counts_from: CountsFrom
    source: str = ""
    confirmed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many items a change would let go that stay today: at once, and within 30 days."""

    now: int
    month: int


def load_preset(code: str, *, actor: Actor) -> list[Category]:
    """Adds the categories of a list that the agency does not have yet; what it has stays as it is. NotFound."""
    preset = presets().get(code)
    if preset is None:
        raise NotFound("There is no such list of categories.")
    known = set(session().scalars(sa.select(Category.code)))
    added = []
    for one in preset.categories:
        if one.code in known:
            continue
        wanted = Wanted(one.days, one.counts_from, one.source, confirmed=not one.unverified)
        added.append(_add(one.code, one.name, one.kinds, wanted, preset.code, actor))
    return added


def add(code: str, name: str, *, kinds: Collection[str], wanted: Wanted, actor: Actor) -> Category:
    """A category of the agency's own. Invalid names the field; Conflict when the code is taken."""
    code, name = code.strip().lower(), " ".join(name.split())
    if not _CODE.fullmatch(code) or len(code) > 40:
        raise Invalid("A code has letters, digits and single hyphens: use-of-force.", field="code")
    if not 0 < len(name) <= 80:
        raise Invalid("A name has 1 to 80 characters.", field="name")
    if session().scalar(sa.select(Category.id).where(Category.code == code)) is not None:
        raise Conflict(f"There is a category {code} already.", field="code", remedy="Change that one's rule.")
    _check(wanted)
    return _add(code, name, kinds, wanted, "", actor)


def change_rule(category: Category, wanted: Wanted, *, actor: Actor) -> RuleVersion | Proposal:
    """A new version of the rule: in force at once, or a proposal when it could delete anything earlier (R4).

    Invalid for days out of range or a missing reason; Conflict when nothing changes, when a proposal waits already,
    or when the category is out of use.
    """
    category = _locked(category)
    _check(wanted)
    reason, before = reasoned(wanted.reason), category.rule
    after = replace(rule_of(category), days=wanted.days, counts_from=wanted.counts_from)
    same = (before.days, before.counts_from, before.source, before.unverified)
    if same == (wanted.days, wanted.counts_from, wanted.source, not wanted.confirmed):
        raise Conflict("That is the rule in force.", field="days")
    if shortens(rule_of(category), after):
        return _propose(category, wanted, after, reason, actor)
    return _put_in_force(category, wanted, reason, made_by=actor.id, approved_by=None, actor=actor)


def retire(category: Category, *, reason: str, actor: Actor) -> Proposal:
    """Proposes to take a category out of use: it would count for no item any more. Conflict as for change_rule."""
    category = _locked(category)
    wanted = Wanted(category.rule.days, category.rule.counts_from, category.rule.source)
    return _propose(category, wanted, None, reasoned(reason), actor)


def affected(category: Category, after: Rule | None) -> Affected:
    """What a changed rule, or None for no rule, would let go that its rules and everything else keep today (R4)."""
    moment = now()
    at_once = month = 0
    mine = sa.select(Choice.evidence_id).where(Choice.category_id == category.id)
    for one in everybody(Evidence.id.in_(mine)):
        today, then = one.verdict, one.under(category.code, after)
        if not today.deletable(moment) and then.deletable(moment):
            at_once += 1
        elif not today.deletable(moment + MONTH) and then.deletable(moment + MONTH):
            month += 1
    return Affected(at_once, month)


def decide(proposal: Proposal, *, approve: bool, actor: Actor) -> Proposal:
    """A second person's answer. Forbidden to the one who proposed; Conflict when it was decided already."""
    proposal = session().get_one(Proposal, proposal.id, with_for_update=True, populate_existing=True)
    category = _locked(proposal.category)
    wanted_state = ProposalState.APPROVED if approve else ProposalState.REJECTED
    state = PROPOSAL_MOVES.check(proposal.state, wanted_state)
    if approve and proposal.proposed_by == actor.id:
        raise Forbidden("Somebody else must approve what you proposed.", remedy="Ask a colleague.")
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor.id, now()
    note_category(category, f"rule:{'approve' if approve else 'reject'}", actor, proposal_id=proposal.id)
    if approve and proposal.retire:
        category.retired_at = now()
        note_category(category, "category:retire", actor, proposal_id=proposal.id)
    elif approve:
        wanted = Wanted(proposal.days, proposal.counts_from, proposal.source, confirmed=not category.rule.unverified)
        _put_in_force(
            category, wanted, proposal.reason, made_by=proposal.proposed_by, approved_by=actor.id, actor=actor
        )
    return proposal


def choose(item: Evidence, codes: Collection[str], *, actor: Actor) -> None:
    """Gives an item exactly these categories. What is in the deletion queue is judged anew.

    Invalid for a code that is none; Conflict once it is deleted; Forbidden when the item could go earlier than before
    and the actor does not manage retention: an officer may lengthen, records may do both.
    """
    session().execute(sa.select(Evidence.id).where(Evidence.id == item.id).with_for_update())
    before = standing(item.id)
    if before.evidence.state is EvidenceState.PURGED:
        raise Conflict("This item was deleted: its categories stay what they were.")
    wanted = _usable(codes)
    rules = [rule_of(one) for one in wanted]
    if before.rules and not actor.may(Permission.RETENTION_MANAGE) and _earlier(before.item, before.rules, rules):
        raise Forbidden(
            "This would delete the item earlier than its categories say now.",
            field="categories",
            remedy="Ask records to change it.",
        )
    _set(item, wanted, actor)


def choose_at_upload(item: Evidence, code: str, *, actor: Actor) -> None:
    """The category a phone named as it sent the item; one that went out of use meanwhile is left out."""
    found = session().scalars(_in_use().where(Category.code == code)).one_or_none()
    if found is not None:
        _set(item, [found], actor)


def check_code(code: str) -> None:
    """Invalid unless `code` is a category in use."""
    _usable([code] if code else [])


def _set(item: Evidence, wanted: Collection[Category], actor: Actor) -> None:
    known = {one.category_id: one for one in _choices(item.id)}
    ids = {one.id for one in wanted}
    for category_id, choice in known.items():
        if category_id not in ids:
            session().delete(choice)
    for category_id in ids - known.keys():
        session().add(Choice(evidence_id=item.id, category_id=category_id, chosen_by=actor.id, chosen_at=now()))
    session().flush()
    before = sorted(one.category.code for one in known.values())
    note_item(item, "item:categorise", actor, categories=sorted(one.code for one in wanted), before=before)


def _choices(evidence_id: uuid.UUID) -> list[Choice]:
    return list(session().scalars(sa.select(Choice).where(Choice.evidence_id == evidence_id)))


def _earlier(item: object, before: Collection[Rule], after: Collection[Rule]) -> bool:
    """No category at all keeps for ever, and so is never earlier."""
    then = plain_date(item, after)  # type: ignore[arg-type]
    today = plain_date(item, before)  # type: ignore[arg-type]
    return then is not None and (today is None or then < today)


def _usable(codes: Collection[str]) -> list[Category]:
    found = list(session().scalars(_in_use().where(Category.code.in_(codes))))
    missing = set(codes) - {one.code for one in found}
    if missing:
        raise Invalid(
            f"There is no category {', '.join(sorted(missing))[:80]}.",
            field="category",
            remedy="Choose one that is in use.",
        )
    return found


def _in_use() -> sa.Select[Category]:
    return sa.select(Category).where(Category.retired_at.is_(None))


def _add(code: str, name: str, kinds: Collection[str], wanted: Wanted, preset: str, actor: Actor) -> Category:
    category = Category(id=uuid.uuid4(), code=code, name=name, kinds=sorted(kinds), created_at=now())
    session().add(category)
    session().flush()
    note_category(category, "category:add", actor, preset=preset)
    _put_in_force(category, wanted, wanted.reason, made_by=actor.id, approved_by=None, actor=actor, preset=preset)
    return category


def _put_in_force(
    category: Category,
    wanted: Wanted,
    reason: str,
    *,
    made_by: uuid.UUID,
    approved_by: uuid.UUID | None,
    actor: Actor,
    preset: str = "",
) -> RuleVersion:
    version = RuleVersion(
        id=uuid.uuid4(),
        number=len(category.rules) + 1,
        days=wanted.days,
        counts_from=wanted.counts_from,
        source=" ".join(wanted.source.split()),
        preset=preset,
        unverified=not wanted.confirmed,
        reason=reason,
        made_by=made_by,
        approved_by=approved_by,
        made_at=now(),
    )
    category.rules.append(version)
    session().flush()
    told = {"number": version.number, "days": version.days, "counts_from": version.counts_from.value}
    note_category(category, "rule:change", actor, rule_id=version.id, approved_by=approved_by, **told)
    return version


def _propose(category: Category, wanted: Wanted, after: Rule | None, reason: str, actor: Actor) -> Proposal:
    waiting = sa.select(Proposal.id).where(Proposal.category_id == category.id, Proposal.state == ProposalState.WAITING)
    if session().scalar(waiting) is not None:
        raise Conflict("A proposal for this category waits already.", remedy="Have it approved or rejected first.")
    count = affected(category, after)
    proposal = Proposal(
        id=uuid.uuid4(),
        category_id=category.id,
        category=category,
        retire=after is None,
        days=wanted.days,
        counts_from=wanted.counts_from,
        source=" ".join(wanted.source.split()),
        reason=reason,
        affected_now=count.now,
        affected_month=count.month,
        proposed_by=actor.id,
        proposed_at=now(),
    )
    session().add(proposal)
    session().flush()
    told = {"days": wanted.days, "retire": proposal.retire, "affected_now": count.now, "affected_month": count.month}
    note_category(category, "rule:propose", actor, proposal_id=proposal.id, **told)
    return proposal


def _locked(category: Category) -> Category:
    found = session().get_one(Category, category.id, with_for_update=True, populate_existing=True)
    if found.retired_at is not None:
        raise Conflict("This category is out of use.", remedy="Add another.")
    return found


def _check(wanted: Wanted) -> None:
    if wanted.days is not None and not 1 <= wanted.days <= MOST_DAYS:
        raise Invalid(f"Days are 1 to {MOST_DAYS:,}, or for ever.", field="days")
    if len(wanted.source) > 400:
        raise Invalid("The source has at most 400 characters.", field="source")
