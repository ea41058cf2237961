"""A whole journey through every door of the portal: who goes where, and what event must be left behind."""

import sqlalchemy as sa
from flask import Flask

from app.core.actor import machine
from app.core.db import session, transaction
from app.core.ledger import digest
from app.core.permissions import Role
from app.earlywarning.models import LanguageEvent
from app.evidence import excerpts
from app.evidence.models import Evidence, Excerpt, Rendition
from app.home import webhooks
from app.incidents.models import Incident, Offence, Participant
from tests.app.desk.scene import found, heard, read_whole, step
from tests.app.earlywarning.conftest import RULES, event
from tests.app.evidence.sending import Phone, sealed, with_copy, with_storyboard
from tests.app.home.journey_audits import audited
from tests.app.home.journey_papers import code_it, month_file
from tests.app.home.journey_people import know_people
from tests.app.home.journey_people_api import know_people_by_json
from tests.app.home.journey_reports import write_and_judge
from tests.app.home.journey_retention import keep_and_let_go
from tests.app.home.journey_search import see_and_search
from tests.app.home.journey_transcripts import correct_words
from tests.app.home.review import review
from tests.app.home.trip import BROWSER, WORDS, Journey
from tests.people import PASSWORD, csrf_token, signed_in

FIRST_LOOKS = (
    "evidence.poster",
    "evidence.peaks",
    "evidence.stream",
    "evidence.storyboard",
    "evidence.moment",
    "analysis.boxes",
)
CONTENT = b"bytes of a recording" * 100
STILL = (
    ("home.styles", "/styles"),
    ("home.styles_incident", "/styles/incident"),
    ("api_docs.show", "/api"),
    ("webhooks.index", "/agency/webhooks/"),
    ("api_docs.openapi", "/api/v1/openapi.json"),
)


def travel(app: Flask) -> Journey:
    """Everybody through every door, in the order of a case."""
    trip = Journey(app)
    for role in Role:
        trip.officers[role] = trip.people.one(role)
    incident, item = _in_the_street(trip)
    _at_the_desk(trip, incident, item)
    see_and_search(trip, item)
    correct_words(trip, item)
    code_it(trip, incident)
    write_and_judge(trip, incident, item)
    month_file(trip, incident)
    keep_and_let_go(trip, incident, item)
    _those_who_check(trip, incident, item)
    _accounts(trip)
    return trip


def _in_the_street(trip: Journey) -> tuple[Incident, Evidence]:
    trip.go("incidents.new", Role.OFFICER, "/incidents/new")
    trip.go("phone.open_quickly", Role.OFFICER, "/phone/incidents", form={"kind": "theft", "place": WORDS["place"]})
    trip.go(
        "incidents.create",
        Role.OFFICER,
        "/incidents/new",
        form={"kind": "arrest", "occurred_at": "2026-01-05T10:00", "place": WORDS["place"], "title": WORDS["title"]},
    )
    where = trip.answers["incidents.create"].location.rpartition("/")[2].partition("#")[0]
    incident = session().get_one(Incident, where)
    for endpoint, path in (
        ("home.index", "/"),
        ("phone.show", "/phone"),
        ("phone.my_reports", "/phone/reports"),
        ("desk.index", "/incidents"),
        ("desk.show", f"/incidents/{incident.id}"),
    ):
        trip.go(endpoint, Role.OFFICER, path)
    phone = Phone(trip.app, trip.officers[Role.OFFICER])
    phone.headers |= BROWSER
    token = {"badge": phone.officer.badge, "password": PASSWORD, "name": "phone"}
    trip.note("accounts_api.issue", lambda: phone.client.post("/api/v1/tokens", json=token, headers=BROWSER))
    trip.note("phone_api.incidents", lambda: phone.get("/api/v1/phone/incidents"))
    trip.note("phone_api.day", lambda: phone.get("/api/v1/phone/day"))
    given_up = trip.note("uploads.create", lambda: phone.create(incident, 9, filename=f"{WORDS['file']}.mp4"))
    trip.note("uploads.head", lambda: phone.head(given_up.headers["Location"]))
    trip.note("uploads.delete", lambda: phone.delete(given_up.headers["Location"]))
    over = phone.open(incident, 9, filename="x.mp4")
    trip.note(
        "uploads.delete", lambda: phone.client.post(over, headers=phone.headers | {"X-HTTP-Method-Override": "DELETE"})
    )
    location = phone.open(incident, len(CONTENT), filename=f"{WORDS['file']}.mp4", title=WORDS["item"])
    trip.note("uploads.patch", lambda: phone.patch(location, 0, CONTENT))
    [received] = session().scalars(sa.select(Evidence))
    item = sealed(trip.app, received)
    copies = (("proxy", "mp4"), ("poster", "jpg"), ("peaks", "json"), ("stream/main.m3u8", "m3u8"))
    for kind, suffix in copies:
        with_copy(trip.app, item, kind, f"[{kind!r}]".encode(), "video/mp4", suffix)
    with_storyboard(trip.app, item)
    trip.note("evidence_api.status", lambda: phone.get(f"{location}/status"))
    trip.note("evidence_api.receipt", lambda: phone.get(f"{location}/receipt"))
    read_whole(item)
    for endpoint, rest in (
        ("evidence_api.item", ""),
        ("analysis_api.steps", "/steps"),
        ("analysis_api.transcript", "/transcript"),
        ("analysis_api.tags", "/tags"),
        ("analysis_api.mentions", "/mentions"),
    ):
        trip.note(endpoint, lambda rest=rest: phone.get(f"/api/v1/evidence/{item.id}{rest}"))
    trip.note("reports_api.index", lambda: phone.get("/api/v1/reports"))
    trip.note("accounts_api.revoke", lambda: phone.client.delete("/api/v1/tokens/current", headers=phone.headers))
    return incident, item


