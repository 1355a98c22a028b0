"""The row of a person in the dataset's snapshot: who they are, and who works with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from services.imports.ssd.findings import Findings
from services.imports.tabular import vocabulary
from services.imports.tabular.dates import iso
from services.imports.tabular.layouts import Row

ByTable = Mapping[str, Sequence[Row]]
"""The rows of one young person by table."""


def latest_record(rows: Sequence[Row], findings: Findings) -> Row | None:
    """Of several records of one care leaver the latest contact's; of two of one day the worse."""
    if not rows:
        return None
    ranked = sorted(
        rows, key=lambda row: (iso(row["contact"]), vocabulary.suitable(row["suitable"]) != "yes")
    )
    if len(ranked) > 1 and iso(ranked[-1]["contact"]) == iso(ranked[-2]["contact"]):
        expected = "one record a care leaver, or the date of the latest contact to tell them apart"
        findings.add_fault(ranked[-1], "contact", expected)
    return ranked[-1]


def person_row(
    person: str, by_table: ByTable, leaver: Row | None, today: date, findings: Findings
) -> Row:
    """The person's row of a snapshot, from their own record and the records about them."""
    fields: dict[str, str] = {}
    first = next(row for table in by_table.values() for row in table)
    for row in by_table["person"]:
        first = row
        fields["date_of_birth"] = row["dob"] or row["expected_dob"]
        if "death_date" in row.values:
            fields["closed_on"] = row["death_date"]
            fields["closed_reason"] = "died" if row["death_date"] else ""
    if leaver is not None:
        fields |= _leaver_fields(leaver, findings)
    if "involvements" in findings.tables:
        fields |= _allocated_workers(by_table["involvements"], fields, today, findings)
    findings.allocated |= {fields[name] for name in _WORKERS if fields.get(name)}
    if not fields.get("date_of_birth"):
        fields.pop("date_of_birth", None)  # a missing date of birth clears nothing
    return Row("people", first.file, first.line, {"person": person, **fields})


_LONGEST_CODE = 4
_HOLDS_NO_CASE = re.compile(r"^(hv|gp|lado)?$")
_WORKERS = ("personal_adviser", "social_worker", "team_manager", "reviewing_officer")


def _leaver_fields(row: Row, findings: Findings) -> dict[str, str]:
    """The person's fields in a care leaver's record; words that cannot be read are left out."""
    fields: dict[str, str] = {}
    readers = {
        "eligibility": (
            "eligibility",
            vocabulary.eligibility,
            "a category such as Former Relevant",
        ),
        "in_touch": ("in_touch", vocabulary.in_touch, "YES, NO, DIED, REFU, NREQ or RHOM"),
        "activity": ("full_time_education", vocabulary.education, "a code such as F1"),
    }
    for column, (name, read, expected) in readers.items():
        if column not in row.values:
            continue
        value = read(row[column])
        if row[column] and not value and column != "activity":
            findings.add_fault(row, column, expected)
        else:
            fields[name] = value
    if "activity" in row.values:
        fields["activity"] = vocabulary.activity(row["activity"])
    for column, name in (("adviser", "personal_adviser"), ("worker", "social_worker")):
        if column in row.values:
            fields[name] = findings.worker_id(row[column])
            if row[column] and not fields[name]:
                findings.add_fault(
                    row, column, "a staff id of Professionals: a name must not be kept"
                )
    if "team" in row.values:
        fields["team"] = row["team"]
    return fields


def _allocated_workers(
    rows: Sequence[Row], leaver_fields: Mapping[str, str], today: date, findings: Findings
) -> dict[str, str]:
    """Who works with the young person today: of each role the involvement that started last."""
    fields = {name: leaver_fields.get(name, "") for name in _WORKERS}
    unread = False
    on = str(today)
    current = [
        row
        for row in rows
        if (iso(row["start"]) or on) <= on and not (iso(row["end"]) and iso(row["end"]) <= on)
    ]
    for row in sorted(current, key=lambda row: iso(row["start"])):
        name = _role(row["role"])
        if name is None:
            unread = True
            findings.add_fault(row, "role", "a role such as ALLOCATED CASE WORKER")
            continue
        if not name:
            continue  # a health visitor holds no case
        fields[name] = findings.worker_id(row["professional"])
        if name == "reviewing_officer":
            continue  # whose team is not that of the case, and who covers for nobody
        if row["team"]:
            fields["team"] = row["team"]
        findings.covered += row["reason"].upper().startswith("ABSENC")
    if unread:  # whose role cannot be read may be any of these: nobody is cleared for that
        fields = {name: value for name, value in fields.items() if value}
    return fields


def _role(title: str) -> str | None:
    """Which of the workers a role is; empty for one who holds no case, None for one not readable.

    CW is the allocated case worker in SystemC (Standard Safeguarding Dataset, 1.4.5).
    """
    text = title.casefold().strip()
    if re.search(r"personal advis|\bpa\b|leaving care", text):
        return "personal_adviser"
    if re.search(r"review.* officer|^iro$", text):
        return "reviewing_officer"
    if "team manager" in text:
        return "team_manager"
    if re.search(r"social work|^sw$|^cw$|allocated|case ?worker", text):
        return "social_worker"
    is_code = len(text) <= _LONGEST_CODE and not _HOLDS_NO_CASE.search(text)
    return None if is_code else ""
