"""What is wrong in a file: every fault with its place, its value and what would be right."""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile

from services.imports.tabular.grouping import grouped, unpickled
from services.spreadsheets import write_csv

HEADINGS = ("file", "line", "column", "value", "right", "became", "child")
"""The columns of a saved report; `right` is what was expected."""

_SHOWN = 20
_LONGEST_VALUE = 200


class Became(StrEnum):
    """What became of the place where a fault was found."""

    FILE_LEFT_OUT = "file left out"
    ROW_LEFT_OUT = "row left out"
    REPEATED = "row left out, as it stands above"
    FIELD_LEFT_OUT = "field left out"
    KEPT = "kept"
    EVENTS_REFUSED = "its events are refused, and kept as such"
    NOT_USED = "not used"


LEFT_OUT = (Became.ROW_LEFT_OUT, Became.REPEATED)
"""Of which a row came to nothing."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault in a file.

    `line` counts from 1, which is where a CSV has its headings; 0 is the files as a whole.
    `expected` says what would be right, `child` is the case identifier where one is known, `table`
    the table of the row.
    """

    file: str
    line: int
    column: str
    value: str
    expected: str
    became: Became
    child: str = ""
    table: str = ""

    @property
    def sentence(self) -> str:
        """The fault in one sentence for people."""
        if not self.column:
            return f"{self.file}, line {self.line}: {self.expected} ({self.became})."
        value = repr(self.value) if self.value else "empty"
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.column} is {value}; right would be {self.expected} ({self.became})."


class FaultReport:
    """Collects faults as they are found.

    It counts all and keeps the first few, so that a return with a million faults takes no more
    memory. With `keeps_all` every fault goes to a temporary file, from which `save` reads. A fault
    names its column by the heading that its file has: `headings` has it by file and column.
    """

    def __init__(self, *, keeps_all: bool = False) -> None:
        self.became: Counter[Became] = Counter()
        self.places: Counter[tuple[str, str, Became]] = Counter()
        self.first: list[FileFault] = []
        self.broken: list[FileFault] = []
        self.headings: dict[tuple[str, str], str] = {}
        self._spooled = TemporaryFile() if keeps_all else None  # noqa: SIM115 (gone with this object)

    @property
    def total(self) -> int:
        """How many faults were found."""
        return self.became.total()

    @property
    def wrong(self) -> int:
        """How many faults are more than the repetition of a row."""
        return self.total - self.became[Became.REPEATED]

    def note_headings(self, file: str, headings: Mapping[str, str]) -> None:
        """Note by which heading a file has each column."""
        self.headings |= {(file, column): heading for column, heading in headings.items()}

    def add(self, fault: FileFault) -> None:
        """Add one fault."""
        heading = self.headings.get((fault.file, fault.column))
        if heading:
            fault = replace(fault, column=heading)
        self.became[fault.became] += 1
        self.places[fault.file, fault.column, fault.became] += 1
        if fault.became is Became.FILE_LEFT_OUT:
            self.broken.append(fault)
        if len(self.first) < _SHOWN:
            self.first.append(fault)
        if self._spooled:
            pickle.dump(fault, self._spooled, pickle.HIGHEST_PROTOCOL)

    def save(self, path: Path) -> None:
        """Save every fault as CSV, in the order of the files and their lines."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            lines = grouped((f"{f.file}\0{f.line:012}", f) for f in self._all())
            write_csv(file, HEADINGS, (_cells(fault) for _, faults in lines for fault in faults))

    def _all(self) -> Iterator[FileFault]:
        if self._spooled:
            self._spooled.seek(0)
            yield from unpickled(self._spooled)

    def add_all(self, faults: Iterable[FileFault]) -> None:
        """Add several faults."""
        for fault in faults:
            self.add(fault)


def _cells(fault: FileFault) -> tuple[str, ...]:
    """A line of the report."""
    return (
        fault.file, str(fault.line), fault.column, fault.value[:_LONGEST_VALUE], fault.expected,
        fault.became.value, fault.child,
    )  # fmt: skip
