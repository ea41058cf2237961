"""Findings put together, as JSON: the groups of an incident, decisions on them, and who or what they are in the master index."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.analysis import queries
from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import groups as mentions_groups
from app.analysis.mentions import linking as mentions_linking
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions import schemas
from app.analysis.mentions.linking import Into
from app.analysis.mentions.queries import Wanted
from app.analysis.models import Decision, Mention
from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer, asked, body, contract
from app.core.db import transaction
from app.core.errors import Conflict, Invalid
from app.core.permissions import Permission, require
from app.core.repeats import once
from app.evidence.models import Evidence
from app.incidents import queries as incidents
from app.people import queries as people
from app.people.models import ROLES, EntryKind

bp = Blueprint("mentions_api", __name__, url_prefix="/api/v1")


@bp.get("/incidents/<uuid:incident_id>/mentions")
@require(Permission.EVIDENCE_READ)
@contract(schemas.GroupList, asks=schemas.GroupsQuery)
def groups(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The findings of an incident, put together, undecided first; a page of about a hundred. `kind`, `state`, `recording` narrow."""
    incident = incidents.visible_incident(actor, incident_id)
    wanted = asked(schemas.GroupsQuery)
    asked_for = wanted.model_dump(exclude_defaults=True)
    found = mentions_queries.review(incident.id, Wanted(**asked_for))
    with transaction():
        ledger.record(
            "analysis:mentions:view",
            actor=actor,
            subject_kind="incident",
            subject_id=incident.id,
            incident_id=incident.id,
        )
    return answer(
        schemas.GroupList(
            groups=[schemas.group_card(pile) for pile in found.piles],
            next=f"?{urlencode(asked_for | {'cursor': found.next_cursor})}" if found.next_cursor else "",
            total=found.total,
            undecided=found.undecided,
            reading=found.running,
        )
    )


@bp.post("/mentions/<uuid:mention_id>/decision")
@require(Permission.INCIDENT_WRITE)
@contract(schemas.GroupCard, takes=schemas.Decided, refusals=(409,))
def decide(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Confirms, rejects or takes back; with a value, confirms it as that. 409 when somebody decided since `edition`."""
    mention, item = queries.visible_mention(actor, mention_id)
    sent = body(schemas.Decided)
    if sent.value and sent.decision is not Decision.CONFIRMED:
        raise Invalid("Only what is confirmed can be put right.", field="decision", remedy="Send “confirmed”.")
    with transaction():
        if sent.value:
            decisions.correct_mention(
                mention,
                evidence=item,
                kind=sent.kind or mention.kind,
                value=sent.value,
                actor=actor,
                edition=sent.edition,
            )
        else:
            decisions.decide_mention(mention, evidence=item, decision=sent.decision, actor=actor, edition=sent.edition)
    return _group_of(mention, item)


@bp.post("/mention-groups/<uuid:group_id>/confirm")
@require(Permission.INCIDENT_WRITE)
@contract(schemas.GroupState, takes=schemas.Seen, refusals=(409,))
def confirm(group_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Says that all findings of a group are of one thing."""
    group, _ = mentions_queries.visible_group(actor, group_id)
    with transaction():
        mentions_groups.confirm_group(group, actor=actor, edition=body(schemas.Seen).edition)
    return answer(schemas.GroupState(id=group.id, state=group.state.value, edition=group.edition))


@bp.post("/mentions/<uuid:mention_id>/out")
@require(Permission.INCIDENT_WRITE)
@contract(schemas.GroupCard, refusals=(409,))
def take_out(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a finding out of its group into one of its own."""
    mention, item = queries.visible_mention(actor, mention_id)
    with transaction():
        mentions_groups.take_out(mention, evidence=item, actor=actor)
    return _group_of(mention, item)


@bp.post("/mentions/<uuid:mention_id>/move")
@require(Permission.INCIDENT_WRITE)
@contract(schemas.GroupCard, takes=schemas.Moved, refusals=(409,))
def move(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Puts a finding together with another of the same incident, and with all that is with that one."""
    mention, item = queries.visible_mention(actor, mention_id)
    other, _ = queries.visible_mention(actor, body(schemas.Moved).to)
    pile = mentions_queries.pile_of(other, item.incident_id)
    with transaction():
        mentions_groups.put_with(mention, other=other, group=pile.group, evidence=item, actor=actor)
    return _group_of(mention, item)


@bp.get("/mentions/<uuid:mention_id>/candidates")
@require(Permission.PEOPLE_WRITE)
@contract(schemas.CandidateList, refusals=(409,))
def candidates(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Who or what of the master index may be meant, likeliest first, with reasons. Proposed, never chosen."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    _index_kind(pile)
    with transaction():
        found = mentions_linking.candidates(pile, actor=actor)
    cards = [schemas.candidate_card(one) for one in found.found]
    return answer(
        schemas.CandidateList(
            candidates=cards, too_many_share_the_name=found.crowd, confirmed=schemas.wanted_facts(pile)
        )
    )


@bp.post("/mentions/<uuid:mention_id>/link")
@require(Permission.PEOPLE_WRITE)
@once
@contract(schemas.Linked, status=201, takes=schemas.LinkTo, refusals=(409,))
def link(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A person says who or what it is; the confirmed findings become facts of that entry."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    kind, sent = _index_kind(pile), body(schemas.LinkTo)
    if sent.role not in ROLES[kind]:
        raise Invalid("This is no part it can have had.", field="role", remedy=f"One of: {', '.join(ROLES[kind])}.")
    with transaction():
        entry = None if sent.entry == "new" else people.head(people.entry(sent.entry))
        into = Into(entry, sent.role, sent.also_name, sent.label)
        done = mentions_linking.link(pile, incident=item.incident, into=into, actor=actor)
    made = done.appearance
    return answer(schemas.Linked(link=made.id, entry=made.entry_id, role=made.role, not_taken=list(done.left)), 201)


@bp.post("/mentions/<uuid:mention_id>/decline")
@require(Permission.PEOPLE_WRITE)
@contract(schemas.GroupCard, takes=schemas.Declined, refusals=(409,))
def decline(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """None of these: the entries are not proposed for it again."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    with transaction():
        mentions_linking.decline(pile, entries=body(schemas.Declined).entries, incident=item.incident, actor=actor)
    return _group_of(mention, item)


@bp.delete("/links/<uuid:appearance_id>")
@require(Permission.PEOPLE_WRITE)
@contract(schemas.Unlinked, refusals=(409,))
def unlink(appearance_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a link back, with the facts it brought."""
    appearance = people.appearance(appearance_id)
    incidents.visible_incident(actor, appearance.incident_id)
    with transaction():
        mentions_linking.unlink(appearance, actor=actor)
    return answer(schemas.Unlinked(link=appearance.id, state="taken back"))


def _index_kind(pile: mentions_queries.Pile) -> EntryKind:
    kind = mentions_linking.kind_of(pile)
    if kind is None:
        raise Conflict("This has no place in the index.", remedy="Persons, vehicles, places and property have.")
    return kind


def _group_of(mention: Mention, item: Evidence) -> ResponseReturnValue:
    """The group as it is after the act."""
    return answer(schemas.group_card(mentions_queries.pile_of(mention, item.incident_id)))
