"""Deriving whoever was only stored while the tracker was behind, beside the handler."""

import asyncio
import logging
from datetime import timedelta

from services.store import underived
from services.tracking.handler import PASSING, Tracker

log = logging.getLogger(__name__)

_LONGEST_WAIT = timedelta(seconds=60)
"""However far the tracker is behind, nobody waits for longer."""
_IDLE_SECONDS = 0.2


class Deriving:
    """Derives the young people who are marked, once the backlog on the broker is stored.

    `behind` says whether more wait than are worth deriving one by one; the handler keeps it.
    """

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.behind = False

    async def run(self) -> None:
        """Derive whoever is marked, until cancelled; what fails is tried again."""
        while True:
            try:
                done = 0 if await self._waits() else await self.tracker.derive_marked()
            except PASSING as error:
                log.warning("Deriving is tried again: %s", type(error).__name__)
                done = 0
            if not done:
                await asyncio.sleep(_IDLE_SECONDS)

    async def _waits(self) -> bool:
        """Whether more events of those who are marked are still to be stored."""
        if not self.behind:
            return False
        async with self.tracker.database.reading() as connection:
            since = await underived.oldest(connection)
        return since is None or self.tracker.clock() - since < _LONGEST_WAIT
