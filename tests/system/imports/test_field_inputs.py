"""Small files of kinds that people who do this job reported, and what must come of each.

Each folder of `field` holds the input and, in expected.txt, why; each stands for its whole kind.
"""

import asyncio
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.envelope import Event, Refusal, read_event
from schemas.policy import Policy
from schemas.status import Concern, Rag
from services.assessment.received import Received
from services.assessment.resolution import receive
from services.assessment.statuses import assess_received, on_day
from services.cli.main import app
from services.settings import Settings
from services.store import event_log, stored_events
from tests.story import UA, UP
from tests.system.tracked import tracked

FIELD = Path(__file__).parent / "field"
TODAY = date(2026, 11, 20)
AS_AT = "2026-11-20T02:00:00Z"

REFUSED = {"t5", "t14"}
"""Of the events in forms of time and data, those that cannot be read."""

Data = dict[str, Any]


class Store:
    """An empty store and its broker, in a folder of their own; commands run in this process."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"

    def run(self, *arguments: object) -> tuple[str, str]:
        """What a command prints: its output, and what it tells beside it, in one line."""
        done = CliRunner().invoke(app, [str(item) for item in arguments])
        assert done.exit_code in (0, 1, 3), (done.stdout, done.stderr, done.exception)
        return done.stdout, " ".join(done.stderr.split())

    def events(self, *arguments: object) -> tuple[list[Data], str]:
        """The events that an import prints, and what it tells."""
        printed, told = self.run("import", *arguments, "--as-at", AS_AT)
        return [json.loads(line) for line in printed.splitlines()], told

    def night(self, *arguments: object) -> list[Received]:
        """All that is stored once a night's import has been sent and worked through."""
        self.run(*arguments)

        async def work() -> list[Received]:
            async with (
                tracked(Settings(data_dir=self.data)) as runtime,
                runtime.database.reading() as connection,
            ):
                people = await event_log.people_after(connection, "", 1000)
                return list(await stored_events.load(connection, people))

        return asyncio.run(work())


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGHTLINE_DATA_DIR", str(tmp_path / "data"))
    return Store(tmp_path)


def read(events: list[Data]) -> list[Received]:
    found = [read_event(raw) for raw in events]
    assert all(isinstance(item, Event) for item in found)
    return receive((item for item in found if isinstance(item, Event)), Policy())


def colours(
    events: list[Received], concern: Concern, day: date = TODAY
) -> dict[str, tuple[Rag, list[str]]]:
    """Each young person's colour on a day and the rules that make it."""
    found: dict[str, tuple[Rag, list[str]]] = {}
    for person, assessment in assess_received(events, Policy()).items():
        period = on_day(assessment, concern, day)
        if period is not None and period.rag is not Rag.NONE:
            found[person] = (period.rag, [reason.rule for reason in period.reasons])
    return found


def of_kind(events: list[Data], name: str) -> dict[str, Data]:
    return {e["subject"]: e["data"] for e in events if e["type"] == f"sightline.{name}.v1"}


@pytest.mark.parametrize("workbook", ["right.xlsx", "short.xlsx", "a1.xlsx"])
def test_a_workbook_that_declares_a_wrong_size_loses_no_row(store: Store, workbook: str) -> None:
    events, _ = store.events("annex-a", FIELD / "01-xlsx-dimension" / workbook)
    assert {event.get("subject", "") for event in events} - {""} == {
        "7001", "7002", "7003", "8001", "8002",
    }  # fmt: skip
    codes = {
        person: data["code"] for person, data in of_kind(events, "accommodation.started").items()
    }
    assert codes == {"8001": "U", "8002": "S"}


def test_headings_with_words_added_are_known(store: Store) -> None:
    events, _ = store.events("annex-a", FIELD / "02-annexa-headings" / "annex.xlsx")
    assert of_kind(events, "placement.started")["7001"]["code"] == "U4"
    assert of_kind(events, "care.started")["7001"]["legal_status"] == "C2"
    assert of_kind(events, "accommodation.started")["8002"]["suitable"] is False


def test_a_homeless_care_leaver_under_a_longer_heading_is_red(store: Store) -> None:
    events, _ = store.events("annex-a", FIELD / "02-annexa-headings" / "list9.csv")
    rag, rules = colours(read(events), UA)["L1"]
    assert (rag, rules[0]) == (Rag.RED, "UA1")


