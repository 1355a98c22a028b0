"""How long after publishing a single event its status can be read.

The tracker is a process of its own; this one publishes and reads, as a source and the pages do.
"""

import asyncio
import time

import orjson

from events.broker import jetstream_of
from events.channel import BY_COMMAND
from events.publish import to_message
from services.store import derived
from tests.benchmarks.material import Bench
from tests.benchmarks.scale_processes import Place, running
from tests.story import Story

SECONDS = 15
WARM_UP_SECONDS = 2
"""The first events, after which the tracker's statements are prepared, are not counted."""
_LOOK_EVERY = 0.005


async def publish_to_status(bench: Bench, rate: int) -> tuple[float, ...]:
    """p50, p95 and p99 in milliseconds, at so many events a second."""
    place = Place(bench.database.url, bench.nats_url, str(bench.folder), people=0, port=0, shift=0)
    async with running("tracker", place):
        return await _publish_and_read(bench, rate)


async def _publish_and_read(bench: Bench, rate: int) -> tuple[float, ...]:
    published: dict[str, float] = {}
    reading = asyncio.create_task(_readable(bench, published, rate))
    began = time.perf_counter()
    for number in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        person = f"p{number}"
        event = Story(person).lives("2026-10-01", "S").raw[0] | {"id": person}
        sent = to_message(orjson.dumps(event), BY_COMMAND)
        await jetstream_of(bench.broker).publish(
            sent.subject, sent.message.body, headers=dict(sent.message.headers)
        )
        published[person] = time.perf_counter()
    waits = await reading
    return tuple(waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.95, 0.99))


async def _readable(bench: Bench, published: dict[str, float], rate: int) -> list[float]:
    """Look again and again who can be read, until all can; how long each took, in order.

    Only the one published first is looked for: looking costs some of what is measured.
    """
    waits: list[float] = []
    async with bench.database.glancing() as connection:
        while len(waits) < rate * SECONDS:
            person = f"p{len(waits)}"
            if person in published and await derived.is_known(connection, person):
                waits.append(time.perf_counter() - published[person])
            else:
                await asyncio.sleep(_LOOK_EVERY)
    return sorted(waits[WARM_UP_SECONDS * rate :])
