"""Passwords: which are refused and why, and how the others are kept (C9)."""

import pytest

from app.accounts import passwords
from app.core.errors import Invalid

IN_USE = passwords._HASHER  # tests of other things keep passwords with less memory


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "fewer than 8"),
        ("password123", "tried first"),
        ("PASSWORD123", "tried first"),
        ("aaaaaaaaaaaa", "too few"),
        ("abababab", "too few"),
        ("carter2026", "mostly your badge or name"),
        ("tab\there now", "cannot be printed"),
    ],
)
def test_c9_a_bad_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        passwords.check(password, badge="1041", name="James Carter")
    assert refused.value.field == "password"
    assert refused.value.remedy


@pytest.mark.parametrize(
    "password", ["correct horse battery", "ünïcödé wörds", "x" * 40 + "abcd efgh" * 20, "  spaces count  too "]
)
def test_c9_long_ones_spaces_and_every_script_are_welcome(password: str) -> None:
    passwords.check(password, badge="1041", name="James Carter")
    kept = passwords.keep(password)
    assert passwords.matches(kept, password)
    assert not passwords.matches(kept, password[:-1]), "nothing is cut off"


def test_c9_they_are_kept_by_argon2id_with_a_salt_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", IN_USE)
    one, other = passwords.keep("correct horse battery"), passwords.keep("correct horse battery")
    assert one != other
    assert one.startswith("$argon2id$v=19$m=38912,t=2,p=1$")
    assert not passwords.outdated(one)
    assert passwords.outdated(
        "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$4X1pmqrM1VZ8e5XPHIUXp4bEwqmy4ZsLuOyZ3Oo9+eY"
    )


def test_nothing_kept_matches_nothing() -> None:
    assert not passwords.matches("", "")
    assert not passwords.matches("not a hash", "x")