def _at_the_desk(trip: Journey, incident: Incident, item: Evidence) -> None:
    for endpoint, rest in (
        ("evidence.show", ""),
        ("evidence.media", "/media"),
        ("evidence.poster", "/poster"),
        ("evidence.peaks", "/peaks"),
        ("evidence.stream", "/stream/main.m3u8"),
        ("evidence.storyboard", "/storyboard/1.jpg"),
        ("evidence.moment", "/moment.jpg?at=1"),
        ("analysis.boxes", "/boxes.json?start=0&end=30"),
        ("evidence.original", "/original"),
        ("evidence.receipt", "/receipt"),
        ("analysis.steps", "/steps"),
        ("analysis.heard", "/heard"),
        ("custody.show", "/custody"),
        ("custody.as_csv", "/custody.csv"),
        ("custody.as_pdf", "/custody.pdf"),
    ):
        # a second person, who has not looked yet: a still is an event unless a look is on record
        trip.go(
            endpoint,
            Role.OFFICER if endpoint not in FIRST_LOOKS else Role.INTERNAL_AFFAIRS,
            f"/evidence/{item.id}{rest}",
        )
        trip.browsers.pop(Role.INTERNAL_AFFAIRS, None)
    inside = f"/incidents/{incident.id}"
    person = {"part": "witness", "name": WORDS["name"], "note": WORDS["note"], "date_of_birth": ""}
    trip.go("incidents.participants", Role.OFFICER, f"{inside}/participants", form=person)
    [named] = session().scalars(sa.select(Participant.id))
    trip.go("incidents.remove_participant", Role.OFFICER, f"{inside}/participants/{named}/remove", form={})
    trip.go(
        "incidents.offences", Role.OFFICER, f"{inside}/offences", form={"description": WORDS["offence"], "code": "PC 1"}
    )
    [alleged] = session().scalars(sa.select(Offence.id))
    trip.go("incidents.remove_offence", Role.OFFICER, f"{inside}/offences/{alleged}/remove", form={})
    other = trip.people.one()
    trip.go("incidents.assignments", Role.OFFICER, f"{inside}/assignments", form={"badge": other.badge})
    trip.go("incidents.unassign", Role.OFFICER, f"{inside}/assignments/{other.id}/remove", form={})
    trip.go("incidents.close", Role.OFFICER, f"{inside}/close", form={})
    trip.go("incidents.reopen", Role.OFFICER, f"{inside}/reopen", form={})
    mention = found(step(item, "find_entities", generation=2), kind="person", value=WORDS["name"], start=40)
    trip.go("analysis.name", Role.OFFICER, f"/mentions/{mention.id}/name")
    trip.go("analysis.decide", Role.OFFICER, f"/mentions/{mention.id}/confirmed", form={})
    again = step(item, "tag_video", generation=3)
    trip.go("analysis.retry", Role.OFFICER, f"/steps/{again.id}/retry", form={})
    know_people(trip, incident, item)
    know_people_by_json(trip, incident, item)


