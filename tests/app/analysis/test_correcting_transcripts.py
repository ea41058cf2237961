"""Corrected words: nothing is lost, everybody's version is kept, and what was made from the words is made again."""

import pytest
import sqlalchemy as sa

from app.analysis import keeping
from app.analysis.models import Mention, StepState, Utterance
from app.analysis.transcripts import bringing, correcting, finding, reads, speakers, versions
from app.analysis.transcripts.models import Revision, VersionKind
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid, NotFound
from tests.app.analysis.spoken import LINES, Hearing, heard_again, hearing
from tests.app.desk import scene
from tests.people import People, actor_for
from workers.tasks.inputs import heard_in


@pytest.fixture
def heard(people: People) -> Hearing:
    return hearing(people)


def correct(heard: Hearing, number: int, text: str, *, actor=None) -> None:
    line = heard.line(number)
    with transaction():
        correcting.correct(
            line, heard.transcript, heard.item, text=text, edition=line.edition, actor=actor or heard.actor
        )


def test_the_machines_words_stay_and_a_sitting_is_one_version(heard: Hearing) -> None:
    correct(heard, 1, "I have a firearm in the glove box.")
    correct(heard, 1, "I have a firearm in the glove box, sir.")
    correct(heard, 3, "Okay, sir.")
    assert heard.texts()[1] == "I have a firearm in the glove box, sir."
    assert heard.said_at(1) == list(LINES)
    assert heard.said_at(2) == heard.texts()
    [machine, mine] = reads.versions_of(heard.transcript)
    assert (machine.kind, machine.maker, mine.kind) == (VersionKind.MACHINE, None, VersionKind.CORRECTION)
    assert mine.maker.id == heard.officer.id
    assert reads.changed_lines(heard.transcript) == {2: 2}
    assert heard.acts() == ["analysis:transcript:correct"] * 3


def test_words_that_stayed_keep_their_time_and_doubt_and_a_persons_have_none(heard: Hearing) -> None:
    before = heard.line(1).words
    correct(heard, 1, "i have a firearm in the glove box")
    after = heard.line(1).words
    assert after[:3] == before[:3]
    assert after[3][0] == "firearm"
    assert after[3][3] is None
    assert before[2][2] <= after[3][1] < after[3][2] <= before[5][1]
    assert after[-1] == before[-1]


def test_the_database_itself_refuses_words_whose_predecessors_are_not_kept(heard: Hearing) -> None:
    line = heard.line(0)
    with pytest.raises(sa.exc.DBAPIError, match="not kept in any version"), transaction():
        session().execute(sa.update(Utterance).where(Utterance.id == line.id).values(text="never said"))
    correct(heard, 0, "Get out.")
    with pytest.raises(sa.exc.DBAPIError, match="machine said is never changed"), transaction():
        machine = versions.begin(heard.transcript, VersionKind.CORRECTION, heard.actor).transcript_id
        assert machine
        session().execute(sa.update(Revision).values(content={}))


def test_who_saves_over_a_newer_text_is_shown_it_and_nothing_is_overwritten(heard: Hearing, people: People) -> None:
    stale = heard.line(0)
    other = actor_for(people.one())
    edition = stale.edition
    correct(heard, 0, "Get out of the car.")
    with pytest.raises(versions.Changed) as refused, transaction():
        correcting.correct(
            heard.line(0), heard.transcript, heard.item, text="Get out of my car.", edition=edition, actor=other
        )
    assert refused.value.utterance.text == "Get out of the car."
    assert heard.texts()[0] == "Get out of the car."


def test_two_who_take_turns_on_a_line_get_a_version_for_each_turn(heard: Hearing, people: People) -> None:
    other = actor_for(people.one())
    correct(heard, 0, "one")
    correct(heard, 0, "two", actor=other)
    correct(heard, 1, "mine still")
    correct(heard, 0, "three")
    numbers = [(one.number, one.maker.id if one.maker else None) for one in reads.versions_of(heard.transcript)]
    assert numbers == [(1, None), (2, heard.officer.id), (3, other.officer_id), (4, heard.officer.id)]
    assert [heard.said_at(n)[0] for n in (1, 2, 3, 4)] == [LINES[0], "one", "two", "three"]


