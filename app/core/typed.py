"""One line that a person typed, as it is kept: a name, a label, a value."""

from app.core.errors import Invalid


def one_line(text: str, *, field: str, most: int, nothing: str = "") -> str:
    """The line without control characters, blanks made single. Invalid names the field: `nothing` says what is missing
    where nothing is left (without it the line may be empty), and more than `most` characters are too many."""
    clean = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
    if nothing and not clean:
        raise Invalid(nothing, field=field)
    if len(clean) > most:
        raise Invalid(f"At most {most} characters; this has {len(clean)}.", field=field, remedy="Shorten it.")
    return clean
