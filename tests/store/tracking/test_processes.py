"""Processes that derive beside the tracker: they help, they end, and nothing hangs on them."""

import asyncio
import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.store import underived
from services.store.database import Database
from services.tracking import deriving as deriving_module
from services.tracking.deriving import Deriving, derive_marked_there
from services.tracking.handler import BEHIND, Tracker
from services.tracking.processes import Processes
from tests.store.tracking.test_backlog import marked, messages, somebody
from tests.store.tracking.tracker_harness import rows
from tests.waiting import until

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def tracker(postgres_url: str) -> Tracker:
    return Tracker(Database(postgres_url), Rules.of(Policy()), lambda: NOW)


async def pid_of(database: Database, rules: Rules) -> int:
    del database, rules
    return os.getpid()


async def failing(database: Database, rules: Rules) -> None:
    del database, rules
    raise ValueError("as the work raised it")


async def ended(pid: int) -> bool:
    """Whether a process is gone, or has ended and nobody has asked after it."""
    with suppress(OSError):
        stat = await asyncio.to_thread(Path(f"/proc/{pid}/stat").read_text)
        return stat.rpartition(")")[2].split()[0] == "Z"
    return True


async def test_another_process_derives_as_this_one_does(tracker: Tracker) -> None:
    here = Deriving(tracker.database, tracker.rules, tracker.clock)
    await tracker.track(messages(somebody("p1"), somebody("p2")), waiting=BEHIND)
    await here.derive_marked()
    derived_here = await rows(tracker.database)
    await tracker.database.close()
    async with tracker.database.writing() as connection:
        await underived.mark(connection, ["p1", "p2"], NOW)
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        assert await processes.run(partial(derive_marked_there, now=NOW)) == 2
    assert await marked(tracker.database) == 0
    assert await rows(tracker.database) == derived_here


async def test_what_the_work_raises_is_raised_here(tracker: Tracker) -> None:
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        with pytest.raises(ValueError, match="as the work raised it"):
            await processes.run(failing)


async def test_closed_they_end_at_once(tracker: Tracker) -> None:
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        pid = await processes.run(pid_of)
    await until(lambda: ended(pid))


_STARTS_ONE = """
import asyncio, sys
from schemas.policy import Policy
from services.tracking.processes import Processes
from tests.store.tracking.test_processes import pid_of

async def main():
    async with Processes(sys.argv[1], Policy(), 1) as processes:
        print(await processes.run(pid_of), flush=True)
        await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_they_end_where_their_tracker_is_killed(tracker: Tracker) -> None:
    starting = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STARTS_ONE, tracker.database.url, stdout=asyncio.subprocess.PIPE
    )
    assert starting.stdout is not None
    pid = int(await starting.stdout.readline())
    starting.kill()
    await starting.wait()
    await until(lambda: ended(pid))


async def test_while_behind_they_help_and_where_they_are_killed_it_goes_on(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    helping: list[Processes] = []

    class Seen(Processes):
        def __init__(self, url: str, policy: Policy, many: int) -> None:
            super().__init__(url, policy, many)
            helping.append(self)

    monkeypatch.setattr(deriving_module, "Processes", Seen)
    monkeypatch.setattr(deriving_module, "_AT_ONCE", 1)
    deriving = Deriving(tracker.database, tracker.rules, tracker.clock, processes=1)
    deriving.behind = True
    everybody = [somebody(f"p{number}") for number in range(30)]
    working = asyncio.create_task(deriving.run())
    await until(lambda: _true(bool(helping)))
    os.kill(await helping[0].run(pid_of), signal.SIGKILL)
    await tracker.track(messages(*everybody), waiting=BEHIND)
    deriving.behind = False
    await until(partial(_all_derived, tracker.database))
    assert "goes on in one process" in caplog.text
    assert not working.done()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def test_of_those_marked_each_transaction_takes_others(tracker: Tracker) -> None:
    """Two trackers, or two processes, share a backlog: neither waits for what the other has."""
    await tracker.track(messages(*(somebody(f"p{number}") for number in range(6))), waiting=BEHIND)
    async with tracker.database.writing() as one, tracker.database.writing() as other:
        first, second = await underived.take(one, 3), await underived.take(other, 3)
        assert len(first) == len(second) == 3
        assert not first & second


async def _all_derived(database: Database) -> bool:
    return await marked(database) == 0


async def _true(so: bool) -> bool:
    return so


async def test_who_waits_no_more_leaves_the_others_their_answers(tracker: Tracker) -> None:
    """What is cancelled is not cancelled in the pool, which would be in its own way at an end."""
    async with Processes(tracker.database.url, Policy(), 1) as processes:
        pid = await processes.run(pid_of)
        os.kill(pid, signal.SIGSTOP)
        waiting = [asyncio.create_task(processes.run(pid_of)) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(BrokenProcessPool, match="has not answered"):
            await processes.run(pid_of, 0.1)
        for task in waiting[1:3]:
            task.cancel()
        await asyncio.wait(waiting[1:3])
        os.kill(pid, signal.SIGKILL)
        for task in (waiting[0], waiting[3]):
            with pytest.raises(BrokenProcessPool):
                await asyncio.wait_for(task, 20)
