"""The roles of the program, and their restart when the database or the broker is lost."""

import asyncio
import logging
from contextlib import AsyncExitStack, ExitStack, suppress
from enum import StrEnum

from events.broker import BROKER_ERRORS
from events.embedded import EmbeddedBroker
from services.bootstrap.pages import serving_pages
from services.bootstrap.relay import relay_for_ever
from services.bootstrap.runtime import Runtime, open_runtime
from services.bootstrap.schedule import scheduling
from services.bootstrap.tracking import only_tracker, start_tracking
from services.digests.schedule import LIVE_SINCE
from services.oversight.derived_by import mark_derived
from services.settings import Settings
from services.store import marks
from services.tracking.handler import now_utc
from services.tracking.rebuild import needs_rebuild, rebuild
from services.tracking.transaction import may_pass

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
"""Seconds before a lost part is tried again; the pause grows."""

_POLL_SECONDS = 0.5


class Role(StrEnum):
    """What one process does; `all` is everything."""

    ALL = "all"
    TRACKER = "tracker"
    SCHEDULER = "scheduler"
    PAGES = "pages"


async def prepare(runtime: Runtime) -> None:
    """Before a tracker starts: record when this store was first used, and rebuild if outdated."""
    now = now_utc()
    async with runtime.database.writing() as connection:
        if await marks.mark(connection, LIVE_SINCE) is None:
            await marks.set_mark(connection, LIVE_SINCE, now.isoformat())
    if await needs_rebuild(runtime.database, runtime.rules.policy):
        log.info("The policy changed: everyone is assessed again")
        async for _ in rebuild(runtime.database, runtime.rules, now):
            pass
    async with runtime.database.writing() as connection:
        await mark_derived(connection, runtime.rules.policy)


async def serve(settings: Settings, role: Role, stop: asyncio.Event) -> None:
    """Do a role's work until `stop` is set; where broker or database is lost, start again."""
    with ExitStack() as stack:
        if role in (Role.ALL, Role.TRACKER) and (lock := only_tracker(settings)):
            stack.callback(lock.release)
        pause = _FIRST_PAUSE
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await _serve_once(settings, role, stop)
            except Exception as error:
                if not (isinstance(error, BROKER_ERRORS) or may_pass(error)):
                    raise
                log.warning("A part does not answer (%s); starting again", type(error).__name__)
                lasted = asyncio.get_running_loop().time() - began
                pause = _FIRST_PAUSE if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)


async def _serve_once(settings: Settings, role: Role, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, or until the embedded broker has ended.

    Raises:
        Exception: whatever ended a task that should never end.
    """
    async with open_runtime(settings) as runtime, AsyncExitStack() as stack:
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(_broker_ended(runtime.server)),
        ]
        if role in (Role.ALL, Role.TRACKER):
            await prepare(runtime)
            tasks.append(start_tracking(runtime))
            await runtime.broker.start()
            tasks.append(asyncio.create_task(relay_for_ever(runtime)))
        if role in (Role.ALL, Role.SCHEDULER):
            await stack.enter_async_context(scheduling(runtime))
        if role in (Role.ALL, Role.PAGES):
            port = await stack.enter_async_context(serving_pages(runtime))
            log.info("Pages are served at port %d, for %s", port, settings.base_url)
        log.info("Sightline serves as %s", role)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if not stop.is_set():
                log.warning("The embedded broker is gone; starting it again")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _broker_ended(server: EmbeddedBroker | None) -> None:
    """Return once the embedded broker has ended; never, where this process started none."""
    while server is None or server.runs:  # noqa: ASYNC110 (a child gives no signal)
        await asyncio.sleep(_POLL_SECONDS)
