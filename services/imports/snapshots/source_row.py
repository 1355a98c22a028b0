"""A row of a snapshot as it was read: its cells as the events have them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError

from schemas.envelope import read_data
from schemas.faults import faults_of
from services.imports.snapshots.layout import START_OPTIONAL, Cell, SnapshotTable
from services.imports.tabular.dates import parse_day, without_time
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.ids import LONGEST_ID, is_id
from services.imports.tabular.layouts import Row
from services.imports.tabular.ledger import Place

YES = frozenset({"yes", "y", "true", "1", "t"})
NO = frozenset({"no", "n", "false", "0", "f"})
"""Yes and no as systems write them, without capitals."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row: what is so at the time of the snapshot.

    `values` are cells by column, of the columns that the row has and that could be read: a date as
    ISO 8601 text, an empty cell as None. `unreadable` are the columns that could not be read.
    `place` is where it stands.
    """

    table: SnapshotTable
    id: str
    values: Mapping[str, Any]
    unreadable: frozenset[str] = frozenset()
    place: Place = field(default=("", 0), compare=False)

    @property
    def start(self) -> date | None:
        """The day from which it is so; None where the row does not say."""
        return self.day(self.table.on)

    def day(self, column: str) -> date | None:
        """A date of the row; None where it has none."""
        value = self.values.get(column)
        return date.fromisoformat(value) if value else None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the start that it stands for, of those columns that the row has."""
        return {name: self.values[name] for name in self.table.fields if name in self.values}

    def is_open(self, day: date) -> bool:
        """Whether its record is open on a day."""
        started = self.start is None or self.start <= day
        ends = [self.day(ending.on) for ending in self.table.endings]
        return started and not any(end is not None and end <= day for end in ends)


def read_row(row: Row, table: SnapshotTable) -> tuple[SourceRow | None, list[FileFault]]:
    """A row as it can be used, and what is wrong in it. None where it cannot be used."""
    faults: dict[str, FileFault] = {}

    def fault(column: str, expected: str, became: Became) -> None:
        faults.setdefault(column, row.fault(column, expected, became, row["person"]))

    values: dict[str, Any] = {}
    for column, cell in table.cells.items():
        try:
            if column in row.values:
                values[column] = _read(row[column], cell)
        except ValueError as error:
            fault(column, str(error), Became.FIELD_LEFT_OUT)
    missing = _missing(row, table, values)
    for column in missing:
        if not row[column] or column in values:
            fault(column, _expected_instead(row[column]), Became.ROW_LEFT_OUT)
    if missing:
        return None, [_left_out(it) if name in missing else it for name, it in faults.items()]
    place = (row.file, row.line)
    source_row = SourceRow(table, row[table.id], values, frozenset(faults), place)
    for column, expected in _check(source_row).items():
        is_required = column in table.required
        fault(column, expected, Became.ROW_LEFT_OUT if is_required else Became.KEPT)
        if is_required:
            return None, list(faults.values())
    return source_row, list(faults.values())


def _missing(row: Row, table: SnapshotTable, values: Mapping[str, Any]) -> list[str]:
    """The columns without which a row cannot be used, and that it lacks or that are unreadable."""
    missing = [column for column in table.required if values.get(column) in (None, "")]
    start_optional = table.kind in (*START_OPTIONAL, "people")
    unreadable = table.on in row.values and table.on not in values
    if unreadable or not (start_optional or values.get(table.on)):
        missing.append(table.on)
    if not is_id(row[table.id]):
        missing.append(table.id)
    return missing


def _expected_instead(value: str) -> str:
    """What a cell without which a row cannot be used should hold."""
    if value:
        return f"an id of at most {LONGEST_ID} characters, all of which can be printed"
    return "told: without it nothing can be made of the row"


def _left_out(fault: FileFault) -> FileFault:
    return FileFault(
        fault.file, fault.line, fault.column, fault.value, fault.expected, Became.ROW_LEFT_OUT,
        fault.child, fault.table,
    )  # fmt: skip


def _check(row: SourceRow) -> dict[str, str]:
    """What would be right in the columns for which its events would be refused or questioned."""
    table = row.table
    wrong = _check_event(row, table.record_kind.starts, {name: name for name in table.fields})
    for dated in (*table.endings, *table.extras):
        if row.values.get(dated.on):
            wrong |= _check_event(row, dated.name, dated.fields)
    return wrong


def _check_event(row: SourceRow, name: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The same for one event; `fields` maps its fields to columns."""
    content: dict[str, Any] = {"date": "2000-01-01"}
    if row.table.id != "person":
        content[row.table.id] = row.id
    for named, column in fields.items():
        if row.values.get(column) is not None:
            content[named] = row.values[column]
    try:
        _, doubts = read_data(name, content)
    except ValidationError as error:
        doubts = tuple(faults_of(error))
    return {
        fields[doubt.field]: _remedy(doubt.sentence) for doubt in doubts if doubt.field in fields
    }


def _remedy(sentence: str) -> str:
    """What would be right, from a sentence that says what is wrong."""
    remedy = sentence.partition("; ")[2] or sentence
    return remedy.removeprefix("it must be ").removesuffix(".")


def _read(text: str, cell: Cell) -> Any:
    """A cell as an event has it; None where it is empty.

    Raises:
        ValueError: it cannot be read; the message says what would be right.
    """
    if not text:
        return None
    if cell is Cell.DAY:
        day = parse_day(without_time(text))
        return day.isoformat() if day else None
    if cell is Cell.YES_NO:
        word = text.casefold()
        if word in YES:
            return True
        if word in NO:
            return False
        raise ValueError("yes or no")
    if cell is Cell.CODE:
        return text.upper()
    if cell is Cell.WORD:
        return text.casefold().replace(" ", "_").replace("-", "_")
    return text
