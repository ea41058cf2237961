"""What one keeps of the library and does with much of it: collections, columns, tables, acts on many and their undoing, playlists."""

import csv
import io
import uuid

import pytest
import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Decision, Tag
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.ledger import Event
from app.core.permissions import Role
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.evidence.retention import categories
from app.evidence.retention import queries as retention
from app.evidence.retention.models import Hold
from app.evidence.retention.presets import presets
from app.incidents import service as incidents
from app.search import keeping as room
from app.search.library import bulk, finding, keeping, playlists, sheets
from app.search.library.models import LibraryItem, Playlist
from app.search.library.playlists import Stretch
from tests.app.desk import scene
from tests.app.search.test_library import made, question, shelve
from tests.people import People, actor_for


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(name="Ana Reyes")


def acts(kind: str) -> list[str]:
    """What was written down of this kind of thing, in order."""
    session().rollback()
    return list(session().scalars(sa.select(Event.act).where(Event.subject_kind == kind).order_by(Event.seq)))


def filled(officer: Officer, *stretches: Stretch, name: str = "For court") -> Playlist:
    """A playlist of the officer's."""
    with transaction():
        playlist = playlists.make(name, actor=actor_for(officer))
        playlists.add(playlist, stretches, actor=actor_for(officer))
    return playlist


def order(playlist: Playlist, who: Officer) -> list[str]:
    session().rollback()
    session().expire_all()
    return [one.evidence.title for one in playlists.visible_playlist(actor_for(who), playlist.id).parts]


def test_a_collection_holds_what_fits_now(officer: Officer, people: People) -> None:
    made(officer, title="First", place="Elm Street")
    with transaction():
        kept = keeping.keep("  Elm ", question(place="Elm Street"), actor=actor_for(officer))
    [one] = keeping.collections_of(actor_for(officer))
    assert (one.collection.name, one.count, one.asked.chosen) == ("Elm", 1, {"place": ("Elm Street",)})
    made(officer, title="Second", place="Elm Street")
    made(people.one(), title="Not theirs", place="Elm Street")
    assert keeping.collections_of(actor_for(officer))[0].count == 2
    with pytest.raises(Conflict, match="already"):
        keeping.keep("Elm", question("x"), actor=actor_for(officer))
    for name, asked in (("", question("x")), ("x" * 81, question("x")), ("All", question())):
        with pytest.raises(Invalid):
            keeping.keep(name, asked, actor=actor_for(officer))
    with pytest.raises(NotFound):
        keeping.own_collection(actor_for(people.one()), kept.id)
    with transaction():
        keeping.rename(kept, "Elm St", actor=actor_for(officer))
        keeping.forget(kept, actor=actor_for(officer))
    assert keeping.collections_of(actor_for(officer)) == []
    assert acts("collection") == ["search:collection:keep", "search:collection:rename", "search:collection:forget"]


def test_columns_are_kept_for_each_officer(officer: Officer, people: People) -> None:
    assert keeping.columns_of(actor_for(officer)) == list(keeping.USUAL)
    with transaction():
        keeping.choose_columns(["size", "incident", "size"], actor=actor_for(officer))
    assert keeping.columns_of(actor_for(officer)) == ["size", "incident"]
    assert keeping.columns_of(actor_for(people.one())) == list(keeping.USUAL)
    with transaction():
        keeping.choose_columns([], actor=actor_for(officer))
    assert keeping.columns_of(actor_for(officer)) == []
    with pytest.raises(Invalid, match="no column"):
        keeping.choose_columns(["colour"], actor=actor_for(officer))


