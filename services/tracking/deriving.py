"""Deriving whoever was only stored while the tracker was behind, beside the handler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import BrokenExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from services.assessment.calendar import working_days_are_known
from services.assessment.derivation import Rules
from services.oversight.derived_by import derived_otherwise
from services.store import case_count_changes, underived
from services.store.database import Database
from services.store.locks import prefer_indexes
from services.store.passing import may_pass
from services.tracking.derive import derive_people
from services.tracking.patience import Patience
from services.tracking.processes import Processes
from services.tracking.transaction import in_one_transaction

log = logging.getLogger(__name__)

_AT_ONCE = 150
"""Young people in a transaction: the fewer, the sooner all processes end together."""
_LONGEST_WAIT = timedelta(seconds=60)
"""However far the tracker is behind, nobody waits for longer."""
_IDLE_SECONDS = 0.2
_LOOKS_EVERY = timedelta(seconds=10)
"""How often it is looked for what a version beside this one has derived."""
_FEW_CHANGES = 5_000
"""Changes of counts that are worth folding while there is nothing else to do."""
MANY_CHANGES = 300_000
"""Changes of counts that are folded whatever waits: every count reads them."""

Derive = Callable[[AsyncConnection, Sequence[str]], Awaitable[None]]
"""Derives some young people in a transaction."""


async def derive_each(
    database: Database, people: Sequence[str], derive: Derive, now: datetime
) -> None:
    """Derive young people, in halves where that fails, so that one stops nobody else.

    Who cannot be derived is set aside, with the kind of error: they keep the rows that they had,
    and pages and digests say so.

    Raises:
        Exception: what may pass, and has not passed after a few tries.
    """
    try:
        await in_one_transaction(database, lambda connection: derive(connection, people))
    except Exception as error:
        if may_pass(error):
            raise
        if len(people) > 1:
            half = len(people) // 2
            await derive_each(database, people[:half], derive, now)
            await derive_each(database, people[half:], derive, now)
            return
        log.exception("A young person could not be derived and is set aside")
        async with database.writing() as connection:
            await underived.set_aside(connection, people[0], type(error).__name__, now)


async def fold_counts(database: Database, most: int) -> None:
    """Fold the changes of counts into the counts, where there are more than `most`."""
    async with database.reading() as connection:
        if not await case_count_changes.are_more_than(connection, most):
            return
    async with database.writing() as connection:
        await case_count_changes.fold(connection)
    # So much has changed that the tables may be filled in another way.
    await database.refresh_statistics()


class Deriving:
    """Derives the young people who are marked, once the backlog on the broker is stored.

    `behind` says whether more wait than are worth deriving one by one; the handler keeps it. On
    PostgreSQL so many `processes` help meanwhile; while they do they are `beside`.
    """

    def __init__(
        self,
        database: Database,
        rules: Rules,
        clock: Callable[[], datetime],
        processes: int = 0,
    ) -> None:
        self.database = database
        self.rules = rules
        self.clock = clock
        self.processes = processes
        self.behind = False
        self.beside: Processes | None = None
        self._looks_again = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Derive whoever is marked, until cancelled; what fails is tried again."""
        work = [self._derive_here()]
        if self.processes and not self.database.is_sqlite:
            work.append(self._derive_beside())
        await _together(*work)

    async def _derive_here(self) -> None:
        patience = Patience(_IDLE_SECONDS)
        while True:
            try:
                done = 0 if await self._waits() else await self.derive_marked()
                done = done or await self._look_for_other_versions()
                at_work = done or self.behind
                await fold_counts(self.database, MANY_CHANGES if at_work else _FEW_CHANGES)
            except Exception as error:
                if not may_pass(error):
                    raise
                log.warning("Deriving is tried again: %s", type(error).__name__)
                await patience.wait()
                continue
            patience.succeeded()
            if not done:
                await asyncio.sleep(_IDLE_SECONDS)

    async def _look_for_other_versions(self) -> int:
        """Mark whom a version beside this one has derived meanwhile, now and then; how many."""
        if self.clock() < self._looks_again:
            return 0
        async with self.database.reading() as connection:
            found = await derived_otherwise(connection, self.rules.policy, _AT_ONCE)
        if not found:
            self._looks_again = self.clock() + _LOOKS_EVERY
            return 0
        async with self.database.writing() as connection:
            await underived.mark(connection, found, self.clock())
        return len(found)

    async def _derive_beside(self) -> None:
        """While the tracker is behind, and until little is left, derive in other processes too."""
        while True:
            while not self.behind:  # noqa: ASYNC110 (the handler sets it for each batch)
                await asyncio.sleep(_IDLE_SECONDS)
            try:
                async with Processes(
                    self.database.url, self.rules.policy, self.processes
                ) as processes:
                    await self._derive_backlog(processes)
            except Exception as error:
                if not may_pass(error) and not isinstance(error, BrokenExecutor):
                    raise
                log.warning("Deriving goes on in one process: %s", type(error).__name__)
                await asyncio.sleep(_LONGEST_WAIT.total_seconds())

    async def _derive_backlog(self, processes: Processes) -> None:
        begin = partial(ready, today=london_day(self.clock()))
        await asyncio.gather(*(processes.run(begin) for _ in range(processes.many)))
        self.beside = processes
        try:
            await _together(*(self._derive_in_one_of(processes) for _ in range(processes.many)))
        finally:
            self.beside = None

    async def _derive_in_one_of(self, processes: Processes) -> None:
        patience = Patience(_IDLE_SECONDS)
        while self.behind or await self._marked() > _AT_ONCE * processes.many:
            if await self._waits():
                await asyncio.sleep(_IDLE_SECONDS)
                continue
            work = partial(derive_marked_there, now=self.clock())
            if await processes.run(work, _LONGEST_WAIT.total_seconds()):
                patience.succeeded()
            else:
                await patience.wait()

    async def _marked(self) -> int:
        async with self.database.reading() as connection:
            return await underived.count(connection)

    async def derive_marked(self) -> int:
        """Derive some of the young people who are marked, and commit; returns how many."""
        taken: set[str] = set()

        async def derive_free(connection: AsyncConnection) -> None:
            taken.clear()
            taken.update(await underived.take(connection, _AT_ONCE))
            if taken:
                await self._derive(connection, sorted(taken))

        try:
            await in_one_transaction(self.database, derive_free)
        except Exception as error:
            if may_pass(error) or not taken:
                raise
            await derive_each(self.database, sorted(taken), self._derive, self.clock())
        return len(taken)

    async def _derive(self, connection: AsyncConnection, people: Sequence[str]) -> None:
        await prefer_indexes(connection)
        await derive_people(connection, people, self.rules, self.clock())

    async def _waits(self) -> bool:
        """Whether more events of those who are marked are still to be stored."""
        if not self.behind:
            return False
        async with self.database.reading() as connection:
            since = await underived.oldest(connection)
        return since is None or self.clock() - since < _LONGEST_WAIT


async def _together(*work: Coroutine[Any, Any, None]) -> None:
    """Do some work side by side; where one fails, the others are cancelled before it is raised."""
    tasks = [asyncio.create_task(item) for item in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ready(database: Database, rules: Rules, today: date) -> None:
    """Nothing but that a process has started, and has read in what the first case needs."""
    del database, rules
    working_days_are_known(today)


async def derive_marked_there(database: Database, rules: Rules, now: datetime) -> int:
    """Derive some of the marked in another process; returns how many.

    What fails there is left marked, and fails again here, where it is dealt with.
    """
    try:
        return await Deriving(database, rules, lambda: now).derive_marked()
    except Exception as error:  # noqa: BLE001 (it may be one that cannot be handed to a process)
        log.warning("Deriving beside failed: %s", type(error).__name__)
        return 0
