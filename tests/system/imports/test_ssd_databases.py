"""The dataset straight from a database, and from outside by the command."""

import csv
import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.store.source_database import ExtractError, read_extract
from tests.system.commands.forked import run_sightline
from tests.unit.imports.ssd.nightly_import import write_tables
from tests.unit.imports.ssd.test_nightly_import import in_care, leaver, person

TABLES = in_care() | {
    "ssd_person": [person(), person("2", "2012-05-06")],
    "ssd_care_leavers": [leaver()],
    "ssd_professionals": [
        {
            "prof_professional_id": "pa1",
            "prof_staff_id": "s1",
            "prof_professional_name": "Morwenna Penhaligon",
            "prof_professional_job_title": "Personal Adviser",
            "prof_professional_department": "LC1",
        }
    ],
}


async def filled(url: str, *, capitals: bool) -> None:
    """A database with the dataset's tables; Oracle writes their names in capitals."""

    def called(name: str) -> str:
        return name.upper() if capitals else name

    engine = create_async_engine(make_url(url))
    metadata = MetaData()
    tables = {
        name: Table(called(name), metadata, *(Column(called(c), String) for c in rows[0]))
        for name, rows in TABLES.items()
    }
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for name, rows in TABLES.items():
            cells = [{called(c): value for c, value in row.items()} for row in rows]
            await connection.execute(insert(tables[name]), cells)
    await engine.dispose()


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SIGHTLINE_")}
    return run_sightline(
        "import", "ssd", *arguments, "--as-at", "2026-11-20T02:00:00Z",
        env={**kept, "SIGHTLINE_DATA_DIR": str(folder / "data")}, cwd=folder,
    )  # fmt: skip


def printed_objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("capitals", [False, True])
async def test_a_database_tells_what_its_tables_as_files_tell(
    bare_database_url: str, tmp_path: Path, capitals: bool
) -> None:
    url = bare_database_url
    await filled(url, capitals=capitals)
    files = [str(path) for path in write_tables(TABLES, tmp_path / "files")]
    assert printed_objects(command(tmp_path, "--database", url)) == printed_objects(
        command(tmp_path, *files)
    )


async def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(ExtractError) as error:
        await read_extract("postgresql://reader:hush@127.0.0.1:1/x", None, lambda _: None)
    assert "hush" not in str(error.value)
    with pytest.raises(ExtractError):
        await read_extract("nothing://x", None, lambda _: None)


def test_the_command_takes_files_or_a_database_and_not_both(tmp_path: Path) -> None:
    assert command(tmp_path).returncode == 2
    assert command(tmp_path, str(tmp_path), "--database", "sqlite:///x").returncode == 2


def test_no_name_of_staff_is_printed_or_kept(tmp_path: Path) -> None:
    files = [str(path) for path in write_tables(TABLES, tmp_path / "files")]
    done = command(
        tmp_path, *files, "--publish", "--staff", "--email", "{staff_id}@council.example"
    )
    assert done.returncode == 0, done.stderr
    assert "1 work here" in done.stdout
    kept = (tmp_path / "data" / "sightline.sqlite").read_bytes()
    assert b"s1@council.example" in kept
    assert b"Penhaligon" not in kept
    assert "Penhaligon" not in done.stdout + done.stderr


def test_what_a_feed_had_missed_is_saved_event_by_event(tmp_path: Path) -> None:
    files = [str(path) for path in write_tables(TABLES, tmp_path / "files")]
    done = command(tmp_path, *files, "--publish", "--json", "--news", "missed.csv")
    with (tmp_path / "missed.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (summary,) = printed_objects(done)
    assert Counter(row["event"] for row in rows) == summary["news"]
    placed = next(row for row in rows if row["event"] == "placement.started")
    assert (placed["person"], placed["about"], placed["date"]) == ("2", "p1", "2026-01-05")
    again = command(tmp_path, *files, "--publish", "--json", "--news", "missed.csv")
    assert printed_objects(again)[0]["news"] == {}
    assert len((tmp_path / "missed.csv").read_text("utf-8-sig").splitlines()) == 1
