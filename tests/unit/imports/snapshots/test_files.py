"""The files of a snapshot: what of them is understood, what is left out, and what stops all."""

import json
import re
from pathlib import Path

import pytest

from services.imports.snapshots.layout import TABLES, SnapshotTable
from tests.story import day
from tests.unit.imports.snapshots.current_rows import known
from tests.unit.imports.snapshots.extract import ComparedSnapshot, Extract

DOCUMENT = Path(__file__).parents[4] / "docs" / "snapshots.md"
PLACEMENTS = "person,placement_id,start,end,code,registration\n"


@pytest.fixture
def extract() -> Extract:
    return Extract()


def placed(extract: Extract) -> dict[str, dict[str, object]]:
    return known(extract.facts(), "placements", day("2026-03-31"))


def broken(seen: ComparedSnapshot) -> list[str]:
    return [fault.sentence for fault in seen.report.broken]


# What a file may look like


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind)
def test_every_table_is_documented(table: SnapshotTable) -> None:
    row = next(line for line in DOCUMENT.read_text().splitlines() if f"| {table.kind} |" in line)
    columns = set(re.findall(r"`(\w+)`", row))
    assert set(table.cells) - {"changed_on"} <= columns <= set(table.cells)
    assert ("changed_on" in columns) is bool(table.record_kind.changes)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind)
def test_the_ends_of_a_table_are_those_of_its_kind(table: SnapshotTable) -> None:
    assert tuple(ending.name for ending in table.endings) == table.record_kind.ends


def test_one_file_a_kind(extract: Extract, tmp_path: Path) -> None:
    seen = extract.files(
        "2026-03-01", tmp_path,
        people_csv="person,date_of_birth,eligibility\n1,2009-05-01,Eligible\n",
        care_csv="person,care_id,start,legal_status\n1,c1,2026-01-10,c2\n",
        placements_csv="person,placement_id,start,code\n1,pl1,10/01/2026,u6\n",
        accommodation_csv="person,accommodation_id,start,code,suitable\n2,a1,2026-01-10,S,no\n",
        pre_proceedings_csv="person,period_id,start\n3,pp1,2026-01-10\n",
        plans_csv="person,plan_id,date,plan\n1,x,2026-01-12,Long term fostering\n",
        reviews_csv="person,review_id,date,kind\n1,r1,2026-02-01,Looked-after\n",
        actions_csv="person,action_id,date,concern,what,owner,due\n"
        "2,ac1,2026-02-01,Unsuitable accommodation,find a place,w1,2026-03-01\n",
    )  # fmt: skip
    assert seen.report.first == []
    assert sorted(seen.names) == [
        "accommodation.started", "action.agreed", "care.started", "permanence.agreed",
        "person.updated", "placement.started", "pre_proceedings.started", "review.completed",
    ]  # fmt: skip
    data = {event["type"].split(".")[1]: event["data"] for event in seen.events}
    assert data["permanence"]["plan"] == "long_term_fostering"
    assert (data["review"]["kind"], data["action"]["concern"]) == (
        "looked_after",
        "unsuitable_accommodation",
    )
    assert data["accommodation"]["suitable"] is False


def test_headings_may_have_other_names_another_order_and_columns_nobody_knows(
    extract: Extract, tmp_path: Path
) -> None:
    seen = extract.files(
        "2026-03-01", tmp_path,
        extract_csv="Colour;Code;PLACEMENT ID;Case_ID;Start\nblue;U6;7;104;2026-01-10\n",
        young_csv="Child ID\tDOB\tPA\n104\t01/05/2009\tw1\n",
    )  # fmt: skip
    assert sorted(seen.names) == ["person.updated", "placement.started"]
    data = {event["type"].split(".")[1]: event["data"] for event in seen.events}
    assert data["placement"] == {"placement_id": "7", "date": "2026-01-10", "code": "U6"}
    assert data["person"]["date_of_birth"] == "2009-05-01"
    assert data["person"]["personal_adviser"] == "w1"


def test_one_kind_may_stand_in_several_files(extract: Extract, tmp_path: Path) -> None:
    rows = {
        "placements-north_csv": PLACEMENTS + "p1,1,2026-01-10,,U6,\n",
        "placements-south_csv": PLACEMENTS + "p1,2,2026-02-10,,K2,\n",
    }
    assert extract.files("2026-03-01", tmp_path, **rows).names == ["placement.started"] * 2


def test_text_may_hold_several_lines_in_quotation_marks(extract: Extract, tmp_path: Path) -> None:
    seen = extract.files(
        "2026-03-01", tmp_path,
        actions_csv="person,action_id,date,concern,what,owner,due\n"
        'p1,1,2026-02-01,permanence,"ask the panel,\nthen ""again"",\r\nthen wait",w1,2026-03-20\n'
        "p1,2,2026-02-01,permanence,ask,w1,soon\n",
    )  # fmt: skip
    assert seen.names == ["action.agreed"]
    assert seen.events[0]["data"]["what"] == 'ask the panel,\nthen "again",\r\nthen wait'
    assert seen.faults == [(5, "due", "row left out")]


