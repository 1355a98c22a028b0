"""Every council of a folder served by processes of its own, which are started again when they end.

A process a council: what one holds in memory, waits for or fails at is never another's.
"""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.councils.folder import Council, councils_in, shared
from services.settings import SettingsError
from services.tracking.patience import Patience

log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0
"""How often the folder is looked at: what is added is served, what is gone no more."""

_STOP_SECONDS = 30.0

_SUPERVISOR = "SIGHTLINE_SUPERVISOR"
"""The variable with the process id of whoever serves every council."""


@asynccontextmanager
async def ending_with_its_supervisor(stop: asyncio.Event) -> AsyncIterator[None]:
    """In the process of a council: set `stop` once whoever started it is gone, however it went."""
    supervisor = os.environ.get(_SUPERVISOR)

    async def watch() -> None:
        while str(os.getppid()) == supervisor:  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(1)
        stop.set()

    task = asyncio.create_task(watch()) if supervisor else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()


@dataclass
class _Served:
    """A council that is served: what keeps its process going, and that process."""

    council: Council
    role: str
    patience: Patience = field(default_factory=Patience)
    process: asyncio.subprocess.Process | None = None
    is_ending: bool = False
    task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin its process, and begin it again whenever it ends."""
        self.task = asyncio.create_task(self._keep_going())

    async def end(self) -> None:
        """Stop its process as it would be alone, and kill it where it does not end."""
        self.is_ending = True
        if self.process is not None and self.process.returncode is None:
            self._terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self.process.kill()
        if self.task is not None:
            # A process that is just being begun is not left behind.
            await asyncio.wait({self.task}, timeout=1)
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def _keep_going(self) -> None:
        while not self.is_ending:
            began = asyncio.get_running_loop().time()
            try:
                code = await self._run()
                if not self.is_ending:
                    log.warning("%s ended with %d; it is started again", self.council.name, code)
            except (SettingsError, OSError) as error:
                log.error("%s is not started: %s", self.council.name, error)  # noqa: TRY400
            lasted = asyncio.get_running_loop().time() - began
            await asyncio.sleep(self.patience.failed(lasted))

    async def _run(self) -> int:
        """Run its process to the end; its exit code."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli.main", "serve", "--role", self.role,
            cwd=self.council.folder, stdin=asyncio.subprocess.DEVNULL,
            env=self.council.environment(os.environ) | {_SUPERVISOR: str(os.getpid())},
            start_new_session=True,
        )  # fmt: skip
        if self.is_ending:
            self._terminate()
        else:
            log.info("%s is served as %s", self.council.name, self.role)
        return await self.process.wait()

    def _terminate(self) -> None:
        with suppress(ProcessLookupError):
            if self.process is not None:
                self.process.terminate()


async def serve_councils(folder: Path, role: str, stop: asyncio.Event) -> None:
    """Serve each council of a folder until `stop` is set; then stop each as it would be alone.

    A council that cannot be served is told in the log, and is in no other's way: what is served
    goes on, whatever is added beside it.

    Raises:
        SettingsError: there is no such folder.
    """
    served: dict[str, _Served] = {}
    told: dict[str, str] = {}
    councils_in(folder)
    try:
        while not stop.is_set():
            await _look(folder, role, served, told)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
    finally:
        await asyncio.gather(*(one.end() for one in served.values()))


async def _look(folder: Path, role: str, served: dict[str, _Served], told: dict[str, str]) -> None:
    """Begin what is new in the folder, and end what is gone from it."""
    try:
        councils = {council.name: council for council in councils_in(folder)}
    except (SettingsError, OSError) as error:
        log.error("%s Those that are served go on.", error)  # noqa: TRY400 (its sentence is all)
        return
    gone = set(served) - set(councils)
    for name in gone:
        log.info("%s is no more served", name)
    await asyncio.gather(*(served.pop(name).end() for name in gone))
    # Whoever is served comes first: one that is added and shares something is the one to wait.
    in_turn = sorted(councils.values(), key=lambda one: (one.name not in served, one.name))
    wrong = {council.name: why for council, why in shared(in_turn)}
    for name, why in wrong.items():
        if told.get(name) != why:
            going = "goes on as it was" if name in served else "is not served"
            log.error("%s %s: %s", name, going, why)
    told.clear()
    told.update(wrong)
    for council in in_turn:
        if council.name not in served and council.name not in wrong:
            served[council.name] = _Served(council, role)
            served[council.name].begin()
