"""Which recipients were sent a same-day notice of which unlawful red."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.tables import digests, notified

NotifiedOf = tuple[str, str, str, str]
"""One notification: source and id of the event that began it, the concern, the recipient."""


async def notified_of(connection: AsyncConnection, ids: Collection[str]) -> set[NotifiedOf]:
    """The notifications of what the events with these ids began."""
    rows = await connection.execute(
        select(
            notified.c.source, notified.c.event_id, notified.c.concern, notified.c.recipient
        ).where(among(notified.c.event_id, ids))
    )
    return {(row.source, row.event_id, row.concern, row.recipient) for row in rows}


class NoticeOf(NamedTuple):
    """A notice of what an event began: of which concern, to whom, and when it was sent (UTC)."""

    source: str
    event_id: str
    concern: str
    recipient: str
    sent_at: datetime | None


async def notices_of(connection: AsyncConnection, ids: Collection[str]) -> list[NoticeOf]:
    """The notices of what the events with these ids began, with when each was sent."""
    c = notified.c
    sent = and_(digests.c.week == c.notice, digests.c.recipient == c.recipient)
    rows = await connection.execute(
        select(c.source, c.event_id, c.concern, c.recipient, digests.c.sent_at)
        .select_from(notified.outerjoin(digests, sent))
        .where(among(c.event_id, ids))
        .order_by(c.notice, c.recipient)
    )
    return [NoticeOf(*row) for row in rows]


async def keep_notified(
    connection: AsyncConnection, notifications: Collection[NotifiedOf], notice: str
) -> None:
    """Store the notifications that a notice makes."""
    names = ("source", "event_id", "concern", "recipient")
    rows = [
        dict(zip(names, item, strict=True)) | {"notice": notice} for item in sorted(notifications)
    ]
    await connection.execute(insert(notified), rows)
