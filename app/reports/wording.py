"""What people type and paste, made plain text: signs of word processors mended, what cannot be seen taken out."""

import re
import unicodedata
from html.parser import HTMLParser

from app.core.errors import Invalid
from app.core.phrases import N_, phrase

LONGEST_SENTENCE = 5000
LONGEST_PASTE = 60_000
MOST_PARAGRAPHS = 200
# Windows-1252 read as Latin-1 leaves these in pasted text; bullets of Word's Symbol font are in the private area.
_MENDED = {
    0x85: "…", 0x91: "‘", 0x92: "’", 0x93: "“", 0x94: "”", 0x95: "•", 0x96: "–", 0x97: "—",
    0x201F: "“", 0x201B: "‘", 0xFF02: '"', 0xFF07: "'", 0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•",
    0xA0: " ", 0x202F: " ", 0x2007: " ", 0x3000: " ",
}  # fmt: skip
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_WORD_PROCESSOR = re.compile(
    r"<!--StartFragment|<html[\s>]|class=\"?Mso|<o:p>|<w:WordDocument|urn:schemas-microsoft", re.I
)
_BREAKS = ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol")
_SILENT = ("style", "script", "head", "xml", "title")


def plain(text: str) -> str:
    """One run of text: no control characters, no markup of a word processor, white space folded to single spaces."""
    return " ".join(_visible(_unmarked(text)).split())


def sentence(text: str) -> str:
    """`plain`, neither empty nor longer than LONGEST_SENTENCE. Invalid names field `text`."""
    clean = plain(text)
    if not clean:
        raise Invalid(N_("A sentence needs words."), field="text", remedy=N_("To take it out, use Remove."))
    if len(clean) > LONGEST_SENTENCE:
        raise Invalid(
            phrase("A sentence has at most %(longest_sentence)s characters.", longest_sentence=LONGEST_SENTENCE),
            field="text",
            remedy=N_("Make it two."),
        )
    return clean


def paragraphs(text: str) -> list[str]:
    """Each paragraph of what was typed or pasted, as plain text. Invalid (field `text`) when there are no words, when
    one paragraph is longer than LONGEST_SENTENCE, or when it all is longer than LONGEST_PASTE."""
    if len(text) > 20 * LONGEST_PASTE:
        raise Invalid(N_("This is too long to be text."), field="text", remedy=N_("Paste it in parts."))
    unmarked = _unmarked(text)
    if len(unmarked) > LONGEST_PASTE:
        raise Invalid(
            phrase(
                "At most %(longest_paste)s characters can be added at once; this has %(unmarked)s.",
                longest_paste=f"{LONGEST_PASTE:,}",
                unmarked=f"{len(unmarked):,}",
            ),
            field="text",
            remedy=N_("Paste it in parts."),
        )
    lines = re.split(r"\r\n|[\r\n\x0b\x0c\u2028\u2029]", unmarked)
    found = [clean for line in lines if (clean := " ".join(_visible(line).split()))]
    if len(found) > MOST_PARAGRAPHS:
        raise Invalid(
            phrase("At most %(most_paragraphs)s paragraphs can be added at once.", most_paragraphs=MOST_PARAGRAPHS),
            field="text",
            remedy=N_("Paste it in parts."),
        )
    for number, one in enumerate(found, 1):
        if len(one) > LONGEST_SENTENCE:
            raise Invalid(
                phrase(
                    "Paragraph %(number)s has %(one)s characters; the most is %(longest_sentence)s.",
                    number=number,
                    one=f"{len(one):,}",
                    longest_sentence=f"{LONGEST_SENTENCE:,}",
                ),
                field="text",
                remedy=N_("Break it where a new thought begins."),
            )
    return found or [sentence("")]


def words(text: str, *, field: str, most: int, least: int = 1, what: str = N_("This")) -> str:
    """A note or a comment: lines kept, everything else as in `plain`. Invalid names `field`."""
    clean = "\n".join(" ".join(_visible(line).split()) for line in _unmarked(text).splitlines()).strip()
    if len(clean) < least:
        raise Invalid(
            phrase("%(what)s needs words.", what=phrase(what)),
            field=field,
            remedy=phrase("At least %(least)s characters.", least=least),
        )
    if len(clean) > most:
        raise Invalid(
            phrase(
                "%(what)s has %(clean)s characters; the most is %(most)s.",
                what=phrase(what),
                clean=f"{len(clean):,}",
                most=f"{most:,}",
            ),
            field=field,
            remedy=N_("Shorten it."),
        )
    return clean


def _visible(text: str) -> str:
    whole = unicodedata.normalize("NFC", text.translate(_MENDED).translate(_UNSEEN))
    return "".join(sign if sign.isprintable() else " " for sign in whole)


def _unmarked(text: str) -> str:
    """The text inside a word processor's markup; anything else, angle brackets and all, as it is."""
    if not _WORD_PROCESSOR.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " ").replace("\r", " "))
