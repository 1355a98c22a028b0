"""Commands where what only Linux and macOS have is missing, as on Windows.

There is no fcntl, no uvloop and no signal handler of an event loop. What needs no embedded broker
works; the rest says what it needs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from events.embedded import EmbeddedBroker
from tests.story import Story

pytestmark = pytest.mark.slow

WITHOUT = """
import asyncio, os, sys
import filelock  # it has locks of its own for Windows
MISSING = {"fcntl", "uvloop", "pwd", "grp", "resource", "termios", "pty", "tty"}
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
for name in MISSING & set(sys.modules):
    del sys.modules[name]
sys.meta_path.insert(0, Missing())
def no_handler(*_):
    raise NotImplementedError
asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = no_handler
for name in ("fork", "setsid", "geteuid", "getuid"):
    delattr(os, name)
from services.cli.main import main
main()
"""


class System:
    """A system without these modules; commands run in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SIGHTLINE_")}
        self.env = {**kept, "SIGHTLINE_DATA_DIR": str(folder / "data")}

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT, *arguments], cwd=self.folder, env=self.env,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def system(tmp_path: Path) -> System:
    found = System(tmp_path)
    story = Story("p1", born="2007-03-01", eligibility="former_relevant").lives("2026-10-01", "S")
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(raw) + "\n" for raw in story.raw))
    (tmp_path / "list9.csv").write_text(
        "Child Unique ID,Date of Birth,Eligibility Category,LA in Touch,Type of Accommodation,"
        "Suitability of Accommodation\n"
        "p2,04/03/2006,b) Former relevant child,a) Yes,S: No fixed abode/homeless,b) Unsuitable\n"
    )
    return found


def test_what_needs_no_embedded_broker_works(system: System) -> None:
    assert "▲ RED" in system.run("assess", "events.jsonl", "--as-of", "2026-11-20")
    assert '"code":"S"' in system.run("import", "annex-a", "list9.csv")
    system.run("publish", "--check", "events.jsonl")
    assert "up to date" in system.run("db", "upgrade")
    system.run("status", "--as-of", "2026-11-20")


def test_what_needs_one_says_so(system: System) -> None:
    for arguments in (("publish", "events.jsonl"), ("serve",), ("demo",)):
        told = system.run(*arguments, code=3)
        assert "A broker is embedded on Linux and macOS only: set SIGHTLINE_NATS_URL" in told


async def test_a_broker_that_runs_elsewhere_is_enough(
    system: System, nats_server: EmbeddedBroker
) -> None:
    system.env["SIGHTLINE_NATS_URL"] = nats_server.url
    assert "2 events are on the broker" in system.run("publish", "events.jsonl")
    assert "1 accommodation.started" in system.run("import", "annex-a", "list9.csv", "--publish")
