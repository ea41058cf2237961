"""Whose characters they are (A9): measured by words, whole, and the same in the version that is filed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import transaction
from app.core.permissions import Role
from app.reports import figures, review, service
from app.reports.authorship import authored, characters_kept, machine_share, shares, spans
from app.reports.models import Authorship
from tests.app.reports.conftest import Desk
from tests.people import People, actor_for

TEXTS = st.text(alphabet="ab .,\n é", max_size=40)


@given(TEXTS, TEXTS)
def test_the_spans_cover_every_character_once(machine: str, text: str) -> None:
    found = spans(machine, text)
    assert "".join(text[one.start : one.end] for one in found) == text
    assert all(one.author != other.author for one, other in itertools.pairwise(found))
    assert characters_kept(machine, text) == sum(one.end - one.start for one in found if one.author == "machine")


@pytest.mark.parametrize(
    ("machine", "text", "whose"),
    [
        (
            "He ran.",
            "He ran off.",
            Authorship.EDITED,
        ),  # a short sentence keeps few characters, and they are the machine's
        ("He ran.", "He ran.", Authorship.MACHINE),
        ("He ran.", "Walter slept", Authorship.OFFICER),
        ("The driver mumbled a name.", "A red car, I believe", Authorship.OFFICER),
        ("[INSERT: was anybody injured?]", "Nobody was injured.", Authorship.OFFICER),
        ("She [INSERT: said what?] and left.", "She said no and left.", Authorship.EDITED),
        ("", "Mine.", Authorship.OFFICER),
    ],
)
def test_a10_while_one_word_of_the_machines_stands_it_is_the_machines_too(machine, text, whose) -> None:
    assert authored(machine, text) is whose


def test_letters_two_words_share_are_nobodys_but_the_officers() -> None:
    assert characters_kept("The operator vanished", "Therapist evaluated") == 0


def test_a9_spans_and_share_survive_to_the_filed_version(desk: Desk, people: People) -> None:
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(
            one, desk.report, text="Officer Test met the driver.", edition=one.edition, actor=desk.author
        )
    desk.submit()
    standing = machine_share(desk.report.sentences)
    counted = figures.of(desk.report_id)
    assert counted.share == pytest.approx(standing)
    assert counted.machine_characters == sum(each.machine_characters for each in desk.report.sentences)
    assert sum(shares(desk.report.sentences).values()) == pytest.approx(1.0)
    desk.approve()
    with transaction():
        version = review.file(desk.report, actor=actor_for(people.one(Role.RECORDS)))
    filed = version.content["sentences"][0]
    marked = [(filed["text"][start:end], author) for start, end, author in filed["spans"]]
    assert marked == [("Officer Test ", "machine"), ("met", "officer"), (" the driver.", "machine")]
    assert version.content["ai"]["machine_share"] == round(standing, 4)
