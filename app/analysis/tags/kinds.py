"""The kinds of thing that machines see in pictures: the one list that pages, search and figures go by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindOfTag:
    """A kind in plain words. `words` are what people may also type for it. `free`: the label is what was read there, so
    that figures count the kind as one class and nothing of the label leaves the recording."""

    key: str
    title: str
    plural: str
    words: str = ""
    free: bool = False


_LISTED = (
    KindOfTag("person", "Person", "Persons", "people pedestrian"),
    KindOfTag("vehicle", "Vehicle", "Vehicles", "traffic"),
    KindOfTag("object", "Object", "Objects"),
    KindOfTag("plate", "License plate", "License plates", "tag registration", free=True),
    KindOfTag("text", "Text", "Texts", "sign writing picture", free=True),
    KindOfTag("camera", "Camera", "Camera", "motion wearer"),
    KindOfTag("motion", "Motion", "Motion", "moving movement"),
    KindOfTag("impact", "Impact or fall", "Impacts and falls", "hit crash struggle"),
    KindOfTag("covered", "Lens covered", "Lens covered", "blocked obscured"),
    KindOfTag("lights", "Emergency lights", "Emergency lights", "flashing red blue"),
    KindOfTag("flash", "Flash or strobe", "Flashes and strobes"),
    KindOfTag("gap", "Gap", "Gaps", "damaged missing"),
    KindOfTag("shot", "Shot", "Shots", "cut scene"),
    KindOfTag("light", "Light", "Light", "daylight"),
    KindOfTag("sound", "Sound", "Sounds", "noise"),
)
KINDS = {kind.key: kind for kind in _LISTED}
QUIET = ("shot",)  # structure of the film: of use to the player, nothing a person decides on


def kind_of(key: str) -> KindOfTag:
    """The kind of this key; one that nobody knows (a later engine's) is shown under its own name."""
    title = key.replace("_", " ").capitalize()
    return KINDS.get(key) or KindOfTag(key, title, title)


def title_of(key: str) -> str:
    """A kind in words."""
    return kind_of(key).title


def class_in_words(kind: str, label: str) -> str:
    """A class as figures name it: Vehicle car; Person alone where both are the same word."""
    title = title_of(kind)
    return title if label.casefold() in ("", title.casefold()) else f"{title} {label}"
