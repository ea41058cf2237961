"""The kinds of thing that machines read out of speech and text: the one list that pages, documents and engines go by."""

from dataclasses import dataclass
from typing import Literal

How = Literal["rules", "rules and model"]


@dataclass(frozen=True, slots=True)
class KindOfMention:
    """A kind in plain words, how it is found, and the parts that a mention's `detail` may hold."""

    key: str
    title: str
    plural: str
    how: How
    parts: tuple[str, ...] = ()


_LISTED = (
    KindOfMention("person", "Person", "Persons", "rules and model", ("title",)),
    KindOfMention("place", "Address or place", "Addresses and places", "rules and model", ("house", "street", "road")),
    KindOfMention("organisation", "Organization", "Organizations", "rules and model"),
    KindOfMention("date", "Date", "Dates", "rules", ("year", "month", "day")),
    KindOfMention("time", "Time", "Times", "rules"),
    KindOfMention("date_of_birth", "Date of birth", "Dates of birth", "rules", ("year", "month", "day")),
    KindOfMention("phone", "Telephone number", "Telephone numbers", "rules", ("area",)),
    KindOfMention("email", "E-mail address", "E-mail addresses", "rules"),
    KindOfMention("ssn", "Social Security number", "Social Security numbers", "rules", ("last_four",)),
    KindOfMention("driver_licence", "Driver's license", "Driver's licenses", "rules", ("state",)),
    KindOfMention("plate", "License plate", "License plates", "rules", ("state",)),
    KindOfMention("vin", "Vehicle identification number", "Vehicle identification numbers", "rules", ("check",)),
    KindOfMention(
        "vehicle",
        "Vehicle",
        "Vehicles",
        "rules and model",
        ("year", "make", "model", "colour", "second_colour", "body"),
    ),
    KindOfMention("weapon", "Weapon", "Weapons", "rules and model"),
    KindOfMention("drug", "Drug", "Drugs", "rules and model"),
    KindOfMention("money", "Money", "Money", "rules", ("dollars",)),
    KindOfMention("property", "Property", "Property", "rules and model", ("item", "brand", "colour")),
    KindOfMention("offence", "Offense or statute", "Offenses and statutes", "rules and model", ("code", "section")),
    KindOfMention("injury", "Injury", "Injuries", "rules and model", ("part",)),
    KindOfMention("badge", "Badge or unit", "Badges and units", "rules", ("type", "number")),
    KindOfMention("relation", "Role", "Roles", "rules", ("relation", "person")),
)
KINDS = {kind.key: kind for kind in _LISTED}


def kind_of(key: str) -> KindOfMention:
    """The kind of this key; one that nobody knows (a later engine's) is shown under its own name."""
    title = key.replace("_", " ").capitalize()
    return KINDS.get(key) or KindOfMention(key, title, title, "rules")
