"""A report with a machine's draft, made through the verbs of the room, and hands to correct and sign it."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.accounts.signing import Pen
from app.core.actor import Actor, machine
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.reports import obstacles, queries, review, service
from app.reports.authorship import Terms
from app.reports.models import Draft, Report, Sentence
from app.reports.schemas import DraftedSentence
from tests.app.desk.scene import item, step, stop
from tests.people import People, actor_for, pen_for

ENGINES = [
    {"name": "blotter-writing", "model": "extractive", "version": "1.2"},
    {"name": "pocketsphinx", "model": "en-us", "version": "5.1.1"},
]
TERMS = Terms("Springfield Police Department", "ZZ0000000", ("CA",))
GAP = "[INSERT: was anybody injured?]"


@dataclass
class Desk:
    """The people of one report and the report."""

    officer: Officer
    supervisor: Officer
    incident: Incident
    evidence: Evidence
    report_id: object
    app: Flask

    @property
    def author(self) -> Actor:
        return actor_for(self.officer)

    @property
    def reviewer(self) -> Actor:
        return actor_for(self.supervisor)

    @property
    def report(self) -> Report:
        """As it stands now."""
        return queries.visible_report(self.author, self.report_id)

    def sentence(self, words: str) -> Sentence:
        """The standing sentence that has these words."""
        return next(one for one in self.report.sentences if words in one.text)

    def complete(self) -> None:
        """Fills the gap and stands by what was doubted."""
        report, gap, doubted = self.report, self.sentence(GAP), self.sentence("mumbled")
        with transaction():
            service.edit_sentence(gap, report, text="Nobody was injured.", edition=gap.edition, actor=self.author)
        with transaction():
            service.acknowledge(doubted, report, actor=self.author)
        self.read_warnings()

    def read_warnings(self) -> None:
        """The author reads what the checks warn of, and stands by the text."""
        report = self.report
        for one in obstacles.standing(report).open:
            with transaction():
                obstacles.acknowledge_finding(report, one.key, actor=self.author)

    def submit(self):
        """Completed, certified and signed."""
        if any(one.gap for one in self.report.sentences):
            self.complete()
        else:
            self.read_warnings()
        pen = self.pen(self.officer)
        with transaction():
            return review.submit(self.report, certified=True, terms=TERMS, pen=pen, actor=self.author)

    def approve(self, notes: str = ""):
        """Approved and signed by the supervisor."""
        pen = self.pen(self.supervisor)
        with transaction():
            return review.approve(self.report, notes=notes, pen=pen, actor=self.reviewer)

    def filed(self, by: Officer):
        """Submitted, approved, filed."""
        self.submit()
        self.approve()
        with transaction():
            return review.file(self.report, actor=actor_for(by))

    def pen(self, officer: Officer) -> Pen:
        """What an officer signs with, by their password."""
        return pen_for(officer, self.app.config["SETTINGS"])

    def acts(self) -> list[str]:
        """What the ledger says of the report, in order."""
        query = sa.select(Event.act).where(Event.subject_id == str(self.report_id)).order_by(Event.seq)
        return list(session().scalars(query))


def drafted(evidence: Evidence, *more: str) -> list[DraftedSentence]:
    """What the machine wrote: a sure sentence, a doubtful one, a gap."""
    source = ((evidence.id, 1.0, 4.5, "good evening"),)
    return [
        DraftedSentence(
            section="Contact", text="Officer Test greeted the driver.", confidence=0.9, gap=False, sources=source
        ),
        DraftedSentence(
            section="Contact", text="The driver mumbled a name.", confidence=0.3, gap=False, sources=source
        ),
        *(DraftedSentence(section="Contact", text=text, confidence=0.8, gap=False, sources=source) for text in more),
        DraftedSentence(section="Injuries", text=GAP, confidence=None, gap=True, sources=()),
    ]


def keep(desk_report: Report, evidence: Evidence, sentences: list[DraftedSentence], generation: int = 1) -> Draft:
    """A draft as the drafting step keeps it."""
    drafting = step(evidence, "draft_report", generation=generation)
    with transaction():
        return service.keep_draft(
            desk_report,
            step_id=drafting.id,
            engines=ENGINES,
            actor=machine("draft_report"),
            inputs=[{"evidence": str(evidence.id), "sha256": evidence.sha256}],
            sentences=sentences,
        )


@pytest.fixture
def desk(app: Flask, people: People) -> Desk:
    """A report whose first draft is there and untouched."""
    officer, supervisor = people.one(name="Ida Reyes"), people.one(Role.SUPERVISOR)
    incident = stop(officer)
    evidence = item(incident, officer)
    with transaction():
        report = service.report_for(incident, author=officer)
    keep(report, evidence, drafted(evidence))
    session().expunge_all()  # what a refusal undoes must not take the people with it
    return Desk(officer, supervisor, incident, evidence, report.id, app)
