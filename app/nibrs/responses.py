"""What the FBI's submission service answers: accepted, warnings or errors for a document, or a fault for the message."""

from dataclasses import dataclass

from app.core.errors import Invalid
from app.nibrs.names import Node, parse

STATUSES = ("ACCEPTED", "WARNINGS", "ERRORS")
FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule the FBI says is broken; `level` is E or W, `place` says where as the FBI does."""

    code: str
    level: str
    words: str
    element: str = ""
    value: str = ""
    segment: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: which document, what became of it, what is wrong; of a fault the message."""

    document: str
    status: str
    violations: tuple[Violation, ...] = ()
    fault: str = ""

    @property
    def number(self) -> str:
        """The incident or arrest number in the document's name `YYYY_MM_ORI_NUMBER_INC`; empty when it has none."""
        parts = self.document.split("_")
        return "_".join(parts[3:-1]) if len(parts) >= 5 else ""

    @property
    def ori(self) -> str:
        """The agency in the document's name."""
        parts = self.document.split("_")
        return parts[2] if len(parts) >= 5 else ""


def read(content: bytes) -> list[Answer]:
    """Every answer in a response. Invalid when it is no response of the service, or says an unknown status."""
    root = parse(content)
    faults = [node for node in root.iter() if _local(node) == "Fault"]
    if faults:
        return [Answer("", FAULT, fault=_text(node, "faultstring")) for node in faults]
    answers = [_answer(node) for node in root.iter() if _local(node) == "ingestResponse"]
    if not answers:
        raise Invalid("This is no answer of the FBI's submission service.", field="file")
    return answers


def _answer(node: Node) -> Answer:
    status = _text(node, "status")
    if status not in STATUSES:
        raise Invalid(f"The answer says “{status}”, which is none of {', '.join(STATUSES)}.", field="file")
    found = [one for one in node if _local(one) == "violations"]
    return Answer(_text(node, "ddocname"), status, tuple(_violation(one) for one in found))


def _violation(node: Node) -> Violation:
    places = ("sequenceNumber", "propertyLossCode", "ucrOffenseCode")
    return Violation(
        code=_text(node, "violationCode"),
        level=_text(node, "violationLevel"),
        words=" ".join(_text(node, "violationDescription").split()),
        element=_text(node, "dataElement"),
        value=_text(node, "badValue"),
        segment=_text(node, "segmentLevel"),
        place=" ".join(filter(None, (_text(node, name) for name in places))),
    )


def _local(node: Node) -> str:
    return str(node.tag).rpartition("}")[2]


def _text(node: Node, name: str) -> str:
    for child in node:
        if _local(child) == name:
            return (child.text or "").strip()
    return ""
