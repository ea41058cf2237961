"""What people make of machines' findings: confirmed, corrected, rejected, put back, added, undone."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.analysis import findings
from app.analysis.findings import BY_HAND, MANY
from app.analysis.mentions.kinds import KINDS
from app.analysis.mentions.models import MentionAct
from app.analysis.models import Decision, Mention, Transcript, Utterance
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.outbox import enqueue_once
from app.core.typed import one_line
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.people import service as people

LONGEST = 400


@dataclass(frozen=True, slots=True)
class Marked:
    """What a person marked that machines missed: seconds from the start of the recording, and the utterance if there is one."""

    kind: str
    value: str
    start_s: float
    end_s: float
    utterance_id: uuid.UUID | None = None


def decide_mention(
    mention: Mention,
    *,
    evidence: Evidence,
    decision: Decision,
    actor: Actor,
    edition: int | None = None,
    batch: uuid.UUID | None = None,
) -> Mention:
    """Notes what the actor, a person, decided about a finding. PROPOSED takes an earlier decision back.

    Conflict when it is decided so already, or, where `edition` says what the person saw, when somebody decided since.
    What is confirmed no longer leaves the master index. Raises PermissionError for a machine: it may only propose.
    """
    person = actor.id
    findings.hold(mention, evidence, edition)
    findings.MOVES.check(mention.decision, decision)
    _remember(mention, evidence, batch or uuid.uuid4(), actor)
    findings.settle(mention, decision, person)
    if decision is Decision.PROPOSED:
        mention.kind, mention.value = machines(mention)
        mention.said = {}
    if decision is not Decision.CONFIRMED:
        people.withdraw_mention(mention.id, actor=actor)
    _note(findings.ACTS[decision], mention, evidence, actor)
    return mention


def correct_mention(
    mention: Mention, *, evidence: Evidence, kind: str, value: str, actor: Actor, edition: int | None = None
) -> Mention:
    """Confirms a finding with another value or kind; what the machine had put stays beside it in `said`.

    Invalid for an unknown kind or a value that is none of it; Conflict as in `decide_mention`.
    """
    person = actor.id
    clean = canonical(kind, value)
    findings.hold(mention, evidence, edition)
    if mention.decision is Decision.CONFIRMED and (mention.kind, mention.value) == (kind, clean):
        raise Conflict("It says so already.")
    _remember(mention, evidence, uuid.uuid4(), actor)
    people.withdraw_mention(mention.id, actor=actor)
    if mention.method != BY_HAND and not mention.said:
        mention.said = {"kind": mention.kind, "value": mention.value}
    mention.kind, mention.value = kind, clean
    findings.settle(mention, Decision.CONFIRMED, person)
    _note("correct", mention, evidence, actor)
    return mention


def add_mention(evidence: Evidence, *, marked: Marked, actor: Actor) -> Mention:
    """Adds what a person heard or saw and machines missed, confirmed by them.

    Invalid names the field: a kind that is none, seconds outside the recording, words of another recording.
    Conflict for an item that is not sealed.
    """
    person = actor.id
    findings.sealed(evidence, Mention)
    findings.within(evidence, marked.start_s, marked.end_s)
    value = canonical(marked.kind, marked.value)
    text, start = _where(evidence, marked)
    mention = Mention(
        id=uuid.uuid4(),
        evidence_id=evidence.id,
        step_id=None,
        utterance_id=marked.utterance_id,
        kind=marked.kind,
        text=text or value,
        value=value,
        start_char=start,
        end_char=start + len(text),
        start_s=marked.start_s,
        end_s=marked.end_s,
        confidence=1.0,
        method=BY_HAND,
        engine={},
        detail={},
        said={},
        edition=1,
        decision=Decision.CONFIRMED,
        decided_by=person,
        decided_at=now(),
    )
    session().add(mention)
    session().flush()
    _note("add", mention, evidence, actor)
    return mention


def confirm_many(
    rows: Sequence[tuple[Mention, Evidence]], *, editions: Mapping[uuid.UUID, int], actor: Actor
) -> uuid.UUID:
    """Confirms findings that a person looked at twice, as one batch that can be undone whole. Conflict when somebody
    decided one of them since: then none is confirmed. Invalid for none, or more than MANY."""
    if not 0 < len(rows) <= MANY:
        raise Invalid(f"Choose between 1 and {MANY} findings.", field="chosen")
    batch = uuid.uuid4()
    findings.hold_all(Mention, [mention.id for mention, _ in rows])
    for mention, evidence in sorted(rows, key=lambda row: row[0].id):
        decide_mention(
            mention,
            evidence=evidence,
            decision=Decision.CONFIRMED,
            actor=actor,
            edition=editions.get(mention.id),
            batch=batch,
        )
    return batch


def undo(incident: Incident, *, actor: Actor) -> int:
    """Takes the actor's latest decision in an incident back, all of its batch; returns how many findings are as before.

    Conflict when there is nothing to undo, or somebody decided since.
    """
    newest = last_act(incident.id, actor)
    if newest is None:
        raise Conflict("There is nothing of yours to undo here.")
    acts = session().scalars(sa.select(MentionAct).where(MentionAct.batch == newest.batch)).all()
    findings.hold_all(Mention, [act.mention_id for act in acts])
    for act in acts:
        mention = session().get_one(Mention, act.mention_id)
        evidence = session().get_one(Evidence, mention.evidence_id)
        findings.hold(mention, evidence, act.edition)
        was = mention.kind, mention.value
        mention.kind, mention.value, mention.said = act.before["kind"], act.before["value"], dict(act.before["said"])
        findings.put_back(mention, act.before)
        act.undone_at = now()
        if mention.decision is not Decision.CONFIRMED or was != (mention.kind, mention.value):
            people.withdraw_mention(mention.id, actor=actor)
        _note("undo", mention, evidence, actor)
    return len(acts)


def last_act(incident_id: uuid.UUID, actor: Actor) -> MentionAct | None:
    """The latest decision of the actor in an incident that was not undone."""
    return findings.latest(MentionAct, MentionAct.incident_id == incident_id, actor)


def machines(mention: Mention) -> tuple[str, str]:
    """Kind and value as the machine had put them."""
    return mention.said.get("kind", mention.kind), mention.said.get("value", mention.value)


def canonical(kind: str, value: str) -> str:
    """A value as findings of its kind are kept: a birth date as ISO 8601, a plate as capitals and digits.

    Invalid names `kind` or `value`: unknown, empty, over 400 characters, no date.
    """
    if kind not in KINDS:
        raise Invalid("Choose what it is.", field="kind", remedy="One of: " + ", ".join(KINDS))
    clean = one_line(value, field="value", most=LONGEST, nothing="Say what it is.")
    if kind in ("plate", "vin"):
        clean = re.sub(r"[^A-Z0-9]", "", clean.upper())
        if not clean:
            raise Invalid("This has no letter or digit.", field="value")
    return _birth(clean) if kind == "date_of_birth" else clean


def _birth(text: str) -> str:
    for shape in ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y"):
        try:
            return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise Invalid("This is no date of birth.", field="value", remedy="Write it as 1984-03-09 or 3/9/1984.")


def _remember(mention: Mention, evidence: Evidence, batch: uuid.UUID, actor: Actor) -> None:
    before = {"kind": mention.kind, "value": mention.value, "said": mention.said, **findings.as_it_stands(mention)}
    mention.edition += 1
    session().add(
        MentionAct(
            id=uuid.uuid4(),
            mention_id=mention.id,
            incident_id=evidence.incident_id,
            batch=batch,
            before=before,
            edition=mention.edition,
            by=actor.id,
            at=now(),
        )
    )


def _where(evidence: Evidence, marked: Marked) -> tuple[str, int]:
    """The words of the utterance that were marked, and where they begin; nothing where none were."""
    if marked.utterance_id is None:
        return "", 0
    said = session().get(Utterance, marked.utterance_id)
    if said is None or session().scalar(_owner(said)) != evidence.id:
        raise Invalid("These words are not of this recording.", field="utterance")
    at = said.text.casefold().find(marked.value.strip().casefold())
    return (said.text[at : at + len(marked.value.strip())], at) if at >= 0 else ("", 0)


def _owner(said: Utterance) -> sa.Select[uuid.UUID]:
    return sa.select(Transcript.evidence_id).where(Transcript.id == said.transcript_id)


def _note(act: str, mention: Mention, evidence: Evidence, actor: Actor) -> None:
    enqueue_once("count_checks", incident_id=evidence.incident_id)
    enqueue_once("gather_moments", evidence_id=evidence.id)
    ledger.record(
        f"analysis:mention:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=evidence.id,
        incident_id=evidence.incident_id,
        mention_id=mention.id,
        kind=mention.kind,
        method=mention.method,
    )
