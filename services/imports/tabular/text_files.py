"""Text files as tables: their encoding, their delimiter, and their records, each with its line."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WINDOWS = "cp1252"
"""What a text is read as that is no UTF-8."""
_DELIMITERS = (",", ";", "\t", "|")


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
            return WINDOWS
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
