"""Where the dataset's tables come from: CSV files, or a database."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.days import london_day
from services.imports.ssd.layout import SsdTable, meant, ssd_tables
from services.imports.tabular.faults import FaultReport, FileFault
from services.imports.tabular.rows import Layout, Row, plain, read_rows
from services.store.source_database import Extract

SUFFIXES = (".csv", ".txt")


@dataclass(slots=True)
class TablesRead:
    """Which tables were found, and how many rows each had."""

    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def tell_missing(self) -> None:
        """Say which tables there are none of."""
        missing = [table.name for key, table in ssd_tables().items() if key not in self.rows]
        if missing:
            self.notes.append(
                f"There is no {', no '.join(missing)}. What is held of these stays as it is; "
                "add them to the extract to bring it up to date."
            )

    def lacks(self, table: SsdTable, columns: Collection[str]) -> bool:
        """Whether a table lacks a column without which nothing can be made of it; it is told."""
        absent = [table.columns[column][0] for column in table.required if column not in columns]
        if absent:
            self.notes.append(
                f"{table.name} has no {', no '.join(absent)}, without which nothing can be made of "
                "it: what is held stays as it is."
            )
        return bool(absent)


def rows_of_files(files: Sequence[Path], read: TablesRead, report: FaultReport) -> Iterator[Row]:
    """The rows of CSV files, each of one table, by its name or by its headings."""
    layouts = [table.layout for table in ssd_tables().values()]
    for path in files:
        named = _named(path)
        layout, items = read_rows(
            path, [named] if named else layouts, read.notes, whole_records=True
        )
        if layout is None and not any(path.name in note for note in read.notes):
            read.notes.append(f"{path.name} is no table that is used.")
            continue
        told_of: set[str] = set()
        for item in items:
            if isinstance(item, FileFault):
                report.add(item)
                continue
            if item.table not in told_of:
                told_of.add(item.table)
                if read.lacks(ssd_tables()[item.table], item.values):
                    break
                read.rows.setdefault(item.table, 0)
            read.rows[item.table] += 1
            yield _with_meaning(item)
        if layout and not told_of:
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
        columns = _columns_there(table, extract.columns(table.name))
        if columns is None:
            continue
        if read.lacks(table, columns):
            continue
        read.rows.setdefault(key, 0)
        absent = [names[0] for column, names in table.columns.items() if column not in columns]
        if absent:
            read.notes.append(f"{table.name} has no {', no '.join(absent)}.")
        for number, told in enumerate(extract.rows(table.name, list(columns.values())), start=1):
            read.rows[key] += 1
            values = {
                column: meant(_text(value)) for column, value in zip(columns, told, strict=True)
            }
            yield Row(key, table.name, number, values)


def _columns_there(table: SsdTable, there: Sequence[str] | None) -> dict[str, str] | None:
    """Column to its name in the database; None where there is no such table."""
    if there is None:
        return None
    by_plain = {plain(name): name for name in there}
    found = {}
    for column, names in table.columns.items():
        name = next((by_plain[plain(told)] for told in names if plain(told) in by_plain), None)
        if name is not None:
            found[column] = name
    return found


def _with_meaning(row: Row) -> Row:
    return Row(row.table, row.file, row.line, {k: meant(v) for k, v in row.values.items()})


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
