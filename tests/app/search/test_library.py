"""The library: what is shelved, who sees and counts what, each facet, words and passages, order and cursors."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.analysis.models import Decision, Mention, Tag
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.permissions import Role
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.incidents import service as incidents
from app.incidents.models import IncidentKind, Part
from app.search.library import finding, shelving
from app.search.library.asked import Asked, read
from app.search.library.conditions import conditions
from app.search.library.counting import Counts, counts
from app.search.library.finding import Page
from tests.app.desk import scene
from tests.app.search.scene import EVENING, recording
from tests.people import People, actor_for


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(name="Ana Reyes")


def shelve(*of: Evidence) -> None:
    """What the back room does after a change."""
    with transaction():
        shelving.shelve([one.id for one in of])


def made(officer: Officer, *lines: str, title: str = "Dash camera", **given) -> Evidence:
    """A recording on the shelf."""
    item = recording(officer, *lines, **given)
    with transaction() as db:
        db.execute(sa.update(Evidence).where(Evidence.id == item.id).values(title=title))
    shelve(item)
    return session().get_one(Evidence, item.id, populate_existing=True)


def ask(
    who: Officer, text: str = "", *, cursor: str = "", size: int = 40, sort: str = "-recorded", **chosen: str
) -> Page:
    """What the officer finds."""
    session().rollback()
    return finding.page(actor_for(who), question(text, sort=sort, **chosen), cursor=cursor, size=size)


def question(text: str = "", *, sort: str = "-recorded", **chosen: str | list[str]) -> Asked:
    """A question as an address asks it."""
    values = {key: [one] if isinstance(one, str) else one for key, one in chosen.items()}
    return read({"q": [text], "sort": [sort], **values})


def counted(who: Officer, text: str = "", **chosen: str | list[str]) -> Counts:
    """What the officer's facets say."""
    session().rollback()
    return counts(actor_for(who), question(text, **chosen))


def values(of: Counts, key: str) -> dict[str, int]:
    """A facet's values in words, with their counts."""
    return {one.words: one.count for group in of.groups if group.key == key for one in group.values}


def titles(page: Page) -> list[str]:
    return [one.row.title for one in page.items]


def plain(pieces: list[tuple[bool, str]]) -> str:
    """A passage with what is marked in brackets."""
    return "".join(f"[{text}]" if hit else text for hit, text in pieces)


def test_every_word_of_an_item_finds_it_and_is_marked(officer: Officer) -> None:
    item = made(officer, "step out of the car", "he is running away", title="Rear camera", seen=(("plate", "7ABC123", 1, 2), ("text", "MAIN ST DINER", 3, 4)))  # fmt: skip
    incident = item.incident
    with transaction():
        incidents.add_participant(incident, part=Part.WITNESS, name="Quentin Oakhurst", actor=actor_for(officer))
        session().add(Mention(evidence_id=item.id, kind="person", text="miss velasquez", value="Velasquez", start_char=0, end_char=4, start_s=1, end_s=2,
            confidence=0.9, method="rules", decision=Decision.CONFIRMED))  # fmt: skip
        session().add(Mention(evidence_id=item.id, kind="person", text="mister humbug", value="Humbug", start_char=0, end_char=4, start_s=1, end_s=2,
            confidence=0.9, method="rules"))  # fmt: skip
    shelve(item)
    for text in (
        "runs",
        "rear",
        "7abc123",
        "7-ABC-123",
        "diner",
        "oakhurst",
        "velasquez",
        incident.number,
        '"running away"',
        "diner velasq",
        "camera -bus",
    ):
        assert titles(ask(officer, text)) == ["Rear camera"], text
    for text in ("humbug", '"away running"', "rear -running", "nowhere"):
        assert titles(ask(officer, text)) == [], text
    [shown] = ask(officer, "running rear").items
    assert plain(shown.title) == "[Rear] camera"
    assert [plain(line.pieces) for line in shown.said] == ["he is [running] away"]
    [shown] = ask(officer, "diner oakhurst velasquez").items
    assert [plain(one) for one in shown.seen] == ["MAIN ST [DINER] (Text)"]
    assert [plain(one) for one in shown.named] == ["Quentin [Oakhurst]", "[Velasquez]"]
    assert ask(officer, "the rear").common == ("the",)


