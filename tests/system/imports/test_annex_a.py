"""Annex A's lists 8 and 9 by the command, with the headings that councils write."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.system.commands.forked import run_sightline

LIST_9 = (
    "Child Unique ID,Date of Birth,Allocated Team,Allocated Personal Advisor,Eligibility Category,"
    "Latest Pathway Plan Review Date,LA in Touch,Type of Accommodation,"
    "Suitability of Accommodation,Activity Status\n"
)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SIGHTLINE_")}
    return run_sightline(
        *arguments, env={**kept, "SIGHTLINE_DATA_DIR": str(folder / "data")}, cwd=folder
    )


def events_of(folder: Path) -> list[dict[str, Any]]:
    printed = command(folder, "import", "annex-a", ".", "--as-at", "2026-11-20T02:00:00Z")
    assert printed.returncode == 0, printed.stderr + printed.stdout
    return [json.loads(line) for line in printed.stdout.splitlines()]


def data_of(events: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {
        event["subject"]: event["data"]
        for event in events
        if event["type"] == f"sightline.{name}.v1"
    }


def test_an_unregistered_home_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "list 8.csv").write_text(
        "Child Unique ID,Date of Birth,Date Started to be Looked After,Child's Legal Status,"
        "Start Date of Most Recent Placement,Placement Type,URN of Placement\n"
        "C1,04/03/2012,01/02/2024,V2,01/02/2024,Unregistered children's home,\n"
    )
    placed = data_of(events_of(tmp_path), "placement.started")["C1"]
    assert (placed["code"], placed["registration"]) == ("K2", "unregistered")


def test_list_9_as_csv_gives_care_leavers_with_their_advisers(tmp_path: Path) -> None:
    (tmp_path / "leavers.csv").write_text(
        LIST_9
        + "A1,04/03/2006,LC,pa1,b) Former relevant child,01/08/2026,a) Yes,m) Bed and breakfast,"
        "b) Unsuitable,F1\n"
    )
    events = events_of(tmp_path)
    person = data_of(events, "person.updated")["A1"]
    assert person["eligibility"] == "former_relevant"
    assert person["team"] == "LC"
    assert "personal_adviser" not in person  # the list has names, which are not read
    assert person["full_time_education"] == "higher"
    dwelling = data_of(events, "accommodation.started")["A1"]
    assert (dwelling["code"], dwelling["suitable"]) == ("W", False)
    assert dwelling["date_basis"] == "by_this_date"
    assert data_of(events, "review.completed")["A1"]["kind"] == "pathway_plan"


def test_list_8_is_found_in_a_workbook_whose_headings_are_not_in_the_first_line(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "List_8"
    sheet.append(["List 8: children in care"])
    sheet.append([])
    sheet.append(
        ["Child ID", "DOB", "Date became looked after", "Legal Status", "Latest Statutory Review",
         "Permanence Plan", "Placement Start Date", "Placement Type", "Placement URN"]
    )  # fmt: skip
    sheet.append(
        ["B1", date(2012, 5, 1), date(2025, 1, 1), "C2 - Full care order",
         date(2026, 9, 1), "f) Long-term fostering", date(2025, 1, 1), "U4", None]
    )  # fmt: skip
    book.save(tmp_path / "annex.xlsx")
    events = events_of(tmp_path)
    care = data_of(events, "care.started")["B1"]
    assert (care["date"], care["legal_status"]) == ("2025-01-01", "C2")
    assert data_of(events, "placement.started")["B1"]["code"] == "U4"
    plan = data_of(events, "permanence.agreed")["B1"]
    assert (plan["plan"], plan["date"]) == ("long_term_fostering", "2026-09-01")


def test_a_young_person_of_both_lists_is_one(tmp_path: Path) -> None:
    (tmp_path / "list 9.csv").write_text(LIST_9 + "C1,04/03/2009,LC,pa1,Eligible,,Yes,,,\n")
    (tmp_path / "list 8.csv").write_text(
        "Child Unique ID,Date of Birth,Date Started to be Looked After,Child's Legal Status,"
        "Start Date of Most Recent Placement,Placement Type,URN of Placement,Allocated Worker\n"
        "C1,04/03/2009,01/02/2024,V2,01/02/2024,K3,2788123,sw1\n"
    )
    people = [e for e in events_of(tmp_path) if e["type"] == "sightline.person.updated.v1"]
    assert len(people) == 1
    assert people[0]["data"]["eligibility"] == "eligible"
    assert "sw1" not in str(people)


def test_a_file_that_is_neither_list_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    printed = command(tmp_path, "import", "annex-a", ".", "--dry-run")
    assert printed.returncode == 3
    assert "other.csv" in printed.stderr
