"""From the outside: the command `sightline`, its files, its exit codes, its words."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.clock import now_utc
from services.digests.week import latest_due
from services.settings import load_policy
from tests.lives_apart import life_apart
from tests.story import SOURCE, UA, Story
from tests.system.commands.forked import SIGHTLINE, run_sightline

RECIPIENTS = """
[[recipient]]
id = "director"
name = "the Director"
role = "chief_officer"
address = "director@council.example"
"""

PERL_CLIENT = r"""
use strict; use IO::Socket::INET;
my ($host, $port, $token, $file) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die "no server";
my $info = <$s>;
print $s qq({"verbose":false,"pedantic":false,"headers":true,"lang":"perl","auth_token":"$token"});
close $s; $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port); <$s>;
print $s qq(CONNECT {"verbose":false,"pedantic":false,"lang":"perl","auth_token":"$token"}\r\n);
print $s "SUB answers 1\r\n";
open(my $in, '<', $file) or die; local $/ = "\n"; my $n = 0;
while (my $event = <$in>) {
    chomp $event; $n++;
    print $s "PUB sightline.events.from.perl answers " . length($event) . "\r\n$event\r\n";
}
my $seen = 0;
while ($seen < $n) { my $line = <$s>; last unless defined $line; $seen++ if $line =~ /"seq":/; }
print "$seen\n";
"""


class CommandRunner:
    """A folder of its own, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "SIGHTLINE_DATA_DIR": str(folder / "data"),
            "SIGHTLINE_PAGES_PORT": "0",
            "TZ": "UTC",
        }

    def run(self, *args: str, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
        done = run_sightline(*args, env=self.env, cwd=self.folder, stdin=stdin)
        assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *args: str, stdin: str = "") -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in self.run(*args, "--json", stdin=stdin).stdout.splitlines()
        ]

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    @contextmanager
    def serving(self, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        """`sightline serve`, asked to stop at the end, which it does."""
        log = (self.folder / "serve.log").open("ab")
        process = subprocess.Popen(
            [SIGHTLINE, "serve", *args], env=self.env, cwd=self.folder, stderr=log
        )
        try:
            yield process
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0, (self.folder / "serve.log").read_text()
        finally:
            process.kill()
            process.wait()
            log.close()

    def eventually(self, *args: str, holds: Any, seconds: float = 60) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while True:
            found = self.json(*args)
            if holds(found):
                return found
            assert time.monotonic() < deadline, (found, (self.folder / "serve.log").read_text())
            time.sleep(0.2)


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    return CommandRunner(tmp_path)


def events_of(story: Story) -> str:
    return "\n".join(json.dumps(event) for event in story.raw)


def homeless(person: str = "p1") -> Story:
    return Story(person, born="2007-05-01", eligibility="former_relevant").lives("2026-10-01", "S")


def unsuitable(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statuses of one concern, of all that are printed."""
    return [status for status in found if status["concern"] == UA]


def is_red(found: list[dict[str, Any]]) -> bool:
    """Whether there is one status of that concern, and it is red."""
    return [status["rag"] for status in unsuitable(found)] == ["red"]


def test_assess_prints_what_the_contract_says(runner: CommandRunner) -> None:
    (status,) = unsuitable(
        runner.json("assess", "-", "--as-of", "2026-11-20", stdin=events_of(homeless()))
    )
    assert list(status) == [
        "person", "concern", "rag", "rule_rag", "since", "since_basis", "not_green_since",
        "next_change", "statutory", "override", "reasons",
    ]  # fmt: skip
    assert (status["person"], status["concern"], status["rag"]) == ("p1", UA, "red")
    assert (status["since"], status["statutory"]) == ("2026-10-01", "unsuitable")
    reason = status["reasons"][0]
    assert reason["rule"] == "UA1"
    assert reason["text"] == "Homeless since 1 October 2026."
    assert {"source": SOURCE, "id": "p1.2"} in reason["facts"]["events"]
    assert "Care Leavers" in reason["source"]


def test_assess_reads_an_array_too_and_as_it_was_known(runner: CommandRunner) -> None:
    file = runner.write("events.json", json.dumps(homeless().raw))
    known = runner.json(
        "assess", file, "--as-of", "2026-11-20", "--known-at", "2026-09-30T00:00:00Z"
    )
    assert [(item["rag"], item["reasons"][0]["rule"]) for item in unsuitable(known)] == [
        ("amber", "UA11")
    ]


def test_assess_says_what_is_wrong_and_still_assesses_the_rest(runner: CommandRunner) -> None:
    bad = homeless("p2").raw[-1] | {"data": {"code": "S"}}
    done = runner.run(
        "assess", "-", "--as-of", "2026-11-20", "--json",
        stdin=events_of(homeless()) + "\n" + json.dumps(bad) + "\nnot json\n", code=1,
    )  # fmt: skip
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [status["person"] for status in unsuitable(printed)] == ["p1"]
    assert "Event 3: data.date is missing; it is required." in done.stderr
    assert "Event 4: The message" in done.stderr


def test_a_command_that_is_mistyped_is_told_what_was_meant(runner: CommandRunner) -> None:
    told = runner.run("imprt", code=2).stderr
    assert "No such command 'imprt'. Did you mean 'import'?" in " ".join(told.split())


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("assess", "-", "--as-of", "20/11/2026"), 2, "--as-of is '20/11/2026'; a date is written"),
        (("status", "--known-at", "noon"), 2, "--known-at is 'noon'; a time is written"),
        (("assess", "missing.jsonl"), 3, "missing.jsonl cannot be read"),
        (("status", "nobody"), 3, "Nobody is known by the case identifier nobody."),
        (("digest", "preview", "--recipient", "x"), 3, "No recipient has the id x"),
        (("digest", "send"), 3, "Nobody is to be sent a digest"),
        (("refused", "show", "7"), 3, "There is no refused event 7"),
        (("rejected", "show", "7"), 3, "There is no refused event 7"),
        (("frobnicate",), 2, "No such command"),
        (
            (
                "evidence",
                "make",
                "--from",
                "2026-01-01",
                "--to",
                "2026-01-02",
                "--out",
                "x.zip",
                "--cohort",
                "as_at=2099-01-01",
                "--as-known",
            ),
            3,
            "--as-known needs a day that is today or earlier",
        ),
    ],
)
def test_wrong_use_is_said_plainly(
    runner: CommandRunner, args: tuple[str, ...], code: int, says: str
) -> None:
    done = runner.run(*args, code=code)
    assert says in " ".join(done.stderr.split())


def test_a_policy_cannot_loosen_the_law(runner: CommandRunner) -> None:
    file = runner.write(
        "policy.toml",
        '[parameters]\n"UA3.law_day" = [{ from = 2026-01-01, value = 1 }]\n'
        '"PP1.days" = [{ from = 2026-01-01, value = 70 }]\n"PP9.days" = []\n',
    )
    done = runner.run("policy", "check", file, code=1)
    said = " ".join(done.stderr.split())
    assert "UA3.law_day is a day that the law sets" in said
    assert "PP9.days is not a parameter" in said
    runner.write("policy.toml", '[parameters]\n"PP1.days" = [{ from = 2026-01-01, value = 70 }]\n')
    rows = {row["parameter"]: row["policy"] for row in runner.json("policy", "check", file)}
    assert rows["PP1.days"] == "70 from 2026-01-01"


def test_whom_and_what_a_policy_names_is_checked_too(runner: CommandRunner) -> None:
    file = runner.write("policy.toml", 'published_as = "Devonshire"\n')
    assert "published_as is Devonshire" in runner.run("policy", "check", file, code=1).stderr
    runner.write("policy.toml", '[analysis]\nrecipients = ["a", "a"]\n')
    assert "a is there twice" in runner.run("policy", "check", file, code=1).stderr


def test_a_councils_own_number_holds_from_its_day(runner: CommandRunner) -> None:
    policy = runner.write(
        "policy.toml", '[parameters]\n"PP1.days" = [{ from = 2026-11-10, value = 70 }]\n'
    )
    child = Story("c", born="2020-05-01").add(
        "pre_proceedings.started", on="2026-08-28", period_id="x"
    )
    for day, rag in (("2026-11-09", "amber"), ("2026-11-10", "red")):
        (status,) = runner.json(
            "assess", "-", "--as-of", day, "--policy", policy, stdin=events_of(child)
        )
        assert (status["rag"], status["since"] <= day) == (rag, True)


def test_the_main_job_end_to_end(runner: CommandRunner) -> None:
    """Events from a file are tracked, asked about, refused, mended and sent as a digest."""
    runner.env["SIGHTLINE_RECIPIENTS"] = runner.write("recipients.toml", RECIPIENTS)
    bad = homeless("p2").raw[-1] | {"data": {"accommodation_id": "a", "code": "S"}}
    file = runner.write("events.jsonl", events_of(homeless()) + "\n" + json.dumps(bad))
    with runner.serving():
        assert runner.json("publish", file) == [{"published": 3}]
        runner.eventually("status", holds=is_red)
        (refused,) = runner.eventually("refused", "list", holds=len)
        assert refused["person"] == "p2"
        shown = runner.run("refused", "show", str(refused["number"])).stdout
        assert "data.date is missing" in shown
        assert json.dumps(bad["data"])[1:-1].replace(" ", "") in shown.replace(" ", "")
        bad["data"]["date"] = "2026-10-05"
        mended = runner.write("mended.json", json.dumps(bad))
        runner.run("refused", "retry", str(refused["number"]), "--file", mended)
        runner.eventually("status", holds=lambda found: len(unsuitable(found)) == 2)
        assert runner.json("refused", "list") == []
        (sent,) = runner.json("digest", "send")
        assert (sent["recipient"], sent["state"]) == ("director", "sent")
        week = latest_due(now_utc(), load_policy(None).digest)
        assert sent["week"] == week.name
        assert len(list((runner.folder / "data" / "mailbox").glob("*.eml"))) == 1
    before = runner.run("status", "--json").stdout
    assert runner.json("rebuild") == [{"people": 2}]
    assert runner.run("status", "--json").stdout == before
    text = runner.run(
        "digest", "preview", "--recipient", "director", "--as-of", "2026-11-23"
    ).stdout
    assert "WEEKLY DIGEST, 23 November 2026" in text


@pytest.mark.slow
def test_only_one_tracker_works_on_sqlite(runner: CommandRunner) -> None:
    with runner.serving():
        runner.eventually("status", holds=lambda found: found == [])
        deadline = time.monotonic() + 20
        while "serves as all" not in (runner.folder / "serve.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        done = runner.run("serve", "--role", "tracker", code=3)
        assert "SQLite takes one tracker" in " ".join(done.stderr.split())


@pytest.mark.slow
def test_serving_goes_on_when_a_command_that_ran_the_broker_ends(runner: CommandRunner) -> None:
    """The embedded broker may have been started by somebody who leaves, or be killed."""
    file = runner.write("e.jsonl", events_of(homeless()))
    with runner.serving():
        address = runner.folder / "data" / "nats" / "address.json"
        log = runner.folder / "serve.log"
        runner.eventually("status", holds=lambda _: "serves as" in log.read_text())
        os.kill(json.loads(address.read_text())["pid"], signal.SIGKILL)
        runner.eventually("status", holds=lambda _: log.read_text().count("serves as") == 2)
        runner.run("publish", file)
        runner.eventually("status", holds=is_red)


@pytest.mark.slow
def test_serving_that_joined_a_command_as_it_ends_starts_again(runner: CommandRunner) -> None:
    """`publish` ran the broker first, and ends while `serve` is still connecting to it."""
    file = runner.write("e.jsonl", events_of(homeless()))
    for _ in range(3):
        publisher = subprocess.Popen(
            [SIGHTLINE, "publish", file],
            env=runner.env,
            cwd=runner.folder,
            stdout=subprocess.DEVNULL,
        )
        with runner.serving():
            assert publisher.wait(60) == 0
            runner.eventually("status", holds=is_red)
        shutil.rmtree(runner.folder / "data")


def test_the_demo_empties_no_folder_but_its_own(runner: CommandRunner) -> None:
    (runner.folder / "mine").mkdir()
    runner.write("mine/precious", "kept")
    done = runner.run("demo", "--folder", "mine", code=3)
    assert "was not made by the demo" in " ".join(done.stderr.split())
    assert (runner.folder / "mine" / "precious").read_text() == "kept"


def test_brackets_in_what_was_refused_are_shown_as_they_are(runner: CommandRunner) -> None:
    bad = homeless("[/b]").raw[-1] | {"data": {"code": "[red]"}}
    file = runner.write("bad.jsonl", json.dumps(bad))
    with runner.serving():
        runner.run("publish", file)
        (refused,) = runner.eventually("refused", "list", holds=len)
        assert "[/b]" in runner.run("refused", "list").stdout
        assert "[red]" in runner.run("refused", "show", str(refused["number"])).stdout


def test_a_client_in_another_language_publishes_plain_cloudevents(runner: CommandRunner) -> None:
    script, file = (
        runner.write("client.pl", PERL_CLIENT),
        runner.write("e.jsonl", events_of(homeless())),
    )
    with runner.serving():
        address = runner.folder / "data" / "nats" / "address.json"
        deadline = time.monotonic() + 20
        while not address.exists() or "serves as" not in (runner.folder / "serve.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        found = re.fullmatch(r"nats://(.+)@(.+):(\d+)", json.loads(address.read_text())["url"])
        assert found
        token, host, port = found.groups()
        done = subprocess.run(
            ["perl", script, host, port, token, file],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert done.stdout.strip() == "2", done.stderr
        runner.eventually("status", holds=is_red)


@pytest.mark.slow
def test_killed_in_the_middle_and_restarted_every_event_is_stored_once(
    runner: CommandRunner,
) -> None:
    now = datetime.now(UTC).isoformat()
    lives = (event for seed in range(400) for event in life_apart(seed, seed))
    events = [event for event in lives if event["time"] < now][:4_000]
    file = runner.write("events.jsonl", "\n".join(json.dumps(event) for event in events))
    expected = runner.run("assess", file, "--as-of", "2026-03-01", "--json").stdout
    runner.run("publish", file)
    for pause in (2.5, 4.0):
        with runner.serving() as process:
            time.sleep(pause)
            process.kill()
            process.wait()
    with runner.serving():
        runner.eventually(
            "status", "--as-of", "2026-03-01",
            holds=lambda found: len(found) == len(expected.splitlines()), seconds=150,
        )  # fmt: skip
        deadline = time.monotonic() + 90
        while runner.run("status", "--as-of", "2026-03-01", "--json").stdout != expected:
            assert time.monotonic() < deadline
            time.sleep(1)


def test_an_event_s_id_is_in_the_log_from_where_it_came_to_what_was_published(
    runner: CommandRunner,
) -> None:
    runner.env["SIGHTLINE_LOG_FORMAT"] = "json"
    runner.run("publish", runner.write("events.jsonl", events_of(homeless())))
    log = runner.folder / "serve.log"
    with runner.serving():
        runner.eventually("status", holds=is_red)
        end = time.monotonic() + 30
        while '"step":"published"' not in log.read_text():
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    stored = [line for line in lines if line.get("step") == "stored"]
    assert {id_ for line in stored for id_ in line["events"]} == {
        f"{event['source']} {event['id']}" for event in homeless().raw
    }
    assert stored[0]["cases"] == ["p1"]
    assert any(line.get("messages") for line in lines)
    assert "2007-05-01" not in log.read_text()
    assert "former_relevant" not in log.read_text()
