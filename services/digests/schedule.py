"""When digests go: APScheduler only wakes us; the database says what is due and who has it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from events.stream import Lag
from services.digests.delivery import Office, make_week, send_due
from services.digests.notices import notify
from services.digests.week import Week, latest_due
from services.records import event_log, reports
from services.records.outgoing import mark

log = logging.getLogger(__name__)

WAKE_SECONDS = 20
LIVE_SINCE = "live_since"
"""The mark that says when this store was first put to work: no digest is due before it."""

LagNow = Callable[[], Awaitable[Lag | None]]
"""How far the tracker is behind; None where the broker does not answer."""


async def tick(office: Office, lag_now: LagNow, begun: datetime | None = None) -> None:
    """Make what is due: a digest, once nothing waits on the broker or at its deadline; notices.

    After a start, of which `begun` is the time, a digest that is overdue waits as long as ever: the
    tracker has to catch up first.
    """
    now = office.clock()
    week = latest_due(now, office.policy.digest)
    deadline = week.deadline
    if begun is not None:
        deadline = max(deadline, begun + (week.deadline - week.due_at))
    if await _is_due(office, week):
        missing = await _missing(lag_now)
        if not missing or now >= deadline:
            if await make_week(office, week, missing):
                log.info("The report of %s was made", week.name)
        else:
            log.info("The report of %s waits: %s", week.name, missing[0])
    await send_due(office)
    if await notify(office, lag_now):
        await send_due(office)


async def _is_due(office: Office, week: Week) -> bool:
    """Due since this store has been at work, and not made yet."""
    if not office.recipients.recipient:
        return False
    async with office.database.reading() as connection:
        if await reports.report_of(connection, week.name):
            return False
        told = await mark(connection, LIVE_SINCE)
        begun = datetime.fromisoformat(told) if told else await event_log.first_stored(connection)
    return begun is not None and begun <= week.due_at


async def _missing(lag_now: LagNow) -> list[str]:
    """What the report would go without."""
    lag = await lag_now()
    if lag is None:
        return ["The broker did not answer: events that it holds are not in this report."]
    if lag.total:
        return [f"{lag.total:,} events were received and not yet worked through."]
    return []


def scheduler_for(
    office: Office, lag_now: LagNow, busy: asyncio.Lock, *jobs: Callable[[], Awaitable[None]]
) -> AsyncIOScheduler:
    """A scheduler that wakes often, forgets nothing and runs nothing twice at once.

    `busy` is held while it works.
    """
    scheduler = AsyncIOScheduler(
        timezone="Europe/London",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    begun = office.clock()

    async def digests() -> None:
        async with busy:
            await tick(office, lag_now, begun)

    for job in (digests, *jobs):
        scheduler.add_job(
            job, "interval", seconds=WAKE_SECONDS, next_run_time=datetime.now().astimezone()
        )
    return scheduler
