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
_LASTED = 30.0
"""Seconds of work after which the next end of a process is a new one."""


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
    """The process of a council, and what keeps it going."""

    council: Council
    task: asyncio.Task[None]
    process: asyncio.subprocess.Process | None = None
    patience: Patience = field(default_factory=Patience)


async def serve_councils(folder: Path, role: str, stop: asyncio.Event) -> None:
    """Serve each council of a folder until `stop` is set; then stop each as it would be alone.

    A council that cannot be served is told in the log, and is in no other's way.

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
        await asyncio.gather(*(_end(one) for one in served.values()))


async def _look(folder: Path, role: str, served: dict[str, _Served], told: dict[str, str]) -> None:
    """Begin what is new in the folder, and end what is gone from it."""
    try:
        councils = councils_in(folder)
    except SettingsError as error:
        log.error("%s Those that are served go on.", error)  # noqa: TRY400 (its sentence is all)
        return
    wrong = {council.name: why for council, why in shared(councils)}
    for name, why in wrong.items():
        if told.get(name) != why:
            log.error("%s is not served: %s", name, why)
    told.clear()
    told.update(wrong)
    wanted = {council.name: council for council in councils if council.name not in wrong}
    for name in set(served) - set(wanted):
        log.info("%s is no more served", name)
        await _end(served.pop(name))
    for name, council in wanted.items():
        if name not in served:
            served[name] = _begin(council, role)


def _begin(council: Council, role: str) -> _Served:
    async def keep_going() -> None:
        while True:
            began = asyncio.get_running_loop().time()
            code = await _run(one, role)
            if asyncio.get_running_loop().time() - began > _LASTED:
                one.patience.succeeded()
            log.warning("%s ended with %d; it is started again", council.name, code)
            await asyncio.sleep(one.patience.failed())

    one = _Served(council, asyncio.create_task(keep_going()))
    return one


async def _run(one: _Served, role: str) -> int:
    """Run a council's process to its end; its exit code."""
    one.process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", "serve", "--role", role,
        cwd=one.council.folder, stdin=asyncio.subprocess.DEVNULL,
        env=one.council.environment(os.environ) | {_SUPERVISOR: str(os.getpid())},
        start_new_session=True,
    )  # fmt: skip
    log.info("%s is served as %s", one.council.name, role)
    return await one.process.wait()


async def _end(one: _Served) -> None:
    """Stop a council's process as it would be alone, and kill it where it does not end."""
    one.task.cancel()
    process = one.process
    if process is None or process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
