"""The given submissions and documents with the verdict documented for each, and ours beside it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.core.errors import Invalid
from app.nibrs import flatfile, names, xmlreading
from app.nibrs.codes import published
from app.nibrs.edits import Agency, Reference, check_submission
from app.nibrs.records import GroupAIncident, Submission

PROCESSED = date(2016, 2, 24)  # the last line of the error list says so
CONVERTED = date(2015, 10, 1)  # and rule 173 names this day for the first agency
LENGTHS = {"178", "284", "484", "584"}  # about the submission as a whole


@dataclass(frozen=True)
class Verdict:
    """One fixture: what is documented, and what we say; equal sets of rule numbers agree."""

    name: str
    documented: frozenset[str]
    ours: frozenset[str]

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.documented == self.ours


def submission_verdicts(folder: Path) -> Iterator[Verdict]:
    """Each report of Test-Submission-1 against the FBI's own error list for it, Test-EDS-1."""
    submission = flatfile.read((folder / "flatfile_tests" / "Test-Submission-1.txt").read_bytes())
    listed = error_list((folder / "flatfile_tests" / "Test-EDS-1.txt").read_text(encoding="latin-1"))
    ours: dict[int, set[str]] = defaultdict(set)
    for one in check_submission(submission, as_processed(submission)):
        if one.number not in LENGTHS:
            ours[one.report].add(one.number)
    for number, report in enumerate(submission.reports):
        name = report.head.number
        yield Verdict(name, frozenset(listed.get(name, set())), frozenset(ours[number]))


def as_processed(submission: Submission) -> Reference:
    """The circumstances in which the FBI processed it: the day, and agencies that are all on its list."""
    oris = {report.head.ori for report in submission.reports}
    for report in submission.reports:
        if isinstance(report, GroupAIncident):
            oris |= {victim.officer_ori for victim in report.victims if victim.officer_ori}
    agencies = {ori: Agency() for ori in oris} | {"MN0500200": Agency(nibrs_since=CONVERTED)}
    return Reference(today=PROCESSED, tables=published(), agencies=agencies)


def error_list(text: str) -> dict[str, set[str]]:
    """Rule numbers by incident number: positions 24 to 35 and 47 to 49 of each line but the last."""
    listed: dict[str, set[str]] = defaultdict(set)
    for line in text.splitlines():
        if line[46:49].isdigit() and not line.startswith(" "):
            listed[line[23:35].strip()].add(line[46:49])
    return listed


def sample_verdicts(folder: Path) -> Iterator[Verdict]:
    """The seven samples of the exchange package, which it documents as valid instances."""
    package = next(folder.glob("NIBRS_IEPD_*"))
    schema = names.schema(package / "base-xsd")
    for path in sorted((package / "iep-sample").glob("*.xml")):
        try:
            xmlreading.read(path.read_bytes(), schema=schema)
            said: frozenset[str] = frozenset()
        except Invalid as refusal:
            said = frozenset({refusal.message})
        yield Verdict(path.name, frozenset(), said)


def verdicts(folder: Path) -> list[Verdict]:
    """All of them."""
    return [*submission_verdicts(folder), *sample_verdicts(folder)]
