"""A month's reports as one file, flat or XML in a zip, and a file of another system as reports."""

import dataclasses
import io
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Invalid
from app.nibrs import coding, flatfile, xmlreading, xmlwriting
from app.nibrs.models import Format
from app.nibrs.names import parse
from app.nibrs.records import GroupAIncident, Report, Submission
from app.nibrs.terms import Terms

LARGEST_UNPACKED = 200_000_000
MOST_DOCUMENTS = 20_000
STILL = (1980, 1, 1, 0, 0, 0)  # the same reports make the same zip


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A report and what is done with it: I or A adds, R replaces, D deletes."""

    report: Report
    action: str
    incident_id: uuid.UUID | None


def pack(
    outgoing: list[Outgoing], written: Format, terms: Terms, *, made_at: datetime, day: str, series: int
) -> tuple[str, bytes]:
    """Name and bytes of a file. In a flat file a replacement is a deletion and the whole report again.

    Invalid, naming the report, when a document breaks the schema.
    """
    name = flatfile.file_name(terms.ori, day, series, outgoing[0].report.head.year + outgoing[0].report.head.month)
    if written is Format.FLAT:
        return f"{name}.txt", flatfile.write(_flat(outgoing, terms))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(outgoing, start=1):
            document = as_document(one, terms, message_id=f"{name}_{number:05}", made_at=made_at)
            archive.writestr(zipfile.ZipInfo(f"{name}_{number:05}.xml", STILL), document)
    return f"{name}.zip", buffer.getvalue()


def _flat(outgoing: list[Outgoing], terms: Terms) -> Iterator[Report]:
    for one in outgoing:
        report = coding.federal(one.report, terms.tables)
        if one.action == "R":
            yield dataclasses.replace(report, head=dataclasses.replace(report.head, action="D"))
            adds = "I" if isinstance(report, GroupAIncident) else "A"
            yield dataclasses.replace(report, head=dataclasses.replace(report.head, action=adds))
        else:
            yield report


def as_document(one: Outgoing, terms: Terms, *, message_id: str, made_at: datetime) -> bytes:
    """One report as the FBI's XML, checked against the schema when its folder is set (N1)."""
    report = coding.federal(one.report, terms.tables)
    document = xmlwriting.write(report, sender=terms.ori, message_id=message_id, made_at=made_at, action=one.action)
    if terms.schema is not None:
        try:
            xmlreading.refuse_unless_valid(parse(document), terms.schema)
        except Invalid as fault:
            raise Invalid(f"Report {report.head.number}: {fault.message}", remedy="Nothing was made.") from fault
    return document


def unpack(content: bytes, terms: Terms) -> tuple[Format, Submission]:
    """What kind of file it is, and its reports. Invalid when it is none of the three."""
    if content.startswith(b"PK"):
        return Format.XML, Submission(tuple(_zipped(content, terms)))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Format.XML, Submission((xmlreading.read(content, schema=terms.schema, tables=terms.tables),))
    return Format.FLAT, flatfile.read(content)


def _zipped(content: bytes, terms: Terms) -> Iterator[Report]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
            if len(inside) > MOST_DOCUMENTS or sum(one.file_size for one in inside) > LARGEST_UNPACKED:
                raise Invalid("The zip holds too much.", field="file", remedy="Send it in parts.")
            for one in inside:
                if not one.is_dir():
                    yield xmlreading.read(archive.read(one), schema=terms.schema, tables=terms.tables)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Invalid("The zip cannot be opened.", field="file") from error
