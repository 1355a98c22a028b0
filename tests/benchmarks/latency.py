"""How long after publishing a single event its status can be read."""

import asyncio
import time

import orjson

from events.broker import jetstream_of
from events.publish import parcel
from schemas.policy import Policy
from services.records import lines
from services.runtime import Place, start_tracking
from services.settings import Settings
from services.tracking.deriving import Rules
from tests.benchmarks.material import Bench
from tests.story import Story

RATE = 100
SECONDS = 15


async def publish_to_status(bench: Bench) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds, at 100 events a second."""
    start_tracking(Place(Settings(), Rules.of(Policy()), bench.database, bench.broker))
    await bench.broker.start()
    waits: list[float] = []
    watched: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        person = f"p{number}"
        event = Story(person).lives("2026-10-01", "S").raw[0] | {"id": person}
        sent = parcel(orjson.dumps(event))
        published = time.perf_counter()
        await jetstream_of(bench.broker).publish(
            sent.subject, sent.message.body, headers=dict(sent.message.headers)
        )
        task = asyncio.create_task(_readable(bench, person, published, waits))
        watched.add(task)
        task.add_done_callback(watched.discard)
    await asyncio.gather(*watched)
    waits.sort()
    return tuple(waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.95, 0.99))  # type: ignore[return-value]


async def _readable(bench: Bench, person: str, published: float, waits: list[float]) -> None:
    while True:
        async with bench.database.reading() as connection:
            if await lines.line_of(connection, person):
                waits.append(time.perf_counter() - published)
                return
        await asyncio.sleep(0.004)