def test_nobody_finds_counts_or_names_what_they_may_not_see(people: People, officer: Officer) -> None:
    other, boss = people.one(name="Ben Other", unit="South Patrol"), people.one(Role.SUPERVISOR)
    mine = made(officer, "a secret word", title="Mine", place="Elm Street", seen=(("vehicle", "car", 1, 2),))
    theirs = made(
        other,
        "a secret word",
        title="Theirs",
        place="Hidden Road",
        seen=(("vehicle", "truck", 1, 2),),
        kind=IncidentKind.THEFT,
    )
    assert titles(ask(officer, "secret")) == ["Mine"]
    assert titles(ask(boss, "secret")) == ["Mine"]
    assert titles(ask(people.one(Role.RECORDS), "secret", sort="title")) == ["Mine", "Theirs"]
    assert titles(ask(people.one(Role.ADMINISTRATOR), "secret")) == []
    for who in (officer, boss):
        told = counted(who)
        assert told.total == 1
        for group in told.groups:
            assert sum(one.count for one in group.values) <= 1, group
        everything = repr(told)
        for word in ("Theirs", "Hidden", "truck", theirs.incident.number, "Ben Other", "South Patrol"):
            assert word not in everything, word
        # what is asked for by name is not told to be there either
        for key, value in (
            ("incident", theirs.incident.number),
            ("officer", other.badge),
            ("unit", "South Patrol"),
            ("place", "Hidden Road"),
            ("tag", "vehicle/truck"),
        ):
            asked = counted(who, **{key: value})
            assert asked.total == 0
            [chosen] = [one for group in asked.groups if group.key == key for one in group.values if one.chosen]
            assert chosen.count == 0
            assert "Ben" not in chosen.words
    with transaction():
        incidents.assign(theirs.incident, officer=officer, actor=actor_for(other))
    assert values(counted(officer), "officer") == {"Officer Ana Reyes": 1, "Officer Ben Other": 1}
    assert mine.id != theirs.id


def test_each_facet_narrows_and_its_counts_follow_the_others(people: People, officer: Officer) -> None:
    with transaction() as db:
        from app.evidence.retention import categories
        from app.evidence.retention.presets import presets

        categories.load_preset(next(iter(presets())), actor=actor_for(people.one(Role.RECORDS)))
        db.flush()
    car = made(officer, title="Car", place="Elm Street", seen=(("vehicle", "car", 1, 2), ("shot", "Shot 1", 0, 3)))
    both = made(
        officer,
        title="Both",
        place="Oak Street",
        at=EVENING - timedelta(days=40),
        seen=(("vehicle", "car", 1, 2), ("person", "person", 1, 2)),
    )
    photo = scene.item(scene.stop(officer, place="Oak Street"), officer, title="Photo", kind=MediaKind.IMAGE)
    bad = scene.item(scene.stop(officer), officer, title="Bad", kind=None, state=EvidenceState.QUARANTINED)
    shelve(photo, bad)
    whole = counted(officer)
    assert (whole.total, whole.beyond) == (4, False)
    assert values(whole, "kind") == {"Video": 2, "Picture": 1, "Not known yet": 1}
    assert values(whole, "tag") == {"car (Vehicle)": 2, "Person": 1}
    assert values(whole, "place") == {"Oak Street": 2, "Elm Street": 1, "Main Street": 1}
    assert values(whole, "state") == {"Sealed": 3, "Quarantined": 1}
    assert values(whole, "retention") == {"No category yet": 4}
    assert values(whole, "incident") == {one.incident.number: 1 for one in (car, both, photo, bad)}
    narrowed = counted(officer, tag="vehicle/car", place="Oak Street")
    assert narrowed.total == 1
    assert values(narrowed, "place") == {"Oak Street": 1, "Elm Street": 1}, "as if no place were chosen"
    assert values(narrowed, "tag") == {"car (Vehicle)": 1, "Person": 1}, "as if nothing seen were chosen"
    assert values(narrowed, "kind") == {"Video": 1}
    either = {"kind": ["video", "image"], "place": "Oak Street"}
    assert sorted(titles(finding.page(actor_for(officer), question(**either)))) == ["Both", "Photo"]
    for chosen, found in (({"kind": "image"}, ["Photo"]), ({"state": "quarantined"}, ["Bad"]), ({"incident": car.incident.number}, ["Car"]),
        ({"tag": "person/person"}, ["Both"]), ({"officer": officer.badge, "place": "Elm Street"}, ["Car"]), ({"unit": "Nowhere"}, []),
        ({"date": f"{EVENING.astimezone():%Y-%m-%d}"}, ["Car"]), ({"date": f"{EVENING - timedelta(days=40):%Y-%m}"}, ["Both"]),
        ({"retention": "held"}, []), ({"kind": "no such"}, [])):  # fmt: skip
        assert titles(ask(officer, **chosen)) == found, chosen
    assert values(counted(officer, kind="video"), "date") == {"November 2026": 1, "October 2026": 1}


def test_categories_holds_and_rejected_tags_are_on_the_shelf(people: People, officer: Officer) -> None:
    from app.evidence.retention import categories, holds
    from app.evidence.retention import queries as retention
    from app.evidence.retention.models import HoldReason
    from app.evidence.retention.presets import presets

    records = actor_for(people.one(Role.RECORDS))
    with transaction():
        categories.load_preset(next(iter(presets())), actor=records)
    code = retention.in_use()[0].code
    item = made(officer, title="Held", seen=(("vehicle", "car", 1, 2),))
    with transaction():
        categories.choose(item, [code], actor=actor_for(officer))
    shelve(item)
    name = retention.in_use()[0].name
    assert values(counted(officer, category=code), "category") == {name: 1}
    assert values(counted(officer), "retention") == {"By its category": 1}
    with transaction():
        holds.place(item.incident, None, reason=HoldReason.LITIGATION, reference="C-1", actor=records)
        session().execute(sa.update(Tag).values(decision=Decision.REJECTED))
        shelving.shelve_incident(item.incident_id)
    assert values(counted(officer), "retention") == {"On hold": 1}
    assert values(counted(officer), "tag") == {}
    assert titles(ask(officer, "car")) == []