def test_a_files_encoding_is_found_out(extract: Extract, tmp_path: Path) -> None:
    text = (
        "person,action_id,date,concern,what,owner,due\n"
        "p1,1,2026-02-01,permanence,“ask” Zoë,w1,2026-03-20\n"
    )
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        seen = extract.compare_files("2026-03-01", tmp_path, actions_csv=text.encode(encoding))
        assert seen.events[0]["data"]["what"] == "“ask” Zoë"


def test_json_lines_leave_alone_what_they_have_no_key_for(extract: Extract, tmp_path: Path) -> None:
    full = {
        "person": 104, "accommodation_id": 7, "start": "2026-01-10", "code": "U", "suitable": False,
        "unsuitable_reason": "unsafe",
    }  # fmt: skip
    seen = extract.files("2026-03-01", tmp_path, accommodation_jsonl=json.dumps(full) + "\n\n")
    assert seen.events[0]["subject"] == "104"
    assert seen.events[0]["data"] == {
        "accommodation_id": "7", "date": "2026-01-10", "code": "U", "suitable": False,
        "unsuitable_reason": "unsafe",
    }  # fmt: skip
    short = {"person": "104", "accommodation_id": 7, "code": "U"}
    assert extract.files("2026-03-02", tmp_path, accommodation_jsonl=json.dumps(short)).names == []
    null = short | {"unsuitable_reason": None}
    seen = extract.files("2026-03-03", tmp_path, accommodation_jsonl=json.dumps(null))
    assert [event["data"] for event in seen.events] == [
        {"accommodation_id": "7", "date": "2026-03-03", "unsuitable_reason": None}
    ]


def test_a_csv_row_that_is_cut_short_has_no_such_columns(extract: Extract, tmp_path: Path) -> None:
    extract.files(
        "2026-03-01", tmp_path, placements_csv=PLACEMENTS + "p1,1,2026-01-10,,U6,applied\n"
    )
    seen = extract.files(
        "2026-03-02", tmp_path, placements_csv=PLACEMENTS + "p1,1,2026-01-10,,U6\n"
    )
    assert (seen.names, [fault.became for fault in seen.report.first]) == ([], ["kept"])


# What is wrong in rows


