"""Of two trackers that share a backlog, the one that gets no more of it derives at once too."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from events.subscriber import Handle
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


async def test_what_waited_and_went_to_another_holds_nobody_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    batch: Sequence[Message] = messages(somebody("p1"), somebody("p2"))
    assert await handles[0](batch, 2 * BEHIND) == set()

    async def derived() -> bool:
        return await marked(database) == 0

    await until(derived, 10)
    deriving.cancel()
    with suppress(asyncio.CancelledError):
        await deriving
