"""Writing of the audit log. A page is shown only once its entry is stored.

Entries of concurrent requests are committed in one transaction, and each request waits for its own.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from services.access.directory import User
from services.store import audit_log
from services.store.audit_log import Entry
from services.store.database import Database


class Act(StrEnum):
    """The acts of users that are recorded."""

    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    WAS_DENIED = "was denied"
    SAW_CASE = "saw a case"
    LISTED_CASES = "listed cases"
    DOWNLOADED = "downloaded cases"
    RECORDED = "recorded"
    SAW_REFUSED = "saw a refused event"
    SENT_AGAIN = "sent a refused event again"
    DISMISSED = "dismissed a refused event"
    OPENED_DIGEST = "opened a digest's link"
    SAW_DIGEST = "saw a digest"
    PREVIEWED = "previewed a digest"
    READ_API = "read by the interface for machines"


class AuditLog:
    """Writes entries to one database, those of concurrent requests in one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, by: User, act: Act, person: str = "", detail: str = "") -> Entry:
        """Record what a user did; returns the entry once it is stored.

        Raises:
            DBAPIError: it could not be stored; what was asked for must then not be shown.
        """
        entry = Entry(self.clock(), by.id, ", ".join(by.roles), act.value, person, detail)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await stored
        return entry

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                async with self.database.writing() as connection:
                    await audit_log.append(connection, [entry for entry, _ in batch])
            except Exception as error:  # noqa: BLE001 (each request raises it where it waits)
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(error)
            else:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_result(None)
