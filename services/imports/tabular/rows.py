"""Tables in text files: their encoding, their headings and their rows, each with its line."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.imports.tabular.faults import Became, FaultReport, FileFault
from services.imports.tabular.ledger import Place

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS = "cp1252"
_DELIMITERS = (",", ";", "\t", "|")
_ADDED = re.compile(r"[(\[][^)\]]*[)\]]")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in its file. `values` are cells by column, without spaces around.

    Of a row that was translated, `read_from` says of which column of its file a column was made.
    """

    table: str
    file: str
    line: int
    values: Mapping[str, str]
    read_from: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """A cell; empty where the file has no such column."""
        return self.values.get(column, "")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.file, self.line

    def fault(self, column: str, expected: str, became: Became, child: str = "") -> FileFault:
        """A fault in this row."""
        named = self.read_from.get(column, column)
        return FileFault(
            self.file, self.line, named, self[column], expected, became, child, self.table
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a published format.

    `own` are the columns by which it is recognised, `aliases` other headings of a column.
    """

    name: str
    columns: Sequence[str]
    required: Sequence[str]
    own: Sequence[str]
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def named(self, headings: Iterable[str]) -> dict[int, str]:
        """Position to column, for the headings that are recognised; the first of two counts."""
        known = {plain(column): column for column in self.columns}
        for column, others in self.aliases.items():
            known |= {plain(other): column for other in others}
        found: dict[int, str] = {}
        # As they are first; then without what stands in brackets, as councils add to headings.
        for read in (plain, _without_additions):
            for position, heading in enumerate(headings):
                named = known.get(read(heading))
                if named and position not in found and named not in found.values():
                    found[position] = named
        return found

    def not_found(self, columns: Iterable[str]) -> list[str]:
        """The columns that none of the headings is of, by the names that they are published by."""
        present = set(columns)
        return [column for column in self.columns if column not in present]


NoteColumns = Callable[[str, Layout, Mapping[str, str]], list[str]]
"""Sentences on the columns of a file of a table, by those that it has, each with its heading."""

_MANY = 12
"""Headings of which so many are named."""


def note_of_headings(file: str, columns: Mapping[str, str], headings: Iterable[str]) -> list[str]:
    """A sentence on the headings of a file that no column takes; none where all are taken."""
    read = set(columns.values())
    others = [heading for heading in headings if heading and heading not in read]
    if not others:
        return []
    more = " and others" if len(others) > _MANY else ""
    return [f"{file}: nothing is read from {', '.join(others[:_MANY])}{more}."]


def _without_additions(heading: str) -> str:
    return plain(_ADDED.sub(" ", heading))


def plain(heading: str) -> str:
    """A heading as it is compared: no capitals, no spaces, no underscores."""
    return _NOT_LETTERS.sub("", heading.casefold())


def recognise(layouts: Iterable[Layout], headings: Sequence[str], hint: str) -> Layout | None:
    """The table that these headings are of; `hint` is the file's name, where two are as likely."""
    best_score: tuple[float, bool] = (0.0, False)
    best: Layout | None = None
    for layout in layouts:
        found = set(layout.named(headings).values())
        share = len(found & set(layout.own)) / len(layout.own)
        score = (
            share + len(found) / (100 * len(layout.columns)),
            plain(layout.name) in plain(hint),
        )
        if share and score > best_score:
            best_score, best = score, layout
    return best


def marked_encoding(start: bytes) -> str | None:
    """How a text is encoded by its byte order mark, which the encoding leaves out; else None."""
    return next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)


def encoding_of(path: Path) -> str:
    """How a text file is encoded: by its byte order mark, UTF-8 where it is, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(4)
        if marked := marked_encoding(start):
            return marked
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _WINDOWS
    return "utf-8"


def delimiter_of(line: str) -> str:
    """The delimiter of a CSV file, by its line of headings."""
    return max(_DELIMITERS, key=line.count)


def lines_of(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, blank ones left out; a cell ends with its line.

    A quotation mark that was never closed must not swallow the rest of a return.
    """
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        for number, line in enumerate(file, start=1):
            text = line.rstrip("\n")
            if text.strip().strip("\x00"):
                yield number, text.replace("\x00", "")


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without spaces around them."""
    if '"' in line:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    else:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


_LONGEST_RECORD = 200
"""Lines of one record; in a longer one a quotation mark was surely never closed."""
_LONGEST_CELL = 1 << 20
"""Characters."""


def records_of(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file whose cells may hold several lines, with their first lines.

    Raises:
        csv.Error: a quotation mark was never closed, or a cell is longer than any could be.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(
            (line.replace("\x00", "") for line in file), delimiter=delimiter, strict=True
        )
        first_line = 1
        for cells in reader:
            if reader.line_num - first_line > _LONGEST_RECORD:
                raise csv.Error(f"the quotation mark in line {first_line} is never closed")
            if any(cells):
                yield first_line, [cell.strip() for cell in cells]
            first_line = reader.line_num + 1


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
    if encoding == _WINDOWS:
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


def note_of_columns(file: str, layout: Layout, columns: Iterable[str]) -> list[str]:
    """A sentence on the columns that a file has no heading for; none where it has all."""
    absent = [layout.aliases.get(name, (name,))[0] for name in layout.not_found(columns)]
    if not absent:
        return []
    lacks = f"{file} has no column that can be recognised as {', or as '.join(absent)}"
    return [f"{lacks}. Where it has one, name it so: nothing is known here of what it says."]


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
