"""What is found in the dataset beside its rows: cover, the workers who hold cases, and faults."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.rows import Row

_ID = re.compile(r"[\w.@/-]*\d[\w.@/-]*")
"""A staff id: one word with a digit in it, which a name has not."""


@dataclass(slots=True)
class Findings:
    """What is collected while the dataset is translated.

    `staff` are the ids of Professionals and `tables` the tables that the extract has. `covered`
    counts young people whose worker covers for an absent one; `allocated` are the ids of the
    workers who hold cases; `faults` those of the young person who is being translated.
    """

    staff: Collection[str] = frozenset()
    tables: Collection[str] = frozenset()
    covered: int = 0
    allocated: set[str] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)

    def add_fault(self, row: Row, column: str, expected: str) -> None:
        """Add the fault of a cell that cannot be read; it is left out."""
        self.faults.append(row.fault(column, expected, Became.FIELD_LEFT_OUT, row["person"]))

    def worker_id(self, cell: str) -> str:
        """The staff id in a cell; empty where it is a name, which no event may carry."""
        return cell if cell in self.staff or _ID.fullmatch(cell) else ""
