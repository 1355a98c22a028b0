"""How long to wait before something that failed is tried again: longer each time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from events.broker import BROKER_ERRORS
from services.store.passing import may_pass

log = logging.getLogger(__name__)

_FIRST, _LONGEST = 0.25, 30.0
"""Seconds."""

_LASTED = 30.0
"""Seconds of work after which the next failure is a new one."""


class Patience:
    """Pauses between tries, doubled each time up to half a minute, short again after a success."""

    def __init__(self, first: float = _FIRST) -> None:
        self.first = first
        self.pause = 0.0

    def succeeded(self) -> None:
        """Begin anew with the shortest pause."""
        self.pause = 0.0

    def failed(self, lasted: float = 0.0) -> float:
        """The pause, in seconds, after one more failure of work that had lasted so many."""
        if lasted > _LASTED:
            self.succeeded()
        self.pause = min(self.pause * 2 or self.first, _LONGEST)
        return self.pause

    async def wait(self) -> None:
        """Wait after one more failure."""
        await asyncio.sleep(self.failed())


def is_passing(error: BaseException) -> bool:
    """Whether an error of the broker or the database may pass by itself."""
    return isinstance(error, BROKER_ERRORS) or may_pass(error)


async def repeat(work: Callable[[], Awaitable[float]], failed: str) -> None:
    """Do some work over and over until cancelled; what fails for a passing reason is tried again.

    Args:
        work: does it once, and returns the seconds until the next time.
        failed: what the log says where it failed.
    """
    patience = Patience()
    while True:
        try:
            pause = await work()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("%s: %s", failed, type(error).__name__)
            pause = patience.failed()
        else:
            patience.succeeded()
        await asyncio.sleep(pause)
