"""That the rows of the store are of this version and policy, before a tracker works and after."""

import asyncio
import logging

from services.bootstrap.runtime import Runtime
from services.capacity import processes_that_fit
from services.clock import now_utc
from services.digests.schedule import LIVE_SINCE
from services.oversight.derived_by import (
    is_derived_by_a_later_version,
    is_derived_by_an_earlier_version,
    is_half_derived,
    is_ours_to_finish,
    mark_derived,
)
from services.store import marks
from services.tracking.patience import repeat
from services.tracking.rebuild import (
    derive_everybody,
    deriving_alone,
    deriving_alone_now,
    needs_rebuild,
)

log = logging.getLogger(__name__)

_LOOKS_EVERY = 60.0
"""Seconds between looks whether another process left everybody half derived, or outdated."""
_LOOKS_FOR_ANOTHER = 10
"""Looks for which whoever has begun may come back to finish it."""


async def prepare(runtime: Runtime) -> None:
    """Before a tracker starts: record when this store was first used, and rebuild if outdated.

    What a later version derived, or is at, is left as it is: this one still runs, or runs again,
    beside it.
    """
    now = now_utc()
    database, policy = runtime.database, runtime.rules.policy
    async with database.writing() as connection:
        if await marks.mark(connection, LIVE_SINCE) is None:
            await marks.set_mark(connection, LIVE_SINCE, now.isoformat())
    async with deriving_alone(database):
        async with database.reading() as connection:
            is_by_a_later = await is_derived_by_a_later_version(connection)
        if is_by_a_later:
            log.warning(
                "A later version of Sightline derived the rows of this store; they are left as "
                "they are. If this version is to stay, run sightline rebuild."
            )
        elif await needs_rebuild(database, policy):
            log.info("The policy or the version is another: everyone is assessed again")
            await _derive_everybody(runtime)
        else:
            async with database.writing() as connection:
                await mark_derived(connection, policy, now)


async def keep_prepared(runtime: Runtime) -> None:
    """Derive everybody again where another process left them half done, or an earlier version did.

    A process may be ended before it has done; one of an earlier version may have been started anew.
    What another policy or a later version has begun is its own to finish: it was started after this
    one. Where it does not come back for some looks, this one derives everybody by its own.
    """
    database, policy = runtime.database, runtime.rules.policy
    looks_left_half_done = 0

    async def look() -> float:
        nonlocal looks_left_half_done
        async with deriving_alone_now(database) as is_alone:
            async with database.reading() as connection:
                is_half_done = is_alone and await is_half_derived(connection)
                is_ours = await is_ours_to_finish(connection, policy)
                is_outdated = is_alone and await is_derived_by_an_earlier_version(connection)
            looks_left_half_done = looks_left_half_done + 1 if is_half_done else 0
            is_given_up = looks_left_half_done > _LOOKS_FOR_ANOTHER
            if is_outdated or (is_half_done and (is_ours or is_given_up)):
                log.info("Everyone was left half derived, or outdated, and is assessed again")
                # As many again may help with a backlog meanwhile.
                await _derive_everybody(runtime, max(processes_that_fit(besides=2) // 2, 1))
                looks_left_half_done = 0
        return _LOOKS_EVERY

    await repeat(look, "It could not be looked whether everybody is derived")


async def _derive_everybody(runtime: Runtime, processes: int | None = None) -> None:
    async for _ in derive_everybody(runtime.database, runtime.rules, now_utc(), processes):
        pass


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
