"""The scheduled jobs: digests, notices, colours that change at midnight, and what is old."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from events.mail_memory import BrokerMailMemory
from services.bootstrap.lag import lag_of
from services.bootstrap.mail import mail_context_of
from services.bootstrap.runtime import Runtime
from services.digests.schedule import JOB, scheduler_for
from services.digests.send import MailContext
from services.tracking.publish import notice_today
from services.tracking.retention import remove_what_is_old

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""How long a stop waits for mails that are under way."""


@asynccontextmanager
async def scheduling(
    runtime: Runtime, mail_context: MailContext | None = None
) -> AsyncIterator[None]:
    """Run the scheduled jobs: digests, notices, colours that change at midnight, and what is old.

    At the end a job that runs is given `STOP_SECONDS`. What is then still at the mail server goes
    again, with the same Message-ID, when its claim has run out.
    """
    mail_context = mail_context or mail_context_of(
        runtime.settings,
        runtime.database,
        runtime.rules.policy,
        memory=BrokerMailMemory(runtime.broker),
    )
    if not mail_context.recipients.recipient:
        log.warning(
            "SIGHTLINE_RECIPIENTS names nobody: only staff of the directory are sent a digest"
        )
    busy = asyncio.Lock()

    async def notice() -> None:
        async with busy, runtime.database.writing() as connection:
            await notice_today(connection, mail_context.clock())

    async def retain() -> None:
        async with busy:
            retention = runtime.rules.policy.retention
            await remove_what_is_old(runtime.database, retention, mail_context.clock())

    scheduler = scheduler_for(
        mail_context, lambda: lag_of(runtime.broker, runtime.database), busy, notice, retain
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS), busy:
                pass
        running = [task for task in asyncio.all_tasks() if task.get_name() == JOB]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        scheduler.shutdown(wait=False)