def test_done_has_everything_made_from_the_words_made_again_and_nothing_else(heard: Hearing) -> None:
    correct(heard, 1, "I have a firearm in the glove box.")
    assert {one.generation for one in heard.steps().values()} == {1}, "nothing is read again while typing"
    with transaction():
        again = correcting.finish(heard.transcript, heard.item, actor=heard.actor)
    assert {one.name for one in again} == {"find_entities", "score_language", "draft_report"}
    steps = heard.steps()
    assert {name: one.generation for name, one in steps.items()} == {
        "renditions": 1,
        "tag_video": 1,
        "transcribe": 1,
        "find_entities": 2,
        "score_language": 2,
        "draft_report": 2,
    }
    assert steps["find_entities"].state is StepState.QUEUED
    assert steps["draft_report"].state is StepState.WAITING
    assert steps["find_entities"].input_hash != heard.item.sha256
    assert heard_in(heard.item.id).lines[1].text == "I have a firearm in the glove box."
    with transaction():
        assert correcting.finish(heard.transcript, heard.item, actor=heard.actor) == [], "nothing new, nothing again"
    assert heard.acts()[-1] == "analysis:transcript:done"


def test_a_reading_that_runs_on_the_old_words_is_thrown_away(heard: Hearing) -> None:
    correct(heard, 0, "Get out.")
    running = heard.steps()["find_entities"]
    with transaction():
        running.state = StepState.RUNNING
    with transaction():
        correcting.finish(heard.transcript, heard.item, actor=heard.actor)
    session().expire_all()
    assert running.state is StepState.SUPERSEDED
    assert heard.steps()["find_entities"].generation == 2


def test_what_pointed_to_a_line_still_finds_it(heard: Hearing) -> None:
    line = heard.line(1)
    mention = scene.found(heard.steps()["find_entities"])
    with transaction():
        session().get_one(Mention, mention.id).utterance_id = line.id
    correct(heard, 1, "I have a firearm.")
    session().expire_all()
    assert session().get_one(Utterance, session().get_one(Mention, mention.id).utterance_id).text == "I have a firearm."


def test_split_join_missed_and_removed_lines(heard: Hearing) -> None:
    def now(number: int) -> dict:
        line = heard.line(number)
        return {
            "line": line,
            "transcript": heard.transcript,
            "item": heard.item,
            "edition": line.edition,
            "actor": heard.actor,
        }

    with transaction():
        correcting.split(**now(1), at=4)
    assert heard.texts()[1:3] == ["i have a fire", "arm in the glove box"]
    assert heard.line(1).end_s <= heard.line(2).start_s
    with transaction():
        correcting.join(**now(1))
    assert heard.texts() == list(LINES)
    with transaction():
        correcting.remove(**now(2))
    with transaction():
        correcting.add(
            heard.transcript, heard.item, start_s=4.2, text="What?", speaker="S2", role="other", actor=heard.actor
        )
    assert heard.texts() == [LINES[0], "What?", LINES[1], LINES[3]]
    assert heard.said_at(1) == list(LINES)
    with pytest.raises(Invalid, match="between two words"), transaction():
        correcting.split(**now(0), at=0)
    with pytest.raises(Conflict, match="last line"), transaction():
        correcting.join(**now(3))
    with pytest.raises(Invalid, match="not in the recording"), transaction():
        correcting.add(heard.transcript, heard.item, start_s=99, text="x", speaker="", role="other", actor=heard.actor)
    gone = session().scalars(sa.select(Utterance).where(Utterance.text == LINES[2])).one()
    with pytest.raises(Conflict, match="not in the transcript any more"), transaction():
        correcting.correct(gone, heard.transcript, heard.item, text="x", edition=gone.edition, actor=heard.actor)
    [_, mine] = reads.versions_of(heard.transcript)
    with transaction():
        correcting.undo(mine, heard.transcript, heard.item, actor=heard.actor)
    assert heard.texts() == list(LINES)


def test_bad_words_are_refused_with_the_remedy(heard: Hearing) -> None:
    for text in ("", " \u0000 ", "—", "x" * 5001):
        with pytest.raises(Invalid) as refused:
            correct(heard, 0, text)
        assert (refused.value.field, bool(refused.value.remedy)) == ("text", True)
    correct(heard, 0, "<script>alert('1')</script>\n\u202eنعم\u0007")
    assert heard.texts()[0] == "<script>alert('1')</script> \u202eنعم"


def test_a_checked_line_is_doubted_no_more(heard: Hearing) -> None:
    assert reads.doubt(heard.transcript) == reads.Doubt(words=23, doubted=2, checked=0, lines=4)
    line = heard.line(0)
    with transaction():
        correcting.check(line, heard.transcript, heard.item, edition=line.edition, actor=heard.actor)
    assert reads.doubt(heard.transcript) == reads.Doubt(words=23, doubted=1, checked=7, lines=4)
    assert heard.texts() == list(LINES)


