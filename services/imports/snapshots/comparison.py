"""What a snapshot comes to for one young person: statements, retractions and what is gone."""

from dataclasses import dataclass, field
from typing import Any

from services.sources.statements import HeldEvent, Holding, Statement


@dataclass(slots=True)
class PersonComparison:
    """What a snapshot states of one young person, and what it retracts.

    `retracted` are ids of held events; `vanished` the kinds of the rows that are gone, one for
    each; `kept` those of them that stay open, as their files tell ends and tell none of theirs;
    `is_absent` whether there is no row at all of somebody of whom something is held.
    """

    statements: list[Statement] = field(default_factory=list)
    retracted: set[str] = field(default_factory=set)
    vanished: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    is_absent: bool = False

    def retracts(self, event: HeldEvent) -> bool:
        """Whether a held event is retracted where it is not stated again."""
        return event.id in self.retracted

    def retract(self, holding: Holding) -> None:
        """Retract every event of a holding."""
        self.retracted |= {item.id for item in holding.events}

    def state(self, name: str, data: dict[str, Any]) -> None:
        """Add a statement."""
        self.statements.append(Statement(name, data))
