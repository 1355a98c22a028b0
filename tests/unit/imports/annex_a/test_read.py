"""The two lists as workbooks and files really have them."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.imports.annex_a.read import read_lists
from services.imports.snapshots.read import Files, PersonRows
from services.imports.tabular.faults import FaultReport

HEADINGS = (
    "Child Unique ID", "Date of Birth", "Allocated Team", "Eligibility Category",
    "Latest Pathway Plan Review Date", "LA in Touch", "Latest Date of Contact",
    "Type of Accommodation", "Suitability of Accommodation", "Activity Status",
)  # fmt: skip
ROW = (
    "04/01/2006", "LC 1", "b) Former relevant", "04/09/2026", "a) Yes", "01/11/2026",
    "S: No fixed abode/homeless", "b) Unsuitable", "F2",
)  # fmt: skip


def workbook(path: Path, headings: Sequence[str], people: int) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "List 9"
    sheet.append(list(headings))
    for number in range(people):
        sheet.append((f"L{number}", *ROW))
    book.save(path)
    return path


def declared(path: Path, size: str) -> None:
    """Let a workbook declare another size of its sheet than it has."""
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            changed = re.sub(
                rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"'.encode(), content
            )
            file.writestr(name, changed)


def read(path: Path) -> tuple[dict[str, PersonRows], Files]:
    files = Files()
    return dict(read_lists([path], files, FaultReport())), files


@pytest.mark.parametrize("size", ["A1", "A1:J2", "A1:J5", "A1:Z900"])
def test_every_row_of_a_workbook_is_read_whatever_size_it_declares(
    tmp_path: Path, size: str
) -> None:
    path = workbook(tmp_path / "annex.xlsx", HEADINGS, people=4)
    declared(path, size)
    people, files = read(path)
    assert sorted(people) == ["L0", "L1", "L2", "L3"]
    assert files.rows["accommodation"] == files.rows["visits"] == 4
    assert files.notes == []


@pytest.mark.parametrize("addition", [" (see guidance)", " [Y/N]", " (DD/MM/YYYY)"])
def test_what_is_added_to_a_heading_in_brackets_hides_no_column(
    tmp_path: Path, addition: str
) -> None:
    headings = [HEADINGS[0], *(heading + addition for heading in HEADINGS[1:])]
    _, files = read(workbook(tmp_path / "annex.xlsx", headings, people=1))
    assert files.rows["accommodation"] == 1
    assert files.notes == []


def test_a_column_that_is_not_found_is_said(tmp_path: Path) -> None:
    headings = [heading.replace("Type of Accommodation", "Where they live") for heading in HEADINGS]
    _, files = read(workbook(tmp_path / "annex.xlsx", headings, people=1))
    (note,) = files.notes
    assert "no column that can be recognised as Type of Accommodation" in note


def test_a_list_with_headings_and_no_rows_is_said(tmp_path: Path) -> None:
    people, files = read(workbook(tmp_path / "annex.xlsx", HEADINGS, people=0))
    assert people == {}
    assert any("has headings and no rows" in note for note in files.notes)


def test_how_often_children_were_missing_is_added_up_and_no_episode_is_made(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list 8.csv"
    path.write_text(
        "Child Unique ID,Legal Status,Permanence Plan,Date Started to be Looked After,"
        "Number of Missing Episodes in Last 12 Months\n"
        "C1,C2,,2026-01-01,3\nC2,C2,,2026-01-01,0\nC3,C2,,2026-01-01,\nC4,C2,,2026-01-01,often\n",
        "utf-8",
    )
    files, report = Files(), FaultReport()
    people = dict(read_lists([path], files, report))
    assert files.measures == {"missing_episodes_12_months": 3, "children_missing_12_months": 1}
    assert not any("missing" in rows.by_kind for rows in people.values())
    (fault,) = report.first
    assert "'often'" in fault.sentence
    assert "a whole number" in fault.sentence
