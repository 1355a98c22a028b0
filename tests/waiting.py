"""Waiting for a condition, never for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from faststream.nats import NatsBroker

from events.broker import jetstream_of
from events.stream import Lag, lag, stream_state
from services.bootstrap.lag import lag_of
from services.store.database import Database


async def until(
    condition: Callable[[], Awaitable[bool]], seconds: float = 30.0, pause: float = 0.02
) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(pause)


async def drained(
    broker: NatsBroker,
    seconds: float = 60.0,
    database: Database | None = None,
    pause: float = 0.02,
) -> None:
    """Wait until nothing waits on the broker, is in hand, or in the database to be derived.

    The server counts what waits for a consumer a moment after it has acknowledged a message, so the
    stream's own last number is waited for too.
    """
    last = (await stream_state(jetstream_of(broker))).last

    async def nothing() -> bool:
        if database is None:
            found: Lag | None = await lag(jetstream_of(broker))
        else:
            found = await lag_of(broker, database)
        return found is not None and found.done >= last and found.total == 0

    await until(nothing, seconds, pause)
