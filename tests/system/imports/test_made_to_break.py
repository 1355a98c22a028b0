"""Files that are broken, or made to break: each ends soon, with a sentence, and spoils no other."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from services.imports.snapshots.read import MOST_OF_ONE
from services.imports.tabular import workbooks
from services.imports.tabular.faults import FileFault
from tests.system.commands.forked import run_sightline
from tests.system.commands.test_commands import CommandRunner


def said_by(folder: Path, *args: str) -> str:
    """All that a command prints, however it ends; never a traceback."""
    runner = CommandRunner(folder)
    done = run_sightline(*args, env=runner.env, cwd=runner.folder)
    text = done.stdout + done.stderr
    assert done.returncode in (0, 1, 3), text
    assert "Traceback" not in text
    return text


HEADINGS = (
    "Child Unique ID", "Gender", "Date of Birth", "Date Started to be Looked After",
    "Placement Start Date", "Placement Type",
)  # fmt: skip
ROW = ("C1", "F", "2012-03-01", "2024-01-10", "2024-01-10", "Foster placement")


def workbook(path: Path) -> Path:
    with Workbook(path) as book:
        sheet = book.add_worksheet("List 8")
        for line, cells in enumerate((HEADINGS, ROW)):
            sheet.write_row(line, 0, cells)
    return path


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The same workbook with its parts changed."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, change(name, content))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def no_zip(path: Path) -> None:
    path.write_bytes(b"this is no workbook")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def broken_xml(path: Path) -> None:
    rewritten(path, lambda name, it: it[: len(it) // 2] if "sheet1" in name else it)


def broken_strings(path: Path) -> None:
    rewritten(path, lambda name, it: b"<sst><si>" if "sharedStrings" in name else it)


def without_sheet(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        parts = {it: packed.read(it) for it in packed.namelist() if "sheet1" not in it}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


@pytest.mark.parametrize("damage", [cut_short, no_zip, empty, broken_xml, broken_strings])
def test_a_broken_workbook_is_a_sentence(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    whole, broken = workbook(tmp_path / "whole.xlsx"), workbook(tmp_path / "broken.xlsx")
    damage(broken)
    text = said_by(
        tmp_path, "import", "annex-a", str(broken), str(whole), "--source", "/x", "--dry-run"
    )
    assert text.startswith("Nothing was sent: broken.xlsx")
    assert "a workbook that can be read to its end" in text


def test_a_workbook_without_its_sheet_is_said_and_spoils_no_other(tmp_path: Path) -> None:
    whole, broken = workbook(tmp_path / "whole.xlsx"), workbook(tmp_path / "broken.xlsx")
    without_sheet(broken)
    text = said_by(
        tmp_path, "import", "annex-a", str(broken), str(whole), "--source", "/x", "--dry-run"
    )
    assert "broken.xlsx has no rows of list 8 or list 9" in text
    assert "whole.xlsx List 8: 1 rows read = 1 became events" in text


def test_a_workbook_that_unpacks_to_more_than_there_is_room_for_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = workbook(tmp_path / "bomb.xlsx")
    rewritten(bomb, lambda name, it: it + b" " * 50_000_000 if "sharedStrings" in name else it)
    assert bomb.stat().st_size < 1_000_000
    monkeypatch.setattr(workbooks, "LARGEST", 40_000_000)
    (fault,) = workbooks.read_workbook(bomb)
    assert isinstance(fault, FileFault)
    assert "and may have 40,000,000" in fault.sentence


def test_a_cell_at_the_edge_of_the_sheet_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("List 8")
        for line in range(2000):
            sheet.write(line, 16_383, "x")
    assert list(workbooks.read_workbook(path)) == []


def test_a_row_that_says_it_is_the_last_of_all_costs_nothing(tmp_path: Path) -> None:
    """The library makes up every row between: a row of number 999,999,999,999 would never end."""
    far = workbook(tmp_path / "far.xlsx")
    rewritten(far, lambda _, it: it.replace(b'<row r="2"', b'<row r="999999999999"'))
    rows = list(workbooks.read_workbook(far))
    assert len(rows) == 1


def test_texts_packed_a_thousand_times_are_left_out(tmp_path: Path) -> None:
    packed = workbook(tmp_path / "packed.xlsx")
    rewritten(packed, lambda name, it: it + b" " * 20_000_000 if "sharedStrings" in name else it)
    (fault,) = workbooks.read_workbook(packed)
    assert isinstance(fault, FileFault)
    assert "packed more than 200 times" in fault.sentence


def returned(tmp_path: Path, body: str) -> str:
    path = tmp_path / "return.xml"
    path.write_text(f"<Message><Children>{body}</Children></Message>", "utf-8")
    return said_by(tmp_path, "import", "ssda903", str(path), "--year", "2025/26", "--dry-run")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<a>" * 5000 + "</a>" * 5000, "32 deep at most"),
        (
            "<Child>" + "<Episode><DECOM>1</DECOM></Episode>" * 60_000 + "</Child>",
            "50,000 elements",
        ),
        (f"<Child><CHILD>{'x' * 20_000}</CHILD></Child>", "10,000 characters"),
        ("<Child><CHILD>C1</Child>", "mismatched tag"),
    ],
    ids=["nested deep", "many elements", "long value", "mismatched"],
)
def test_xml_that_is_made_to_break_is_a_sentence(tmp_path: Path, body: str, says: str) -> None:
    assert says in returned(tmp_path, body)


def test_one_id_that_stands_in_every_row_is_left_out_and_takes_nothing_back(
    tmp_path: Path,
) -> None:
    placements = tmp_path / "placements.csv"
    head = "person,placement_id,start,end,code\n"

    def publish(*rows: str) -> str:
        placements.write_text(head + "".join(rows), "utf-8")
        return said_by(tmp_path, "publish", "--snapshot", str(placements), "--source", "/x")

    other = "C2,q1,2024-01-10,,U1\n"
    care = tmp_path / "care.csv"
    care.write_text("person,care_id,start,end,legal_status\nC1,c1,2024-01-10,,C2\n", "utf-8")
    said_by(tmp_path, "publish", "--snapshot", str(care), "--source", "/x")
    publish("C1,p1,2024-01-10,,U1\n", other)
    care.write_text("person,care_id,start,end,legal_status\nC9,c9,2024-01-10,,C2\n", "utf-8")
    many = [f"C1,p{number},2024-01-10,,U1\n" for number in range(2, MOST_OF_ONE + 3)]
    placements.write_text(head + "".join([*many, other]), "utf-8")
    said = said_by(tmp_path, "publish", "--snapshot", str(placements), str(care), "--source", "/x")
    assert f"at most {MOST_OF_ONE:,} rows of one young person; here are {MOST_OF_ONE + 1:,}" in said
    assert f"{MOST_OF_ONE + 2:,} rows read = 0 became events + 1 held already" in said
    assert "event.retracted" not in said
    assert ".ended" not in said
