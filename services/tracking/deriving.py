"""Deriving whoever was only stored while the tracker was behind, beside the handler."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.derivation import Rules
from services.store import underived
from services.store.database import Database
from services.store.locks import prefer_indexes
from services.store.passing import may_pass
from services.tracking.derive import derive_people
from services.tracking.patience import Patience
from services.tracking.transaction import in_one_transaction

log = logging.getLogger(__name__)

_AT_ONCE = 250
_LONGEST_WAIT = timedelta(seconds=60)
"""However far the tracker is behind, nobody waits for longer."""
_IDLE_SECONDS = 0.2

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


class Deriving:
    """Derives the young people who are marked, once the backlog on the broker is stored.

    `behind` says whether more wait than are worth deriving one by one; the handler keeps it.
    """

    def __init__(self, database: Database, rules: Rules, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.rules = rules
        self.clock = clock
        self.behind = False

    async def run(self) -> None:
        """Derive whoever is marked, until cancelled; what fails is tried again."""
        patience = Patience(_IDLE_SECONDS)
        while True:
            try:
                done = 0 if await self._waits() else await self.derive_marked()
            except Exception as error:
                if not may_pass(error):
                    raise
                log.warning("Deriving is tried again: %s", type(error).__name__)
                await patience.wait()
                continue
            patience.succeeded()
            if not done:
                await asyncio.sleep(_IDLE_SECONDS)

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
