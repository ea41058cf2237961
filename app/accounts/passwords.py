"""Passwords: which are accepted, how they are kept, how they are checked."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Invalid
from app.core.phrases import N_, phrase

LEAST_LENGTH = 8
# OWASP's minimum for Argon2id is 19 MiB, two passes, one lane; this is twice the memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=38 * 1024, parallelism=1)
_BANNED = Path(__file__).with_name("banned_passwords.txt")


def keep(password: str) -> str:
    """The password as Argon2id keeps it: salted, slow, never readable again."""
    return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether `password` is the kept one. With nothing kept the same work is done, so that time tells nothing."""
    try:
        return _HASHER.verify(kept or _decoy(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether it was kept with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check(password: str, *, badge: str, name: str) -> None:
    """Raises Invalid, with the reason, for a password nobody should use (CJIS IA-5(1)(a), C9)."""
    plain = password.casefold()
    if len(password) < LEAST_LENGTH:
        raise _refusal(phrase("This password has fewer than %(least)s characters.", least=LEAST_LENGTH))
    if not password.isprintable():
        raise _refusal(N_("This password has characters that cannot be printed."))
    if plain.strip() in banned():
        raise _refusal(N_("This password is on the list of passwords that are tried first."))
    if len(set(plain)) < 4:
        raise _refusal(N_("This password repeats too few characters."))
    parts = [badge.casefold(), *name.casefold().split()]
    if any(len(part) > 2 and part in plain and len(plain) - len(part) < 6 for part in parts):
        raise _refusal(N_("This password is mostly your badge or name."))


@cache
def banned() -> frozenset[str]:
    """The passwords that are refused, in lower case."""
    return frozenset(line.strip().casefold() for line in _BANNED.read_text().splitlines() if line.strip())


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")


def _refusal(why: str) -> Invalid:
    return Invalid(why, field="password", remedy=N_("A few words that mean something to you alone are best."))
