"""The namespaces of the 2019.1 exchange, and small steps in its XML that writer and reader share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from app.core.errors import Invalid

Node: TypeAlias = Any  # an lxml element: the library ships no types
NAMESPACES = {
    "nibrs": "http://fbi.gov/cjis/nibrs/2019",
    "cjis": "http://fbi.gov/cjis/2.0",
    "j": "http://release.niem.gov/niem/domains/jxdm/5.2/",
    "nc": "http://release.niem.gov/niem/niem-core/3.0/",
    "s": "http://release.niem.gov/niem/structures/3.0/",
}
ID, REF = f"{{{NAMESPACES['s']}}}id", f"{{{NAMESPACES['s']}}}ref"
AGES = {"00": "UNKNOWN", "NN": "NEONATAL", "NB": "NEWBORN", "BB": "BABY"}
CATEGORIES = {"A": "GROUP A INCIDENT REPORT", "B": "GROUP B ARREST REPORT", "0": "ZERO REPORT"}
VEHICLES = ("03", "05", "24", "28", "37")


def qualified(name: str) -> str:
    """`nc:Date` as lxml wants it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def put(parent: Node, path: str, text: str | None = None) -> Node:
    """Adds the elements of `path` (`nc:A/nc:B`), one in the other, and the text in the last."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, qualified(name))
    if text is not None:
        parent.text = text
    return parent


def every(parent: Node, path: str) -> Iterator[Node]:
    """The elements at `path` under `parent`, in document order."""
    first, _, rest = path.partition("/")
    for child in parent.iterchildren(qualified(first)):
        if rest:
            yield from every(child, rest)
        else:
            yield child


def text(parent: Node | None, path: str) -> str:
    """The text of the first element at `path` that has any; empty when there is none."""
    if parent is not None:
        for found in every(parent, path):
            if found.text and found.text.strip():
                return found.text.strip()
    return ""


def parse(content: bytes) -> Node:
    """The root of a document from outside: no entities, no network, no huge trees. Invalid when it is no XML."""
    safe = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, safe)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Invalid(f"This is no XML document: {error}", field="file") from error
    if root.getroottree().docinfo.doctype:
        raise Invalid("A document type is not accepted here.", field="file", remedy="Take the DOCTYPE line out.")
    return root


def schema(folder: Path) -> etree.XMLSchema:
    """The 2019.1 schema in the IEPD's folder `base-xsd`. Invalid when it is not there."""
    path = folder / "nibrs" / "2019" / "nibrs.xsd"
    try:
        return etree.XMLSchema(etree.parse(path))
    except (OSError, etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise Invalid(f"The NIBRS schema cannot be read from {folder.name}.", field="nibrs_schemas") from error
