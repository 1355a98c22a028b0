"""Visits, contact, and missing episodes of the dataset, as rows of a snapshot."""

from collections.abc import Iterator, Sequence

from services.imports.snapshots.source_row import NO, YES
from services.imports.ssd.findings import Findings
from services.imports.ssd.person import ByTable
from services.imports.tabular.dates import iso
from services.imports.tabular.layouts import Row


def yes_or_no(cell: str) -> str:
    """Yes or no as a snapshot has it; empty for anything else, such as NA."""
    word = cell.strip().casefold()
    return "yes" if word in YES else "no" if word in NO else ""


def visits(person: str, by_table: ByTable, findings: Findings) -> Iterator[Row]:
    """Statutory visits in care at which the child was seen, and a care leaver's latest contact."""
    for row in by_table["visits"]:
        if not row["date"]:
            findings.leave_out(row, "a visit without a day")
        elif yes_or_no(row["seen"]) == "no":
            findings.leave_out(row, "a visit at which the child was not seen")
        else:
            yield Row(
                "visits", row.file, row.line,
                {
                    "person": person,
                    "visit_id": row["id"] or f"{person}-visit-{iso(row['date'])}",
                    "date": row["date"],
                    "kind": "looked_after",
                    "seen_alone": yes_or_no(row["seen_alone"]),
                },
            )  # fmt: skip
    for row in by_table["care_leavers"]:
        if row["contact"]:
            yield Row(
                "visits", row.file, row.line,
                {
                    "person": person,
                    "visit_id": f"{person}-contact-{iso(row['contact'])}",
                    "date": row["contact"],
                    "kind": "care_leaver",
                },
            )  # fmt: skip


def missing_episodes(person: str, rows: Sequence[Row], findings: Findings) -> Iterator[Row]:
    """Missing episodes. An interview has no date there: the day of the return stands for it."""
    for row in rows:
        if not row["start"]:
            findings.leave_out(row, "a missing episode without its first day")
            continue
        kind = row["kind"].strip().casefold()
        accepted = yes_or_no(row["accepted"])
        yield Row(
            "missing", row.file, row.line,
            {
                "person": person,
                "missing_id": row["id"] or f"{person}-{iso(row['start'])}",
                "start": row["start"],
                "kind": "absent" if kind.startswith(("a", "unauth", "away")) else "missing",
                "end": row["end"],
                "interviewed_on": row["end"] if accepted == "yes" else "",
                "offered": yes_or_no(row["offered"]),
                "accepted": accepted,
            },
        )  # fmt: skip
