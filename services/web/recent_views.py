"""Who viewed a case page lately, from the audit log, with the view being recorded.

The log is read again every few seconds at most; what this process recorded meanwhile is added here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from services.access.audit import Act
from services.store import audit_log
from services.store.audit_log import Entry
from services.store.database import Database

_SHOWN = 10
_READ_SECONDS = 5.0
_MOST = 2000
_ACTS = (Act.SAW_CASE, Act.RECORDED)


@dataclass(slots=True)
class _Read:
    """Entries, newest first, and when the log was read (seconds of the event loop's clock)."""

    entries: list[Entry]
    at: float


class RecentViews:
    """The newest views of the young people whose pages were opened lately."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._read: OrderedDict[str, _Read] = OrderedDict()

    async def with_view(self, entry: Entry, names: Sequence[str]) -> list[Entry]:
        """The newest views, of which `entry` is one that was just recorded.

        Args:
            entry: the view that is under way.
            names: every reference of the young person, their own first.
        """
        now = asyncio.get_running_loop().time()
        found = self._read.get(names[0])
        if found is not None and now - found.at <= _READ_SECONDS:
            found.entries = [entry, *found.entries[: _SHOWN - 1]]
            return found.entries
        async with self.database.glancing() as connection:
            entries = await audit_log.about(connection, names, _ACTS, _SHOWN)
        self._read[names[0]] = _Read(entries, now)
        if len(self._read) > _MOST:
            self._read.popitem(last=False)
        return entries

    def forget(self, person: str) -> None:
        """Read the log anew next time: something else was recorded about the young person."""
        self._read.pop(person, None)