def _those_who_check(trip: Journey, incident: Incident, item: Evidence) -> None:
    transcript = heard(step(item, "transcribe", generation=14), f"get out {WORDS['heard']}", "no")
    scored = step(item, "score_language", generation=14)
    from app.earlywarning import service

    with transaction():
        rows = [event(transcript, WORDS["heard"], utterance_id=transcript.utterances[0].id)]
        service.keep_language(
            scored,
            session().get_one(Evidence, item.id),
            engine=RULES,
            events=rows,
            speech_s=60.0,
            utterances=2,
            actor=machine("score_language"),
        )
    officer = trip.officers[Role.OFFICER]
    [moment] = session().scalars(sa.select(LanguageEvent.id))
    auditor = Role.INTERNAL_AFFAIRS
    trip.go("earlywarning.index", auditor, "/early-warning/")
    trip.go("earlywarning.officer", auditor, f"/early-warning/officers/{officer.id}")
    trip.go(
        "earlywarning.decide",
        auditor,
        f"/early-warning/moments/{moment}",
        form={"decision": "confirmed", "reason": WORDS["reason"]},
    )
    trip.go(
        "earlywarning.close",
        auditor,
        f"/early-warning/officers/{officer.id}/disposition",
        form={"outcome": "coaching", "reason": WORDS["reason"]},
    )
    trip.go("earlywarning.mine", Role.OFFICER, "/early-warning/mine")
    review(trip, officer, moment)
    audited(trip, officer.badge)
    trip.go("custody.why", auditor, f"/evidence/{item.id}/original/why")
    trip.go("evidence.original", auditor, f"/evidence/{item.id}/original?reason=internal_review&case=IA-7")
    _cut(trip, item)
    choice = {"items": [str(item.id)], "reason": "discovery", "case": "2026-CR-17"}
    trip.go("custody.export", Role.RECORDS, f"/incidents/{incident.id}/export", form=choice)
    trip.go("audit.show_ledger", auditor, f"/ledger?who={WORDS['name']}")
    trip.go("audit.ledger_csv", auditor, "/ledger.csv?act=evidence:")
    trip.go("audit.ai_use", auditor, "/ledger/ai")
    trip.go("audit.ai_use_csv", auditor, "/ledger/ai.csv")
    with transaction():
        from datetime import timedelta

        from app.core.clock import now

        digest.make(actor=machine("upkeep"), moment=now() + timedelta(days=7))
    [week] = [one.week for one in digest.digests()]
    trip.go("audit.show_digest", auditor, "/ledger/digest")
    trip.go("audit.review_digest", auditor, f"/ledger/digest/{week}/review", form={})
    for endpoint, path in STILL:
        trip.go(endpoint, Role.ADMINISTRATOR, path)
    _tell_another_system(trip)


def _tell_another_system(trip: Journey) -> None:
    told = {"url": "https://records.example/", "acts": "reports:report:file"}
    trip.go("webhooks.add", Role.ADMINISTRATOR, "/agency/webhooks/", form=told)
    [webhook] = webhooks.standing()
    for act in ("try", "end"):
        endpoint = {"try": "webhooks.try_now", "end": "webhooks.end"}[act]
        trip.go(endpoint, Role.ADMINISTRATOR, f"/agency/webhooks/{webhook.id}/{act}", form={})


