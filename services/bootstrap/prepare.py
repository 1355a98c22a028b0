"""That the rows of the store are of this version and policy, before a tracker works and after."""

import asyncio
import logging

from services.bootstrap.runtime import Runtime
from services.clock import now_utc
from services.digests.schedule import LIVE_SINCE
from services.oversight.derived_by import (
    is_derived_by_a_later_version,
    is_to_be_derived_again,
    mark_derived,
)
from services.store import marks
from services.tracking.patience import repeat
from services.tracking.rebuild import needs_rebuild, rebuild

log = logging.getLogger(__name__)

_LOOKS_EVERY = 60.0
"""Seconds between looks whether another process left everybody half derived, or outdated."""


async def prepare(runtime: Runtime) -> None:
    """Before a tracker starts: record when this store was first used, and rebuild if outdated.

    What a later version derived is left as it is: this one still runs, or runs again, beside it.
    """
    now = now_utc()
    database, policy = runtime.database, runtime.rules.policy
    async with database.writing() as connection:
        if await marks.mark(connection, LIVE_SINCE) is None:
            await marks.set_mark(connection, LIVE_SINCE, now.isoformat())
    async with database.reading() as connection:
        if await is_derived_by_a_later_version(connection):
            log.warning(
                "A later version of Sightline derived the rows of this store; they are left as "
                "they are. If this version is to stay, run sightline rebuild."
            )
            return
    if await needs_rebuild(database, policy):
        log.info("The policy or the version is another: everyone is assessed again")
        async for _ in rebuild(database, runtime.rules, now, if_needed=True):
            pass
    async with database.writing() as connection:
        await mark_derived(connection, policy, now)


async def keep_prepared(runtime: Runtime) -> None:
    """Derive everybody again where another process left them half done, or an earlier version did.

    A process may be ended before it has done; one of an earlier version may have been started anew.
    """

    async def look() -> float:
        async with runtime.database.reading() as connection:
            is_needed = await is_to_be_derived_again(connection)
        if is_needed:
            await prepare(runtime)
        return _LOOKS_EVERY

    await repeat(look, "It could not be looked whether everybody is derived")


async def prepared_before(stop: asyncio.Event, runtime: Runtime) -> bool:
    """Prepare; where `stop` is set before that is done, it is left, and the answer is no.

    Raises:
        Exception: what preparing raises.
    """
    work = [asyncio.create_task(prepare(runtime)), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        if not work[0].done():
            return False
        work[0].result()
        return True
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
