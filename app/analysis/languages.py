"""Languages a person can say are spoken in a recording: the common ones of the United States that engines know by code."""

from app.core.errors import Invalid

LANGUAGES = {  # ISO 639-1, as Whisper names them; order: by speakers in the American Community Survey
    "en": "English",
    "es": "Spanish",
    "zh": "Chinese",
    "tl": "Tagalog",
    "vi": "Vietnamese",
    "ar": "Arabic",
    "fr": "French",
    "ko": "Korean",
    "ru": "Russian",
    "pt": "Portuguese",
    "ht": "Haitian Creole",
    "hi": "Hindi",
    "de": "German",
    "pl": "Polish",
    "it": "Italian",
    "ur": "Urdu",
    "fa": "Persian",
    "ja": "Japanese",
    "so": "Somali",
    "uk": "Ukrainian",
}


def asked(step: str, language: str) -> dict[str, str]:
    """What a step is asked: nothing, or its language. Invalid for another language, or a step that does not listen."""
    if not language:
        return {}
    if step != "transcribe":
        raise Invalid("Only a transcript has a language.", field="language", remedy="Choose the transcript.")
    if language not in LANGUAGES:
        raise Invalid(
            "This is not a language that can be set.", field="language", remedy="Choose one from the list, or none."
        )
    return {"language": language}
