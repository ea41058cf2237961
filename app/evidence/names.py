"""File names as people gave them: shown as they are, never used as a path, made harmless for a download."""

import unicodedata
from urllib.parse import quote

LONGEST = 255
_LONGEST_SUFFIX = 16
UNNAMED = "unnamed"


def shown_name(given: str) -> str:
    """`given` without control characters, at most 255 characters with its extension kept; `unnamed` when none is left.

    Letters of every script stay, and so do slashes: the name is words to show, files are stored under ids and hashes.
    """
    clean = "".join(sign for sign in given if unicodedata.category(sign) != "Cc").strip()
    if len(clean) <= LONGEST:
        return clean or UNNAMED
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        return clean[:LONGEST]
    return stem[: LONGEST - len(suffix) - 1] + dot + suffix


def download_name(name: str) -> str:
    """A name a file system takes: no path, no invisible direction marks, no leading dot, none of Windows' signs."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf"))
    safe = "".join("_" if sign in '<>:"|?*' else sign for sign in visible).strip(" .")
    return safe or UNNAMED


def attachment(name: str) -> str:
    """Content-Disposition for a download (RFC 6266): an ASCII name for old programs, the whole one by RFC 8187."""
    safe = download_name(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode().strip() or UNNAMED
    if plain == safe:
        return f'attachment; filename="{plain}"'
    fallback = plain if plain.rpartition(".")[0] else UNNAMED + plain
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(safe, safe='')}"
