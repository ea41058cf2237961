"""Who does a thing: a signed-in person or a named machine. Every verb takes one."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from app.core.permissions import Permission, Role, allowed


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, with the circumstances the audit record asks for (CJIS AU-3).

    `officer_id` is None for machines. `label` is what the record shows for ever: badge and name, or engine name.
    """

    label: str
    officer_id: uuid.UUID | None = None
    role: Role | None = None
    unit_id: uuid.UUID | None = None
    session_id: str = ""
    address: str = ""
    device: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_machine(self) -> bool:
        """True for workers, the relay and the scheduler."""
        return self.officer_id is None

    def may(self, permission: Permission) -> bool:
        """Whether policy lets this actor's role do it; machines act only through verbs that do not ask."""
        return self.role is not None and allowed(self.role, permission)

    @property
    def id(self) -> uuid.UUID:
        """The officer's id; raises for a machine, where a person is needed."""
        if self.officer_id is None:
            raise PermissionError(f"{self.label} is a machine: this act needs a person")
        return self.officer_id


def machine(name: str) -> Actor:
    """The actor for a worker: its name is what the ledger shows."""
    return Actor(label=f"machine:{name}")
