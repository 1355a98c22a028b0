"""What a spreadsheet opens: cells that it would take for a formula, and run; tables as CSV."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

_BEGINS = ("=", "+", "-", "@")
_LINE = ("\t", "\r", "\n")


def defused(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula.

    Full-width signs are read as the plain ones, and what stands before them and is not seen is
    passed over: spaces of any kind, controls, marks of direction.

    Source: OWASP, CSV injection.
    """
    if cell.startswith(_LINE):
        return f"'{cell}"
    seen = next((char for char in cell if not _is_unseen(char)), "")
    return f"'{cell}" if unicodedata.normalize("NFKC", seen).startswith(_BEGINS) else cell


def _is_unseen(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a table: no cell of it is taken for a formula, and None is an empty one."""
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in rows:
        writer.writerow("" if cell is None else defused(str(cell)) for cell in row)


def csv_of(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as CSV."""
    text = io.StringIO()
    write_csv(text, columns, rows)
    return text.getvalue()
