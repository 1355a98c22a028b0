"""Keeping and giving back: a copy while it runs, put back elsewhere, and caught up; the doctor."""

import json
from pathlib import Path

from tests.story import Story
from tests.system.commands.test_commands import CommandRunner


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
