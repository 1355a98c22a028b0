"""Sightline's own way: the tracker as `sightline serve` runs it."""

import time

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap.runtime import Runtime
from services.bootstrap.tracking import start_tracking
from services.settings import Settings
from services.store import event_log
from tests.benchmarks.material import Bench
from tests.waiting import drained

_LOOK_EVERY = 0.1
"""Seconds: each look whether all is done costs some of what is measured."""


async def full_path(bench: Bench, events: list[bytes]) -> float:
    """Durable consume, validate, store, assess, write, commit, acknowledge: one tracker."""
    await bench.publish(events)
    start_tracking(Runtime(Settings(), Rules.of(Policy()), bench.database, bench.broker))
    began = time.perf_counter()
    await bench.broker.start()
    await drained(bench.broker, 600, bench.database, _LOOK_EVERY)
    seconds = time.perf_counter() - began
    async with bench.database.reading() as connection:
        assert await event_log.count(connection) == len(events)
    return len(events) / seconds
