"""`sightline person export`: what is held of somebody, in a file for nobody else's eyes."""

import json
from pathlib import Path

import pytest

from tests.system.commands.test_commands import RECIPIENTS, CommandRunner, events_of, homeless

pytestmark = pytest.mark.slow


def that_knows_two(folder: Path) -> CommandRunner:
    """A store in which a tracker has worked through the events of two young people."""
    runner = CommandRunner(folder)
    runner.write("events.jsonl", events_of(homeless("p1")) + "\n" + events_of(homeless("p2")))
    runner.run("publish", "events.jsonl")
    with runner.serving("--role", "tracker"):
        runner.eventually("status", holds=lambda found: len({it["person"] for it in found}) == 2)
    return runner


def test_all_that_is_held_is_written_once_and_recorded(tmp_path: Path) -> None:
    runner = that_knows_two(tmp_path)
    out = tmp_path / "p1.json"
    said = runner.run("person", "export", "p1", "--out", str(out)).stdout
    assert "Read it before you give it." in said
    content = out.read_text("utf-8")
    told = json.loads(content)
    assert told["case_reference"] == "p1"
    assert {"events", "periods", "cases", "people", "audit"} <= set(told["held"])
    assert told["held"]["events"]["rows"][0]["content"]["date_of_birth"] == "2007-05-01"
    assert '"p2"' not in content
    assert out.stat().st_mode & 0o077 == 0
    again = runner.run("person", "export", "p1", "--out", str(out), code=3)
    assert "exists; name a file that does not" in again.stderr
    nobody = runner.run("person", "export", "p9", "--out", str(tmp_path / "p9.json"), code=3)
    assert "Nothing is held of p9" in nobody.stderr
    wrong = runner.run("person", "export", "a b", "--out", str(tmp_path / "x.json"), code=3)
    assert "The case reference is 'a b'; it must be" in wrong.stderr


def test_what_is_held_is_removed_only_when_that_is_said_and_stays_removed(tmp_path: Path) -> None:
    runner = that_knows_two(tmp_path)
    current = runner.run("person", "erase", "p1", "--why", "asked for", code=3)
    assert "p1 is counted today: Unsuitable accommodation is red" in current.stderr
    though = ("person", "erase", "p1", "--why", "asked for", "--although-current")
    before = runner.run(*though).stdout
    assert "Nothing is removed yet: add --yes." in before
    assert "2 events, and all that follows from them" in before
    done = runner.run(*though, "--yes").stdout
    assert "records of p1 are removed, and it is out of 0 mails" in done
    runner.run(
        "publish",
        runner.write("again.jsonl", events_of(homeless("p1")).replace('"id": "', '"id": "again-')),
    )
    with runner.serving("--role", "tracker"):
        (erased,) = runner.eventually(
            "person", "erased", holds=lambda found: found[0]["came_again"] == 2
        )
    assert (erased["person"], erased["why"]) == ("p1", "asked for")
    assert {item["person"] for item in runner.json("status")} == {"p2"}
    assert "stored again from now on" in runner.run("person", "readmit", "p1", "--why", "x").stdout


MORE_RECIPIENTS = """
[[recipient]]
id = "lead"
name = "the Lead Member"
role = "lead_member"
address = "lead@council.example"

[[recipient]]
id = "fostering"
name = "the Head of Fostering"
role = "head_of_service"
address = "fostering@council.example"
scope = "services"
services = ["fostering"]

[[staff]]
id = "w7"
sign_in = "w7@council.example"
"""


def test_a_case_is_restricted_to_somebody_who_is_told_of_it(tmp_path: Path) -> None:
    runner = CommandRunner(tmp_path)
    runner.env["SIGHTLINE_RECIPIENTS"] = runner.write(
        "recipients.toml", RECIPIENTS + MORE_RECIPIENTS
    )
    story = homeless("p1").add("person.updated", on="2026-10-02", service="leaving")
    runner.write("events.jsonl", events_of(story))
    runner.run("publish", "events.jsonl")
    with runner.serving("--role", "tracker"):
        runner.eventually("status", holds=bool)
    for nobody in ("w7", "fostering", "lead"):  # no mail, other cases, no references
        said = runner.run("person", "restrict", "p1", "--to", nobody, "--why", "kin", code=3).stderr
        assert f"None of {nobody} is a manager who is sent a digest with p1 in it" in said
    mistyped = ("person", "restrict", "P1", "--to", "director", "--why", "kin")
    assert "Nothing is held of P1" in runner.run(*mistyped, code=3).stderr
    assert "Only director may see P1" in runner.run(*mistyped, "--although-unknown").stdout
    runner.run("person", "unrestrict", "P1", "--why", "mistyped")
    assert "Nobody is restricted" in runner.run("person", "restricted").stdout
    done = runner.run("person", "restrict", "p1", "--to", "w7", "--to", "director",
                      "--to", "w8", "--why", "kin of staff").stdout  # fmt: skip
    assert "Only w7, director, w8 may see p1 from now on" in done
    assert "w8 is not in the staff directory" in done
    (kept,) = runner.json("person", "restricted")
    assert (kept["person"], kept["why"]) == ("p1", "kin of staff")
    assert kept["readers"] == ["director", "recipient:director", "w7", "w8"]
    assert "Only w7" not in runner.run("person", "unrestrict", "p1", "--why", "left").stdout
    again = runner.run("person", "unrestrict", "p1", "--why", "left", code=3).stderr
    assert "p1 is not restricted" in again