def test_columns_of_a_return_that_are_not_found_are_told(store: Store) -> None:
    events, told = store.events("ssda903", FIELD / "02-annexa-headings" / "oc3.csv")
    assert "oc3.csv has no column ACCOM: nothing is known here of what they say." in told
    updated = of_kind(events, "person.updated")
    assert (updated["O1"]["in_touch"], updated["O2"]["in_touch"]) == ("yes", "no")


def test_a_list_without_rows_is_told(store: Store) -> None:
    _, told = store.events("annex-a", FIELD / "03-list9-no-rows" / "annex.xlsx")
    assert "annex.xlsx List 9 has headings and no rows." in told


def test_blank_headings_and_blank_rows_are_nothing(store: Store) -> None:
    events, _ = store.events("ssda903", FIELD / "05-blank-headers" / "episodes.csv")
    assert len([event for event in events if event.get("subject")]) == 6


def test_a_date_with_a_time_of_day_is_the_same_date(store: Store) -> None:
    for night, day in (("night1", "2026-11-19"), ("night2", "2026-11-21")):
        stored = store.night(
            "import", "annex-a", FIELD / "06-excel-dates" / f"{night}.csv", "--publish",
            "--as-at", f"{day}T02:00:00Z",
        )  # fmt: skip
    placed = {
        (item.event.subject, str(item.event.content["date"]), item.event.content["code"])
        for item in stored
        if item.event.name == "placement.started"
    }
    assert placed == {
        (person, on, code)
        for person in ("M1", "M2")
        for on, code in (("2024-02-01", "U4"), ("2026-11-20", "K2"))
    }
    before = colours(stored, UP, date(2025, 6, 1))
    assert before["M1"] == before["M2"] == (Rag.GREEN, [])


def test_a_date_that_cannot_be_read_is_told_once_under_the_heading_of_its_file(
    store: Store,
) -> None:
    _, told = store.events("annex-a", FIELD / "06-excel-dates" / "annex.xlsx")
    assert "Date of Birth is '04/05/12'" in told
    assert told.count("'04/05/12'") == 1


def test_every_way_to_write_midnight_is_that_day(store: Store) -> None:
    events, told = store.events("ssda903", FIELD / "07-timestamps" / "episodes.csv")
    starts = {person: data["date"] for person, data in of_kind(events, "care.started").items()}
    assert set(starts.values()) == {"2025-06-03"}
    assert starts.keys() == {"61001", "61002", "61004", "61005", "61008"}
    for line, value in ((4, "45811"), (7, "03-Jun-25"), (8, "20250603"), (10, "2025/06/03")):
        assert f"episodes.csv, line {line}: DECOM is '{value}'" in told


def test_every_form_of_time_and_of_data_is_read_or_refused_with_a_reason() -> None:
    lines = (FIELD / "08-ce-time" / "events.jsonl").read_text().splitlines()
    answers = {raw["id"]: read_event(raw) for raw in map(json.loads, lines)}
    refused = {id_ for id_, item in answers.items() if isinstance(item, Refusal)}
    assert refused == REFUSED
    for id_ in ("t1", "t2", "t3", "t4", "t6", "t7", "t8", "t9", "t10", "t13"):
        assert isinstance(answers[id_], Event), id_
    for id_ in refused:
        answer = answers[id_]
        assert isinstance(answer, Refusal)
        assert all(fault.sentence for fault in answer.faults)
    decoded = answers["t13"]
    assert isinstance(decoded, Event)
    assert decoded.content["date_of_birth"] == "2009-07-01"


def test_an_instant_in_utc_is_a_day_in_london(store: Store) -> None:
    events, _ = store.events("ssd", FIELD / "10-ssd-utc")
    found = colours(read(events), UA)
    assert of_kind(events, "person.updated")["10"]["date_of_birth"] == "2008-07-01"
    assert found["10"] == found["11"]
    then = [event for event in events if event["type"] != "sightline.snapshot.completed.v1"]
    assert {event["subject"] for event in then} == {"10", "11"}


def test_at_17_on_the_last_day_emergency_accommodation_is_red(store: Store) -> None:
    printed, _ = store.run("import", "ssd", FIELD / "10-ssd-utc", "--as-at", "2026-06-29T02:00:00Z")
    events = read([json.loads(line) for line in printed.splitlines()])
    found = colours(events, UA, date(2026, 6, 30))
    assert found["10"] == found["11"]
    assert (found["10"][0], "UA2" in found["10"][1]) == (Rag.RED, True)