def test_speakers_are_renamed_merged_split_and_given_roles_and_each_is_taken_back(heard: Hearing) -> None:
    given = {"transcript": heard.transcript, "item": heard.item, "actor": heard.actor}
    with transaction():
        speakers.rename(**given, speaker="S2", name="Maria Lopez")
    with transaction():
        speakers.set_role(**given, speaker="S1", role="other")
    with transaction():
        last = speakers.split(heard.line(2), heard.transcript, heard.item, name="Witness", actor=heard.actor)
    told = [(one.speaker, one.role) for one in heard.lines()]
    assert told == [("S1", "other"), ("Maria Lopez", "other"), ("Witness", "unknown"), ("Maria Lopez", "other")]
    assert [one.name for one in reads.speakers(heard.transcript)] == ["S1", "Maria Lopez", "Witness"]
    with pytest.raises(Conflict, match="of that name"), transaction():
        speakers.rename(**given, speaker="S1", name="Witness")
    with transaction():
        correcting.undo(last, heard.transcript, heard.item, actor=heard.actor)
    assert heard.line(2).speaker == "S1"
    with transaction():
        speakers.merge(**given, speaker="Maria Lopez", into="S1")
    with transaction():
        speakers.assign(
            [heard.line(3).id], heard.transcript, heard.item, speaker="S9", role="officer", actor=heard.actor
        )
    assert [(one.speaker, one.role) for one in heard.lines()][2:] == [("S1", "other"), ("S9", "officer")]
    assert [one.speaker for one in reads.as_of(heard.transcript, 1)] == ["S1", "S2", "S1", "S2"]
    for refused, error in (
        ({"speaker": "S1", "role": "judge"}, Invalid),
        ({"speaker": "S1", "role": "other"}, Conflict),
    ):
        with pytest.raises(error), transaction():
            speakers.set_role(**given, **refused)
    with pytest.raises(Conflict, match="changed again later"), transaction():
        correcting.undo(reads.version_of(heard.transcript, 2), heard.transcript, heard.item, actor=heard.actor)


def test_the_readings_follow_the_corrected_role(heard: Hearing) -> None:
    with transaction():
        speakers.set_role(heard.transcript, heard.item, speaker="S1", role="other", actor=heard.actor)
    assert {line.role for line in heard_in(heard.item.id).lines} == {"other"}
    with transaction():
        assert correcting.finish(heard.transcript, heard.item, actor=heard.actor)


def test_redactions_go_with_their_words_and_cover_what_is_typed_into_them(heard: Hearing) -> None:
    line = heard.line(1)
    given = {"transcript": heard.transcript, "item": heard.item, "actor": heard.actor}
    with transaction():
        correcting.redact(line, **given, first=3, last=4, reason="minor", edition=line.edition)
    correct(heard, 1, "well i have a big fire fire arm in the glove box")
    [span] = heard.line(1).redactions
    hidden = heard.line(1).text.split()[span[0] : span[1]]
    assert {"fire", "arm"} <= set(hidden)
    assert not {"have", "in"} & set(hidden)
    line = heard.line(1)
    with transaction():
        correcting.split(line, **given, at=span[0] + 1, edition=line.edition)
    assert [len(one.redactions) for one in heard.lines()] == [0, 1, 1, 0, 0]
    for wrong in ({"first": 5, "last": 99, "reason": "minor"}, {"first": 0, "last": 0, "reason": "because"}):
        line = heard.line(1)
        with pytest.raises(Invalid), transaction():
            correcting.redact(line, **given, **wrong, edition=line.edition)


def test_replace_shows_first_and_is_one_version_to_take_back(heard: Hearing) -> None:
    shown = finding.preview(heard.transcript, find="Fire arm", put="firearm")
    assert [(one.line.text, one.after, one.times) for one in shown] == [
        (LINES[1], "i have a firearm in the glove box", 1)
    ]
    assert finding.preview(heard.transcript, find="fire a", put="x") == [], "whole words only"
    assert finding.preview(heard.transcript, find="OKAY", put="Okay", case=True) == []
    with transaction():
        made = finding.replace(
            heard.transcript,
            heard.item,
            find="okay",
            put="Okay",
            case=False,
            chosen=[heard.line(3).id],
            actor=heard.actor,
        )
    assert heard.texts()[3] == "Okay sir Okay"
    with transaction():
        correcting.undo(made, heard.transcript, heard.item, actor=heard.actor)
    assert heard.texts() == list(LINES)
    with pytest.raises(Conflict, match="None of the chosen"), transaction():
        finding.replace(heard.transcript, heard.item, find="okay", put="x", case=False, chosen=[], actor=heard.actor)
    with pytest.raises(Invalid):
        finding.preview(heard.transcript, find=" ", put="x")


