"""The two lists read from CSV files or from a workbook with its headings some lines down."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from services.imports.annex_a.layout import LISTS
from services.imports.annex_a.translate import snapshot_rows
from services.imports.snapshots.read import Files, PersonRows, person_rows
from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.imports.tabular.grouping import grouped
from services.imports.tabular.layouts import Layout, Row, note_of_columns, recognise
from services.imports.tabular.ledger import NO_PERSON
from services.imports.tabular.rows import read_rows
from services.imports.tabular.workbooks import SheetRow, read_workbook

SUFFIXES = (".csv", ".txt", ".xlsx", ".xlsm")
_WORKBOOK = (".xlsx", ".xlsm")
MISSING_EPISODES, CHILDREN_MISSING = "missing_episodes_12_months", "children_missing_12_months"
"""What list 8 tells of the council as a whole, as measures."""

_HEADINGS_WITHIN = 20
"""Lines of a sheet in which its headings are looked for."""
_ENOUGH = 3
"""Headings that must be recognised for a sheet to be one of the lists."""
_OF_LIST = {
    "list_8": frozenset({"people", "care", "placements", "plans", "reviews", "visits"}),
    "list_9": frozenset({"people", "accommodation", "reviews", "visits"}),
}
_TELL_ENDS = frozenset({"care", "placements"})
"""The kinds of which list 8 tells that they ended, for six months."""


def _note_list(files: Files, name: str) -> None:
    files.kinds |= _OF_LIST[name]
    files.tell_ends |= _OF_LIST[name] & _TELL_ENDS


def read_lists(
    paths: Sequence[Path], files: Files, report: FaultReport
) -> Iterator[tuple[str, PersonRows]]:
    """The rows of each young person; all files are read before the first comes."""
    for person, list_rows in grouped(_with_person(_rows(paths, files, report), files, report)):
        rows = snapshot_rows(person, list_rows)
        for row in rows:
            files.rows[row.table] = files.rows.get(row.table, 0) + 1
        translated = person_rows(rows)
        translated.places = [(row.file, row.line) for row in list_rows]
        # Ids are made of starts: a row of which the start cannot be read may be any.
        translated.unusable |= {(kind, "") for kind, _ in translated.unusable}
        yield person, translated


def _with_person(
    rows: Iterable[Row], files: Files, report: FaultReport
) -> Iterator[tuple[str, Row]]:
    for row in rows:
        files.ledger.count(row.file)
        if row["person"]:
            read = files.ids.read(row)
            _count_missing(row, files, report)
            yield read["person"], read
        else:
            expected = "the unique id of the young person whose row this is"
            report.add(row.fault("person", expected, Became.ROW_LEFT_OUT))
            files.ledger.leave_out([row.file], NO_PERSON)
            files.uncertain |= _OF_LIST[row.table]


def _count_missing(row: Row, files: Files, report: FaultReport) -> None:
    """Add up how often children were missing: a number has no day, so it makes no episode."""
    told = row["missing"]
    if not told:
        return
    if not told.isdigit():
        report.add(row.fault("missing", "a whole number", Became.NOT_USED, row["person"]))
        return
    files.measures[MISSING_EPISODES] += int(told)
    files.measures[CHILDREN_MISSING] += int(told) > 0


def _rows(paths: Sequence[Path], files: Files, report: FaultReport) -> Iterator[Row]:
    for path in paths:
        found = False
        if path.suffix.lower() in _WORKBOOK:
            items = _workbook(path, files.notes, report)
        else:
            layout, items = read_rows(
                path, LISTS, files.notes, report, whole_records=True, note_columns=note_of_columns
            )
            if layout:
                _note_list(files, layout.name)
        for item in items:
            if isinstance(item, FileFault):
                report.add(item)
                continue
            found = True
            _note_list(files, item.table)
            yield item
        if not found:
            files.notes.append(f"{path.name} has no rows of list 8 or list 9.")


def _workbook(path: Path, notes: list[str], report: FaultReport) -> Iterator[Row | FileFault]:
    """The rows of each sheet that is one of the lists; what it lacks is added to `notes`."""
    for sheet, items in groupby(read_workbook(path), key=_sheet):
        rows = 0
        layout: Layout | None = None
        columns: dict[int, str] = {}
        for item in items:
            if isinstance(item, FileFault):
                yield item
                continue
            cells = [_text(value) for value in item.values]
            name = f"{path.name} {sheet}"
            if layout is None:
                if item.line > _HEADINGS_WITHIN:
                    break
                candidate = recognise(LISTS, cells, sheet)
                if candidate and len(named := candidate.named(cells)) >= _ENOUGH:
                    layout, columns = candidate, named
                    headings = {column: cells[place] for place, column in named.items()}
                    report.note_headings(name, headings)
                    notes += note_of_columns(name, layout, headings)
                continue
            if any(cells):
                rows += 1
                values = {
                    column: cells[place] for place, column in columns.items() if place < len(cells)
                }
                yield Row(layout.name, name, item.line, values)
        if layout and not rows:
            notes.append(f"{path.name} {sheet} has headings and no rows.")


def _sheet(item: SheetRow | FileFault) -> str:
    return item.sheet if isinstance(item, SheetRow) else ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
