"""The demo as a newcomer sees it: it ends by printing an address, and its pages are there.

It runs out of the wheel, with what the wheel requires and nothing else.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from httpx2 import Client

from tests.system.commands.forked import SIGHTLINE
from tests.system.commands.installed import ROOT, install

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as its wheel installs it, in an empty environment."""
    return install(tmp_path_factory.mktemp("installed"))


def test_the_wheel_holds_every_file_that_stands_beside_the_code(installed: Path) -> None:
    packages = next(installed.parents[1].glob("lib/python*/site-packages"))
    sources = [
        path.relative_to(ROOT)
        for name in ("schemas", "events", "services", "templates")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "source" not in path.parts
    ]
    assert len(sources) > 300
    assert [path for path in sources if not (packages / path).is_file()] == []


def test_the_demo_serves_its_pages_until_it_is_stopped(tmp_path: Path, installed: Path) -> None:
    log = tmp_path / "demo.log"
    with log.open("wb") as out:
        demo = subprocess.Popen(
            [installed, "demo", "--folder", str(tmp_path / "demo"), "--one-in", "20"],
            env={**os.environ, "TZ": "UTC"}, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 400
        while not (told := re.search(r"The pages are at (http://\S+)", log.read_text())):
            assert demo.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        with Client(base_url=told[1], headers={"Origin": told[1]}) as anybody:
            assert "A personal adviser" in anybody.get("/sign-in").text
            assert anybody.get("/").status_code == 303
            signed_in = anybody.post(
                "/sign-in/as", data={"id": "recipient:director", "onward": "/"}
            )
            assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
            overview = anybody.get("/")
            assert "Escalated to you" in overview.text
            assert anybody.get("/readyz").json() == {"database": "ok", "tracker": "ok"}
            case = re.search(r'href="(/cases/C\d+)', anybody.get("/cases").text)
            assert case
            assert anybody.get(case[1]).status_code == 200
        second = subprocess.run(
            [SIGHTLINE, "demo", "--folder", str(tmp_path / "demo")],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert second.returncode == 3
        assert "A demo is running on" in second.stderr
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0, log.read_text()
    finally:
        demo.kill()
