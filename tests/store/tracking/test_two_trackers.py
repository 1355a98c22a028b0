"""Of two trackers that share a backlog, the one that gets no more of it derives at once too."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from events.subscriber import Handle, TryLaterError
from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.bootstrap import tracking
from services.bootstrap.runtime import Runtime
from services.bootstrap.tracking import start_tracking
from services.settings import Settings
from services.store.database import Database
from services.tracking.handler import BEHIND
from tests.store.tracking.test_backlog import marked, messages, somebody
from tests.waiting import until

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@asynccontextmanager
async def tracking_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Handle]:
    """What a tracker does with a batch, while it derives."""
    handles: list[Handle] = []

    def subscribed(broker: object, handle: Handle, set_aside: object) -> None:
        del broker, set_aside
        handles.append(handle)

    monkeypatch.setattr(tracking, "subscribe", subscribed)
    monkeypatch.setattr(tracking, "_NEXT_COMES_WITHIN", 0.05)
    broker: Any = None
    deriving = start_tracking(
        Runtime(Settings(), Rules.of(Policy()), database, broker), lambda: NOW
    )
    try:
        yield handles[0]
    finally:
        deriving.cancel()
        with suppress(asyncio.CancelledError):
            await deriving


@pytest.fixture
def batch() -> Sequence[Message]:
    return messages(somebody("p1"), somebody("p2"))


async def nobody_is_marked(database: Database) -> bool:
    return await marked(database) == 0


async def test_what_waited_and_went_to_another_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, batch: Sequence[Message]
) -> None:
    async with tracking_of(database, monkeypatch) as handle:
        assert await handle(batch, 2 * BEHIND) == set()
        await until(partial(nobody_is_marked, database), 10)


async def test_a_batch_that_failed_and_went_to_another_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, batch: Sequence[Message]
) -> None:
    async with tracking_of(database, monkeypatch) as handle:
        assert await handle(batch[:1], 2 * BEHIND) == set()

        async def failing(*given: object) -> set[int]:
            raise OSError(f"no database for {len(given)}")

        monkeypatch.setattr(tracking, "track_batch", failing)
        with pytest.raises(TryLaterError):
            await handle(batch[1:], 2 * BEHIND)
        await until(partial(nobody_is_marked, database), 10)