def test_a_cell_that_cannot_be_read_is_left_out_and_told(extract: Extract, tmp_path: Path) -> None:
    seen = extract.files(
        "2026-03-01", tmp_path,
        accommodation_csv="person,accommodation_id,start,code,suitable,expected_end,registration\n"
        "p1,1,2026-01-10,U,perhaps,31/02/2026,signed off\n",
    )  # fmt: skip
    assert seen.faults == [
        (2, "suitable", "field left out"),
        (2, "expected_end", "field left out"),
        (2, "registration", "kept"),
    ]
    assert seen.events[0]["data"] == {
        "accommodation_id": "1", "date": "2026-01-10", "code": "U", "registration": "signed_off",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("p1,,2026-01-10,,U6,", "placement_id"),
        ("p1,1,2026-01-10,,,", "code"),
        ("p1,1,10th of January,,U6,", "start"),
        (",1,2026-01-10,,U6,", "person"),
        (f"p1,1,2026-01-10,,{'a code that is far too long ' * 20},", "code"),
        ("p1,\x1b,2026-01-10,,U6,", "placement_id"),
        ("p\x1b1,1,2026-01-10,,U6,", "person"),
        (f"{'p' * 401},1,2026-01-10,,U6,", "person"),
        (f"p1,{'1' * 401},2026-01-10,,U6,", "placement_id"),
    ],
    ids=[
        "no id", "no code", "a start that is no date", "no person", "a code of forty letters",
        "an id with a control character", "a person with one", "a person of 401 letters",
        "an id of 401 letters",
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_left_out_and_told(
    extract: Extract, tmp_path: Path, row: str, column: str
) -> None:
    seen = extract.compare_files("2026-03-01", tmp_path, placements_csv=PLACEMENTS + row + "\n")
    assert (seen.events, seen.faults) == ([], [(2, column, "row left out")])


@pytest.mark.parametrize(
    "row",
    [
        "p1,1,2026-01-10,,,",
        "p1,1,10th of January,,U6,",
        "p1,,2026-01-10,,U6,",
        ",1,2026-01-10,,U6,",
    ],
    ids=["no code", "a start that is no date", "no id", "no person"],
)
def test_a_row_that_is_left_out_is_not_gone(extract: Extract, tmp_path: Path, row: str) -> None:
    extract.files("2026-03-01", tmp_path, placements_csv=PLACEMENTS + "p1,1,2026-01-10,,U6,\n")
    seen = extract.files("2026-03-02", tmp_path, placements_csv=PLACEMENTS + row + "\n")
    assert seen.files.ledger.left_out.total() == 1
    assert (seen.names, seen.result.vanished) == ([], {})
    assert seen.result.open_at_source["placements"] == 1


def test_an_id_in_two_rows_is_told_and_the_last_counts(extract: Extract, tmp_path: Path) -> None:
    rows = PLACEMENTS + "p1,1,2026-01-10,,U6,\np1,1,2026-01-12,,K2,\n"
    seen = extract.files("2026-03-01", tmp_path, placements_csv=rows)
    assert seen.faults == [(3, "placement_id", "kept")]
    assert (placed(extract)["1"]["code"], seen.result.open_at_source["placements"]) == ("K2", 1)


def test_one_id_may_stand_with_two_people(extract: Extract, tmp_path: Path) -> None:
    rows = PLACEMENTS + "p1,1,2026-01-10,,U6,\np2,1,2026-01-12,,K2,\n"
    seen = extract.files("2026-03-01", tmp_path, placements_csv=rows)
    assert (len(seen.events), seen.faults) == (2, [])


@pytest.mark.parametrize(
    ("name", "text", "column"),
    [
        (
            "care_csv",
            "person,care_id,start,end,end_reason\np1,1,2026-01-10,2026-02-01,went home\n",
            "end_reason",
        ),
        (
            "pre_proceedings_csv",
            "person,period_id,start,end,outcome\np1,1,2026-01-10,2026-02-01,all well\n",
            "outcome",
        ),
    ],
    ids=["care", "pre_proceedings"],
)
def test_a_reason_that_is_none_is_told_too(
    extract: Extract, tmp_path: Path, name: str, text: str, column: str
) -> None:
    """What would be a question about the event is a fault of the row."""
    seen = extract.files("2026-03-01", tmp_path, **{name: text})
    assert [fault[1] for fault in seen.faults] == [column]


# Files that say nothing, or cannot be read


def test_a_kind_without_a_file_is_left_alone(extract: Extract, tmp_path: Path) -> None:
    extract.files("2026-03-01", tmp_path, placements_csv=PLACEMENTS + "p1,1,2026-01-10,,U6,\n")
    seen = extract.files("2026-03-02", tmp_path, care_csv="person,care_id,start\np1,1,2026-01-10\n")
    assert seen.names == ["care.started"]
    assert extract.events()[-1].content["open"] == {"care": 1}


def test_a_file_with_headings_only_says_that_there_are_none(
    extract: Extract, tmp_path: Path
) -> None:
    care = "person,care_id,start\np1,1,2026-01-10\n"
    placed = PLACEMENTS + "p1,1,2026-01-10,,U6,\n"
    extract.files("2026-03-01", tmp_path, placements_csv=placed, care_csv=care)
    seen = extract.files("2026-03-02", tmp_path, placements_csv=PLACEMENTS, care_csv=care)
    assert seen.names == ["placement.ended"]
    assert extract.events()[-1].content["open"] == {"care": 1, "placement": 0}


def test_a_file_with_nothing_at_all_in_it_says_nothing(extract: Extract, tmp_path: Path) -> None:
    """It is what an extract leaves that failed as it began."""
    extract.files("2026-03-01", tmp_path, placements_csv=PLACEMENTS + "p1,1,2026-01-10,,U6,\n")
    seen = extract.files("2026-03-02", tmp_path, placements_csv="")
    assert (seen.names, seen.files.kinds) == ([], set())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("placements_csv", PLACEMENTS + 'p1,1,2026-01-10,,U6,"applied\np1,2,2026-01-12,,U6,\n'),
        ("placements_csv", PLACEMENTS + 'p1,1,2026-01-10,,"U6,\np1,2,2026-01-12,,U6,\n'),
        (
            "placements_csv",
            PLACEMENTS
            + 'p1,1,2026-01-10,,U6,"\n'
            + "".join(f"p1,{n},2026-01-12,,U6,\n" for n in range(300)),
        ),
        ("placements_csv", "person,start,code\np1,2026-01-10,U6\n"),
        ("cases_csv", "a,b,c\n1,2,3\n"),
        ("placements_jsonl", '{"person": "p1", "placement_id": 1, "code": "U6"}\n{"person": "p'),
        ("placements_jsonl", "[1, 2]\n"),
        ("cases_jsonl", '{"a": 1}\n'),
        ("placements_jsonl", '{"person": "p1", "start": "2026-01-10", "code": "U6"}\n'),
    ],
    ids=[
        "a quotation mark that is never closed", "the same in the middle of a row",
        "the same in a long file", "no column of ids", "headings of nothing known",
        "a line that breaks off", "a line that is no object", "keys of nothing known",
        "no key of ids at all",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_whole_says_so(
    extract: Extract, tmp_path: Path, name: str, text: str
) -> None:
    """And so nothing is sent: what it lost would look as if it were gone."""
    assert len(broken(extract.compare_files("2026-03-01", tmp_path, **{name: text}))) == 1
