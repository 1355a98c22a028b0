"""`sightline publish --snapshot` from outside, with `sightline serve` beside it."""

import asyncio
import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.days import london_day
from services.cli.main import app
from services.settings import Settings
from services.store import timelines
from tests.story import UA
from tests.system.commands.test_commands import CommandRunner, unsuitable
from tests.system.tracked import tracked

HEADINGS = "person,accommodation_id,start,end,code,suitable\n"
PEOPLE = "person,date_of_birth,eligibility\np1,2007-05-01,former relevant\n"
SOURCE = "/council/extract"


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    return CommandRunner(tmp_path)


@pytest.fixture
def here(runner: CommandRunner, monkeypatch: pytest.MonkeyPatch) -> CommandRunner:
    """The same, for commands that are run within this process, which is quicker."""
    monkeypatch.chdir(runner.folder)
    monkeypatch.setenv("SIGHTLINE_DATA_DIR", runner.env["SIGHTLINE_DATA_DIR"])
    return runner


def write(runner: CommandRunner, *rows: str) -> None:
    (runner.folder / "rows").mkdir(exist_ok=True)
    runner.write("rows/people.csv", PEOPLE)
    runner.write("rows/accommodation.csv", HEADINGS + "".join(f"{row}\n" for row in rows))


def args(day: str, *more: str) -> tuple[str, ...]:
    moment = f"{day}T02:00:00Z"
    return ("publish", "--snapshot", "rows", "--source", SOURCE, "--as-at", moment, *more)


def run(*arguments: str, code: int = 0) -> str:
    """What a command says, within this process."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return " ".join((done.stdout if code == 0 else done.stdout + done.stderr).split())


def snapshot(day: str, *more: str) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(run(*args(day, "--json", *more)))
    return summary


def worked_through(folder: Path, day: str) -> dict[str, str]:
    """The rule that gives each young person's colour on a day, once a tracker did its work."""

    async def work() -> dict[str, str]:
        async with (
            tracked(Settings(data_dir=folder)) as runtime,
            runtime.database.reading() as connection,
        ):
            found = await timelines.periods_on(connection, datetime.fromisoformat(day).date())
        return {
            person: period.reasons[0].rule
            for person, period in found
            if period.reasons and period.concern == UA
        }

    return asyncio.run(work())


def test_rows_become_colours_and_the_same_again_is_nothing(runner: CommandRunner) -> None:
    today = str(london_day(datetime.now(UTC)))
    write(runner, f"p1,a1,{today},,S,no", *(f"p{n},a1,{today},,U,yes" for n in range(2, 12)))
    with runner.serving():
        (summary,) = runner.json(*args(today))
        assert summary["news"] == {"accommodation.started": 11, "person.updated": 1}
        assert (summary["open"], summary["people"]) == ({"accommodation": 11, "people": 1}, 11)
        found = runner.eventually("status", holds=lambda found: len(unsuitable(found)) == 11)
        assert [s["rag"] for s in unsuitable(found) if s["person"] == "p1"] == ["red"]
        (again,) = runner.json(*args(today))
        assert (again["news"], again["vanished"]) == ({}, {})
        write(runner, f"p1,a1,{today},,U,yes")
        refused = runner.run(*args(today), code=3)
        printed = " ".join(refused.stderr.split())
        assert "Nothing was sent: 10 of 11 accommodation" in printed
        assert "--vanished-limit 100" in printed


def test_a_dry_run_sends_nothing_and_says_the_same(here: CommandRunner) -> None:
    write(here, "p1,a1,2026-10-01,,S,no")
    dry = snapshot("2026-11-01", "--dry-run")
    assert dry["news"] == {"accommodation.started": 1, "person.updated": 1}
    assert snapshot("2026-11-01") == dry
    assert worked_through(here.folder / "data", "2026-11-01") == {"p1": "UA1"}
    assert snapshot("2026-11-01", "--dry-run")["news"] == {}


def test_a_broken_run_is_sent_again_and_counts_once(here: CommandRunner) -> None:
    """Before anything was worked through the ids are the same."""
    write(here, "p1,a1,2026-10-01,,S,no")
    assert snapshot("2026-11-01")["news"] == {"accommodation.started": 1, "person.updated": 1}
    assert snapshot("2026-11-01")["news"] == {}
    assert worked_through(here.folder / "data", "2026-11-01") == {"p1": "UA1"}
    assert snapshot("2026-11-02")["news"] == {}


def test_a_snapshot_does_not_overtake_what_still_waits_on_the_broker(here: CommandRunner) -> None:
    """The tracker was down for two nights: the last snapshot counts, or is refused and says why."""
    write(here, "p1,a1,2026-10-10,,U,yes")
    snapshot("2026-11-01")
    folder = here.folder / "data"
    assert worked_through(folder, "2026-11-01") == {}
    write(here, "p1,a1,2026-10-10,,S,no")
    snapshot("2026-11-02")
    write(here, "p1,a1,2026-10-10,,U,yes")
    last = CliRunner().invoke(app, args("2026-11-03"))
    assert worked_through(folder, "2026-11-02") == {"p1": "UA1"}
    assert last.exit_code or worked_through(folder, "2026-11-03") == {}


