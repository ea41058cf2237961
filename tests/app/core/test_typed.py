"""One typed line: cleaned, and refused by name where nothing is left or too much."""

import pytest

from app.core.errors import Invalid
from app.core.typed import one_line


def test_a_line_is_kept_without_control_characters_and_with_single_blanks() -> None:
    assert one_line("  night\t \ncars\x00 ", field="name", most=20) == "night cars"
    assert one_line("\x07 ", field="note", most=20) == ""


@pytest.mark.parametrize(
    ("text", "told"), [(" \x00 ", "Give it a name."), ("seven s", "At most 6 characters; this has 7.")]
)
def test_what_cannot_be_kept_is_refused_with_its_field(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        one_line(text, field="name", most=6, nothing="Give it a name.")
    assert (refused.value.message, refused.value.field) == (told, "name")
