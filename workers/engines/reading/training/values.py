"""What a slot of a line draws: a value as it is written and as it is said, with its kind. Nothing here is anybody's."""

import string
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from workers.engines.reading.identifiers import vin_with_check
from workers.engines.reading.spoken import MONTHS
from workers.engines.reading.training import words
from workers.engines.reading.training.people import People

Drawer = Literal["learn", "held"]
STATES = (
    "California Texas Nevada Oregon Arizona Washington Florida Georgia Ohio Illinois Utah Colorado Michigan Virginia"
)
RELATIVES = [
    "brother",
    "sister",
    "mother",
    "father",
    "cousin",
    "uncle",
    "aunt",
    "husband",
    "wife",
    "girlfriend",
    "boyfriend",
    "roommate",
    "boss",
    "son",
    "daughter",
]


@dataclass(frozen=True)
class Value:
    """A value in both forms; `kind` is empty where it is no entity."""

    written: str
    said: str
    kind: str = ""


@cache
def pools() -> dict[str, dict[str, str]]:
    """pools.toml as it stands."""
    return tomllib.loads((Path(__file__).parent / "pools.toml").read_text(encoding="utf-8"))


@cache
def pool(drawer: Drawer, name: str) -> tuple[str, ...]:
    """The values of one line of pools.toml."""
    return tuple(" ".join(value.split()) for value in pools()[drawer][name].split(";"))


@cache
def countries() -> tuple[str, ...]:
    """Faker's countries whose names are one or two plain words."""
    from faker.providers.address.en import Provider

    return tuple(name for name in Provider.countries if len(name.split()) < 3 and name.replace(" ", "").isalpha())


