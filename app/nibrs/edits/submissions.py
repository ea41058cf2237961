"""Rules on a whole submission: one month, one state, one length for each level, nothing twice."""

from collections.abc import Iterable, Iterator

from app.nibrs.edits.case import Reference, month_of
from app.nibrs.edits.rules import Fault, edit
from app.nibrs.flatfile import LENGTHS
from app.nibrs.records import GroupAIncident, GroupBArrest, Head, Report, Submission

LENGTH_RULES = {"178": "1", "284": "2", "484": "4", "584": "5"}


def heads(report: Report) -> Iterator[tuple[str, str, Head]]:
    """The beginning of every segment that came from a file: level, path, head."""
    level = {GroupAIncident: "1", GroupBArrest: "7"}.get(type(report), "0")
    yield level, "", report.head
    if isinstance(report, GroupAIncident):
        groups = ("offenses", "properties", "victims", "offenders", "arrestees")
        for level, name in zip("23456", groups, strict=True):
            for n, segment in enumerate(getattr(report, name)):
                if segment.head is not None:
                    yield level, f"{name}.{n}.", segment.head


def _all(submission: Submission) -> Iterator[tuple[int, str, str, Head]]:
    for number, report in enumerate(submission.reports):
        for level, path, head in heads(report):
            yield number, level, path, head


@edit("submission", "051")
def levels(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """0 to 7."""
    for stray in submission.strays:
        yield Fault("", f"line.{stray.line}", stray.level)


@edit("submission", "056")
def once(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """An incident is added once; after a deletion it may come again."""
    known = set(reference.on_file.incidents)
    for number, report in enumerate(submission.reports):
        if not isinstance(report, GroupAIncident):
            continue
        key = (report.head.ori, report.head.number)
        if report.head.action == "D":
            known.discard(key)
        elif key in known and report.head.action != "R":
            yield Fault("2", f"{number}.head.number", report.head.number)
        else:
            known.add(key)


@edit("submission", "058")
def one_month(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """One month of submission."""
    first = submission.reports[0].head if submission.reports else Head()
    for number, _, path, head in _all(submission):
        if (head.month, head.year) != (first.month, first.year):
            yield Fault("", f"{number}.{path}head.month", f"{head.month}/{head.year}")


@edit("submission", "059")
def one_state(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """One state."""
    first = submission.reports[0].head if submission.reports else Head()
    for number, _, path, head in _all(submission):
        if head.ori.strip() and first.ori.strip() and head.ori[:2] != first.ori[:2]:
            yield Fault("1", f"{number}.{path}head.ori", head.ori)


@edit("submission", "060")
def not_to_come(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """No month that has not come."""
    for number, report in enumerate(submission.reports):
        month = month_of(report.head.year, report.head.month)
        if month and month > reference.today:
            yield Fault("", f"{number}.head.month", f"{report.head.month}/{report.head.year}")


@edit("submission", "088")
def one_identifier(submission: Submission, reference: Reference) -> Iterable[Fault]:
    """An incident and a Group B arrest of one agency have different numbers."""
    incidents = {(r.head.ori, r.head.number) for r in submission.reports if isinstance(r, GroupAIncident)}
    incidents |= set(reference.on_file.incidents)
    arrests = set(reference.on_file.arrests)
    for number, report in enumerate(submission.reports):
        key = (report.head.ori, report.head.number)
        if isinstance(report, GroupBArrest) and key in incidents:
            yield Fault("41", f"{number}.head.number", report.head.number)
        elif isinstance(report, GroupAIncident) and key in arrests:
            yield Fault("2", f"{number}.head.number", report.head.number)


def _length_rule(level: str) -> object:
    def look(submission: Submission, reference: Reference) -> Iterable[Fault]:
        seen = ""
        for number, found, path, head in _all(submission):
            if found != level or not head.length:
                continue
            allowed = [f"{one:04}" for one in LENGTHS[level]]
            if head.length not in allowed or (seen and head.length != seen):
                yield Fault("", f"{number}.{path}head.length", head.length)
            elif not seen:
                seen = head.length

    return look


for _rule, _level in LENGTH_RULES.items():
    edit("submission", _rule)(_length_rule(_level))  # type: ignore[arg-type]
