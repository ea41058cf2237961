"""How an engine names itself on every result it gives."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Program, model, version and the parameters it ran with: what the record shows for ever."""

    name: str
    model: str
    version: str
    parameters: dict[str, object] = field(default_factory=dict)
