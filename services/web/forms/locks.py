"""Locks that serialise the recording of forms about one young person."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.store.database import Database
from services.store.locks import lock

_AT_ONCE = 10
"""How many forms may hold a database connection while they need another: few enough that some
connection always becomes free."""


class FormLocks:
    """One lock for each young person about whom a form is being recorded.

    In this process it is a lock of asyncio, among several processes on PostgreSQL the database's.
    """

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def hold(self, database: Database, person: str) -> AsyncIterator[None]:
        """Hold the lock of a young person, so that a second form sees what the first recorded."""
        own, users = self._locks.get(person, (asyncio.Lock(), 0))
        self._locks[person] = (own, users + 1)
        try:
            async with own, self._at_once, database.reading() as connection:
                await lock(connection, [f"form\x1f{person}"])
                yield
        finally:
            own, users = self._locks.pop(person)
            if users > 1:
                self._locks[person] = (own, users - 1)
