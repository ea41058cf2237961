"""Who or what a finding is: candidates of the master index with reasons, and a person's choice."""

from uuid import UUID

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from app.analysis import queries
from app.analysis.mentions import linking as mentions_linking
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions.forms import LinkForm
from app.analysis.mentions.linking import Into
from app.analysis.mentions.views import beside, hands, to_review
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, DomainError, NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.incidents import queries as incidents
from app.people import queries as people

bp = Blueprint("linking", __name__)
NEW = "new"


@bp.route("/mentions/<uuid:mention_id>/link", methods=["GET", "POST"])
@require(Permission.PEOPLE_WRITE)
def link(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Who may be meant, with reasons; then the choice."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    kind = mentions_linking.kind_of(pile)
    if kind is None:
        raise Conflict("This has no place in the index.", remedy="Persons, vehicles, places and property have.")
    form = LinkForm().of(kind)
    if request.method == "POST" and form.validate():
        try:
            entry = None if form.entry.data == NEW else people.head(people.entry(_id(form.entry.data)))
            into = Into(entry, form.role.data, bool(form.also_name.data), form.label.data or "")
            with transaction():
                done = mentions_linking.link(pile, incident=item.incident, into=into, actor=actor)
            flash("Linked.", "done")
            for words in done.left:
                flash(f"Not taken over: {words}", "doubt")
            return to_review(item.incident_id, mention.id)
        except Conflict:
            raise
        except DomainError as error:
            beside(form, error)
    with transaction():
        found = mentions_linking.candidates(pile, actor=actor)
    return page(
        "analysis/mentions/link.html",
        status=422 if request.method == "POST" else 200,
        mention=mention,
        item=item,
        pile=pile,
        kind=kind,
        form=form,
        found=found,
        facts=mentions_linking.facts_of(pile),
        **hands(actor),
    )


@bp.post("/mentions/<uuid:mention_id>/decline")
@require(Permission.PEOPLE_WRITE)
def decline(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """None of these: they are not proposed for it again."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    with transaction():
        entries = [_id(one) for one in request.form.getlist("declined")]
        mentions_linking.decline(pile, entries=entries, incident=item.incident, actor=actor)
    flash("They will not be proposed for this again.", "done")
    return to_review(item.incident_id, mention.id)


@bp.post("/mentions/<uuid:mention_id>/take-over")
@require(Permission.PEOPLE_WRITE)
def take_over(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was confirmed since the link goes over too."""
    mention, item = queries.visible_mention(actor, mention_id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    if pile.link is None:
        raise Conflict("This is not linked.", remedy="Link it first.")
    with transaction():
        entry = people.head(pile.link.entry)
        left = mentions_linking.take_over(pile, entry=entry, incident=item.incident, actor=actor)
    flash("Taken over." if not left else "Not taken over: " + "; ".join(left), "doubt" if left else "done")
    return to_review(item.incident_id, mention.id)


@bp.post("/links/<uuid:appearance_id>/unlink")
@require(Permission.PEOPLE_WRITE)
def unlink(appearance_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a link back, with the facts it brought."""
    appearance = people.appearance(appearance_id)
    incident = incidents.visible_incident(actor, appearance.incident_id)
    with transaction():
        mentions_linking.unlink(appearance, actor=actor)
    flash("The link is taken back. Whoever it named in the incident stays named there.", "done")
    return to_review(incident.id, anchor=f"g-{appearance.group_id}" if appearance.group_id else "")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such entry in the index.", field="entry") from None
