"""The workbook of reviewing officers: the tables of the annual report, and every list whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.assessment.derivation import Rules
from services.oversight.annual_report import year_rows
from services.oversight.reviewing_officers import COUNTED, ReviewingSheet, Year, days_open
from services.store.duties import ListedDuty
from services.store.iro_escalations import ListedEscalation
from services.workbooks import Cell, Sheet


def sheets_of(sheet: ReviewingSheet, rules: Rules) -> Iterator[Sheet]:
    """The sheets, that of the annual report first."""
    title = rules.policy.reviewing_officers.title
    this, before = sheet.year, sheet.year_before
    columns: Sequence[str] = (
        "",
        f"{this.first} to {this.last}",
        f"{before.first} to {before.last}",
    )
    yield Sheet("Annual report", columns, list(year_rows(this, before)))
    columns = ("Year to", "Reason", *COUNTED.values())
    reasons: list[list[Cell]] = [
        [year.last, reason, *counts.values()]
        for year in (this, before)
        for reason, counts in year.by_reason().items()
    ]
    yield Sheet("Escalations by reason", columns, reasons)
    columns = ("Year to", "Stage", "Level", "With", *COUNTED.values())
    levels: list[list[Cell]] = [
        [year.last, item.stage, item.level or None,
         title(item.level) if item.level else None,
         *(getattr(item, name) for name in COUNTED)]
        for year in (this, before)
        for item in year.by_level()
    ]  # fmt: skip
    yield Sheet("Escalations by level", columns, levels)
    columns = (
        "Case", "Raised", "Raised by", "Reason", "Stage", "With", "Formal since",
        "Working days open", "Due", "Overdue", "Team", "Service", "Reviewing officer",
    )  # fmt: skip
    opened = [_escalation_row(item, this, rules) for item in sheet.open]
    yield Sheet("Open escalations", columns, opened)
    yield Sheet("Reviews not in time", _DUTY, _duty_rows(sheet.reviews, this))
    yield Sheet("Officers not named in time", _DUTY, _duty_rows(sheet.unnamed, this))
    columns = ("Reviewing officer", "Looked-after children", "Handbook: fewest", "Handbook: most")
    loads = [(load.officer, load.children, sheet.fewest, sheet.most) for load in sheet.caseloads]
    yield Sheet("Caseloads", columns, loads)


def _escalation_row(item: ListedEscalation, year: Year, rules: Rules) -> list[Cell]:
    it = item.escalation
    return [
        it.person, it.raised, it.raised_by, it.reason, it.stage,
        rules.policy.reviewing_officers.title(it.level) if it.level else None, it.formal_since,
        days_open(item, year.last, rules.rulebook), it.due,
        "yes" if it.due < year.last or it.late_since else "no",
        item.team, item.service, item.reviewing_officer,
    ]  # fmt: skip


_DUTY = (
    "Case", "Counted from", "Exact", "Due", "Done", "In time as the source says", "Team",
    "Service", "Social worker", "Reviewing officer",
)  # fmt: skip


_YES_NO = {True: "yes", False: "no", None: None}


def _duty_rows(items: Iterable[ListedDuty], year: Year) -> list[list[Any]]:
    return [
        [
            item.duty.person, item.duty.since, "yes" if item.duty.is_exact else "at the latest",
            item.duty.due, item.done_by(year.last),
            _YES_NO[item.duty.told_on_time if item.done_by(year.last) else None],
            item.team, item.service, item.social_worker, item.reviewing_officer,
        ]
        for item in items
    ]  # fmt: skip
