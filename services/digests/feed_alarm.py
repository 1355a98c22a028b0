"""Alarms of silent feeds and lost events: each is kept, and mailed to administrators, once."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.weeks import week_name
from services.digests.render import render_alarm
from services.digests.send import MailContext, delivery_of
from services.digests.week import NOTICE, SILENCE
from services.sources.feed_status import silent_feeds
from services.sources.lost_events import open_losses, sentence_of
from services.store import feed_alarms, feeds, mail_queue
from services.store.feed_alarms import Alarm

_BROKER = "broker"
"""What stands in place of a source where the broker lost events; a source is a URI reference."""


async def raise_alarms(context: MailContext) -> int:
    """Raise an alarm for each new silence, and write to every administrator. Returns how many."""
    now = context.clock()
    async with context.database.reading() as connection:
        silent = await silent_feeds(connection, context.policy, now)
        last_heard = {feed.source: feed.last_heard for feed in await feeds.all_feeds(connection)}
        lost = await open_losses(connection)
        known = await feed_alarms.all_alarms(connection)
    raised = {(item.source, item.silent_since) for item in known}
    found = [Alarm(item.source, item.since, now, item.sentence) for item in silent]
    found += [Alarm(_BROKER, item.since, now, sentence_of(item)) for item in lost]
    is_new = any((item.source, item.silent_since) not in raised for item in found)
    if not is_new and all(item.ended_at for item in known):
        return 0
    last_heard[_BROKER] = now if not lost else datetime.min.replace(tzinfo=UTC)
    async with context.database.writing() as connection:
        new = await feed_alarms.raise_new(connection, found, last_heard, now)
        if new:
            await _write(connection, context, new)
    return len(new)


async def _write(connection: AsyncConnection, context: MailContext, new: Sequence[Alarm]) -> None:
    now = context.clock()
    name = f"{week_name(london_day(now))}{NOTICE}{SILENCE}{now:%m%dT%H%M%SZ}"
    subject = "Sightline: a feed is silent" if len(new) == 1 else "Sightline: feeds are silent"
    if any(item.source == _BROKER for item in new):
        subject = "Sightline: events may be missing"
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
