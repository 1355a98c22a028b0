"""Workbooks of Excel: sheets with a header that stays, and charts of Excel's own.

No cell is ever run as a formula.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Literal

from xlsxwriter import Workbook

from services.spreadsheets import defused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | date | None

DASHES = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "square_dot", "long_dash_dot")
"""Of the lines of a chart, so that they are not told by colour alone."""


@dataclass(frozen=True, slots=True)
class SheetChart:
    """A chart of a sheet's own rows, beside them.

    Attributes:
        title: what it shows.
        kind: lines, columns beside one another, or columns upon one another.
        names: the column whose cells stand beneath.
        values: the columns that are drawn, each a line or a set of columns.
        axis: what the numbers are.
        colours: of each of `values`, where they mean something.
    """

    title: str
    kind: Literal["line", "column", "stacked"]
    names: int
    values: Sequence[int]
    axis: str
    colours: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the headers of its columns, and its rows; without headers, no filter."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    charts: Sequence[SheetChart] = ()


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
            if last:
                _draw(book, page, sheet, last)
    return whole.getvalue()


def _draw(book: Any, page: Any, sheet: Sheet, last: int) -> None:
    """Draw the charts of a sheet, one beneath another, right of its rows."""
    for place, wanted in enumerate(sheet.charts):
        kind = {"type": "line" if wanted.kind == "line" else "column"}
        if wanted.kind == "stacked":
            kind["subtype"] = "stacked"
        chart = book.add_chart(kind)
        for number, column in enumerate(wanted.values):
            series: dict[str, Any] = {
                "name": [sheet.name, 0, column],
                "categories": [sheet.name, 1, wanted.names, last, wanted.names],
                "values": [sheet.name, 1, column, last, column],
            }
            if wanted.kind == "line":
                series["line"] = {"width": 2.25, "dash_type": DASHES[number % len(DASHES)]}
            if wanted.colours:
                colour = wanted.colours[number]
                series["fill" if wanted.kind != "line" else "line"] = {"color": colour}
            chart.add_series(series)
        chart.set_title({"name": wanted.title, "name_font": {"size": 12}})
        chart.set_y_axis({"name": wanted.axis, "min": 0})
        chart.set_x_axis({"num_format": "d mmm"})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 760, "height": 380})
        options = {"description": f"{wanted.title}: the same figures stand in the rows."}
        page.insert_chart(1 + 20 * place, len(sheet.columns) + 1, chart, options)


def _write(page: Any, number: int, row: Sequence[Cell], dated: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            page.write_datetime(number, column, cell, dated)
        elif isinstance(cell, str):
            # Written as a string, so no formula; defused too, in case the sheet is saved as CSV.
            page.write_string(number, column, defused(cell))
        elif cell is not None:
            page.write_number(number, column, cell)
