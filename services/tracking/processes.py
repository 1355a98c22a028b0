"""Processes that derive beside this one: Python uses one core a process, a server has several.

Each has a database and rules of its own, made once. They end when they are told to, or when this
process is gone, however it went.
"""

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self, TypeVar

from schemas.policy import Policy
from services.assessment.derivation import Rules
from services.garbage import collect_garbage_seldom
from services.logs import LogFormat, form_in_use, write_log
from services.store.database import Database
from services.traces import start_traces, traces_go_to

T = TypeVar("T")

Work = Callable[[Database, Rules], Awaitable[T]]
"""What is done there: a function that can be pickled, as can what it returns."""


class Processes:
    """Some processes, started when the first work is given to them; close them when done."""

    def __init__(self, url: str, policy: Policy, many: int) -> None:
        self.many = many
        told, self._telling = multiprocessing.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            many,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(url, policy.model_dump_json(), told, form_in_use(), traces_go_to()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def run(self, work: Work[T], longest: float | None = None) -> T:
        """Do some work in the next free process.

        Args:
            work: what is done.
            longest: seconds for which it is waited for; without end where None.

        Raises:
            BrokenProcessPool: a process has ended, or they were closed; these do no more work. Or
                none has answered in time.
            Exception: what the work raised.
        """
        doing = asyncio.get_running_loop().run_in_executor(self._pool, _do, work)
        doing.add_done_callback(_ask)
        try:
            # The pool itself is in the way of a future that is cancelled while a process ends.
            return await asyncio.wait_for(asyncio.shield(doing), longest)
        except TimeoutError:
            if doing.done():
                raise
            raise BrokenProcessPool("A process has not answered.") from None
        except asyncio.CancelledError:
            asking = asyncio.current_task()
            if asking is not None and asking.cancelling():
                raise
            raise BrokenProcessPool("They were closed before they did it.") from None

    def close(self) -> None:
        """End the processes at once; what they have not committed is undone."""
        self._telling.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _ask(done: asyncio.Future[Any]) -> None:
    """Ask after what nobody waits for any more, so that nothing says that nobody did."""
    if not done.cancelled():
        done.exception()


class _Here:
    """What a process of these holds."""

    def __init__(self, url: str, policy: str) -> None:
        self.runner = asyncio.Runner()
        self.rules = Rules.of(Policy.model_validate_json(policy))
        self.database = Database(url)


_here: _Here | None = None


def _begin(url: str, policy: str, told: Connection, form: LogFormat, traces_url: str) -> None:
    global _here  # noqa: PLW0603 (a process of a pool has no other place for what it holds)
    write_log(logging.INFO, form)
    start_traces(traces_url)
    threading.Thread(target=_end_when_told, args=(told,), daemon=True).start()
    _here = _Here(url, policy)
    collect_garbage_seldom()


def _end_when_told(told: Connection) -> None:
    """The pipe is closed by the process that made these, or by its end."""
    try:
        told.recv()
    except (EOFError, OSError):
        os._exit(0)


def _do(work: Work[T]) -> T:
    assert _here is not None  # noqa: S101 (the pool begins each process before it works)
    return _here.runner.run(_awaited(work, _here))


async def _awaited(work: Work[T], here: _Here) -> T:
    return await work(here.database, here.rules)