def test_every_order_is_whole_page_by_page(officer: Officer) -> None:
    for n, title in enumerate(("Bravo", "alpha", "Charlie", "Alpha", "delta")):
        item = made(officer, title=title, at=EVENING + timedelta(hours=n // 2))
        with transaction() as db:
            db.execute(sa.update(Evidence).where(Evidence.id == item.id).values(size=n % 3, duration_s=10.0 * (n % 2)))
        shelve(item)
    for sort in (
        "recorded",
        "-recorded",
        "title",
        "-title",
        "incident",
        "-incident",
        "size",
        "-size",
        "length",
        "-length",
    ):
        whole, seen, cursor = titles(ask(officer, sort=sort)), [], ""
        while True:
            page = ask(officer, sort=sort, size=2, cursor=cursor)
            seen += titles(page)
            cursor = page.next_cursor
            if not cursor:
                break
        assert seen == whole, sort
        assert len(set(seen)) == 5
    cursor = ask(officer, sort="size", size=2).next_cursor
    for sort, wrong in (("title", cursor), ("size", "nonsense"), ("size", cursor[:-4]), ("size", "W10")):
        with pytest.raises(Invalid, match="cannot be found"):
            ask(officer, sort=sort, cursor=wrong)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"q": ["x" * 301]}, "q"),
        ({"q": ["a\0b"]}, "q"),
        ({"date": ["2026-13"]}, "date"),
        ({"date": ["yesterday"]}, "date"),
        ({"date": ["0000"]}, "date"),
        ({"sort": ["colour"]}, "sort"),
        ({"view": ["cube"]}, "view"),
        ({"place": [str(n) for n in range(51)]}, ""),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(given: dict[str, list[str]], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(given)
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_question_is_read_back_from_its_address() -> None:
    from urllib.parse import parse_qs

    asked = question("two words", kind=["video", "audio"], place="A & B", sort="-size")
    assert read(parse_qs(asked.query())) == asked
    assert asked.without("kind", "video").chosen == {"kind": ("audio",), "place": ("A & B",)}
    assert read(parse_qs(asked.without("place", "A & B").query(view="grid"))).view == "grid"


def test_positions_come_from_file_or_phone_and_only_from_this_planet(app: Flask, officer: Officer) -> None:
    from app.search.library.positions import position

    assert position({"position": {"lat": 51.5, "lon": -0.1}}) == (51.5, -0.1)
    exif = {
        "exif.GPSLatitude": "33.0, 30.0, 36.0",
        "exif.GPSLatitudeRef": "S",
        "exif.GPSLongitude": "70.0, 45.0, 0.0",
        "exif.GPSLongitudeRef": "W",
    }
    assert position({"metadata": exif}) == (-33.51, -70.75)
    assert position({"metadata": {"com.apple.quicktime.location.ISO6709": "+37.3349-122.0090+010.1/"}}) == (
        37.3349,
        -122.009,
    )
    assert position({}, {"latitude": 1, "longitude": 2, "accuracy_m": 9}) == (1.0, 2.0)
    for facts in (
        {},
        {"position": {"lat": 91, "lon": 0}},
        {"position": {"lat": "1", "lon": 2}},
        {"metadata": {"exif.GPSLatitude": "north"}},
    ):
        assert position(facts) is None
    item = made(officer, title="Here")
    made(officer, title="Nowhere")
    with transaction() as db:
        db.execute(
            sa.update(Evidence).where(Evidence.id == item.id).values(facts={"position": {"lat": 40.0, "lon": -75.0}})
        )
    shelve(item)
    points, count = finding.points(actor_for(officer), question())
    assert [(one.title, one.lat, one.lon) for one in points] == [("Here", 40.0, -75.0)]
    assert count == 1


def test_days_are_counted_at_the_station(officer: Officer) -> None:
    made(officer, at=datetime(2026, 11, 20, 0, 5).astimezone(UTC))
    made(officer, at=datetime(2026, 11, 20, 23, 55).astimezone(UTC))
    days = [datetime(2026, 11, day).astimezone(UTC) for day in (19, 20, 21)]
    assert finding.by_day(actor_for(officer), question(), days) == [0, 2]


def test_few_are_few_only_while_what_makes_them_few_stands(people: People) -> None:
    """Counted as if no incident were chosen, an incident's few items are everybody's again; an officer's stay few."""
    asked = Asked(chosen={"incident": ("2026-000001",)})
    records, officer = (conditions(asked, actor_for(people.one(role))) for role in (Role.RECORDS, Role.OFFICER))
    assert (records.few, records.few_without("incident"), records.few_without("kind")) == (True, False, True)
    assert (officer.few, officer.few_without("incident")) == (True, True)
