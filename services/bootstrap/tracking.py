"""The tracker: at work on what comes, and alone where the database takes one."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from filelock import FileLock, Timeout

from events.subscriber import TryLaterError, subscribe
from events.wire import Message
from schemas.days import london_day
from services.assessment.calendar import working_days_are_known
from services.bootstrap.runtime import Runtime
from services.capacity import processes_that_fit
from services.clock import now_utc
from services.file_lock import file_lock
from services.garbage import collect_garbage_seldom
from services.settings import Settings, SettingsError
from services.store.passing import may_pass
from services.tracking.deriving import Deriving
from services.tracking.handler import BEHIND, Tracker
from services.tracking.side_by_side import track_batch

_NEXT_COMES_WITHIN = 1.0
"""Seconds after which the next batch of a backlog has begun, if this tracker is given one."""


def only_tracker(settings: Settings) -> FileLock | None:
    """Lock the data directory for this tracker: SQLite takes one, PostgreSQL any number.

    Returns the lock to release at the end; None on PostgreSQL.

    Raises:
        SettingsError: another tracker runs.
    """
    if not settings.effective_database_url.startswith("sqlite"):
        return None
    settings.make_data_dir()
    lock = file_lock(settings.data_dir / "tracker.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise SettingsError(
            f"Another tracker works on {settings.data_dir}. SQLite takes one tracker; for more, "
            "set SIGHTLINE_DATABASE_URL to a PostgreSQL database."
        ) from None
    return lock


def start_tracking(runtime: Runtime, clock: Callable[[], datetime] = now_utc) -> asyncio.Task[None]:
    """Register the tracker on the broker; it runs once the broker is started.

    Returns the task, begun at once, that derives whoever was only stored while it was behind; it
    runs until it is cancelled.
    """
    working_days_are_known(london_day(clock()))
    collect_garbage_seldom()
    tracker = Tracker(runtime.database, runtime.rules, clock)
    others = processes_that_fit() - 1
    deriving = Deriving(runtime.database, runtime.rules, clock, others)

    batches = count(1)
    newest = 0

    def catch_up(batch: int) -> None:
        if batch == newest:
            deriving.behind = False

    async def handle(messages: Sequence[Message], waiting: int) -> set[int]:
        nonlocal newest
        newest = batch = next(batches)
        deriving.behind = waiting + len(messages) > BEHIND
        try:
            refused = await track_batch(tracker, messages, waiting, deriving.beside)
        except Exception as error:
            if may_pass(error):
                raise TryLaterError(type(error).__name__) from error
            raise
        finally:
            # What waited may have gone to another tracker: then no batch comes that says so.
            asyncio.get_running_loop().call_later(_NEXT_COMES_WITHIN, catch_up, batch)
        deriving.behind = waiting > BEHIND
        return refused

    subscribe(runtime.broker, handle, tracker.set_aside)
    return asyncio.create_task(deriving.run())
