"""A large batch stored in parts, side by side, while other processes help with a backlog.

In what order events are stored decides no colour, and each part is a transaction of its own. When
all of them are committed it is recorded how far the store got, and the batch is acknowledged.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from events.wire import Message
from services.assessment.derivation import Rules
from services.store.database import Database
from services.tracking.handler import BEHIND, Tracker
from services.tracking.processes import Processes

log = logging.getLogger(__name__)

PART = 400
"""Messages in a transaction: the fewer, the sooner all processes end together."""
_LONGEST = 30.0
"""Seconds for which another process is waited for; a part takes less than one."""
_GIVEN_TO_EACH = 2
"""Parts that each other process has at once: one in work, and the next."""


async def track_batch(
    tracker: Tracker, messages: Sequence[Message], waiting: int, processes: Processes | None
) -> set[int]:
    """Store a batch; returns the positions of the messages that were stored as refused.

    Args:
        tracker: stores in this process.
        messages: the batch.
        waiting: how many more wait on the broker.
        processes: those that help with a backlog, where there are any.

    Raises:
        Exception: as `Tracker.track` does; other parts of the batch may have been stored.
    """
    if processes is None or waiting + len(messages) <= BEHIND or len(messages) <= PART:
        return (await tracker.track(messages, waiting)).refused
    parts = deque(range(0, len(messages), PART))
    refused: set[int] = set()

    async def store_parts(processes: Processes | None) -> None:
        while parts:
            start = parts.popleft()
            part = messages[start : start + PART]
            work = _there(tracker, part, processes) if processes else _here(tracker, part)
            try:
                found = await work
            except Exception:
                parts.clear()
                raise
            refused.update(start + position for position in found)

    there = [store_parts(processes) for _ in range(_GIVEN_TO_EACH * processes.many)]
    ended = await asyncio.gather(*there, store_parts(None), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
    await tracker.got_to(messages)
    return refused


async def _here(tracker: Tracker, part: Sequence[Message]) -> set[int]:
    return (await tracker.track(part, waiting=BEHIND, is_part=True)).refused


async def _there(tracker: Tracker, part: Sequence[Message], processes: Processes) -> set[int]:
    """Store a part in another process; what fails there is done here, where it is dealt with.

    So is what it does not answer to: stored twice it is stored once.
    """
    work = partial(track_there, messages=part, now=tracker.clock())
    try:
        found = await processes.run(work, _LONGEST)
    except Exception as error:  # noqa: BLE001 (what fails again here is raised)
        log.info("A part is stored in this process: %s", type(error).__name__)
        found = None
    return await _here(tracker, part) if found is None else found


async def track_there(
    database: Database, rules: Rules, messages: Sequence[Message], now: datetime
) -> set[int] | None:
    """Store a part in another process; None where that failed."""
    try:
        return await _here(Tracker(database, rules, lambda: now), messages)
    except Exception as error:  # noqa: BLE001 (it may be one that cannot be handed to a process)
        log.info("Storing beside failed: %s", type(error).__name__)
        return None
