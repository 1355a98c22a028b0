"""Workbooks read row by row, within limits: what somebody sends may be broken, or made to break.

A workbook is a zip of XML: a small one can hold more than any machine has room for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from openpyxl import load_workbook

from services.imports.tabular.faults import Became, FileFault

LARGEST = 200 * 1024**2
"""Bytes of a workbook once it is unpacked: a list of 100,000 young people has half as many."""

_LARGEST_WHOLE = 50 * 1024**2
"""Bytes of a part that is read whole: the texts of all sheets, and their styles."""

_MOST_PACKED = 200
"""How many times smaller a large part may be for being packed: honest ones are 10 to 50 times."""

_READ_WHOLE = ("sharedStrings.xml", "styles.xml")

_MOST_COLUMNS = 500
"""Columns of a row that are read; the lists have some sixty."""

_MOST_ROWS = 1_048_576
"""Rows that a sheet can have; between two that stand far apart the library makes up the others."""


class SheetRow(NamedTuple):
    """One row of a sheet: the sheet's name, the line counted from 1, the values of its cells."""

    sheet: str
    line: int
    values: tuple[Any, ...]


def read_workbook(path: Path) -> Iterator[SheetRow | FileFault]:
    """Every row of every sheet in which anything stands.

    What cannot be read to its end counts up to there, and is a fault.

    The size that a sheet says it has is not believed.
    """
    line, sheet = 1, ""
    try:
        _check_size(path)
        book = load_workbook(path, read_only=True, data_only=True)
        for page in book.worksheets:
            page.reset_dimensions()
            sheet, line = page.title, 1
            rows = page.iter_rows(values_only=True, max_col=_MOST_COLUMNS, max_row=_MOST_ROWS)
            blank: tuple[Any, ...] = ()
            for line, values in enumerate(rows, start=1):
                if values is blank:
                    continue  # one of the rows that the library makes up, all of them the same
                filled = len(values)
                while filled and values[filled - 1] is None:
                    filled -= 1
                if filled:
                    yield SheetRow(sheet, line, values[:filled])
                else:
                    blank = values
        book.close()
    except Exception as error:  # noqa: BLE001 (what is broken breaks the library in every way)
        why = str(error) if isinstance(error, TooLargeError) else type(error).__name__
        expected = f"a workbook that can be read to its end ({why}); what stands after is left out"
        yield FileFault(
            f"{path.name} {sheet}".strip(), line, "", "", expected, Became.FILE_LEFT_OUT
        )


class TooLargeError(Exception):
    """A workbook holds more than is ever read."""


def _check_size(path: Path) -> None:
    with ZipFile(path) as packed:
        parts = packed.infolist()
    size = sum(item.file_size for item in parts)
    if size > LARGEST:
        raise TooLargeError(f"unpacked it has {size:,} bytes, and may have {LARGEST:,}")
    for item in parts:
        is_large = item.file_size > _LARGEST_WHOLE // 10
        if item.filename.endswith(_READ_WHOLE) and item.file_size > _LARGEST_WHOLE:
            raise TooLargeError(f"{item.filename} has more than {_LARGEST_WHOLE:,} bytes")
        if is_large and item.file_size > _MOST_PACKED * max(item.compress_size, 1):
            raise TooLargeError(f"{item.filename} is packed more than {_MOST_PACKED} times")