def test_a_placeholder_is_nobodys_key_and_a_repeated_row_counts_once(store: Store) -> None:
    events, told = store.events("ssd", FIELD / "11-ssd-dups")
    person = of_kind(events, "person.updated")["21"]
    assert (person.get("social_worker"), person.get("team")) == (None, None)
    assert of_kind(events, "person.updated")["22"]["social_worker"] == "SW77"
    reviews = [event["data"]["date"] for event in events if "review.completed" in event["type"]]
    assert reviews.count("2026-02-01") == 1
    assert "ssd_cla_reviews.csv, line 3" in told


def test_staff_who_cannot_be_written_to_are_counted(store: Store) -> None:
    printed, told = store.run(
        "import", "ssd", FIELD / "17-staff-mail", "--as-at", AS_AT, "--staff", "--publish"
    )
    text = " ".join((printed + told).split())
    assert "5 work here" in text
    assert "2 of them without a usable e-mail" in text
    preview, _ = store.run("digest", "preview", "--recipient", "P5", "--as-of", str(TODAY))
    assert "For P5, personal adviser." in preview


def test_words_that_contradict_a_code_hide_no_risk(store: Store) -> None:
    in_care, _ = store.events("annex-a", FIELD / "19-words" / "list8.csv")
    placed = of_kind(in_care, "placement.started")
    assert (placed["W1"]["code"], placed["W2"]["code"]) == ("K2", "P2")
    assert (placed["W3"]["code"], placed["W4"]["code"]) == ("P2", "R5")
    assert colours(read(in_care), UP)["W1"] == (Rag.GREEN, [])
    leavers, _ = store.events("annex-a", FIELD / "19-words" / "list9.csv")
    found = colours(read(leavers), UA)
    assert found["W11"] == found["W12"] == found["W13"]
    assert "UA12" in found["W11"][1]
    assert of_kind(leavers, "person.updated")["W14"]["full_time_education"] == "further"
    assert found["W14"] == found["W15"]
    assert (found["W15"][0], "UA8" in found["W15"][1]) == (Rag.RED, True)


def test_a_role_told_as_a_code_keeps_its_worker(store: Store) -> None:
    for night, day in (("night1", "2026-11-19"), ("night2", "2026-11-20")):
        stored = store.night(
            "import", "ssd", FIELD / "20-ssd-role-code" / night, "--publish",
            "--as-at", f"{day}T02:00:00Z",
        )  # fmt: skip
    workers = {
        item.event.subject: item.event.content["social_worker"]
        for item in stored
        if item.event.name == "person.updated" and "social_worker" in item.event.content
    }
    assert workers == {"31": "SW1", "32": "SW2"}


def test_minus_one_is_nobody(store: Store) -> None:
    events, _ = store.events("ssd", FIELD / "21-ssd-minus-one")
    assert {event["subject"] for event in events if event.get("subject")} == {"51", "52"}
    assert '"-1"' not in json.dumps(events)


def test_what_is_open_tonight_is_current_though_a_wrong_row_came_between(store: Store) -> None:
    folder = FIELD / "30-snapshot-undone"
    for night, day in (("night1", 3), ("night2", 4), ("night3", 5)):
        stored = store.night(
            "publish", "--snapshot", folder / night, "--source", "/devon/extract",
            "--as-at", f"2026-11-0{day}T02:00:00Z",
        )  # fmt: skip
    on = date(2026, 11, 5)
    homes, places = colours(stored, UA, on), colours(stored, UP, on)
    assert homes["A"] == homes["B"] == homes["Z"]
    assert (homes["A"][0], homes["A"][1][0]) == (Rag.RED, "UA1")
    assert places["C"] == places["D"]
    assert (places["C"][0], "UP1" in places["C"][1]) == (Rag.RED, True)


