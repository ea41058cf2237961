"""Moments found by what was seen, said, where and when; ranked; only by who may see them; kept fresh; gone when rejected."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.analysis.mentions import deciding as decisions
from app.analysis.models import Decision, Transcript, Utterance
from app.analysis.tags import deciding as tags_deciding
from app.analysis.transcripts import correcting
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import IncidentKind
from app.search import ranking
from app.search.gathering import cut
from app.search.keeping import removes
from app.search.models import Moment
from tests.app.search.scene import EVENING, find, gather, recording, seconds, tags
from tests.people import actor_for

CARS = (("vehicle", "Car", 20.0, 26.0), ("camera", "running", 22.0, 30.0), ("plate", "7ABC123", 24.0, 25.0))


@pytest.fixture
def officer(people):
    return people.one(name="Ana Reyes")


def test_a_tag_a_word_a_place_and_a_time_lead_to_the_second(officer) -> None:
    item = recording(officer, "good evening sir", "step out of the car please", seen=CARS)
    for text, second in {
        "running": 22.0,
        "plate 7ABC*": 24.0,
        "plate 7abc-123": 24.0,
        '"step out of the car"': 2.5,
        "said car": 2.5,
        "seen car": 20.0,
        "car after 22:00 near Main St": 2.5,
        "car running": 20.0,
        "traffic": 20.0,
        "truck or plate 7A*": 0.0,
        "step*": 2.5,
        "good evening not running": 0.0,
    }.items():
        found = find(officer, text)
        if text.startswith("truck or"):
            assert found.asked.unread, text  # "or" joins words only
            continue
        assert seconds(found) == [(item.title, second)], text
    for text in (
        "seen gun",
        "plate 7ABD*",
        '"car step"',
        "car after 22:30",
        "car near Oak Avenue",
        "car not said car seen dog",
    ):
        assert find(officer, text).results == [], text


def test_what_was_asked_for_is_marked_in_words_and_tags(officer) -> None:
    recording(officer, "he ran to the cars", seen=CARS)
    [one] = find(officer, "car").results
    assert [(is_one, text) for line in one.lines for is_one, text in line.pieces if is_one] == [(True, "cars")]
    assert {sight.tag.label for sight in one.tags if sight.hit} == {"Car"}
    [one] = find(officer, "plate 7AB*").results
    assert {sight.tag.label for sight in one.tags if sight.hit} == {"7ABC123"}


def test_the_same_thing_seen_again_and_again_is_shown_once(officer) -> None:
    plate = [("plate", label, at, at + 1.0) for label, at in (("7ABC123", 1.0), ("7abc123", 3.0), ("7ABC123", 5.0))]
    recording(officer, "he ran", seen=(*plate, ("text", "7ABC123", 1.0, 2.0)))
    [one] = find(officer, "ran").results
    assert sorted((sight.tag.kind, sight.tag.label.upper()) for sight in one.tags) == [
        ("plate", "7ABC123"),
        ("text", "7ABC123"),
    ]
    assert one.more == 0


NARROWED = (
    ("car after 22:00", True),
    ("car before 22:00", False),
    ("car after 9 pm before 5 am", True),
    ("car between 22:00 and 06:00", True),
    ("car between 06:00 and 22:00", False),
    ("car on 2026-11-20", True),
    ("car on 11/21/2026", False),
    ("car since 2026-11-20", True),
    ("car after 2026-11-20", False),
    ("car before 2026-11-20", False),
    ("car until 2026-11-20", True),
    ("car from 2026-11-01 to 2026-11-20", True),
    ("car officer Reyes", True),
    ("car officer Nobody", False),
    ("car not officer Reyes", False),
    ("car kind theft", False),
    ("car kind traffic stop", True),
    ("car not kind theft", True),
    ("car near main street", True),
    ("car not near main street", False),
)


def test_times_days_and_fields_of_the_incident_narrow(officer) -> None:
    recording(officer, seen=CARS)
    for text, found in NARROWED:
        assert bool(find(officer, text).results) is found, text


def test_an_incident_is_found_by_its_number_and_an_officer_by_badge(officer, people) -> None:
    item = recording(officer, seen=CARS)
    other = recording(officer, seen=CARS, kind=IncidentKind.THEFT)
    assert {one.item.id for one in find(officer, f"car officer {officer.badge}").results} == {item.id, other.id}
    assert [one.item.id for one in find(officer, f"car incident {item.incident.number}").results] == [item.id]
    assert [one.item.id for one in find(officer, f"{other.incident.number}").results] == [other.id]
    unknown = find(officer, "car officer 99999")
    assert unknown.results == []
    assert "No officer has this badge or name." in [one.why for one in unknown.asked.unread]


def test_of_a_recording_of_unknown_time_no_time_of_day_is_guessed(officer) -> None:
    recording(officer, seen=CARS, at=None)
    assert find(officer, "car").results
    assert find(officer, "car after 00:00").results == []


def test_nobody_finds_what_they_may_not_see(people, officer) -> None:
    recording(officer, "where is the gun", seen=CARS)
    stranger, elsewhere = people.one(), people.one(Role.SUPERVISOR, unit="South Patrol")
    for text in ("gun", "car", "plate 7ABC123", "not dog", "near Main Street", "officer Reyes", "since 2020-01-01"):
        assert find(stranger, text).results == [], text
        assert find(elsewhere, text).results == [], text
        assert find(people.one(Role.ADMINISTRATOR), text).results == [], text
        assert find(officer, text).results, text
    for role in (Role.SUPERVISOR, Role.RECORDS, Role.INTERNAL_AFFAIRS):
        assert find(people.one(role), "gun").results, role


def test_confirmed_comes_before_seen_and_doubted_last(officer) -> None:
    doubted, seen, sure = (
        recording(officer, seen=(("vehicle", "Car", 1.0, 2.0),), at=EVENING - timedelta(days=n)) for n in (0, 1, 2)
    )
    unsure, car = tags(doubted)[0], tags(sure)[0]
    with transaction():
        unsure.confidence = 0.2
        tags_deciding.decide_tag(car, evidence=sure, decision=Decision.CONFIRMED, actor=actor_for(officer))
    for item in (doubted, sure):
        gather(item)
    assert [one.item.id for one in find(officer, "car").results] == [sure.id, seen.id, doubted.id]
    assert [one.item.id for one in find(officer, "since 2026-01-01").results] == [doubted.id, seen.id, sure.id]


def test_what_is_in_sight_for_long_is_one_result_and_pages_follow_each_other(officer) -> None:
    lines = [f"word{n} and then it went on for so long that more was said" for n in range(12)]
    long = recording(officer, *lines, seen=(("vehicle", "Car", 5.0, 70.0),))
    assert session().scalar(sa.select(sa.func.count()).select_from(Moment)) > 3
    [one] = find(officer, "seen car").results
    assert (one.item.id, one.second, one.start_s) == (long.id, 5.0, 0.0)
    assert one.end_s >= 70.0
    for n in range(5):
        recording(officer, seen=CARS, at=EVENING + timedelta(hours=n))
    whole = seconds(find(officer, "seen car"))
    first = find(officer, "seen car", size=2)
    pages, cursor = list(seconds(first)), first.next_cursor
    while cursor:
        following = find(officer, "seen car", size=2, cursor=cursor)
        pages, cursor = pages + seconds(following), following.next_cursor
    assert pages == whole
    assert len(whole) == 6


def test_behind_a_full_block_the_older_ones_follow(officer, people, monkeypatch) -> None:
    monkeypatch.setattr(ranking, "BLOCK", 2)
    made = [recording(officer, seen=CARS[:1], at=EVENING + timedelta(days=n)) for n in range(5)]
    for who in (officer, people.one(Role.RECORDS)):
        found, ids = find(who, "car"), []
        assert (found.moments, found.beyond) == (2, True)
        while True:
            ids += [one.item.id for one in found.results]
            if not found.next_cursor:
                break
            found = find(who, "car", cursor=found.next_cursor)
        assert ids == [one.id for one in reversed(made)]


def test_a_cursor_that_nobody_gave_out_is_refused(officer) -> None:
    for cursor in ("x", "////", "MjAyNnx8", "bm9uZXxub25lfDE"):
        with pytest.raises(Invalid) as refused:
            find(officer, "car", cursor=cursor)
        assert refused.value.field == "cursor"


INJECTED = (
    "'; DROP TABLE moment; --",
    "car' & !'dog",
    "plate %",
    "' || (select 1) || '",
    "near ' | ' <-> street",
    "officer %",
    "officer '; --",
    'said:"a & b | c:*"',
    "\\' \\\\ car:*A",
    "a\x00b \ue000car\ue001",
    "🚓 车 машина *",
    "-" * 300,
    "car " * 16,
)


def test_nothing_typed_is_more_than_words(officer) -> None:
    recording(officer, seen=CARS)
    for text in INJECTED:
        assert len(find(officer, text).results) <= 1, text
    assert session().scalar(sa.select(sa.func.count()).select_from(Moment)) > 0


def test_words_without_meaning_are_told(officer) -> None:
    recording(officer, seen=CARS)
    found = find(officer, "the car")
    assert len(found.results) == 1
    assert [(one.text, one.why) for one in found.asked.unread] == [("the", "It is too common a word to look for.")]
    assert find(officer, "the").results == []


def test_a_rejected_tag_is_found_no_more_and_its_moments_are_made_anew(officer) -> None:
    item = recording(officer, seen=CARS)
    car = next(one for one in tags(item) if one.label == "Car")
    with transaction():
        tags_deciding.decide_tag(car, evidence=item, decision=Decision.REJECTED, actor=actor_for(officer))
    assert session().scalars(sa.select(Job.task).where(Job.task == "gather_moments")).all()
    [before] = find(officer, "running").results  # not gathered yet: what is shown is true all the same
    assert "Car" not in {sight.tag.label for sight in before.tags}
    gather(item)
    assert find(officer, "seen car").results == []
    with transaction():
        tags_deciding.undo(item, actor=actor_for(officer))
    gather(item)
    assert len(find(officer, "seen car").results) == 1


def test_a_corrected_word_a_confirmed_plate_and_an_added_tag_are_found(officer) -> None:
    item = recording(officer, "he has a nice")
    actor = actor_for(officer)
    with transaction() as db:
        line = db.scalars(sa.select(Utterance)).one()
        heard = db.get_one(Transcript, line.transcript_id)
        correcting.correct(line, heard, item, text="he has a knife", edition=line.edition, actor=actor)
        decisions.add_mention(item, marked=decisions.Marked("plate", "8XYZ 456", 1.0, 2.0), actor=actor)
        tags_deciding.add_tag(item, added=tags_deciding.Added("object", "handgun on the seat", 3.0, 4.0), actor=actor)
    assert find(officer, "knife").results == []
    gather(item)
    assert len(find(officer, "said knife").results) == 1
    assert len(find(officer, "plate 8XY*").results) == 1
    assert seconds(find(officer, "handgun")) == [(item.title, 3.0)]


def test_a_deleted_recording_is_found_no_more(officer) -> None:
    item = recording(officer, seen=CARS)
    with transaction():
        assert removes(item.id) == {"moments": 1, "playlist_parts": 0}
    assert find(officer, "car").results == []
    with transaction() as db:
        db.execute(sa.update(Evidence).where(Evidence.id == item.id).values(state=EvidenceState.PURGED))
    assert gather(item) == 0


def test_a_recording_is_cut_where_something_changes_and_never_inside_a_line() -> None:
    def said(start: float, end: float) -> Utterance:
        return Utterance(start_s=start, end_s=end, text="x")

    lines = [said(0, 5), said(6, 30), said(31, 40)]
    stretches = cut(lines, [])
    assert [(one.start_s, one.end_s, len(one.lines)) for one in stretches] == [(0.0, 31.0, 2), (31.0, 40.0, 1)]
    assert cut([], []) == []


def test_the_time_of_a_moment_is_the_recordings_own(officer) -> None:
    recording(officer, seen=(("vehicle", "Car", 60.0, 62.0),), at=datetime(2026, 11, 20, 21, 59, 30).astimezone(UTC))
    assert len(find(officer, "car after 22:00").results) == 1