def test_spoken_words_are_found_as_they_stand_by_those_who_may_see_them(heard: Hearing, people: People) -> None:
    stranger = actor_for(people.one(unit="Elsewhere"))
    [found] = finding.spoken(heard.actor, '"fire arm"')
    assert (found.line.id, found.item.id) == (heard.line(1).id, heard.item.id)
    assert [text for hit, text in found.pieces if hit] == ["fire", "arm"]
    correct(heard, 1, "I have a <b>firearm</b> in the glove box.")
    assert finding.spoken(heard.actor, '"fire arm"') == []
    [found] = finding.spoken(heard.actor, "firearms")
    assert "".join(text for _, text in found.pieces) == heard.texts()[1]
    assert finding.spoken(stranger, "firearms") == []
    assert [one.line.id for one in finding.within(heard.transcript, heard.item, "okay OR hands")] == [
        heard.line(2).id,
        heard.line(3).id,
    ]
    heard_again(heard, "something else")
    assert finding.spoken(heard.actor, "firearm") == [], "only what stands"
    for wrong in ("", "x" * 300):
        with pytest.raises(Invalid):
            finding.spoken(heard.actor, wrong)


def test_spoken_words_are_paged_behind_the_last_line(heard: Hearing) -> None:
    asked, seen, cursor = "okay OR hands OR arm", [], ""
    whole = [one.line.id for one in finding.spoken(heard.actor, asked)]
    assert len(whole) >= 3
    for _ in whole:
        [one] = finding.spoken(heard.actor, asked, limit=1, cursor=cursor)
        seen.append(one.line.id)
        cursor = one.cursor
    assert seen == whole, "best first, none twice, also where two fit as well"
    assert finding.spoken(heard.actor, asked, limit=1, cursor=cursor) == []
    for wrong in ("x", "W10", cursor[:-9]):
        with pytest.raises(Invalid, match="cannot be found"):
            finding.spoken(heard.actor, asked, cursor=wrong)


def test_a_reading_again_while_somebody_corrects_keeps_their_work_and_offers_it(heard: Hearing, people: People) -> None:
    correct(heard, 0, "Get out of the car now, please.")
    newer = heard_again(heard, "get out of a car", "new words")
    correct(heard, 1, "I have a firearm.")
    assert newer.texts() == ["get out of a car", "new words"]
    with pytest.raises(Conflict, match="corrections are kept"), transaction():
        correcting.finish(heard.transcript, heard.item, actor=heard.actor)
    other = actor_for(people.one())
    with pytest.raises(Conflict, match="newer reading") as refused:
        correct(heard, 2, "begun too late", actor=other)
    assert "kept" in refused.value.remedy
    [(earlier, number)] = reads.earlier_work(newer.transcript)
    with transaction():
        bringing.carry(newer.transcript, earlier, newer.item, actor=heard.actor)
    assert newer.texts() == ["Get out of the car now, please.", "I have a firearm.", *LINES[2:]]
    assert (number, newer.said_at(1)) == (2, ["get out of a car", "new words"])
    assert reads.earlier_work(newer.transcript) == []
    with transaction():
        correcting.undo(reads.latest(newer.transcript), newer.transcript, newer.item, actor=heard.actor)
    assert newer.texts() == ["get out of a car", "new words"]


def test_versions_go_with_the_recording(heard: Hearing) -> None:
    correct(heard, 0, "Get out.")
    with transaction():
        gone = keeping.removes(heard.item.id)
    assert {name: gone[name] for name in ("revisions", "versions", "utterances", "transcripts")} == {
        "revisions": 2,
        "versions": 2,
        "utterances": 4,
        "transcripts": 1,
    }


def test_an_empty_transcript_can_be_written(people: People) -> None:
    silent = hearing(people, "x")
    line = silent.line(0)
    with transaction():
        correcting.remove(line, silent.transcript, silent.item, edition=line.edition, actor=silent.actor)
    assert silent.texts() == []
    assert heard_in(silent.item.id).lines == ()
    assert reads.doubt(silent.transcript) == reads.Doubt()
    with transaction():
        correcting.add(
            silent.transcript, silent.item, start_s=3, text="Hello?", speaker="", role="unknown", actor=silent.actor
        )
    assert silent.texts() == ["Hello?"]
    with pytest.raises(NotFound):
        reads.version_of(silent.transcript, 9)


def test_the_channel_a_voice_was_heard_in_goes_with_its_lines(heard: Hearing) -> None:
    """Cut in two, and brought back with an earlier version."""
    with transaction():
        session().execute(sa.update(Utterance).where(Utterance.position == 1).values(channel=1))
    line = heard.line(1)
    with transaction():
        correcting.split(line, heard.transcript, heard.item, at=4, edition=line.edition, actor=heard.actor)
    assert [one.channel for one in heard.lines()] == [None, 1, 1, None, None]
    with transaction():
        bringing.bring(heard.transcript, 1, VersionKind.UNDO, heard.actor)
    assert [one.channel for one in heard.lines()] == [None, 1, None, None]
