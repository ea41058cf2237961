"""Joining mentions of one thing: only with evidence, what contradicts stays apart and is marked, people's work is kept."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.reading.joining import ENGINE, Group, Said, join

Line = tuple[str, str, str]  # who speaks, the words, and [kind:value] marks taken out of them


def said(
    *lines: tuple[str, str, list[tuple[str, str] | tuple[str, str, str]]], fixed: dict[str, str] | None = None
) -> list[Said]:
    """Mentions of some lines: (speaker, text, [(kind, words, value)]); S1 is the officer."""
    made, before = [], ""
    for number, (speaker, text, found) in enumerate(lines):
        at = 0
        for kind, words, *value in found:
            at = text.index(words, at)
            made.append(
                Said(
                    id=f"{number}:{at}",
                    kind=kind,
                    value=value[0] if value else words,
                    text=words,
                    recording="r",
                    line=number,
                    start_char=at,
                    end_char=at + len(words),
                    sentence=text,
                    before=before,
                    speaker=speaker,
                    role="officer" if speaker == "S1" else "other",
                    confidence=0.8,
                    method="rule:test",
                    fixed=(fixed or {}).get(words, ""),
                )
            )
            at += len(words)
        before = text
    return made


def together(mentions: list[Said]) -> list[set[str]]:
    """The words of each group of more than one."""
    words = {one.id: one.text for one in mentions}
    return [{words[m.id] for m in group.members} for group in join(mentions).groups if len(group.members) > 1]


def group_with(mentions: list[Said], words: str) -> Group:
    [wanted] = [one.id for one in mentions if one.text == words][:1]
    return next(group for group in join(mentions).groups if wanted in {m.id for m in group.members})


def reasons(group: Group) -> str:
    return " ".join(reason for member in group.members for reason in member.reasons)


def test_the_driver_ms_lopez_and_maria_lopez_are_one_with_the_evidence_shown() -> None:
    mentions = said(
        ("S1", "can i have your name please", []),
        ("S2", "my name is Maria Lopez", [("person", "Maria Lopez")]),
        ("S1", "thank you Ms Lopez wait here", [("person", "Lopez")]),
        ("S1", "dispatch the driver is Maria Lopez", [("relation", "the driver"), ("person", "Maria Lopez")]),
    )
    assert together(mentions) == [{"Maria Lopez", "Lopez", "the driver"}]
    group = group_with(mentions, "the driver")
    assert group.label == "Maria Lopez"
    assert "“Lopez” fits only Maria Lopez here." in reasons(group)
    assert "Said side by side: “the driver is Maria Lopez”." in reasons(group)
    assert join(mentions).engine is ENGINE


def test_without_evidence_nothing_is_joined() -> None:
    mentions = said(
        ("S1", "the driver got out", [("relation", "the driver")]),
        ("S2", "I know Maria Lopez and Ana Ruiz", [("person", "Maria Lopez"), ("person", "Ana Ruiz")]),
        ("S1", "date of birth on file 3/9/1984", [("date_of_birth", "3/9/1984", "1984-03-09")]),
    )
    assert together(mentions) == []


def test_a_surname_two_people_have_is_joined_to_neither_and_marked() -> None:
    mentions = said(
        ("S2", "Maria Lopez and Ana Lopez were there", [("person", "Maria Lopez"), ("person", "Ana Lopez")]),
        ("S1", "Ms Lopez come here", [("person", "Lopez")]),
    )
    alone = [g for g in join(mentions).groups if g.label == "Lopez"]
    assert [g.marks for g in alone] == [("Fits more than one here: Maria Lopez, Ana Lopez.",)]
    assert together(mentions) == []


def test_a_birth_date_goes_to_the_voice_that_gave_its_name() -> None:
    mentions = said(
        ("S2", "i'm Maria Lopez", [("person", "Maria Lopez")]),
        ("S1", "and your date of birth", []),
        ("S2", "march ninth eighty four", [("date_of_birth", "march ninth eighty four", "1984-03-09")]),
        ("S3", "call me at 555 123 4567", [("phone", "555 123 4567", "5551234567")]),
    )
    assert together(mentions) == [{"Maria Lopez", "march ninth eighty four"}]
    assert "The voice that gave the name “Maria Lopez”" in reasons(group_with(mentions, "Maria Lopez"))


def test_two_birth_dates_of_one_name_stay_apart_and_are_marked() -> None:
    mentions = said(
        ("S1", "Maria Lopez born 3/9/1984", [("person", "Maria Lopez"), ("date_of_birth", "3/9/1984", "1984-03-09")]),
        ("S1", "Maria Lopez born 1/2/1991", [("person", "Maria Lopez"), ("date_of_birth", "1/2/1991", "1991-01-02")]),
    )
    groups = join(mentions).groups
    assert len(groups) == 2
    assert all("two different dates of birth" in group.marks[0] for group in groups)
    assert all(group.confidence < 0.6 for group in groups)


def test_reversed_and_middle_names_and_near_spellings_are_one() -> None:
    mentions = said(
        ("S1", "Maria Lopez", [("person", "Maria Lopez")]),
        ("S1", "Lopez, Maria", [("person", "Lopez, Maria")]),
        ("S1", "Maria Teresa López", [("person", "Maria Teresa López")]),
        ("S1", "Maria Lopes", [("person", "Maria Lopes")]),
    )
    assert len(join(mentions).groups) == 1
    assert "Nearly the same name" in reasons(join(mentions).groups[0])


def test_an_officer_and_a_victim_of_the_same_name_are_two() -> None:
    mentions = said(
        ("S1", "I'm Officer Lopez with Springfield police", [("person", "Lopez")]),
        ("S2", "my name is Maria Lopez he hit me", [("person", "Maria Lopez")]),
        ("S1", "Ms Lopez are you hurt", [("person", "Lopez")]),
    )
    groups = join(mentions).groups
    assert [len(group.members) for group in groups] == [1, 2]


def test_an_officer_can_be_the_victim() -> None:
    mentions = said(
        ("S1", "the victim is Officer Reyes", [("relation", "the victim"), ("person", "Reyes")]),
        ("S1", "Officer Reyes was hit", [("person", "Reyes")]),
    )
    assert together(mentions) == [{"the victim", "Reyes"}]


def test_a_name_that_is_a_street_is_marked_and_never_joined_to_it() -> None:
    mentions = said(
        ("S1", "we are at 1420 Madison Avenue", [("place", "1420 Madison Avenue")]),
        ("S2", "Madison hit me", [("person", "Madison")]),
        ("S1", "so Madison Clark", [("person", "Madison Clark")]),
    )
    bare = next(g for g in join(mentions).groups if g.label == "Madison")
    assert bare.marks == ("Also a street here: 1420 Madison Avenue.",)
    assert together(mentions) == []


def test_a_vehicle_has_its_plate_and_two_plates_are_two_vehicles() -> None:
    mentions = said(
        ("S1", "blue Honda Accord plate 7ABC123", [("vehicle", "blue Honda Accord"), ("plate", "7ABC123")]),
        ("S1", "run 7ABC123 again", [("plate", "7ABC123")]),
        ("S1", "the other blue Honda Accord", [("vehicle", "blue Honda Accord")]),
        ("S1", "that one is 4XYZ789", [("plate", "4XYZ789")]),
    )
    groups = join(mentions).groups
    assert {frozenset(m.id.split(":")[0] for m in g.members) for g in groups} == {frozenset("01"), frozenset("23")}
    assert any("two different plates" in mark for g in groups for mark in g.marks)


def test_what_a_person_put_together_stays_and_stays_apart_from_the_rest() -> None:
    lines = (
        ("S1", "Maria Lopez", [("person", "Maria Lopez")]),
        ("S1", "the tall woman", [("relation", "the tall woman")]),
        ("S1", "Lopez, Maria", [("person", "Lopez, Maria")]),
    )
    mentions = said(*lines, fixed={"Maria Lopez": "a", "the tall woman": "a", "Lopez, Maria": "b"})
    groups = join(mentions).groups
    assert [(len(g.members), g.fixed) for g in groups] == [(2, "a"), (1, "b")]


def test_doubtful_words_and_markup_do_no_harm() -> None:
    mentions = said(("S2", "<b>x</b> " + "n" * 500, [("person", "<b>x</b>"), ("person", "n" * 500)]))
    assert len(join(mentions).groups) == 2
    assert join([]).groups == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["person", "relation", "date_of_birth", "plate", "vehicle", "place", "weapon"]),
            st.sampled_from(
                ["Maria Lopez", "Lopez", "the driver", "1984-03-09", "1991-01-02", "7ABC123", "Madison", ""]
            ),
            st.integers(0, 4),
            st.sampled_from(["S1", "S2", ""]),
            st.sampled_from(["", "", "a", "b"]),
        ),
        max_size=25,
    )
)
@settings(max_examples=60, deadline=None)
def test_every_mention_is_in_one_group_and_no_group_has_two_birth_dates(rows) -> None:
    mentions = [
        Said(str(n), kind, value, value, "r", line, 0, len(value), value, "", who, "other", 0.7, "rule:x", fixed)
        for n, (kind, value, line, who, fixed) in enumerate(rows)
    ]
    groups = join(mentions).groups
    placed = [m.id for g in groups for m in g.members]
    assert sorted(placed) == sorted(one.id for one in mentions)
    by_id = {one.id: one for one in mentions}
    for group in groups:
        members = [by_id[m.id] for m in group.members]
        assert len({m.fixed for m in members if m.fixed}) <= 1
        if not group.fixed:
            assert len({m.value for m in members if m.kind == "date_of_birth"}) <= 1
        assert 0 <= group.confidence <= 1


@pytest.mark.parametrize("times", [4])
def test_time_grows_about_linearly(times: int) -> None:
    """Ten times the mentions take less than sixty times as long: no step compares all with all."""

    def many(count: int) -> float:
        lines = [
            (
                "S1",
                f"Name{n} Family{n % 97} plate {n}ABC",
                [("person", f"Name{n} Family{n % 97}"), ("plate", f"{n}ABC")],
            )
            for n in range(count)
        ]
        mentions = said(*lines)
        best = min(_timed(mentions) for _ in range(3))
        return max(best, 1e-4)

    assert many(1000) < 15 * times * many(100)


def _timed(mentions: list[Said]) -> float:
    start = time.process_time()  # of this process alone: others may want the machine
    join(mentions)
    return time.process_time() - start
