"""Rebuild: everything is derived again from the log; the same events give the same rows.

The log is read in batches of young people, so that memory does not grow with it. On PostgreSQL
as many processes as there is room for share the work; SQLite takes one writer.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.assessment.resolution import person_of, survivor_named
from services.capacity import processes_that_fit
from services.garbage import collect_garbage_seldom
from services.oversight.derived_by import is_derived, is_marked, mark_derived, mark_underived
from services.store import derived, event_log, marks, namespaces, recount
from services.store.alone import held_alone
from services.store.database import Database
from services.tracking.derive import derive_people
from services.tracking.deriving import MANY_CHANGES, derive_each, fold_counts
from services.tracking.processes import Processes

log = logging.getLogger(__name__)

_AT_A_TIME = 200
_REBUILD = "rebuild"
_WAIT_SECONDS = 2.0
_LOOKS_BEFORE_IT_SAYS_SO = 2


async def rebuild(
    database: Database, rules: Rules, now: datetime, processes: int | None = None
) -> AsyncIterator[tuple[int, int]]:
    """Derive every young person again, once no other process does; yields how many are done.

    Args:
        database: the store.
        rules: the rules to derive by.
        now: the moment at which it is done.
        processes: how many share the work; as many as there is room for where None.
    """
    async with deriving_alone(database):
        async for done in derive_everybody(database, rules, now, processes):
            yield done


@asynccontextmanager
async def deriving_alone(database: Database) -> AsyncIterator[None]:
    """Hold that everybody is derived again by this process alone, once no other does."""
    looks = 0
    while True:
        async with deriving_alone_now(database) as is_alone:
            if is_alone:
                yield
                return
        looks += 1
        if looks == _LOOKS_BEFORE_IT_SAYS_SO:
            log.info("Another process derives everybody again; this one waits for it")
        await asyncio.sleep(_WAIT_SECONDS)


def deriving_alone_now(database: Database) -> AbstractAsyncContextManager[bool]:
    """The same, where no other process does it just now; gives whether that is so."""
    return held_alone(database, _REBUILD)


async def derive_everybody(
    database: Database, rules: Rules, now: datetime, processes: int | None = None
) -> AsyncIterator[tuple[int, int]]:
    """Derive every young person again; yields how many are done, of how many.

    Trackers may go on meanwhile: each young person is locked while theirs are replaced. Whoever
    asks for it holds that no other process does it.
    """
    collect_garbage_seldom()
    async with database.writing() as connection:
        await mark_underived(connection, rules.policy)
        await namespaces.apply_namespaces(
            connection,
            partial(person_of, rules.policy),
            partial(survivor_named, rules.policy),
        )
    async with database.reading() as connection:
        total = await event_log.count_people(connection)
    done = 0
    yield done, total
    workers = 1 if database.is_sqlite else processes or processes_that_fit(besides=1)
    work = (
        _in_this_process(database, rules, now)
        if workers == 1
        else _in_processes(database, rules, now, workers)
    )
    async for number in work:
        done = min(done + number, total)
        await fold_counts(database, MANY_CHANGES)
        yield done, total
    async with database.writing() as connection:
        await recount.count_again(connection)
        await mark_derived(connection, rules.policy, now)
        await marks.set_mark(connection, marks.REBUILT, now.isoformat())
    await database.refresh_statistics()


async def derive_some(database: Database, rules: Rules, now: datetime, names: list[str]) -> int:
    """Derive some people again from nothing; returns how many."""
    derive = partial(derive_people, rules=rules, now=now, from_nothing=True)
    await derive_each(database, names, derive, now)
    return len(names)


async def _batches(database: Database) -> AsyncIterator[list[str]]:
    """Every subject in the log, in batches; then those who are stored and no longer in it."""
    for read in (event_log.people_after, derived.without_events_after):
        after = ""
        while True:
            async with database.reading() as connection:
                names = await read(connection, after, _AT_A_TIME)
            if not names:
                break
            yield names
            after = names[-1]


async def _in_this_process(database: Database, rules: Rules, now: datetime) -> AsyncIterator[int]:
    async for names in _batches(database):
        yield await derive_some(database, rules, now, names)


async def _in_processes(
    database: Database, rules: Rules, now: datetime, workers: int
) -> AsyncIterator[int]:
    """Derive all in several processes, with two batches queued for each; yields as they end."""
    waiting: set[asyncio.Task[int]] = set()
    async with Processes(database.url, rules.policy, workers) as processes:
        async for names in _batches(database):
            work = partial(derive_some, now=now, names=names)
            waiting.add(asyncio.create_task(processes.run(work)))
            while len(waiting) >= 2 * workers:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for item in done:
                    yield item.result()
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for item in done:
                yield item.result()


async def needs_rebuild(database: Database, policy: Policy) -> bool:
    """Whether what is derived in the store was derived by another policy or version."""
    async with database.reading() as connection:
        if not await is_marked(connection):
            return await event_log.first_stored(connection) is not None
        return not await is_derived(connection, policy)
