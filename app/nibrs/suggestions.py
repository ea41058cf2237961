"""What the record already holds that could be coded: proposals with their reason, which a person takes or leaves."""

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.analysis.mentions.queries import confirmed
from app.analysis.models import Mention
from app.incidents.models import Incident, Part, Participant
from app.nibrs.codes import DATA, Tables
from app.nibrs.edits.offenses import ARMED
from app.nibrs.edits.victims import HURTING
from app.nibrs.records import Arrestee, Drug, GroupAIncident, GroupBArrest, Item, Offender, Offense, Property, Victim

SUSPECTS = (Part.SUSPECT, Part.DRIVER)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposal: what would be coded (`key` says it to the form), in words, and why."""

    key: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coding:
    """Both reports of an incident as they stand in the form."""

    group_a: GroupAIncident
    group_b: GroupBArrest


def suggestions(incident: Incident, coded: Coding, tables: Tables, today: date) -> list[Suggestion]:
    """What could be coded and is not: from offenses noted in words, people named, and findings somebody confirmed."""
    found = [*_offenses(incident, coded, tables), *_people(incident, coded, today)]
    for mention, title in confirmed(incident.id):
        found += _of_mention(mention, title, coded, tables)
    return list({one.key: one for one in found}.values())


def take(coded: Coding, key: str) -> Coding:
    """The coding with one proposal taken; unchanged for a key that proposes nothing."""
    kind, _, value = key.partition(":")
    incident, arrest = coded.group_a, coded.group_b
    replace = dataclasses.replace
    if kind == "offense" and not value.startswith("90"):
        incident = replace(incident, offenses=(*incident.offenses, Offense(code=value)))
    elif kind == "offense":
        arrest = replace(arrest, arrestees=(*arrest.arrestees, Arrestee(offense=value)))
    elif kind == "victim":
        incident = replace(incident, victims=(*incident.victims, Victim(kind="I", age=value)))
    elif kind == "offender":
        incident = replace(incident, offenders=(*incident.offenders, Offender(age=value)))
    elif kind == "weapon":
        incident = _with_weapon(incident, value)
    elif kind == "injury":
        incident = _with_injury(incident, value)
    elif kind == "drug":
        incident = _with_drug(incident, value)
    return Coding(incident, arrest)


def _offenses(incident: Incident, coded: Coding, tables: Tables) -> Iterator[Suggestion]:
    there = {*coded.group_a.codes, *(one.offense for one in coded.group_b.arrestees)}
    for noted in incident.offences:
        code, words = _code_for("offense", noted.description)
        if code and code not in there and code in tables["offense"]:
            what = f"{code} · {tables['offense'].words(code)}"
            yield Suggestion(f"offense:{code}", what, f"Offense noted: “{noted.description}” has “{words}”.")


def _people(incident: Incident, coded: Coding, today: date) -> Iterator[Suggestion]:
    victims = [one for one in incident.participants if one.part is Part.VICTIM]
    suspects = [one for one in incident.participants if one.part in SUSPECTS]
    for kind, people, there in (
        ("victim", victims, len([one for one in coded.group_a.victims if one.kind in ("I", "L")])),
        ("offender", suspects, len(coded.group_a.offenders)),
    ):
        for person in people[there:] if coded.group_a.offenses else ():
            age = _age(person, incident.occurred_at.date())
            words = f"{kind.capitalize()}, {f'age {age}' if age != '00' else 'age unknown'}"
            yield Suggestion(f"{kind}:{age}", words, f"{person.name} is named as {person.part.value}.")


def _age(person: Participant, day: date) -> str:
    born = person.date_of_birth
    if born is None:
        return "00"
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return f"{min(max(years, 0), 99):02}"


def _of_mention(mention: Mention, title: str, coded: Coding, tables: Tables) -> Iterator[Suggestion]:
    kind = mention.kind
    code, _ = _code_for(kind, mention.value) if kind in ("weapon", "drug", "injury") else ("", "")
    if not code or not _room_for(kind, code, coded.group_a):
        return
    clock = f"{int(mention.start_s) // 60}:{int(mention.start_s) % 60:02}"
    reason = f"“{mention.text}” at {clock} in {title or 'a recording'}, confirmed by a person."
    yield Suggestion(f"{kind}:{code}", f"{kind.capitalize()} {code} · {tables[kind].words(code)}", reason)


def _room_for(kind: str, code: str, incident: GroupAIncident) -> bool:
    """Whether there is somewhere to put it, and it is not there already."""
    if kind == "weapon":
        armed = [one for one in incident.offenses if one.code in ARMED]
        return bool(armed) and not any(code in one.weapons for one in armed)
    if kind == "injury":
        hurt = [one for one in incident.victims if set(one.offenses) & set(HURTING)]
        return bool(hurt) and not any(code in one.injuries for one in hurt)
    there = any(drug.kind == code for segment in incident.properties for drug in segment.drugs)
    return "35A" in incident.codes and not there


def _with_weapon(incident: GroupAIncident, code: str) -> GroupAIncident:
    for n, one in enumerate(incident.offenses):
        if one.code in ARMED and len(one.weapons) < 3:
            changed = dataclasses.replace(one, weapons=(*one.weapons, code))
            rest = (*incident.offenses[:n], changed, *incident.offenses[n + 1 :])
            return dataclasses.replace(incident, offenses=rest)
    return incident


def _with_injury(incident: GroupAIncident, code: str) -> GroupAIncident:
    for n, one in enumerate(incident.victims):
        if set(one.offenses) & set(HURTING) and len(one.injuries) < 5:
            changed = dataclasses.replace(one, injuries=(*one.injuries, code))
            rest = (*incident.victims[:n], changed, *incident.victims[n + 1 :])
            return dataclasses.replace(incident, victims=rest)
    return incident


def _with_drug(incident: GroupAIncident, code: str) -> GroupAIncident:
    seized = [n for n, one in enumerate(incident.properties) if one.loss == "6"]
    if not seized:
        fresh = Property(loss="6", items=(Item("10"),), drugs=(Drug(code),))
        return dataclasses.replace(incident, properties=(*incident.properties, fresh))
    n = seized[0]
    changed = dataclasses.replace(incident.properties[n], drugs=(*incident.properties[n].drugs, Drug(code))[:3])
    rest = (*incident.properties[:n], changed, *incident.properties[n + 1 :])
    return dataclasses.replace(incident, properties=rest)


def _code_for(kind: str, text: str) -> tuple[str, str]:
    """The code whose words are in a text, the longest words first, and those words; empty when there are none."""
    for words, code in _lexicon()[kind]:
        if re.search(rf"(?<!\w){re.escape(words)}", text, re.IGNORECASE):
            return code, words
    return "", ""


@cache
def _lexicon() -> dict[str, list[tuple[str, str]]]:
    listed = tomllib.loads((DATA / "suggestions.toml").read_text(encoding="utf-8"))
    pairs = {kind: [(words, code) for code, said in rows.items() for words in said] for kind, rows in listed.items()}
    return {kind: sorted(rows, key=lambda row: -len(row[0])) for kind, rows in pairs.items()}
