"""What is found in the dataset beside its rows: cover, the workers who hold cases, and faults."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from services.imports.snapshots.read import PersonRows
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.layouts import Row
from services.imports.tabular.ledger import Place

_ID = re.compile(r"[\w.@/-]*\d[\w.@/-]*")
"""A staff id: one word with a digit in it, which a name has not."""


@dataclass(slots=True)
class Findings:
    """What is collected while the dataset is translated.

    `staff` are the ids of Professionals and `tables` the tables that the extract has. `covered`
    counts young people whose worker covers for an absent one; `allocated` are the ids of the
    workers who hold cases. Of the young person who is being translated, `faults` are those of
    their cells, `left_out` the rows of which nothing is made, with why, and `part_of` the rows that
    are told with another, with that one.
    """

    staff: Collection[str] = frozenset()
    tables: Collection[str] = frozenset()
    covered: int = 0
    allocated: set[str] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)
    left_out: dict[Place, str] = field(default_factory=dict)
    part_of: dict[Place, Place] = field(default_factory=dict)

    def add_fault(self, row: Row, column: str, expected: str) -> None:
        """Add the fault of a cell that cannot be read; it is left out."""
        self.faults.append(row.fault(column, expected, Became.FIELD_LEFT_OUT, row["person"]))

    def leave_out(self, row: Row, why: str) -> None:
        """Nothing is made of a row."""
        self.left_out[row.place] = why

    def told_with(self, carrier: Row, rows: Iterable[Row]) -> None:
        """Rows are told with another row of the same young person."""
        self.part_of |= {row.place: carrier.place for row in rows if row is not carrier}

    def hand_over(self, rows: PersonRows) -> None:
        """Give what was found of one young person to their rows, and begin anew."""
        rows.faults += self.faults
        rows.left_out |= self.left_out
        rows.part_of |= self.part_of
        self.faults, self.left_out, self.part_of = [], {}, {}

    def worker_id(self, cell: str) -> str:
        """The staff id in a cell; empty where it is a name, which no event may carry."""
        return cell if cell in self.staff or _ID.fullmatch(cell) else ""
