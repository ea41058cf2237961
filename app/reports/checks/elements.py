"""Checks of completeness: what a reader of such an incident's report must find in it, by words anyone can read here.

The lists follow what report-writing guides ask of each kind of call. They look for words, not for meaning: that is why
each is a warning to acknowledge, never a verdict.
"""

import re
from dataclasses import dataclass

from app.core.phrases import N_, phrase
from app.incidents.models import IncidentKind
from app.reports.checks.finding import Finding, error, register, warning
from app.reports.models import Report


@dataclass(frozen=True, slots=True)
class Element:
    """Something to be said, and the words by which it is known that it was."""

    code: str
    question: str
    words: str

    def said_in(self, text: str) -> bool:
        """Whether any of its words is there."""
        return re.search(rf"\b(?:{self.words})", text, re.IGNORECASE) is not None


REASON = Element(
    "reason",
    N_("why the stop was made"),
    r"because|reason|due to|for (?:a |an |the )?(?:red|speed|run|fail|expired|broken|tail)|ran (?:a|the)|speeding|red light|stop sign|observed (?:the|a)|violat|radar|mph|expired|equipment|tail ?light|swerv",
)
DRIVER = Element("driver", N_("who drove, and how they were identified"), r"driver|operator|identified|licen[sc]e")
VEHICLE = Element(
    "vehicle", N_("which vehicle it was"), r"vehicle|car|truck|van|motorcycle|sedan|suv|pickup|plate|bicycle"
)
OUTCOME = Element(
    "outcome",
    N_("how it ended"),
    r"warning|warned|citation|cited|ticket|arrest|released|free to (?:go|leave)|towed|advised|cleared|disposition|no further",
)
CAUSE = Element(
    "cause",
    N_("what gave cause for the arrest"),
    r"because|probable cause|warrant|observed|admitted|identified|witness|saw|found|cause",
)
CUSTODY = Element("custody", N_("how the person was taken into custody"), r"handcuff|custody|arrest|detain")
RIGHTS = Element(
    "rights", N_("whether rights were read"), r"miranda|rights|advised of|not (?:questioned|interviewed)|no questions"
)
SEARCH = Element("search", N_("whether anybody or anything was searched"), r"search|pat(?:ted)? ?down|frisk")
INJURY = Element(
    "injury", N_("whether anybody was hurt"), r"injur|hurt|unharmed|medical|ambulance|ems|hospital|no complaint of pain"
)
FORCE = Element(
    "force",
    N_("what force was used, and how"),
    r"force|struck|strike|taser|baton|pepper|spray|takedown|took .* to the ground|grabbed|held|handcuff|firearm|pushed|restrain|control hold",
)
RESISTANCE = Element(
    "resistance",
    N_("what the person did before force was used"),
    r"resist|pull(?:ed)? away|refus|fought|fight|struggl|fled|ran|threat|swung|punch|kick|tens|approach|reach",
)
AID = Element(
    "aid",
    N_("whether aid was given"),
    r"aid|medical|ambulance|ems|hospital|paramedic|treat|refused (?:care|treatment)|evaluat|no injur|nobody was injur|not injur",
)
TOLD = Element(
    "told", N_("which supervisor was told"), r"supervisor|sergeant|lieutenant|notified|informed|watch commander"
)
PARTIES = Element(
    "parties", N_("what each side said"), r"said|stated|told|according to|reported|explained|denied|declined"
)
CHILDREN = Element(
    "children",
    N_("whether children were there"),
    r"child|children|minor|juvenile|infant|baby|son\b|daughter|no one else|nobody else|alone",
)
WEAPONS = Element("weapons", N_("whether there were weapons"), r"weapon|gun|firearm|knife|knives|unarmed")
PROPERTY = Element(
    "property",
    N_("what was taken or found"),
    r"stolen|took|taken|missing|found|property|wallet|phone|cash|purse|bag|bicycle|vehicle|item|jewel|tool",
)
WORTH = Element("worth", N_("what it is worth"), r"\$|dollar|worth|valued|value|price|no value")
OWNER = Element("owner", N_("whose it is"), r"owner|belong|victim|unknown owner|owned|his|her|their")
PLACE = Element(
    "place",
    N_("where it is now"),
    r"property room|returned|booked|evidence|placed|stored|logged|handed|turned over|locker",
)

