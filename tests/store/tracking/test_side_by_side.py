"""A large batch that is stored in parts, here and in other processes, is stored as one would be."""

import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from events.wire import Message
from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store import event_log, stream_position
from services.store.database import Database
from services.tracking import side_by_side
from services.tracking.handler import BEHIND, Tracker
from services.tracking.processes import Processes
from services.tracking.side_by_side import track_batch
from tests.store.tracking.test_backlog import marked, messages, somebody
from tests.store.tracking.test_processes import pid_of

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BAD = Message(b"no event at all")


@pytest.fixture
def tracker(postgres_url: str) -> Tracker:
    return Tracker(Database(postgres_url), Rules.of(Policy()), lambda: NOW)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "PART", 4)


async def stored(database: Database) -> int:
    async with database.reading() as connection:
        return await event_log.count(connection)


def everybody(many: int = 20) -> list[Message]:
    return messages(*(somebody(f"p{number}") for number in range(many)))


class Counting:
    """Processes that count what is given to them."""

    def __init__(self, processes: Processes) -> None:
        self.many = processes.many
        self.processes = processes
        self.given = 0

    async def run(
        self, work: Callable[[Database, Rules], Coroutine[Any, Any, Any]], longest: float
    ) -> object:
        self.given += 1
        return await self.processes.run(work, longest)


async def in_parts(
    tracker: Tracker, batch: Sequence[Message], processes: Processes | Counting
) -> set[int]:
    return await track_batch(tracker, batch, BEHIND, processes)  # type: ignore[arg-type]


async def test_every_part_is_stored_once_and_what_is_refused_has_its_own_place(
    tracker: Tracker,
) -> None:
    good = everybody()
    batch = [*good[:7], BAD, *good[7:], BAD, *good[:3]]
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        counting = Counting(processes)
        assert await in_parts(tracker, batch, counting) == {7, len(good) + 1}
        assert counting.given
    assert await stored(tracker.database) == len(good)
    assert await marked(tracker.database) == 20


async def test_where_a_process_is_killed_its_part_is_stored_here(tracker: Tracker) -> None:
    good = everybody()
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        os.kill(await processes.run(pid_of), signal.SIGKILL)
        assert await in_parts(tracker, [*good, BAD], processes) == {len(good)}
    assert await stored(tracker.database) == len(good)


async def test_where_they_are_closed_meanwhile_the_batch_is_stored_here(tracker: Tracker) -> None:
    good = everybody()
    processes = Processes(tracker.database.url, Policy(), 1)
    await processes.run(pid_of)
    processes.close()
    assert await in_parts(tracker, good, processes) == set()
    assert await stored(tracker.database) == len(good)


async def test_what_fails_everywhere_is_raised_and_stored_when_it_is_tried_again(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, track = everybody(), Tracker.track

    async def failing(
        self: Tracker, part: Sequence[Message], waiting: int = 0, *, is_part: bool = False
    ) -> object:
        if good[5] in part:
            raise ValueError("as the part raised it")
        return await track(self, part, waiting, is_part=is_part)

    monkeypatch.setattr(Tracker, "track", failing)
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        monkeypatch.setattr(processes, "many", 0)  # so that the part that fails is one of this
        with pytest.raises(ValueError, match="as the part raised it"):
            await in_parts(tracker, good, processes)
        monkeypatch.undo()
        assert await in_parts(tracker, good, processes) == set()
    assert await stored(tracker.database) == len(good)


async def test_a_batch_that_is_no_backlog_is_stored_and_derived_at_once(tracker: Tracker) -> None:
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        counting = Counting(processes)
        assert await track_batch(tracker, everybody(), 0, counting) == set()  # type: ignore[arg-type]
        assert not counting.given
    assert await marked(tracker.database) == 0


async def reached(database: Database) -> int:
    async with database.reading() as connection:
        return await stream_position.highest(connection)


async def test_how_far_the_store_got_is_recorded_once_every_part_is_stored(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy between two parts would else have the last and lack one before it, unnoticed."""
    numbered = [replace(it, sequence=place) for place, it in enumerate(everybody(), start=1)]
    track, seen = Tracker.track, []

    async def looking(self: Tracker, *given: Any, **more: Any) -> object:
        outcome = await track(self, *given, **more)
        seen.append(await reached(self.database))
        return outcome

    monkeypatch.setattr(Tracker, "track", looking)
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        assert await in_parts(tracker, numbered, processes) == set()
    assert set(seen) == {0}
    assert await reached(tracker.database) == len(numbered)


async def test_where_a_process_does_not_answer_its_part_is_stored_here(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "_LONGEST", 0.5)
    good = everybody()
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        pid = await processes.run(pid_of)
        os.kill(pid, signal.SIGSTOP)
        try:
            assert await in_parts(tracker, [*good, BAD], processes) == {len(good)}
        finally:
            os.kill(pid, signal.SIGCONT)
    assert await stored(tracker.database) == len(good)
