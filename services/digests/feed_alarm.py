"""Alarms of silent feeds: each silence is stored and mailed to the administrators once."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from services.digests.render import render_alarm
from services.digests.send import MailContext, delivery_of
from services.digests.week import NOTICE, week_name
from services.sources.feed_status import silent_feeds
from services.store import feed_alarms, feeds, mail_queue
from services.store.feed_alarms import Alarm


async def raise_alarms(context: MailContext) -> int:
    """Raise an alarm for each new silence, and write to every administrator. Returns how many."""
    now = context.clock()
    async with context.database.reading() as connection:
        silent = await silent_feeds(connection, context.policy, now)
        last_heard = {feed.source: feed.last_heard for feed in await feeds.all_feeds(connection)}
        known = await feed_alarms.all_alarms(connection)
    raised = {(item.source, item.silent_since) for item in known}
    is_new = any((item.source, item.since) not in raised for item in silent)
    if not is_new and all(item.ended_at for item in known):
        return 0
    async with context.database.writing() as connection:
        found = [Alarm(item.source, item.since, now, item.sentence) for item in silent]
        new = await feed_alarms.raise_new(connection, found, last_heard, now)
        if new:
            await _write(connection, context, new)
    return len(new)


async def _write(connection: AsyncConnection, context: MailContext, new: Sequence[Alarm]) -> None:
    now = context.clock()
    name = f"{week_name(london_day(now))}{NOTICE}silence-{now:%m%dT%H%M%SZ}"
    subject = "Sightline: a feed is silent" if len(new) == 1 else "Sightline: feeds are silent"
    html, text = render_alarm(
        context.policy.council,
        subject,
        [item.reason for item in new],
        context.links.feeds(),
        context.links.overview(),
    )
    for administrator in context.recipients.administrator:
        await mail_queue.add_delivery(
            connection,
            delivery_of(context, name, administrator, subject, html, text, now),
        )
