"""Whether a line seems to be in another language than English, by little words alone; good enough to ask a person."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(["the", "a", "an", "is", "are", "was", "were", "i", "you", "he", "she", "it", "we", "they", "my", "your", "his", "her", "this", "that", "and", "or", "but", "not", "do", "did", "have", "has", "to", "of", "in", "on", "for", "with", "what", "where", "no", "yes"])  # fmt: skip
# The commonest little words of the languages most heard beside English in the United States; words English has too are left out.
_OTHER = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "que",
        "de",
        "del",
        "por",
        "para",
        "con",
        "está",
        "esta",
        "estoy",
        "soy",
        "es",
        "mi",
        "su",
        "usted",
        "señor",
        "señora",
        "porque",
        "pero",
        "muy",
        "aquí",
        "yo",
        "tengo",
        "quiero",
        "puedo",
        "sé",
        "sí",
        "nada",
        "qué",
        "dónde",
        "cómo",
        "ne",
        "pas",
        "je",
        "vous",
        "nous",
        "est",
        "les",
        "une",
        "dans",
        "pour",
        "avec",
        "mwen",
        "pa",
        "ou",
        "li",
        "nan",
        "ich",
        "nicht",
        "und",
        "das",
        "ist",
        "sie",
        "wo",
        "não",
        "você",
        "eu",
        "meu",
        "minha",
        "uma",
        "com",
    ]
)
_LEAST_WORDS = 4
_LEAST_FOREIGN = 2


def foreign(text: str) -> bool:
    """Whether a line of at least four words has at least two little words of another language, and more than English ones."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < _LEAST_WORDS:
        return False
    other = sum(word in _OTHER for word in words)
    return other >= _LEAST_FOREIGN and other > sum(word in _ENGLISH for word in words)
