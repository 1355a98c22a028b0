"""The health check of `compose.yaml`, run as it is written there."""

import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.unit.deployment.test_compose import SERVICES

PAGES = SERVICES["pages"]
PORT = int(PAGES["ports"][0].rsplit(":", 1)[1])


def check(port: int) -> int:
    """Do what the health check does, of another port; a proxy leads nowhere."""
    how, program, *arguments = PAGES["healthcheck"]["test"]
    assert (how, program) == ("CMD", "python")
    here = f"127.0.0.1:{PORT}/"
    assert here in arguments[-1]
    arguments[-1] = arguments[-1].replace(here, f"127.0.0.1:{port}/")
    return subprocess.run(
        [sys.executable, *arguments],
        env={"http_proxy": "http://127.0.0.1:1"},
        capture_output=True,
        timeout=20,
        check=False,
    ).returncode


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (503, False), (404, False)])
def test_pages_are_well_when_they_say_that_they_are_ready(status: int, is_well: bool) -> None:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as stand_in:
        serving = threading.Thread(target=stand_in.serve_forever, args=[0.01])
        serving.start()
        try:
            returned = check(stand_in.server_address[1])
        finally:
            stand_in.shutdown()
            serving.join()
    assert (returned == 0) is is_well
    assert asked == ["/readyz"]


def test_pages_are_not_well_when_they_do_not_answer() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        assert check(silent.getsockname()[1]) != 0
