"""A store in which all that was sent is worked through, as `sightline serve` does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.bootstrap.runtime import Runtime, open_runtime
from services.bootstrap.tracking import start_tracking
from services.settings import Settings
from tests.waiting import drained


@asynccontextmanager
async def tracked(settings: Settings) -> AsyncIterator[Runtime]:
    """Open it, and wait until nothing waits to be stored or derived."""
    async with open_runtime(settings) as runtime:
        deriving = start_tracking(runtime)
        await runtime.broker.start()
        await drained(runtime.broker, database=runtime.database)
        deriving.cancel()
        yield runtime
