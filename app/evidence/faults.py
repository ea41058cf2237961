"""Why an item was set aside, said in the reader's language. What intake kept is English, and stays so in the record."""

import re

from app.core.languages import speak
from app.core.phrases import N_, phrase

_UNREADABLE = "The file cannot be read: "
_PROMISED = re.compile(r"The name says (video|audio|image), the content is (\S+)\.")
DIFFERS = N_("What arrived is not what the phone sent: the hashes differ.")
_DETAILS = (
    N_("the file is empty"),
    N_("it is 0 seconds long: nothing was recorded"),
    N_("there is no picture in it"),
    N_("the picture cannot be decoded"),
    N_("not one picture in it can be decoded"),
    N_("neither a picture nor a sound in it can be decoded"),
)
_KINDS = {"video": N_("video"), "audio": N_("audio"), "image": N_("image")}


def in_words(kept: str) -> str:
    """The reason that intake kept, in the language of the page; a detail of a decoder's own stays as it came."""
    found = _PROMISED.fullmatch(kept)
    if found:
        kind = phrase(_KINDS[found[1]])
        return speak(phrase("The name says %(kind)s, the content is %(content)s.", kind=kind, content=found[2]))
    if kept.startswith(_UNREADABLE):
        detail = kept.removeprefix(_UNREADABLE).removesuffix(".")
        why = phrase(detail) if detail in _DETAILS else detail
        return speak(phrase("The file cannot be read: %(why)s", why=why)) + ("." if kept.endswith(".") else "")
    return speak(kept)
