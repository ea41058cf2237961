"""Names as given: shown, never a path, harmless as a download."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from app.evidence.names import LONGEST, UNNAMED, attachment, download_name, shown_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("clip.mp4", "clip.mp4"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("تسجيل الشرطة.mp4", "تسجيل الشرطة.mp4"),
        ("הקלטה.mov", "הקלטה.mov"),
        ("警察の映像.mp4", "警察の映像.mp4"),
        ("a\0b\r\nc\x1b[31m.mp4", "abc[31m.mp4"),
        ("  spaced .mp4 ", "spaced .mp4"),
        ("", UNNAMED),
        ("\0\n", UNNAMED),
    ],
)
def test_a_name_is_shown_as_given_without_control_characters(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    cut = shown_name("x" * 300 + ".mp4")
    assert len(cut) == LONGEST
    assert cut.endswith("xx.mp4")
    assert shown_name("ي" * 300 + ".mp4").endswith("ي.mp4")
    assert len(shown_name("." + "x" * 300)) == LONGEST
    assert len(shown_name("x" * 300)) == LONGEST


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\clip.mp4", "clip.mp4"),
        (".bashrc", "bashrc"),
        ("what? <this>.mp4", "what_ _this_.mp4"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("..", UNNAMED),
        ("a/", UNNAMED),
    ],
)
def test_a_download_has_a_name_a_file_system_takes(name: str, saved: str) -> None:
    assert download_name(name) == saved


@given(st.text(max_size=400))
def test_any_name_at_all_makes_a_header_of_one_line_that_says_it(name: str) -> None:
    header = attachment(shown_name(name.encode("utf-8", "ignore").decode()))
    assert header.isascii()
    assert "\n" not in header
    assert "\r" not in header
    value, options = parse_options_header(header)
    assert value == "attachment"
    assert options["filename"] == download_name(shown_name(name.encode("utf-8", "ignore").decode()))