@pytest.mark.parametrize("evil", ["=1+1", "+SUM(A1)", "-2", "@now", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(officer: Officer, evil: str) -> None:
    item = made(officer, title=evil, place=evil)
    rows = finding.page(actor_for(officer), question()).items
    text = sheets.library_csv(rows, ["incident", "place", "size"])
    head, line = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert head == ["evidence_id", "title", "Incident", "Place", "Size"]
    assert line == [
        str(item.id),
        f"'{evil}",
        item.incident.number,
        f"'{item.incident.place}" if item.incident.place[0] in "=+-@\t\r" else item.incident.place,
        "2000000",
    ]
    seen = playlists.visible_playlist(actor_for(officer), filled(officer, Stretch(item, 1, 2, "=cmd")).id)
    rows_of_list = list(csv.DictReader(io.StringIO(sheets.playlist_csv(seen).removeprefix("\ufeff"), newline="")))
    assert [(row["title"], row["note"], row["start_s"]) for row in rows_of_list] == [(f"'{evil}", "'=cmd", "1.0")]


def test_a_tag_for_many_is_there_at_once_and_undone_whole(officer: Officer, people: People) -> None:
    who, other = actor_for(officer), people.one(unit="South Patrol")
    first, second, theirs = made(officer, title="One"), made(officer, title="Two"), made(other, title="Theirs")
    bad = scene.item(scene.stop(officer), officer, state=EvidenceState.QUARANTINED)
    shelve(bad)
    with transaction():
        done = bulk.tag(bulk.chosen(who, [first.id, second.id, bad.id], "tag"), "vehicle", "Van", actor=who)
    assert (done.changed, done.left) == (2, 1)
    assert sorted(one.row.title for one in finding.page(who, question(tag="vehicle/Van")).items) == ["One", "Two"]
    with transaction():
        again = bulk.tag(bulk.chosen(who, [first.id], "tag"), "vehicle", "van", actor=who)
    assert (again.changed, again.left, again.act) == (0, 1, None)
    with pytest.raises(NotFound):
        bulk.undo(done.act.id, actor=actor_for(other))
    with transaction():
        bulk.undo(done.act.id, actor=who)
    assert finding.page(who, question(tag="vehicle/Van")).items == []
    assert set(session().scalars(sa.select(Tag.decision).where(Tag.label == "Van"))) == {Decision.REJECTED}
    with pytest.raises(Conflict):
        bulk.undo(done.act.id, actor=who)
    with pytest.raises(NotFound):
        bulk.chosen(who, [first.id, theirs.id], "tag")
    for ids, act in (([], "tag"), ([uuid.uuid4() for _ in range(201)], "tag"), ([first.id], "delete")):
        with pytest.raises(Invalid):
            bulk.chosen(who, ids, act)
    with pytest.raises(Forbidden):
        bulk.chosen(who, [first.id], "hold")
    assert acts("library_act") == ["search:many:tag", "search:many:tag", "search:many:undo-tag"]


def test_a_category_for_many_stands_beside_what_was_there_and_comes_off_again(officer: Officer, people: People) -> None:
    who, records = actor_for(officer), actor_for(people.one(Role.RECORDS))
    with transaction():
        categories.load_preset(next(iter(presets())), actor=records)
    one, other = (each.code for each in retention.in_use()[:2])
    first, second = made(officer, title="One"), made(officer, title="Two")
    with transaction():
        categories.choose(first, [one], actor=records)
    with transaction():
        done = bulk.category([first, second], other, actor=records)
    assert {each.category.code for each in retention.chosen(first.id)} == {one, other}
    assert len(finding.page(who, question(category=other)).items) == 2
    with transaction():
        bulk.undo(done.act.id, actor=records)
    assert [each.category.code for each in retention.chosen(first.id)] == [one]
    assert retention.chosen(second.id) == []
    with transaction():
        done = bulk.category([second], other, actor=records)
        categories.choose(second, [one, other], actor=records)
    with pytest.raises(Conflict, match="since"):
        bulk.undo(done.act.id, actor=records)
    for code in ("", "no-such"):
        with pytest.raises(Invalid):
            bulk.category([first], code, actor=records)


def test_a_hold_on_many_is_on_each_and_no_undo_is_offered(officer: Officer, people: People) -> None:
    records = actor_for(people.one(Role.RECORDS))
    items = [made(officer, title="One"), made(officer, title="Two")]
    with transaction():
        done = bulk.hold(items, "litigation", "C-77", actor=records)
    assert (done.changed, done.act) == (2, None)
    assert {one.evidence_id for one in session().scalars(sa.select(Hold))} == {one.id for one in items}
    assert set(session().scalars(sa.select(LibraryItem.retention))) == {"held"}
    with pytest.raises(Invalid):
        bulk.hold(items, "whim", "C-77", actor=records)


def test_a_playlist_is_filled_ordered_changed_and_every_act_is_an_event(officer: Officer) -> None:
    who = actor_for(officer)
    items = [made(officer, title=title) for title in ("One", "Two", "Three")]
    photo = scene.item(scene.stop(officer), officer, title="Photo", kind=MediaKind.IMAGE)
    playlist = filled(
        officer, Stretch(items[0], 5.0, 9.5, "runs"), Stretch(items[1]), Stretch(items[2], 70.0), Stretch(photo, 3, 4)
    )
    seen = playlists.visible_playlist(who, playlist.id)
    assert [(one.start_s, one.end_s) for one in seen.parts] == [(5.0, 9.5), (0.0, 75.0), (70.0, 75.0), (None, None)]
    first, second, third, still = seen.parts
    with transaction():
        playlists.move(playlist, third, -1, among=seen.parts, actor=who)
    assert order(playlist, officer) == ["One", "Three", "Two", "Photo"]
    stale = playlist.edition
    with transaction():
        playlists.arrange(playlist, [still.id, second.id, third.id, first.id], edition=stale, actor=who)
    assert order(playlist, officer) == ["Photo", "Two", "Three", "One"]
    with pytest.raises(Conflict, match="meanwhile"):
        playlists.arrange(playlist, [first.id], edition=stale, actor=who)
    session().rollback()
    for ids in ([uuid.uuid4()], [first.id, first.id]):
        with pytest.raises(Invalid):
            playlists.arrange(
                playlist,
                ids,
                edition=session().get_one(Playlist, playlist.id, populate_existing=True).edition,
                actor=who,
            )
    session().rollback()
    for start, end in ((9.0, 9.0), (-1.0, 2.0), (80.0, 90.0)):
        with pytest.raises(Invalid, match="no stretch"):
            playlists.change(playlist, first, start_s=start, end_s=end, note="", actor=who)
        session().rollback()
    with transaction():
        playlists.change(playlist, first, start_s=1.0, end_s=200.0, note=" a  note ", actor=who)
        playlists.remove(playlist, second, actor=who)
        playlists.rename(playlist, "Trial", actor=who)
    seen = playlists.visible_playlist(who, playlist.id)
    assert [(one.note, one.end_s) for one in seen.parts if one.id == first.id] == [("a note", 75.0)]
    bad = scene.item(scene.stop(officer), officer, state=EvidenceState.QUARANTINED)
    with pytest.raises(Conflict, match="sealed"):
        playlists.add(playlist, [Stretch(bad)], actor=who)
    session().rollback()
    with transaction():
        playlists.delete(playlist, actor=who)
    told = acts("playlist")
    assert told[0] == "search:playlist:make"
    assert {one.rpartition(":")[2] for one in told} == {
        "make",
        "add",
        "arrange",
        "change",
        "remove",
        "rename",
        "delete",
    }
    assert "runs" not in repr([event.details for event in session().scalars(sa.select(Event))])


def test_others_see_of_a_playlist_what_they_may_see(officer: Officer, people: People) -> None:
    colleague, stranger = people.one(name="Ben Other", unit="South Patrol"), people.one(unit="South Patrol")
    shared, own = made(officer, title="Shared"), made(officer, title="Own")
    playlist = filled(officer, Stretch(shared), Stretch(own))
    for who in (colleague, stranger):
        with pytest.raises(NotFound):
            playlists.visible_playlist(actor_for(who), playlist.id)
        assert playlists.playlists_of(actor_for(who)) == []
    with transaction():
        incidents.assign(shared.incident, officer=colleague, actor=actor_for(officer))
    seen = playlists.visible_playlist(actor_for(colleague), playlist.id)
    assert ([one.evidence.title for one in seen.parts], seen.hidden, seen.own) == (["Shared"], 1, False)
    assert [(one.id, parts) for one, parts in playlists.playlists_of(actor_for(colleague))] == [(playlist.id, 1)]
    with pytest.raises(Forbidden):
        playlists.own(actor_for(colleague), playlist.id)
    with transaction():
        assert room.removes(shared.id)["playlist_parts"] == 1
    with pytest.raises(NotFound):
        playlists.visible_playlist(actor_for(colleague), playlist.id)
    row = session().get_one(LibraryItem, shared.id, populate_existing=True)
    assert (row.state, row.retention, row.tags, row.words) == ("purged", "gone", [], "")
    assert session().get_one(Evidence, shared.id).title == "Shared"


def test_a_playlist_is_refused_without_a_name_and_beyond_its_length(
    officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = actor_for(officer)
    for name in ("", "   ", "x" * 121):
        with pytest.raises(Invalid):
            playlists.make(name, actor=who)
    playlist, item = filled(officer), made(officer)
    monkeypatch.setattr(playlists, "MOST_PARTS", 1)
    with pytest.raises(Conflict, match="at most 1"):
        playlists.add(playlist, [Stretch(item), Stretch(item)], actor=who)
    session().rollback()
    monkeypatch.setattr(playlists, "MOST", 1)
    with pytest.raises(Conflict):
        playlists.make("Another", actor=who)
