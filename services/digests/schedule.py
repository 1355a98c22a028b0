"""When digests are made and sent: APScheduler wakes this; the database decides what is due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from events.stream import Lag
from services.digests.feed_alarm import raise_alarms
from services.digests.send import MailContext, make_week, send_due
from services.digests.unlawful_notice import leave_to_first_digest, never_written_to, notify
from services.digests.week import Week, latest_due
from services.digests.weekly_analysis import make_weekly_analysis
from services.oversight.data_quality import measures_of
from services.oversight.derived_by import is_derived
from services.sources.completeness import comparisons_due
from services.sources.feed_status import awaited_snapshots
from services.store import event_log, snapshots, weekly_reports
from services.store.locks import lock
from services.store.marks import mark
from services.store.question_counts import is_measured, keep_measures

log = logging.getLogger(__name__)

WAKE_SECONDS = 20
JOB = "sightline digests"
"""The name of the task that makes and sends mail."""

LIVE_SINCE = "live_since"
"""The mark that says when this store was first put to work: no digest is due before it."""

LagNow = Callable[[], Awaitable[Lag | None]]
"""How far the tracker is behind; None where the broker does not answer."""


async def tick(context: MailContext, lag_now: LagNow, begun: datetime | None = None) -> None:
    """Make and send what is due: the week's digests, notices, alarms and measures.

    A report waits until nothing is left on the broker, or until its deadline. After a start at
    `begun` an overdue one waits as long again, so that the tracker can catch up.
    """
    await _check_feeds(context, lag_now)
    new = await never_written_to(context)
    lag = await lag_now() if new else None
    if lag is not None and not lag.total:
        await leave_to_first_digest(context, new)
        new = []
    now = context.clock()
    week = latest_due(now, context.policy.digest)
    deadline = week.deadline
    if begun is not None:
        deadline = max(deadline, begun + (week.deadline - week.due_at))
    if await _is_due(context, week):
        missing = await _missing(context, week, lag_now)
        if not missing or now >= deadline:
            if await make_week(context, week, missing):
                log.info("The report of %s was made", week.name)
                await leave_to_first_digest(context, new)
                new = []
        else:
            log.info("The report of %s waits: %s", week.name, missing[0])
    await _measure(context, week)
    await send_due(context)
    if await notify(context, lag_now, {recipient.id for recipient in new}):
        await send_due(context)
    await _analyse(context, week)


async def _is_due(context: MailContext, week: Week) -> bool:
    """Whether a week's report is due and not made; weeks before this store was used are not."""
    async with context.database.reading() as connection:
        everybody = await context.everybody(connection)
        if not everybody.recipient or await weekly_reports.report_of(connection, week.name):
            return False
        recorded = await mark(connection, LIVE_SINCE)
        begun = (
            datetime.fromisoformat(recorded)
            if recorded
            else await event_log.first_stored(connection)
        )
    return begun is not None and begun <= week.due_at


async def _missing(context: MailContext, week: Week, lag_now: LagNow) -> list[str]:
    """What the report would be made without, in sentences."""
    lag = await lag_now()
    if lag is None:
        return ["The broker did not answer: events that it holds are not in this report."]
    if lag.total:
        return [f"{lag.total:,} events were received and not yet worked through."]
    async with context.database.reading() as connection:
        if not await is_derived(connection, context.policy):
            return ["Every status is being derived again: what is not done is not in this report."]
        return await awaited_snapshots(connection, context.policy, week.due_at)


async def _check_feeds(context: MailContext, lag_now: LagNow) -> None:
    """Compare new snapshots with what is stored, and raise alarms, once no event waits."""
    lag = await lag_now()
    if lag is not None and not lag.total:
        async with context.database.reading() as connection:
            due, ended = await comparisons_due(connection, context.policy, context.clock())
        if due or ended:
            async with context.database.writing() as connection:
                for compared in due:
                    await snapshots.keep(connection, compared)
                for source in ended:
                    await snapshots.forget(connection, source)
        # Not while events wait on the broker: they may be of a feed that seems silent.
        if await raise_alarms(context):
            log.warning("A feed is silent beyond its rhythm")


async def _analyse(context: MailContext, week: Week) -> None:
    """Make and send the analysis of the week, last: whatever is wrong with it holds up nothing."""
    try:
        if await make_weekly_analysis(context, week):
            await send_due(context)
    except Exception:
        log.exception("The analysis of %s could not be made; it is tried again", week.name)


async def _measure(context: MailContext, week: Week) -> None:
    """Store the data quality of the week, once."""
    async with context.database.reading() as connection:
        if await is_measured(connection, week.name):
            return
        measures = await measures_of(connection, week.name, week.day)
    async with context.database.writing() as connection:
        await lock(connection, [f"quality\x1f{week.name}"])
        if not await is_measured(connection, week.name):
            await keep_measures(connection, measures)


def scheduler_for(
    context: MailContext, lag_now: LagNow, busy: asyncio.Lock, *jobs: Callable[[], Awaitable[None]]
) -> AsyncIOScheduler:
    """A scheduler that runs `tick` and the other jobs every `WAKE_SECONDS`, none twice at once.

    `busy` is locked while `tick` runs.
    """
    scheduler = AsyncIOScheduler(
        timezone="Europe/London",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    begun = context.clock()

    async def digests() -> None:
        if task := asyncio.current_task():
            task.set_name(JOB)
        async with busy:
            await tick(context, lag_now, begun)

    for job in (digests, *jobs):
        scheduler.add_job(
            job, "interval", seconds=WAKE_SECONDS, next_run_time=datetime.now().astimezone()
        )
    return scheduler
