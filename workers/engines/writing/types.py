"""Types of report as plain data: what is asked for, under which headings, what weighs more, how people are called."""

from dataclasses import dataclass, field

SECTIONS = (
    "Dispatch and arrival",
    "Officer's recollection",
    "Contact",
    "Statements",
    "Observations",
    "Actions and force",
    "Search and seizure",
    "Disposition",
    "Evidence",
)


@dataclass(frozen=True)
class Asked:
    """A fact such a report must have. `text` holds the `[INSERT: …]` that stands where nothing tells it.

    It counts as told when the finder `found_by` finds it (see `finders.py`) or one of `words` was said as a statement or
    stands in the officer's notes; with neither, it is always asked of a person. `when` names a finder without whose
    find it is not asked at all.
    """

    section: str
    text: str
    found_by: str = ""
    words: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class ReportType:
    """One type of report. `opening` follows the officer's name in the first sentence; `person` is how the only other
    person is called. `headings` maps sections to other headings, in the order of the report. `favours` are kinds of
    mention that weigh more. `version` 0 is the type as the product comes."""

    code: str
    opening: str
    person: str
    asked: tuple[Asked, ...]
    headings: dict[str, str] = field(default_factory=dict)
    favours: tuple[str, ...] = ()
    most: int = 45
    version: int = 0
    sha256: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The sections in the order of the report; those that `headings` does not name come last."""
        return (*self.headings, *(one for one in SECTIONS if one not in self.headings))


def general(kind: str, *, traffic: bool) -> ReportType:
    """What any report asks for, where no type is given."""
    stop, person = ("stop", "driver") if traffic else ("contact", "person contacted")
    return ReportType(
        code=kind or "other",
        opening="",
        person="the driver" if traffic else "the other person",
        asked=(
            Asked("Contact", f"The reason for the {stop} was [INSERT: reason for the {stop}].", "reason"),
            Asked("Contact", f"The {person} was identified as [INSERT: full name of the {person}].", "name"),
            Asked("Contact", "Also present: [INSERT: who else was present, or nobody]."),
            Asked("Actions and force", "Force used: [INSERT: force used and why, or none].", when="force_sign"),
            Asked("Actions and force", "Injuries: [INSERT: injuries, if any].", "injuries"),
            Asked("Disposition", f"The {stop} ended with [INSERT: disposition of the {stop}].", "disposition"),
        ),
    )