def lines_in(path: Path) -> int:
    """The lines of a CSV file that hold anything, its headings aside."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return sum(bool(line.strip(" ,")) for line in lines) - 1


@pytest.mark.parametrize(
    ("importer", "folder"),
    [
        ("ssda903", "05-blank-headers"), ("ssda903", "07-timestamps"),
        ("annex-a", "06-excel-dates"), ("annex-a", "19-words"),
        ("ssd", "10-ssd-utc"), ("ssd", "11-ssd-dups"), ("ssd", "17-staff-mail"),
        ("ssd", "20-ssd-role-code/night1"), ("ssd", "21-ssd-minus-one"),
    ],
)  # fmt: skip
def test_every_row_of_every_file_is_accounted_for(store: Store, importer: str, folder: str) -> None:
    files = sorted((FIELD / folder).glob("*.csv"))
    printed, _ = store.run("import", importer, *files, "--as-at", AS_AT, "--dry-run", "--json")
    ledger = {item["file"].split(" (")[0]: item for item in json.loads(printed)["ledger"]}
    for item in ledger.values():
        accounted = item["became_events"] + item["same_as_held"] + sum(item["left_out"].values())
        assert item["rows"] == accounted, item
    assert {name: item["rows"] for name, item in ledger.items()} == {
        path.name: lines_in(path) for path in files
    }


def test_rows_that_say_what_is_held_are_told_apart_from_news(store: Store) -> None:
    night = FIELD / "30-snapshot-undone"
    for folder, day in (("night1", 3), ("night2", 4)):
        arguments = (
            "publish", "--snapshot", night / folder, "--source", "/devon/extract",
            "--as-at", f"2026-11-0{day}T02:00:00Z",
        )  # fmt: skip
        printed, _ = store.run(*arguments, "--dry-run", "--json")
        ledger = {item["file"]: item for item in json.loads(printed)["ledger"]}
        store.night(*arguments)
    homes = ledger["accommodation.csv"]
    assert (homes["rows"], homes["became_events"], homes["same_as_held"]) == (15, 3, 12)
    assert (ledger["care.csv"]["became_events"], ledger["care.csv"]["same_as_held"]) == (0, 2)


LIST_8 = (
    "Child Unique ID,Date of Birth,Date Started to be Looked After,Child's Legal Status,"
    "Date Ceased to be Looked After,Reason Ceased to be Looked After,"
    "Start Date of Most Recent Placement,Placement Type\n"
)


def list_8(store: Store, name: str, row: str) -> Path:
    path = store.data.parent / name
    path.write_text(LIST_8 + row + "\n")
    return path


@pytest.mark.parametrize(
    "row",
    [
        "M1,04/05/2012,01/02/2024,C2,31/02/2026,X,01/02/2024,U4",
        "M1,04/05/2012,01/02/2024,C2,20/02/2026,E4A,31/02/2026,U4",
        ",04/05/2012,01/02/2024,C2,20/02/2026,E4A,01/02/2024,U4",
    ],
    ids=["an end that is no date", "a start that is no date", "no id"],
)
def test_what_cannot_be_read_in_a_list_takes_nothing_back(store: Store, row: str) -> None:
    good = list_8(store, "night1.csv", "M1,04/05/2012,01/02/2024,C2,20/02/2026,E4A,01/02/2024,U4")
    store.night("import", "annex-a", good, "--publish", "--as-at", "2026-03-01T02:00:00Z")
    bad = list_8(store, "night2.csv", row)
    printed, _ = store.run(
        "import", "annex-a", bad, "--dry-run", "--json", "--as-at", "2026-03-02T02:00:00Z",
        "--vanished", "people=end", "--vanished-limit", "100",
    )  # fmt: skip
    assert json.loads(printed)["news"] == {}


def test_a_row_of_which_nothing_could_be_made_is_held_nowhere(store: Store) -> None:
    path = store.data.parent / "header.csv"
    path.write_text("CHILD,SEX,DOB,ETHNIC\n1,1,31/02/2010,WBRI\n2,1,04/05/2010,WBRI\n")
    printed, _ = store.run("import", "ssda903", path, "--dry-run", "--json", "--as-at", AS_AT)
    (ledger,) = json.loads(printed)["ledger"]
    assert (ledger["became_events"], ledger["same_as_held"]) == (1, 0)
    assert ledger["left_out"] == {"nothing could be made of it": 1}


def test_a_table_whose_first_row_breaks_off_is_read(store: Store) -> None:
    folder = store.data.parent / "ssd"
    shutil.copytree(FIELD / "20-ssd-role-code" / "night1", folder)
    episodes = folder / "ssd_cla_episodes.csv"
    headings, first, second = episodes.read_text().splitlines()
    episodes.write_text("\n".join((headings, ",".join(first.split(",")[:6]), second)) + "\n")
    events, _ = store.events("ssd", folder)
    assert "32" in of_kind(events, "care.started")


def test_headings_that_no_column_takes_are_told(store: Store) -> None:
    folder = store.data.parent / "extract"
    folder.mkdir()
    (folder / "people.csv").write_text("person,eligibilty,team\np1,former relevant,north\n")
    printed, _ = store.run(
        "publish", "--snapshot", folder, "--source", "/x", "--as-at", AS_AT, "--dry-run"
    )
    assert "people.csv: nothing is read from eligibilty." in " ".join(printed.split())