ELEMENTS: dict[IncidentKind, tuple[Element, ...]] = {
    IncidentKind.TRAFFIC_STOP: (REASON, DRIVER, VEHICLE, OUTCOME),
    IncidentKind.ARREST: (CAUSE, CUSTODY, RIGHTS, SEARCH, INJURY),
    IncidentKind.USE_OF_FORCE: (RESISTANCE, FORCE, INJURY, AID, TOLD),
    IncidentKind.DOMESTIC_DISTURBANCE: (PARTIES, INJURY, CHILDREN, WEAPONS, OUTCOME),
    IncidentKind.THEFT: (PROPERTY, WORTH, OWNER),
    IncidentKind.FOUND_PROPERTY: (PROPERTY, OWNER, PLACE),
    IncidentKind.OTHER: (OUTCOME,),
}  # fmt: skip
# What an offence asks for, whatever the kind of call: words of its description -> elements.
BY_OFFENCE: tuple[tuple[str, tuple[Element, ...]], ...] = (
    (r"assault|battery|domestic", (INJURY, PARTIES)),
    (r"theft|larceny|burglary|robbery|stolen", (PROPERTY, WORTH, OWNER)),
    (r"driving under|dui|dwi|intoxicat", (Element("impairment", N_("what pointed to impairment"), r"odor|slur|sway|test|breath|eyes|unstead|bac\b|nystagmus|impair"),)),
    (r"drug|narcotic|controlled substance|possession", (Element("substance", N_("what substance it was, and how it was tested"), r"test|suspected|substance|heroin|cocaine|meth|fentanyl|marijuana|pill|powder"), SEARCH)),
    (r"resist|obstruct", (RESISTANCE, FORCE)),
)  # fmt: skip
_MYSELF = re.compile(r"\b(?:I|me|my|myself|we|us)\b")
_ARRESTED = re.compile(
    r"\b(?:under arrest|was arrested|were arrested|arrested (?:him|her|them|the)|placed .{0,30}arrest)\b", re.I
)


@register
def elements_said(report: Report) -> list[Finding]:
    """Every element that the kind of incident and its offences ask for is in the text. A supplement adds; it need not
    say all again."""
    if report.supplements_id or not report.sentences:
        return []
    text, kind = whole_text(report), report.incident.kind
    wanted = {one.code: one for one in ELEMENTS[kind]}
    for offence in report.incident.offences:
        for words, more in BY_OFFENCE:
            if re.search(rf"\b(?:{words})", offence.description, re.IGNORECASE):
                wanted |= {one.code: one for one in more}
    return [
        warning(
            f"element-{one.code}",
            phrase(
                "The text does not seem to say %(question)s (%(lower)s).",
                question=phrase(one.question),
                lower=phrase(kind.title.lower()),
            ),
        )
        for one in wanted.values()
        if not one.said_in(text)
    ]


@register
def arrest_has_an_offence(report: Report) -> list[Finding]:
    """Who is arrested is arrested for something, and it is noted in the incident."""
    if report.incident.offences or report.supplements_id:
        return []
    if report.incident.kind is IncidentKind.ARREST:
        return [error("offence-missing", N_("An arrest needs its offense noted in the incident."), field="offences")]
    arrested = next((one for one in report.sentences if _ARRESTED.search(one.text)), None)
    if arrested is None:
        return []
    return [
        warning(
            "arrest-uncoded",
            N_("The text speaks of an arrest, and the incident has no offense."),
            arrested.id,
            "offences",
        )
    ]


@register
def author_is_mentioned(report: Report) -> list[Finding]:
    """The reporting officer is in the report: by name, badge, or as “I”."""
    if not report.sentences:
        return []
    text, author = whole_text(report), report.author
    last = author.name.split()[-1] if author.name.split() else author.name
    if (
        _MYSELF.search(text)
        or re.search(rf"\b{re.escape(last)}\b", text, re.I)
        or re.search(rf"\b{re.escape(author.badge)}\b", text)
    ):
        return []
    return [
        warning(
            "officer-missing",
            phrase("The text never says what %(title)s did: the reporting officer is not in it.", title=author.title),
        )
    ]


def whole_text(report: Report) -> str:
    """The narrative as one text, open gaps left out: a question is no answer."""
    return " ".join(re.sub(r"\[INSERT[^\]]*\]?", " ", one.text) for one in report.sentences)
