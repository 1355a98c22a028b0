"""The roles of the program, and their restart when the database or the broker is lost."""

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from enum import StrEnum

from events.embedded import EmbeddedBroker
from services.bootstrap.pages import serving_pages
from services.bootstrap.prepare import keep_prepared, prepared_before
from services.bootstrap.probes import serving_probes
from services.bootstrap.relay import relay_for_ever
from services.bootstrap.runtime import open_runtime
from services.bootstrap.schedule import scheduling
from services.bootstrap.stream_watch import check_stream, watch_stream
from services.bootstrap.tracking import only_tracker, start_tracking
from services.clock import now_utc
from services.settings import Settings, SettingsError
from services.tracking.patience import Patience, is_passing

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


class Role(StrEnum):
    """What one process does; `all` is everything."""

    ALL = "all"
    TRACKER = "tracker"
    SCHEDULER = "scheduler"
    PAGES = "pages"


async def serve(settings: Settings, role: Role, stop: asyncio.Event) -> None:
    """Do a role's work until `stop` is set; whatever fails meanwhile is started again.

    Raises:
        SettingsError: a setting is wrong, which nothing but mending it will mend.
        Exception: it could not even begin, for a reason that will not pass.
    """
    served, serving = asyncio.Event(), asyncio.Event()
    async with AsyncExitStack() as stack:
        if role in (Role.ALL, Role.TRACKER) and (lock := only_tracker(settings)):
            stack.callback(lock.release)
        if role in (Role.TRACKER, Role.SCHEDULER):
            await stack.enter_async_context(serving_probes(settings, serving.is_set))
        patience = Patience()
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await _serve_once(settings, role, stop, served, serving)
            except SettingsError:
                raise
            except Exception as error:
                passing = is_passing(error)
                if not passing and not served.is_set():
                    raise
                if passing:
                    log.warning("A part does not answer (%s); starting again", type(error).__name__)
                else:
                    log.exception("A part failed; starting again")
                lasted = asyncio.get_running_loop().time() - began
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), patience.failed(lasted))


async def _serve_once(
    settings: Settings,
    role: Role,
    stop: asyncio.Event,
    served: asyncio.Event,
    serving: asyncio.Event,
) -> None:
    """Serve until `stop` is set, or until the embedded broker has ended.

    `served` is set once it began, `serving` as long as it is at work.

    Raises:
        Exception: whatever ended a task that should never end.
    """
    async with open_runtime(settings) as runtime, AsyncExitStack() as stack:
        tasks: list[asyncio.Task[object]] = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(_broker_ended(runtime.server)),
        ]
        if role in (Role.ALL, Role.TRACKER):
            await check_stream(runtime, now_utc())
            if not await prepared_before(stop, runtime):
                return
            tasks.append(start_tracking(runtime))
            tasks.append(asyncio.create_task(keep_prepared(runtime)))
            await runtime.broker.start()
            tasks.append(asyncio.create_task(relay_for_ever(runtime)))
            tasks.append(asyncio.create_task(watch_stream(runtime)))
        if role in (Role.ALL, Role.SCHEDULER):
            await stack.enter_async_context(scheduling(runtime))
        if role in (Role.ALL, Role.PAGES):
            port = await stack.enter_async_context(serving_pages(runtime))
            log.info("Pages are served at port %d, for %s", port, settings.base_url)
        log.info("Sightline serves as %s", role)
        served.set()
        serving.set()
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if not stop.is_set():
                log.warning("The embedded broker is gone; starting it again")
        finally:
            serving.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _broker_ended(server: EmbeddedBroker | None) -> None:
    """Return once the embedded broker has ended, or must be started again; never without one."""
    while server is None or server.runs:
        if server is not None and server.must_start_again():
            log.warning("The disk was full and the embedded broker may not store any more")
            return
        await asyncio.sleep(_POLL_SECONDS)
