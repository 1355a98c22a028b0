"""Waiting for a condition, never for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from faststream.nats import NatsBroker

from events.broker import jetstream_of
from events.stream import lag


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.02)


async def drained(broker: NatsBroker, seconds: float = 60.0) -> None:
    """Wait until nothing waits on the broker or is in hand."""

    async def nothing() -> bool:
        return (await lag(jetstream_of(broker))).total == 0

    await until(nothing, seconds)
