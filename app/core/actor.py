"""Who does a thing: a signed-in person or a named machine. Every verb takes one."""

import os
import platform
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field

from app.core.permissions import Permission, Role, allowed

REACHED: ContextVar[str] = ContextVar("reached", default="")  # the address that the request under way came to


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, with the circumstances the audit record asks for (CJIS AU-3).

    `officer_id` is None for machines. `label` is what the record shows for ever: badge and name, or engine name.
    `to` is the address that the request was sent to; a machine acts where it is and has none.
    """

    label: str
    officer_id: uuid.UUID | None = None
    role: Role | None = None
    unit_id: uuid.UUID | None = None
    session_id: str = ""
    address: str = ""
    device: str = ""
    to: str = field(default_factory=REACHED.get)

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
    """The actor for a worker: its name is what the ledger shows, with the computer and the process it ran in."""
    node = platform.node()[:48] or "unnamed"
    device = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return Actor(label=f"machine:{name}", session_id=f"{node}:{os.getpid()}", address=node, device=device, to="")