class Values:
    """Draws values for slots from one drawer and the names that belong to it."""

    def __init__(self, drawer: Drawer, people: People, rng: Random) -> None:
        self._drawer, self._people, self._rng = drawer, people, rng
        self._slots: dict[str, Callable[[], Value]] = {
            name.removeprefix("_slot_"): getattr(self, name) for name in dir(self) if name.startswith("_slot_")
        }

    def draw(self, slot: str) -> Value:
        """A value for a slot; KeyError when no slot has this name."""
        return self._slots[slot]()

    def _pick(self, name: str) -> str:
        return self._rng.choice(pool(self._drawer, name))

    def _plain(self, name: str, kind: str) -> Value:
        value = self._pick(name)
        return Value(value, value, kind)

    # Persons, places, organisations

    def _slot_person(self) -> Value:
        name = self._people.full(self._rng)
        return Value(name, name, "person")

    def _slot_first(self) -> Value:
        name = self._people.first(self._rng)
        return Value(name, name, "person")

    def _slot_last(self) -> Value:
        name = self._people.last(self._rng)
        return Value(name, name, "person")

    def _slot_relative(self) -> Value:
        word = self._rng.choice(RELATIVES)
        return Value(word, word)

    def _slot_street(self) -> Value:
        name = f"{self._pick('streets')} {self._pick('types')}"
        if self._rng.random() < 0.12:
            name = f"{self._rng.choice(['North', 'South', 'East', 'West', 'N.', 'E.'])} {name}"
        return Value(name, _street_said(name), "place")

    def _slot_address(self) -> Value:
        house, street = self._rng.randint(1, 9999), self._slot_street()
        said_house = words.number(house)
        if house >= 100 and self._rng.random() < 0.8:  # "fourteen twenty", "nine oh one"
            tail = house % 100
            said_house = f"{words.number(house // 100)} " + (
                "hundred" if not tail else f"oh {words.number(tail)}" if tail < 10 else words.number(tail)
            )
        return Value(f"{house} {street.written}", f"{said_house} {street.said}", "place")

    def _slot_highway(self) -> Value:
        number, name = self._rng.randint(2, 99), self._rng.choice(["Highway", "Interstate", "Route"])
        return Value(f"{name} {number}", f"{name} {words.number(number)}", "place")

    def _slot_city(self) -> Value:
        return self._plain("cities", "place")

    def _slot_place(self) -> Value:
        if self._drawer == "learn" and self._rng.random() < 0.3:
            value = self._rng.choice(countries())
        else:
            value = self._pick(self._rng.choice(["cities", "regions"])).removeprefix("the ")
        return Value(value, value, "place")

    def _slot_state(self) -> Value:
        value = self._rng.choice(STATES.split())
        return Value(value, value, "place")

    def _slot_org(self) -> Value:
        how = self._rng.random()
        if how < 0.4:
            return self._plain("brands", "organisation")
        if how < 0.85:
            owner = self._people.last(self._rng) if self._rng.random() < 0.6 else self._people.first(self._rng)
            value = f"{owner}{self._rng.choice([chr(39) + 's', ''])} {self._pick('businesses')}"
        else:
            value = f"{self._pick('cities')} {self._pick('businesses')}"
        return Value(value, value, "organisation")

    def _slot_agency(self) -> Value:
        owner = self._pick("cities") if self._rng.random() < 0.8 else f"{self._people.last(self._rng)} County"
        bodies = [b for b in pool(self._drawer, "bodies") if "Police" in b or "Sheriff" in b or "Patrol" in b]
        value = f"{owner} {self._rng.choice(bodies)}"
        return Value(value, value, "organisation")

    def _slot_hospital(self) -> Value:
        kinds = [b for b in pool(self._drawer, "bodies") if "Hospital" in b or "Medical" in b]
        owner = self._pick("cities") if self._rng.random() < 0.5 else f"St. {self._people.first(self._rng)}"
        value = f"{owner} {self._rng.choice(kinds)}"
        return Value(value, value.replace("St.", "Saint"), "organisation")

    def _slot_body(self) -> Value:
        value = f"{self._pick('cities')} {self._pick('bodies')}"
        return Value(value, value, "organisation")

    # Moments and sums

    def _slot_date(self) -> Value:
        return self._date(self._rng.randint(2019, 2026), "date")

    def _slot_dob(self) -> Value:
        return self._date(self._rng.randint(1940, 2008), "date_of_birth")

    def _date(self, year: int, kind: str) -> Value:
        month, day = self._rng.randint(1, 12), self._rng.randint(1, 28)
        name, how = MONTHS[month - 1], self._rng.random()
        written = (
            f"{name} {day}, {year}"
            if how < 0.5
            else f"{month}/{day}/{year}"
            if how < 0.8
            else f"{month:02}/{day:02}/{year}"
        )
        said = f"{name} {words.ordinal(day)} {words.year(year, self._rng)}"
        return Value(written, said, kind)

    def _slot_month_year(self) -> Value:
        name, year = self._rng.choice(MONTHS), self._rng.randint(1990, 2026)
        return Value(f"{name} {year}", f"{name} {words.year(year, self._rng)}", "date")

    def _slot_time(self) -> Value:
        hour, minute = self._rng.randint(0, 23), self._rng.choice([0, 15, 30, 45, self._rng.randint(1, 59)])
        how, twelve = self._rng.random(), (hour - 1) % 12 + 1
        half = "a.m." if hour < 12 else "p.m."
        written = (
            f"{hour:02}{minute:02} hours"
            if how < 0.5
            else f"{twelve}:{minute:02} {half if how < 0.75 else half.replace('.', '')}"
        )
        return Value(written, words.clock(hour, minute, self._rng), "time")

    def _slot_money(self) -> Value:
        sum_ = self._rng.choice(
            [self._rng.randint(5, 99), self._rng.randint(2, 40) * 50, self._rng.randint(1000, 30000)]
        )
        return Value(f"${sum_:,}", f"{words.number(sum_)} dollars", "money")

    # Numbers that identify

    def _digits(self, count: int) -> str:
        return "".join(self._rng.choices(string.digits, k=count))

    def _letters(self, count: int) -> str:
        return "".join(self._rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=count))

    def _slot_phone(self) -> Value:
        area, local = f"{self._rng.randint(201, 989)}", f"555{self._rng.randint(100, 199):04}"
        written = f"({area}) 555-{local[3:]}" if self._rng.random() < 0.4 else f"{area}-555-{local[3:]}"
        return Value(written, words.digits(area + local, self._rng), "phone")

    def _slot_email(self) -> Value:
        name = (
            f"{self._people.first(self._rng)}.{self._people.last(self._rng)}".lower().replace(" ", "").replace("'", "")
        )
        name = name.encode("ascii", "ignore").decode()
        domain = self._rng.choice(["gmail.com", "yahoo.com", "example.org", "outlook.com", "icloud.com"])
        return Value(f"{name}@{domain}", f"{name}@{domain}".replace(".", " dot ").replace("@", " at "), "email")

    def _slot_ssn(self) -> Value:
        number = f"{self._rng.randint(100, 665)}{self._rng.randint(10, 99)}{self._rng.randint(1000, 9999)}"
        return Value(f"{number[:3]}-{number[3:5]}-{number[5:]}", words.digits(number, self._rng), "ssn")

    def _slot_licence(self) -> Value:
        number = self._letters(1) + self._digits(7) if self._rng.random() < 0.7 else self._digits(8)
        return Value(number, words.spelled(number, self._rng), "driver_licence")

    def _slot_plate(self) -> Value:
        shape = self._rng.choice(["1AAA111", "AAA1111", "AAA111", "111AAA", "AA11111", "AAA 1111"])
        plate = "".join(self._digits(1) if c == "1" else self._letters(1) if c == "A" else c for c in shape)
        return Value(plate, words.spelled(plate, self._rng), "plate")

    def _slot_partial(self) -> Value:
        text = self._digits(1) + self._letters(1)
        return Value(text, words.spelled(text, self._rng))

    def _slot_vin(self) -> Value:
        vin = vin_with_check("".join(self._rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=17)))
        return Value(vin, words.spelled(vin, self._rng), "vin")

    def _slot_badge(self) -> Value:
        number = self._digits(self._rng.choice([3, 4, 4, 5]))
        return Value(number, words.digits(number, self._rng), "badge")

    def _slot_unit(self) -> Value:
        number, beat = self._rng.randint(1, 9), self._rng.randint(1, 49)
        letter = self._rng.choice("abcdelpstx")
        named = words.ALPHABETS["apco"][letter]
        if self._rng.random() < 0.5:
            return Value(
                f"{number}-{named.title()}-{beat}", f"{words.number(number)} {named} {words.number(beat)}", "badge"
            )
        return Value(f"Unit {beat}", f"unit {words.number(beat)}", "badge")

    def _slot_code(self) -> Value:
        number = self._rng.choice([1, 2, 3, 4, 5, 6, 7])
        return Value(f"code {number}", f"code {words.number(number)}")

    # Things

    def _slot_vehicle(self) -> Value:
        make, _, models = self._pick("makes").partition(": ")
        model = self._rng.choice(models.split(", "))
        year, colour = self._rng.randint(1996, 2025), self._pick("colours")
        how, body = self._rng.random(), self._pick("carriages")
        if how < 0.3:
            return Value(f"{year} {make} {model}", f"{words.year(year, self._rng)} {make} {model}", "vehicle")
        if how < 0.5:
            return Value(
                f"{colour} {year} {make} {model}", f"{colour} {words.year(year, self._rng)} {make} {model}", "vehicle"
            )
        text = (
            f"{colour} {make} {model}" if how < 0.75 else f"{colour} {body}" if how < 0.9 else f"{colour} {make} {body}"
        )
        return Value(text, text, "vehicle")

    def _slot_weapon(self) -> Value:
        return self._plain("weapons", "weapon")

    def _slot_drug(self) -> Value:
        return self._plain("drugs", "drug")

    def _slot_property(self) -> Value:
        return self._plain("property", "property")

    def _slot_offence(self) -> Value:
        return self._plain("offences", "offence")

    def _slot_injury(self) -> Value:
        return self._plain("injuries", "injury")

    def _slot_statute(self) -> Value:
        number = self._rng.randint(100, 29999)
        code = self._rng.choice(["Penal Code", "Vehicle Code", "Health and Safety Code"])
        how = self._rng.random()
        if how < 0.5:
            return Value(f"{code} {number}", f"{code} {words.digits(str(number), self._rng)}", "offence")
        return Value(
            f"section {number} of the {code}",
            f"section {words.digits(str(number), self._rng)} of the {code}",
            "offence",
        )


def _street_said(name: str) -> str:
    """A street as it is said: "E. 4th St" as "east fourth street"."""
    full = {
        "St": "Street",
        "Ave": "Avenue",
        "Rd": "Road",
        "Blvd": "Boulevard",
        "Dr": "Drive",
        "Ln": "Lane",
        "N.": "North",
        "E.": "East",
    }
    parts = [full.get(part, part) for part in name.split()]
    return " ".join(words.ordinal(int(p[:-2])) if p[:-2].isdigit() else p for p in parts)
