"""What others would do with the same stream and database: store events, and assess nothing."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from events.broker import jetstream_of
from events.stream import STREAM, TRACKER
from events.wire import Message, read_message
from schemas.envelope import Event
from schemas.policy import Policy
from services.store.event_log import row_of
from services.store.tables import events as table
from services.tracking.arrivals import arrival_of
from tests.benchmarks.material import Bench
from tests.store.tracking.tracker_harness import NOW

_POLICY = Policy()


async def commit_per_event(bench: Bench, events: list[bytes]) -> float:
    """An ordinary service: one INSERT and one COMMIT an event, one at a time."""
    return await _drain(bench, events, at_once=1, rows_a_commit=1)


async def hundred_at_once(bench: Bench, events: list[bytes]) -> float:
    """The same, with 100 at work at once (one at a time where the database has one writer)."""
    return await _drain(
        bench, events, at_once=10 if bench.database.is_sqlite else 100, rows_a_commit=1
    )


async def bulk_insert(bench: Bench, events: list[bytes]) -> float:
    """Batches of 500 in one INSERT and one COMMIT, without any assessment."""
    return await _drain(bench, events, at_once=1, rows_a_commit=500)


async def _drain(bench: Bench, events: list[bytes], *, at_once: int, rows_a_commit: int) -> float:
    await bench.publish(events)
    subscription = await jetstream_of(bench.broker).pull_subscribe(">", TRACKER, STREAM)
    room = asyncio.Semaphore(min(at_once, 15))
    done = 0
    began = time.perf_counter()
    while done < len(events):
        messages = await subscription.fetch(500, timeout=30)
        groups = [
            messages[start : start + rows_a_commit]
            for start in range(0, len(messages), rows_a_commit)
        ]

        async def store(group: Sequence[Any]) -> None:
            async with room:
                rows = [_row(item.data) for item in group]
                async with bench.database.writing() as connection:
                    await connection.execute(insert(table), rows)
                for item in group:
                    await item.ack()

        if at_once == 1:
            for group in groups:
                await store(group)
        else:
            await asyncio.gather(*(store(group) for group in groups))
        done += len(messages)
    return done / (time.perf_counter() - began)


def _row(raw: bytes) -> dict[str, Any]:
    event = read_message(Message(raw))
    assert isinstance(event, Event)
    return row_of(arrival_of(event, _POLICY), NOW)
