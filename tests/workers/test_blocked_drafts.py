"""The drafting step where the agency lets no machine draft (A12): no text, an empty report to write in, the attempt on record."""

from app.core.actor import machine
from app.core.db import session, transaction
from app.core.permissions import Role
from app.reports import agency, service
from app.reports.agency import Rules
from app.reports.models import Draft, Sentence
from tests.app.desk import scene
from tests.app.reports.conftest import Desk, desk  # noqa: F401  (a fixture)
from tests.people import People, actor_for
from workers.tasks.draft_report import READING


def test_a12_the_step_ends_without_a_draft_and_says_so(desk: Desk, people: People) -> None:  # noqa: F811
    officer, admin = people.one(), actor_for(people.one(Role.ADMINISTRATOR))
    item = scene.item(scene.stop(officer), officer)
    step = scene.step(item, "draft_report")
    with transaction():
        agency.change(Rules(blocked_kinds=("traffic_stop",)), reason="Order 12 of the chief", actor=admin)
    drafts = session().query(Draft).count()
    with transaction():
        result = READING.compute(READING.gather(item), lambda _share: None)
        engine, figures = READING.keep(step, session().merge(item), result, machine("draft_report"))
    assert result is None
    assert (engine, figures) == ({}, {"draft": 0, "refused": "blocked_kind"})
    assert session().query(Draft).count() == drafts
    with transaction():
        report = service.report_for(session().merge(item).incident, author=officer)
    assert session().query(Sentence).filter_by(report_id=report.id).count() == 0
    refused = Desk(officer, desk.supervisor, item.incident, item, report.id, desk.app)
    assert refused.acts() == ["reports:draft:refuse"]
