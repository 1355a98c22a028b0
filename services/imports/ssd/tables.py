"""The rows of the dataset's tables, from CSV files or from a database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.days import london_day
from services.imports.ssd.layout import SsdTable, ssd_tables, without_placeholder
from services.imports.tabular.faults import FaultReport, FileFault
from services.imports.tabular.layouts import Layout, Row, plain
from services.imports.tabular.rows import read_rows
from services.store.source_database import Extract

SUFFIXES = (".csv", ".txt")


@dataclass(slots=True)
class TablesRead:
    """What was found of the tables.

    `rows` counts rows by the table's key; `without_person` are tables with a row that leaves empty
    whose it is. `notes` are sentences for whoever runs the import.
    """

    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    without_person: set[str] = field(default_factory=set)

    def note_missing(self) -> None:
        """Add a note of the tables that are missing."""
        missing = [table.name for key, table in ssd_tables().items() if key not in self.rows]
        if missing:
            self.notes.append(
                f"There is no {', no '.join(missing)}. What is held of these stays as it is; "
                "add them to the extract to bring it up to date."
            )

    def note_absent(self, table: SsdTable, columns: Collection[str]) -> None:
        """Add a note of the columns that are used, and that a table lacks."""
        absent = [names[0] for column, names in table.columns.items() if column not in columns]
        if absent:
            self.notes.append(f"{table.name} has no {', no '.join(absent)}.")

    def note_person(self, row: Row) -> None:
        """Note a row that leaves empty whose it is; a placeholder says that it is nobody's."""
        if (
            not row["person"]
            and not row["care"]
            and row.table not in ("professionals", "department")
        ):
            self.without_person.add(row.table)

    def lacks_required(self, table: SsdTable, columns: Collection[str]) -> bool:
        """Whether a table lacks a column without which it cannot be used; a note says so."""
        absent = [table.columns[column][0] for column in table.required if column not in columns]
        if absent:
            self.notes.append(
                f"{table.name} has no {', no '.join(absent)}, without which nothing can be made of "
                "it: what is held stays as it is."
            )
        return bool(absent)


def rows_of_files(files: Sequence[Path], read: TablesRead, report: FaultReport) -> Iterator[Row]:
    """The rows of CSV files. A file is of one table, by its name or by its headings."""
    found: dict[str, Mapping[str, str]] = {}

    def note_columns(_: str, layout: Layout, columns: Mapping[str, str]) -> list[str]:
        found[layout.name] = columns
        return []

    layouts = [table.layout for table in ssd_tables().values()]
    for path in files:
        named = _named(path)
        layout, items = read_rows(
            path, [named] if named else layouts, read.notes, report,
            whole_records=True, note_columns=note_columns,
        )  # fmt: skip
        if layout is None and not any(path.name in note for note in read.notes):
            read.notes.append(f"{path.name} is no table that is used.")
            continue
        checked: set[str] = set()
        for item in items:
            if isinstance(item, FileFault):
                report.add(item)
                continue
            if item.table not in checked:
                checked.add(item.table)
                table = ssd_tables()[item.table]
                if read.lacks_required(table, found[item.table]):
                    break
                read.note_absent(table, found[item.table])
                read.rows.setdefault(item.table, 0)
            read.rows[item.table] += 1
            read.note_person(item)
            yield _without_placeholders(item)
        if layout and not checked:
            read.notes.append(f"{path.name} has no rows.")


def _named(path: Path) -> Layout | None:
    """The table that a file is named after, with or without ssd_ before it."""
    stem = plain(path.stem).removeprefix("ssd")
    for table in ssd_tables().values():
        if plain(table.name).removeprefix("ssd") == stem:
            return table.layout
    return None


def rows_of_database(extract: Extract, read: TablesRead) -> Iterator[Row]:
    """The rows of a database that holds the dataset."""
    for key, table in ssd_tables().items():
        columns = _column_names(table, extract.columns(table.name))
        if columns is None:
            continue
        if read.lacks_required(table, columns):
            continue
        read.rows.setdefault(key, 0)
        read.note_absent(table, columns)
        for number, values in enumerate(extract.rows(table.name, list(columns.values())), start=1):
            read.rows[key] += 1
            texts = (_text(value) for value in values)
            row = Row(key, table.name, number, dict(zip(columns, texts, strict=True)))
            read.note_person(row)
            yield _without_placeholders(row)


def _column_names(table: SsdTable, found_columns: Sequence[str] | None) -> dict[str, str] | None:
    """Column to its name in the database; None where there is no such table."""
    if found_columns is None:
        return None
    by_plain = {plain(name): name for name in found_columns}
    found = {}
    for column, names in table.columns.items():
        name = next(
            (by_plain[plain(candidate)] for candidate in names if plain(candidate) in by_plain),
            None,
        )
        if name is not None:
            found[column] = name
    return found


def _without_placeholders(row: Row) -> Row:
    return Row(
        row.table, row.file, row.line, {k: without_placeholder(k, v) for k, v in row.values.items()}
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (london_day(value) if value.tzinfo else value.date()).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal) and value == int(value):
        return str(int(value))
    return str(value)
