"""Who a young person of the dataset is, and who works with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from services.imports.ssd.summary import Telling
from services.imports.tabular import vocabulary
from services.imports.tabular.dates import iso
from services.imports.tabular.rows import Row

ByTable = Mapping[str, Sequence[Row]]


def latest_record(rows: Sequence[Row], telling: Telling) -> Row | None:
    """Of several records of one care leaver that of the latest contact; of two alike the worse."""
    if not rows:
        return None
    ranked = sorted(
        rows, key=lambda row: (iso(row["contact"]), vocabulary.suitable(row["suitable"]) != "yes")
    )
    if len(ranked) > 1 and iso(ranked[-1]["contact"]) == iso(ranked[-2]["contact"]):
        right = "one record a care leaver, or the date of the latest contact to tell them apart"
        telling.ask(ranked[-1], "contact", right)
    return ranked[-1]


def person_row(
    person: str, by_table: ByTable, leaver: Row | None, today: date, telling: Telling
) -> Row:
    """The person's row of a snapshot: what their own record, and those about them, say."""
    told: dict[str, str] = {}
    first = next(row for table in by_table.values() for row in table)
    for row in by_table["person"]:
        first = row
        told["date_of_birth"] = row["dob"] or row["expected_dob"]
        if "death_date" in row.values:
            told["closed_on"] = row["death_date"]
            told["closed_reason"] = "died" if row["death_date"] else ""
    if leaver is not None:
        told |= _of_leaver(leaver, telling)
    if "involvements" in telling.tables:
        told |= _allocated(by_table["involvements"], told, today, telling)
    telling.allocated |= {told[name] for name in _WORKERS if told.get(name)}
    if not told.get("date_of_birth"):
        told.pop("date_of_birth", None)  # a missing date of birth takes nothing back
    return Row("people", first.file, first.line, {"person": person, **told})


_WORKERS = ("personal_adviser", "social_worker", "team_manager")


def _of_leaver(row: Row, telling: Telling) -> dict[str, str]:
    """What a care leaver's record says of the person; words that cannot be read say nothing."""
    told: dict[str, str] = {}
    readers = {
        "eligibility": (
            "eligibility",
            vocabulary.eligibility,
            "a category such as Former Relevant",
        ),
        "in_touch": ("in_touch", vocabulary.in_touch, "YES, NO, DIED, REFU, NREQ or RHOM"),
        "activity": ("full_time_education", vocabulary.education, "a code such as F1"),
    }
    for column, (name, read, right) in readers.items():
        if column not in row.values:
            continue
        value = read(row[column])
        if row[column] and not value and column != "activity":
            telling.ask(row, column, right)
        else:
            told[name] = value
    for column, name in (("adviser", "personal_adviser"), ("worker", "social_worker")):
        if column in row.values:
            told[name] = telling.worker(row[column])
            if row[column] and not told[name]:
                telling.ask(row, column, "a staff id of Professionals: a name must not be kept")
    if "team" in row.values:
        told["team"] = row["team"]
    return told


def _allocated(
    rows: Sequence[Row], known: Mapping[str, str], today: date, telling: Telling
) -> dict[str, str]:
    """Who works with the young person today: of each role the involvement that began last."""
    told = {name: known.get(name, "") for name in _WORKERS}
    on = str(today)
    current = [
        row
        for row in rows
        if (iso(row["start"]) or on) <= on and not (iso(row["end"]) and iso(row["end"]) <= on)
    ]
    for row in sorted(current, key=lambda row: iso(row["start"])):
        name = _role(row["role"])
        if not name:
            continue  # a reviewing officer or a health visitor holds no case
        told[name] = telling.worker(row["professional"])
        if row["team"]:
            told["team"] = row["team"]
        telling.covered += row["reason"].upper().startswith("ABSENC")
    return told


def _role(told: str) -> str:
    text = told.casefold()
    if re.search(r"personal advis|\bpa\b|leaving care", text):
        return "personal_adviser"
    if "team manager" in text:
        return "team_manager"
    return "social_worker" if re.search(r"social work|^sw$|allocated|case ?worker", text) else ""