def _cut(trip: Journey, item: Evidence) -> None:
    clip = {"kind": "clip", "start": "1", "end": "2", "reason": "discovery", "case": "2026-CR-17"}
    trip.go("excerpts.index", Role.RECORDS, f"/evidence/{item.id}/excerpts")
    trip.go("excerpts.index", Role.RECORDS, f"/evidence/{item.id}/excerpts", form=clip)
    trip.go("excerpts.made", Role.RECORDS, f"/evidence/{item.id}/excerpts/made")
    with transaction():
        [asked] = session().scalars(sa.select(Excerpt))
        made = session().scalars(sa.select(Rendition).where(Rendition.evidence_id == item.id)).first()
        excerpts.keep(asked, made)
    trip.go("excerpts.take", Role.RECORDS, f"/evidence/{item.id}/excerpts/{asked.id}")


def _accounts(trip: Journey) -> None:
    admin, other = Role.ADMINISTRATOR, trip.people.one()
    unit = str(other.unit_id)
    fresh = {
        "badge": "7777",
        "name": "New One",
        "rank": "Officer",
        "role": "officer",
        "unit": unit,
        "password": PASSWORD,
    }
    trip.go("accounts.index", admin, "/accounts")
    trip.go("accounts.enrol", admin, "/accounts/new", form=fresh)
    trip.go("accounts.show", admin, f"/accounts/{other.id}")
    annex = str(trip.people.unit("Annex").id)
    trip.go("accounts.transfer", admin, f"/accounts/{other.id}/transfer", form={"unit": annex})
    trip.go("accounts.unlock", admin, f"/accounts/{other.id}/unlock", form={})
    trip.go("accounts.reset", admin, f"/accounts/{other.id}/reset", form={"password": "a long temporary one"})
    trip.go("accounts.reset", admin, f"/accounts/{other.id}/reset", form={"password": "short"})
    signer = trip.officers[Role.OFFICER]
    trip.go("accounts.end_key", admin, f"/accounts/{signer.id}/key/end", form={"reason": "replaced"})
    trip.go("accounts.new_key", admin, f"/accounts/{signer.id}/key/new", form={})
    trip.go("accounts.close", admin, f"/accounts/{other.id}/close", form={})
    trip.go("accounts.account", Role.OFFICER, "/account")
    for language in ("es", "en"):
        trip.go("accounts.choose_language", Role.OFFICER, "/language", form={"language": language, "next": "/account"})
    trip.go("accounts.locked", Role.OFFICER, "/locked")
    trip.go("accounts.unlock_screen", Role.OFFICER, "/locked", form={"password": PASSWORD})
    trip.go("accounts.unlock_screen", Role.OFFICER, "/locked", form={"password": "wrong"})
    _own_keys(trip)
    new = "another horse battery"
    wrong = {"old": "wrong", "password": new, "again": new}
    trip.go("accounts.change_password", Role.OFFICER, "/account/password", form=wrong)
    trip.go("accounts.change_password", Role.OFFICER, "/account/password", form=wrong | {"old": PASSWORD})
    stranger = trip.app.test_client()
    for badge in (trip.officers[Role.SUPERVISOR].badge, "0000"):
        refused = {"csrf_token": csrf_token(stranger), "badge": badge, "password": "wrong", "notice": "y"}
        trip.note("accounts.sign_in", lambda refused=refused: stranger.post("/sign-in", data=refused, headers=BROWSER))
    trip.note(
        "accounts.sign_in", lambda: signed_in(trip.app, trip.officers[Role.SUPERVISOR]).get("/locked", headers=BROWSER)
    )
    trip.go("accounts.sign_out", Role.SUPERVISOR, "/sign-out", form={})


def _own_keys(trip: Journey) -> None:
    from app.accounts.models import ApiToken, SignInSession

    officer = trip.officers[Role.OFFICER]
    signed_in(trip.app, officer)
    newest = sa.select(SignInSession.id).where(SignInSession.officer_id == officer.id)
    entry = session().scalars(newest.order_by(SignInSession.created_at.desc())).first()
    trip.go("accounts.end_session", Role.OFFICER, f"/account/sessions/{entry}/end", form={})
    Phone(trip.app, officer)
    token = (
        session()
        .scalars(sa.select(ApiToken.id).where(ApiToken.officer_id == officer.id, ApiToken.revoked_at.is_(None)))
        .first()
    )
    trip.go("accounts.revoke_token", Role.OFFICER, f"/account/tokens/{token}/revoke", form={})
