"""The rows of a table in a text file, each with its line, and what is wrong with the file."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.imports.tabular.layouts import (
    Layout,
    NoteColumns,
    Row,
    note_of_headings,
    recognise,
)
from services.imports.tabular.text_files import (
    WINDOWS,
    cells_of,
    delimiter_of,
    encoding_of,
    lines_of,
    records_of,
)


def read_rows(
    path: Path,
    layouts: Iterable[Layout],
    notes: list[str],
    report: FaultReport,
    *,
    whole_records: bool = False,
    note_columns: NoteColumns | None = None,
    tells_unread: bool = False,
) -> tuple[Layout | None, Iterator[Row | FileFault]]:
    """A CSV file of one of these tables: which it is, and its rows and faults as they come.

    What is worth knowing and no fault (an empty file, an old encoding) is added to `notes`; faults
    in `report` will name its headings. With
    `whole_records` a cell in quotation marks may hold several lines; `note_columns` says what is
    worth knowing of the columns that it has headings of; with `tells_unread` the headings that no
    column takes are worth knowing too.
    """
    encoding = encoding_of(path)
    lines = lines_of(path, encoding)
    headings_line = next(lines, None)
    if headings_line is None:
        notes.append(f"{path.name} is empty.")
        return None, iter(())
    if encoding == WINDOWS:
        notes.append(f"{path.name} is not UTF-8; it was read as Windows-1252.")
    delimiter = delimiter_of(headings_line[1])
    headings = cells_of(headings_line[1], delimiter)
    layout = recognise(layouts, headings, path.stem)
    if layout is None:
        expected = "its headings are of no table that is known"
        return None, iter([_file_fault(path, headings_line[0], "", expected)])
    columns = layout.named(headings)
    found = {column: headings[position] for position, column in columns.items()}
    report.note_headings(path.name, found)
    if note_columns:
        notes += note_columns(path.name, layout, found)
    if tells_unread:
        notes += note_of_headings(path.name, found, headings)
    missing = [column for column in layout.required if column not in columns.values()]
    if missing:
        return layout, (
            _file_fault(
                path, headings_line[0], column, f"a table of {layout.name} has a column {column}"
            )
            for column in missing
        )
    records: Iterator[tuple[int, list[str]]]
    if whole_records:
        records = records_of(path, encoding, delimiter)
        next(records, None)
    else:
        records = ((number, cells_of(line, delimiter)) for number, line in lines)
    return layout, _rows(path, layout, columns, len(headings), records)


def _rows(
    path: Path,
    layout: Layout,
    columns: Mapping[int, str],
    width: int,
    records: Iterable[tuple[int, list[str]]],
) -> Iterator[Row | FileFault]:
    file, number = path.name, 1
    try:
        for number, cells in records:
            if any(cells):
                yield from _row(file, layout, columns, width, number, cells)
    except csv.Error as error:
        yield _file_fault(path, number, "", f"a CSV file that can be read to its end; {error}")


def _row(
    file: str,
    layout: Layout,
    columns: Mapping[int, str],
    width: int,
    number: int,
    cells: list[str],
) -> Iterator[Row | FileFault]:
    row = Row(
        layout.name,
        file,
        number,
        {column: cells[position] for position, column in columns.items() if position < len(cells)},
    )
    if len(cells) < width or any(cells[width:]):
        expected = f"a row has {width} cells, as its headings have; this has {len(cells)}"
        yield FileFault(file, number, "", "", expected, Became.KEPT, row[layout.columns[0]])
    yield row


def _file_fault(path: Path, line: int, column: str, expected: str) -> FileFault:
    return FileFault(path.name, line, column, "", expected, Became.FILE_LEFT_OUT)
