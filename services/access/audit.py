"""Writing of the audit log. A page is shown only once its entry is stored.

Entries of concurrent requests are committed in one transaction, and each request waits for its own.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from getpass import getuser

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
    BEGAN_CAMPAIGN = "began a campaign"
    ENDED_CAMPAIGN = "ended a campaign"
    SAW_REFUSED = "saw a refused event"
    SENT_AGAIN = "sent a refused event again"
    DISMISSED = "dismissed a refused event"
    OPENED_DIGEST = "opened a digest's link"
    SAW_DIGEST = "saw a digest"
    PREVIEWED = "previewed a digest"
    READ_API = "read by the interface for machines"
    SIGN_IN_FAILED = "failed to sign in"
    SENT_WRONG_TOKEN = "sent a token that does not hold"  # noqa: S105 (words for people)
    MADE_TOKEN = "made a token"  # noqa: S105
    REVOKED_TOKEN = "revoked a token"  # noqa: S105
    READ_BY_COMMAND = "read by a command"
    ENDED_SESSIONS = "ended sessions"
    ERASED = "erased what was held"
    READMITTED = "let events come again"
    RESTRICTED = "restricted a case to named people"
    UNRESTRICTED = "lifted a restriction"
    TRIED_POLICY = "tried a policy"
    MADE_EVIDENCE = "made evidence"
    REMOVED_OLD = "removed what was old"
    ARCHIVED_AUDIT = "archived the audit log"


def account() -> str:
    """Who runs this command, by the name of their account on this machine."""
    try:
        name = getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in a container
        name = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return f"account {name}"


def command_entry(act: Act, now: datetime, person: str = "", detail: str = "") -> Entry:
    """What somebody did by a command on this machine, by the name of their account."""
    return Entry(now, account(), "", act.value, person, detail)


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
        return await self._record(by.id, ", ".join(by.roles), act, person, detail)

    async def record_stranger(self, who: str, act: Act, detail: str = "") -> Entry:
        """Record what somebody did who is not signed in; `who` is their address.

        Raises:
            DBAPIError: it could not be stored.
        """
        return await self._record(who, "", act, "", detail)

    async def _record(self, who: str, roles: str, act: Act, person: str, detail: str) -> Entry:
        entry = Entry(self.clock(), who, roles, act.value, person, detail)
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