def test_a_file_that_cannot_be_read_sends_nothing_of_the_others(here: CommandRunner) -> None:
    write(here)
    here.write("rows/accommodation.csv", "person,start\np1,2026-10-01\n")
    printed = run(*args("2026-11-01"), code=3)
    assert "Nothing was sent: accommodation.csv, line 1:" in printed
    assert worked_through(here.folder / "data", "2026-11-01") == {}
    write(here)
    assert snapshot("2026-11-01", "--dry-run")["news"] == {"person.updated": 1}


def test_what_is_wrong_in_rows_is_told_and_saved_and_the_rest_is_sent(here: CommandRunner) -> None:
    write(here, "p1,a1,2026-10-01,,S,perhaps")
    printed = run(*args("2026-11-03", "--report", "faults.csv"), code=1)
    assert "accommodation.csv, line 2: suitable is 'perhaps'; right would be yes or no" in printed
    with (here.folder / "faults.csv").open(encoding="utf-8-sig", newline="") as faults:
        assert [(row["line"], row["column"]) for row in csv.DictReader(faults)] == [
            ("2", "suitable")
        ]
    assert worked_through(here.folder / "data", "2026-11-03") == {"p1": "UA1"}


def test_what_becomes_of_rows_is_told_by_kind(here: CommandRunner) -> None:
    write(here, "p1,a1,2026-10-01,,S,no")
    snapshot("2026-11-01")
    folder = here.folder / "data"
    worked_through(folder, "2026-11-01")
    write(here)
    kept = snapshot("2026-11-02", "--dry-run", "--vanished", "accommodation=keep")
    retracted = snapshot("2026-11-02", "--dry-run", "--vanished", "accommodation=retract")
    ended = snapshot("2026-11-02", "--dry-run")
    assert [summary["news"] for summary in (kept, retracted, ended)] == [
        {}, {"event.retracted": 1}, {"accommodation.ended": 1},
    ]  # fmt: skip
    write(here, "p1,a1,2026-10-01,,U,no")
    corrected = snapshot("2026-11-02", "--dry-run", "--changed", "accommodation=correct")
    assert corrected["news"] == {"accommodation.started": 1}
    assert snapshot("2026-11-02", "--dry-run")["news"] == {"accommodation.changed": 1}


def test_who_left_an_extract_is_said_by_the_policy_and_the_difference_ends(
    here: CommandRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, "p1,a1,2026-10-01,,U,yes")
    snapshot("2026-11-01")
    worked_through(here.folder / "data", "2026-11-01")
    here.write("rows/people.csv", PEOPLE.replace("p1", "p2"))
    here.write("rows/accommodation.csv", HEADINGS + "p2,a2,2026-10-01,,U,yes\n")
    stays = snapshot("2026-11-02", "--dry-run")
    assert (stays["absent"], stays["news"].get("person.closed")) == (1, None)
    here.write("policy.toml", f'[sources."{SOURCE}"]\nvanished = {{ people = "end" }}\n')
    monkeypatch.setenv("SIGHTLINE_POLICY", str(here.folder / "policy.toml"))
    left = snapshot("2026-11-02", "--dry-run")
    assert (left["news"]["person.closed"], left["news"]["accommodation.ended"]) == (1, 1)
    stays = snapshot("2026-11-02", "--dry-run", "--vanished", "people=keep")
    assert stays["news"].get("person.closed") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rows",), "--snapshot needs --source"),
        (("rows", "--source", "/x", "--vanished", "care=perhaps"), "it is written KIND=WAY"),
        (("rows", "--source", "/x", "--changed", "homes=correct"), "it is written KIND=WAY"),
        (("nowhere", "--source", "/x"), "nowhere is no file and no folder"),
        (("rows", "--source", "/x", "--as-at", "noon"), "--as-at is 'noon'; a time is written"),
    ],
)
def test_wrong_use_is_said_plainly(
    here: CommandRunner, arguments: tuple[str, ...], message: str
) -> None:
    write(here)
    assert message in run("publish", "--snapshot", *arguments, code=2)


def test_saved_news_holds_no_cell_that_a_spreadsheet_would_run(here: CommandRunner) -> None:
    write(here)
    here.write("rows/people.csv", PEOPLE.replace("p1,", "-1-1,"))
    run(*args("2026-11-20", "--dry-run", "--news", "news.csv"))
    with (here.folder / "news.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["person"] for row in csv.DictReader(file)} == {"'-1-1"}
