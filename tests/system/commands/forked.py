"""The command `sightline` without the second that reading its modules takes at each start.

A process beside the tests has read them all, and forks a child for each call: arguments,
environment, folder, standard streams and exit code are as they are at a start of its own. What is
about a start itself, such as `serve`, is started by its script: SIGHTLINE.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

SIGHTLINE = str(Path(sys.executable).parent / "sightline")
"""The script that is installed."""

_ROOT = Path(__file__).parents[3]
_ONE_AT_A_TIME = Lock()
_STREAMS = ("stdin", "stdout", "stderr")


def run_sightline(
    *args: str, env: Mapping[str, str], cwd: Path, stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run([SIGHTLINE, *args])` would return."""
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in _STREAMS]
        streams[0].write_text(stdin, "utf-8")
        asked = {
            "args": args, "env": dict(env), "cwd": str(cwd), "timeout": timeout,
            "streams": [str(path) for path in streams],
        }  # fmt: skip
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        with _ONE_AT_A_TIME:  # tests call from threads
            server.stdin.write(json.dumps(asked) + "\n")
            server.stdin.flush()
            code = int(server.stdout.readline())
        out, error = (path.read_text("utf-8") for path in streams[1:])
    return subprocess.CompletedProcess(["sightline", *args], code, out, error)


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks; it ends with this one, whose pipe it reads."""
    return subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=_ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _read_everything() -> None:
    from services.cli.main import COMMANDS

    for place in (*COMMANDS.values(), "services.bootstrap.runtime", "services.cli.failures"):
        import_module(place.partition(":")[0])


def _be_the_command(asked: dict[str, object]) -> None:
    """In the child: what the script does, with what a start of its own would have."""
    from services.cli.main import main

    arguments, environment, streams = asked["args"], asked["env"], asked["streams"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    assert isinstance(streams, list)
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(str(asked["cwd"]))
    for number, path in enumerate(streams):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        os.dup2(os.open(path, flags), number)
    sys.argv = [SIGHTLINE, *arguments]
    sys.modules["__main__"].__package__ = None  # of which usage messages would speak
    main()


def _code_of(child: int, seconds: float) -> int:
    """The exit code of a child, killed when its time is up."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.killpg(child, 9)
        time.sleep(0.005)


def _serve() -> None:
    """Fork a child for each line, and answer with its exit code."""
    _read_everything()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _be_the_command(asked)
            return
        print(_code_of(child, asked["timeout"]), flush=True)


if __name__ == "__main__":
    _serve()
