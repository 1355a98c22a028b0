"""Cases as CSV and XLSX. A cell that a spreadsheet would take for a formula is defused."""

from collections.abc import Iterable, Sequence

from services.oversight.cases import Case
from services.spreadsheets import csv_of
from services.workbooks import Cell, Sheet, lacking, workbook

CSV = "text/csv; charset=utf-8"

COLUMNS = (
    "Case", "Concern", "Colour", "What the rules say", "In law or return", "Reason", "Since",
    "Since is at least", "Weeks", "Not green since", "Next change", "Service", "Team",
    "Personal adviser", "Social worker", "Open actions", "Next action due", "Action late",
    "Climbed to", "Acknowledged", "Review due", "Why it stopped being red",
)  # fmt: skip


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
    return csv_of(COLUMNS, map(row_of, cases)).encode("utf-8-sig")


def as_xlsx(cases: Iterable[Case], incomplete: Sequence[str] = ()) -> bytes:
    """Cases as a workbook. Sentences on what is not derived yet have a sheet of their own."""
    return workbook([Sheet("Cases", COLUMNS, map(row_of, cases)), *lacking(incomplete)])
