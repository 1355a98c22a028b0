"""What is worth telling of the dataset beside its rows: covers, whoever holds cases, faults."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.rows import Row

_ID = re.compile(r"[\w.@/-]*\d[\w.@/-]*")


@dataclass(slots=True)
class Telling:
    """What is worth telling beside the rows: covers, whoever holds cases, and faults.

    `staff` are the ids of Professionals; `tables` those that the extract has.
    """

    staff: Collection[str] = frozenset()
    tables: Collection[str] = frozenset()
    covered: int = 0
    allocated: set[str] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)

    def ask(self, row: Row, column: str, right: str) -> None:
        """Keep a fault of a cell that could not be read; it says nothing."""
        self.faults.append(row.fault(column, right, Became.FIELD_LEFT_OUT, row["person"]))

    def worker(self, told: str) -> str:
        """A staff id; nothing where it is a name, which must not come into an event."""
        return told if told in self.staff or _ID.fullmatch(told) else ""
