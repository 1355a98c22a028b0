"""The roles of the program, and their restart where a part is lost."""

import asyncio
from contextlib import AsyncExitStack, ExitStack, suppress
from enum import StrEnum

from events.broker import BROKER_ERRORS
from events.embedded import EmbeddedBroker
from services.bootstrap import (
    Place,
    log,
    only_tracker,
    opened,
    relay_for_ever,
    scheduling,
    serving_pages,
    start_tracking,
)
from services.digests.schedule import LIVE_SINCE
from services.oversight.derived_by import mark_derived
from services.settings import Settings
from services.store import marks
from services.tracking.handler import PASSING, now_utc
from services.tracking.rebuild import needs_rebuild, rebuild

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 30.0
"""Seconds before a lost part is tried again; the pause grows."""

_LOOK_SECONDS = 0.5


class Role(StrEnum):
    """What one process does; `all` is everything."""

    ALL = "all"
    TRACKER = "tracker"
    SCHEDULER = "scheduler"
    PAGES = "pages"


async def prepare(place: Place) -> None:
    """Before work begins: remember since when, and derive again what another policy derived."""
    now = now_utc()
    async with place.database.writing() as connection:
        if await marks.mark(connection, LIVE_SINCE) is None:
            await marks.set_mark(connection, LIVE_SINCE, now.isoformat())
    if await needs_rebuild(place.database, place.rules.policy):
        log.info("The policy changed: everyone is assessed again")
        async for _ in rebuild(place.database, place.rules, now):
            pass
    async with place.database.writing() as connection:
        await mark_derived(connection, place.rules.policy)


async def serve(settings: Settings, role: Role, stop: asyncio.Event) -> None:
    """Do a role's work until told to stop; where broker or database is lost, start again."""
    with ExitStack() as stack:
        if role in (Role.ALL, Role.TRACKER) and (lock := only_tracker(settings)):
            stack.callback(lock.release)
        pause = _FIRST_PAUSE
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await _serve_once(settings, role, stop)
            except (*BROKER_ERRORS, *PASSING) as error:
                log.warning("A part does not answer (%s); starting again", type(error).__name__)
                lasted = asyncio.get_running_loop().time() - began
                pause = _FIRST_PAUSE if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)


async def _serve_once(settings: Settings, role: Role, stop: asyncio.Event) -> None:
    """Serve until told to stop, or until the embedded broker is gone.

    Raises:
        Exception: whatever ended a task that should never end.
    """
    async with opened(settings) as place, AsyncExitStack() as stack:
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(_gone(place.server)),
        ]
        if role in (Role.ALL, Role.TRACKER):
            await prepare(place)
            start_tracking(place)
            await place.broker.start()
            tasks.append(asyncio.create_task(relay_for_ever(place)))
        if role in (Role.ALL, Role.SCHEDULER):
            await stack.enter_async_context(scheduling(place))
        if role in (Role.ALL, Role.PAGES):
            port = await stack.enter_async_context(serving_pages(place))
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


async def _gone(server: EmbeddedBroker | None) -> None:
    """Return once the embedded broker no longer runs; never, where it is another's."""
    while server is None or server.runs:  # noqa: ASYNC110 (a process ends without telling us)
        await asyncio.sleep(_LOOK_SECONDS)
