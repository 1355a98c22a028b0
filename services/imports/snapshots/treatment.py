"""What becomes of rows that are gone or have other values: the choices and the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.policy import SnapshotKind


class Vanished(StrEnum):
    """What becomes of a record whose row was in the last snapshot and is not in this one."""

    END = "end"
    RETRACT = "retract"
    KEEP = "keep"


class Changed(StrEnum):
    """What a row with other values becomes: a change from a day on, or a correction."""

    CHANGE = "change"
    CORRECT = "correct"


DEFAULT_VANISHED: Mapping[str, Vanished] = {
    "people": Vanished.KEEP,
    "care": Vanished.END,
    "placements": Vanished.END,
    "accommodation": Vanished.END,
    "pre_proceedings": Vanished.END,
    "plans": Vanished.END,
    "reviews": Vanished.KEEP,
    "visits": Vanished.KEEP,
    "missing": Vanished.END,
    "actions": Vanished.END,
}
"""The default for vanished rows. People and reviews are kept: a gap in an extract loses nobody."""

WATCHED_WHILE_OPEN = frozenset({"care", "pre_proceedings", "missing", "actions"})
"""Kinds whose end takes something out of sight; that of a dwelling or a plan raises a concern."""


@dataclass(frozen=True, slots=True)
class RowTreatment:
    """What the caller chose for rows that vanished or changed, by kind; defaults for the rest."""

    vanished: Mapping[str, Vanished] = field(default_factory=dict)
    changed: Mapping[str, Changed] = field(default_factory=dict)

    def of_vanished(self, kind: str, *, in_doubt: bool = False) -> Vanished:
        """What becomes of a record of this kind whose row is gone.

        Where it is `in_doubt` that it ended, it stays open, unless the caller chose for its kind.
        """
        default = Vanished.KEEP if in_doubt else DEFAULT_VANISHED[kind]
        return self.vanished.get(kind, default)

    def with_defaults(self, vanished: Mapping[SnapshotKind, str]) -> "RowTreatment":
        """The same, with a choice by kind for what the caller did not choose."""
        chosen: dict[str, Vanished] = {kind: Vanished(choice) for kind, choice in vanished.items()}
        return RowTreatment({**chosen, **self.vanished}, self.changed)

    def of_changed(self, kind: str) -> Changed:
        """What a row of this kind with other values becomes."""
        return self.changed.get(kind, Changed.CHANGE)
