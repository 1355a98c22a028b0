"""A command that fails names the part that failed, and says by its exit code what was done."""

import asyncio
import subprocess
from functools import partial
from pathlib import Path

import pytest

from events.embedded import nats_server_path
from tests.free_port import free_port
from tests.system.commands.test_commands import CommandRunner, events_of, homeless
from tests.waiting import until

HEADINGS = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
CHILD = "1001,F,01/02/2011,WBRI,A000000000000,,\n"


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    return CommandRunner(tmp_path)


def test_a_database_that_does_not_answer_is_named_without_its_password(
    runner: CommandRunner,
) -> None:
    port = free_port()
    runner.env["SIGHTLINE_DATABASE_URL"] = f"postgresql://sightline:secret@127.0.0.1:{port}/x"
    for command in (("status",), ("db", "upgrade"), ("rebuild",)):
        done = runner.run(*command, code=3)
        assert "The database at" in done.stderr
        assert str(port) in done.stderr
        assert "broker" not in done.stderr
        assert "secret" not in done.stderr


def test_a_database_of_another_kind_is_refused_with_what_would_be_right(
    runner: CommandRunner,
) -> None:
    runner.env["SIGHTLINE_DATABASE_URL"] = "mysql://sightline:secret@127.0.0.1/x"
    done = runner.run("status", code=3)
    assert done.stderr.startswith("SIGHTLINE_DATABASE_URL cannot be used: Its kind is mysql.")
    assert "postgresql://" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("command", [("status",), ("db", "upgrade"), ("rebuild",)])
def test_a_database_file_that_cannot_be_opened_is_named_and_nothing_else_is_said(
    runner: CommandRunner, command: tuple[str, ...]
) -> None:
    file = runner.folder / "none" / "x.sqlite"
    runner.env["SIGHTLINE_DATABASE_URL"] = f"sqlite:///{file}"
    done = runner.run(*command, code=3)
    assert done.stderr == (
        f"The database in {file} cannot be opened: unable to open database file.\n"
    )


def test_a_broker_that_lets_nobody_in_is_not_one_that_does_not_answer(
    runner: CommandRunner,
) -> None:
    port = free_port()
    file = runner.write("events.jsonl", events_of(homeless()))
    with subprocess.Popen(
        [nats_server_path(), "-a", "127.0.0.1", "-p", str(port), "--user", "a", "--pass", "b"],
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            asyncio.run(until(partial(_listens, port)))
            runner.env["SIGHTLINE_NATS_URL"] = f"nats://a:wrong@127.0.0.1:{port}"
            refused = runner.run("publish", file, code=3).stderr
            runner.env["SIGHTLINE_NATS_URL"] = f"nats://a:b@127.0.0.1:{port}"
            without_streams = runner.run("publish", file, code=3).stderr
        finally:
            server.kill()
    where = f"The broker at nats://127.0.0.1:{port}"
    assert f"{where} refuses the user or the password of SIGHTLINE_NATS_URL." in refused
    assert f"{where} keeps no streams: JetStream is off there." in without_streams


@pytest.mark.slow
def test_a_broker_that_is_not_there_does_not_answer(runner: CommandRunner) -> None:
    port = free_port()
    runner.env["SIGHTLINE_NATS_URL"] = f"nats://a:secret@127.0.0.1:{port}"
    done = runner.run("publish", runner.write("events.jsonl", events_of(homeless())), code=3)
    assert f"The broker at nats://127.0.0.1:{port} does not answer." in done.stderr
    assert "secret" not in done.stderr


def test_a_file_that_is_not_there_is_named(runner: CommandRunner) -> None:
    done = runner.run("assess", "none.jsonl", code=3)
    assert done.stderr == "none.jsonl cannot be read: No such file or directory.\n"


def test_a_report_that_cannot_be_written_is_named_and_is_not_the_broker(
    runner: CommandRunner,
) -> None:
    file = runner.write("header.csv", HEADINGS + CHILD)
    done = runner.run("import", "ssda903", file, "--dry-run", "--report", "none/x.csv", code=3)
    assert "none/x.csv cannot be used: No such file or directory." in done.stderr


def test_a_row_that_is_there_twice_is_told_and_does_not_fail_a_nightly_job(
    runner: CommandRunner,
) -> None:
    file = runner.write("header.csv", HEADINGS + CHILD + CHILD)
    done = runner.run("import", "ssda903", file, "--dry-run", "--as-at", "2026-04-01T00:00:00Z")
    assert "row left out, as it stands above" in done.stdout
    assert "2 rows read = 1 became events + 0 held already + 1 left out" in done.stdout


def test_a_row_that_is_wrong_ends_an_import_as_done_with_faults(runner: CommandRunner) -> None:
    wrong = CHILD.replace("1001", "1002").replace("01/02/2011", "31/02/2011")
    file = runner.write("header.csv", HEADINGS + CHILD + wrong)
    runner.run("import", "ssda903", file, "--dry-run", code=1)


def test_an_import_of_which_no_file_is_known_did_nothing(runner: CommandRunner) -> None:
    file = runner.write("other.csv", "A,B\n1,2\n")
    runner.run("import", "ssda903", file, "--dry-run", code=3)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
