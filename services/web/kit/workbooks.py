"""Workbooks of Excel: sheets with a header that stays. No cell is ever run as a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from services.spreadsheets import defused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the headers of its columns, and its rows; without headers, no filter."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def lacking(sentences: Sequence[str]) -> list[Sheet]:
    """A sheet of its own on what is not derived yet; none where everything is."""
    return [Sheet("Incomplete", (), [(item,) for item in sentences])] if sentences else []


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of some sheets, in their order."""
    whole = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(whole, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.set_landscape()
            page.set_paper(9)  # A4
            page.fit_to_pages(1, 0)
            first = 0
            if sheet.columns:
                page.write_row(0, 0, sheet.columns, bold)
                page.repeat_rows(0)
                page.freeze_panes(1, 1)
                first = 1
            last = 0
            for last, row in enumerate(sheet.rows, first):
                _write(page, last, row, dated)
            if sheet.columns:
                page.autofilter(0, 0, last, len(sheet.columns) - 1)
                page.set_column(0, len(sheet.columns) - 1, 18)
    return whole.getvalue()


def _write(page: Any, number: int, row: Sequence[Cell], dated: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            page.write_datetime(number, column, cell, dated)
        elif isinstance(cell, str):
            # Written as a string, so no formula; defused too, in case the sheet is saved as CSV.
            page.write_string(number, column, defused(cell))
        elif cell is not None:
            page.write_number(number, column, cell)
