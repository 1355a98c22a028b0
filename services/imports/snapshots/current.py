"""A row of a snapshot as it was understood: its cells as the events have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from schemas.envelope import read_data
from schemas.faults import faults_of
from services.imports.snapshots.layout import DATED_UNKNOWN, Cell, Shape
from services.imports.tabular.dates import day_told, without_time
from services.imports.tabular.faults import Became, FileFault
from services.imports.tabular.rows import Row

LONGEST_ID = 200
_YES = frozenset({"yes", "y", "true", "1", "t"})
_NO = frozenset({"no", "n", "false", "0", "f"})


@dataclass(frozen=True, slots=True)
class Current:
    """One row: what is so at the time of the snapshot, by column; only columns that it has."""

    shape: Shape
    id: str
    values: Mapping[str, Any]
    unreadable: frozenset[str] = frozenset()
    """Columns of which the row has something that could not be read."""

    @property
    def start(self) -> date | None:
        """The day from which it is so; None where the row does not say."""
        return self.day(self.shape.on)

    def day(self, column: str) -> date | None:
        """A date of the row."""
        told = self.values.get(column)
        return date.fromisoformat(told) if told else None

    def told(self) -> dict[str, Any]:
        """The fields of the event that it stands for, of those columns that the row has."""
        return {name: self.values[name] for name in self.shape.fields if name in self.values}


def understand(row: Row, shape: Shape) -> tuple[Current | None, list[FileFault]]:
    """A row as it can be used, and what is wrong in it. None where nothing can be made of it."""
    faults: list[FileFault] = []

    def fault(column: str, right: str, became: Became) -> None:
        faults.append(row.fault(column, right, became, row["person"]))

    values: dict[str, Any] = {}
    for column, cell in shape.cells.items():
        try:
            if column in row.values:
                values[column] = _read(row[column], cell)
        except ValueError as error:
            fault(column, str(error), Became.FIELD_LEFT_OUT)
    missing = _missing(row, shape, values)
    for column in missing:
        if not row[column] or column in values:
            fault(column, _must(row[column]), Became.ROW_LEFT_OUT)
    if missing:
        return None, [item if item.column not in missing else _left_out(item) for item in faults]
    unreadable = frozenset(fault.column for fault in faults)
    current = Current(shape, row[shape.id], values, unreadable)
    wrong = _check(current)
    for column, right in wrong.items():
        whole = column in shape.required
        fault(column, right, Became.ROW_LEFT_OUT if whole else Became.KEPT)
        if whole:
            return None, faults
    return current, faults


def _missing(row: Row, shape: Shape, values: Mapping[str, Any]) -> list[str]:
    """What a row must tell and does not, or not readably."""
    missing = [column for column in shape.required if values.get(column) in (None, "")]
    dated = shape.kind in (*DATED_UNKNOWN, "people")
    unreadable = shape.on in row.values and shape.on not in values
    if unreadable or not (dated or values.get(shape.on)):
        missing.append(shape.on)
    if not _is_id(row[shape.id]):
        missing.append(shape.id)
    return missing


def _must(told: str) -> str:
    if told:
        return f"an id of at most {LONGEST_ID} characters, all of which can be printed"
    return "told: without it nothing can be made of the row"


def _is_id(told: str) -> bool:
    return told.isprintable() and 0 < len(told) <= LONGEST_ID


def _left_out(fault: FileFault) -> FileFault:
    return FileFault(
        fault.file, fault.line, fault.column, fault.value, fault.right, Became.ROW_LEFT_OUT,
        fault.child, fault.table,
    )  # fmt: skip


def _check(current: Current) -> dict[str, str]:
    """What the events that it stands for would be refused or asked about for, by column."""
    shape = current.shape
    told = {name: name for name in shape.fields}
    wrong = _check_event(current, shape.begins, told)
    for ending in (*shape.endings, *shape.extras):
        if current.values.get(ending.on):
            wrong |= _check_event(current, ending.name, ending.fields)
    return wrong


def _check_event(current: Current, name: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The same for one event; `fields` are its fields and the columns that tell them."""
    content: dict[str, Any] = {"date": "2000-01-01"}
    if current.shape.id != "person":
        content[current.shape.id] = current.id
    for field, column in fields.items():
        if current.values.get(column) is not None:
            content[field] = current.values[column]
    try:
        _, doubts = read_data(name, content)
    except ValidationError as error:
        doubts = tuple(faults_of(error))
    return {fields[doubt.field]: _cure(doubt.sentence) for doubt in doubts if doubt.field in fields}


def _cure(sentence: str) -> str:
    """What would be right, out of a sentence that says what is wrong."""
    cure = sentence.partition("; ")[2] or sentence
    return cure.removeprefix("it must be ").removesuffix(".")


def _read(text: str, cell: Cell) -> Any:
    """A cell as an event has it; None where it is empty.

    Raises:
        ValueError: it cannot be read; the message says what would be right.
    """
    if not text:
        return None
    if cell is Cell.DAY:
        day = day_told(without_time(text))
        return day.isoformat() if day else None
    if cell is Cell.YES_NO:
        word = text.casefold()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise ValueError("yes or no")
    if cell is Cell.CODE:
        return text.upper()
    if cell is Cell.WORD:
        return text.casefold().replace(" ", "_").replace("-", "_")
    return text
