"""Cases as CSV and XLSX. A cell that a spreadsheet would take for a formula is defused."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from services.formulas import defused
from services.oversight.cases import Case

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COLUMNS = (
    "Case", "Concern", "Colour", "What the rules say", "In law or return", "Reason", "Since",
    "Since is at least", "Weeks", "Not green since", "Next change", "Service", "Team",
    "Personal adviser", "Social worker", "Open actions", "Next action due", "Action late",
    "Climbed to", "Acknowledged", "Review due", "Why it stopped being red",
)  # fmt: skip

Cell = str | int | date | None


def row_of(case: Case) -> list[Cell]:
    """One case as a row."""
    return [
        case.person,
        case.concern.heading,
        case.rag.capitalize(),
        case.rule_rag.capitalize(),
        (case.statutory or "").capitalize(),
        case.category,
        case.since,
        "yes" if case.since_basis == "at_least" else "",
        case.weeks,
        case.not_green_since,
        case.next_change,
        case.service,
        case.team,
        case.personal_adviser,
        case.social_worker,
        len(case.actions),
        case.action_due,
        "yes" if case.late else "",
        case.step.replace("_", " ") if case.step else "",
        ", ".join(item.role.replace("_", " ") for item in case.acknowledged),
        case.review_due,
        case.outcome,
    ]


def as_csv(cases: Iterable[Case]) -> bytes:
    """Cases as CSV, in UTF-8 with the byte order mark by which Excel knows it."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in row_of(case)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(cases: Iterable[Case], incomplete: Sequence[str] = ()) -> bytes:
    """Cases as a workbook, with a header that stays and a filter.

    Sentences on what is not derived yet have a sheet of their own.
    """
    whole = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(whole, options) as book:
        sheet = book.add_worksheet("Cases")
        bold = book.add_format({"bold": True, "bottom": 1})
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, COLUMNS, bold)
        last = 0
        for last, case in enumerate(cases, 1):
            _write(sheet, last, row_of(case), dated)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.set_column(0, len(COLUMNS) - 1, 18)
        if incomplete:
            book.add_worksheet("Incomplete").write_column(0, 0, incomplete)
    return whole.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Cell], dated: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, cell, dated)
        elif isinstance(cell, str):
            # Written as a string, so no formula; defused too, in case the sheet is saved as CSV.
            sheet.write_string(number, column, defused(cell))
        elif cell is not None:
            sheet.write_number(number, column, cell)
