"""Feeds: when each source was last heard, and how much came from it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import feed_hours, feeds


@dataclass(frozen=True, slots=True)
class Feed:
    """One source as it was heard. `last_time` is the latest `time` that its events carried."""

    source: str
    first_heard: datetime
    last_heard: datetime
    last_time: datetime | None
    accepted: int
    duplicates: int
    refused: int


@dataclass(slots=True)
class Heard:
    """What one batch brought from one source."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_time: datetime | None = None


async def hear(connection: AsyncConnection, heard: dict[str, Heard], now: datetime) -> None:
    """Count what came, by source, in one order whoever counts."""
    await lock(connection, (f"feed\x1f{source}" for source in heard))
    for source in sorted(heard):
        told = heard[source]
        if told.accepted + told.duplicates:
            await _note_hour(connection, source, told.accepted, now)
        later = told.last_time is not None
        changed = await connection.execute(
            update(feeds)
            .where(feeds.c.source == source)
            .values(
                last_heard=case((feeds.c.last_heard < now, now), else_=feeds.c.last_heard),
                accepted=feeds.c.accepted + told.accepted,
                duplicates=feeds.c.duplicates + told.duplicates,
                refused=feeds.c.refused + told.refused,
                **(
                    {
                        "last_time": case(
                            (feeds.c.last_time.is_(None), told.last_time),
                            (feeds.c.last_time < told.last_time, told.last_time),
                            else_=feeds.c.last_time,
                        )
                    }
                    if later
                    else {}
                ),
            )
        )
        # What was refused may name any source: only one that was understood becomes a feed.
        if not changed.rowcount and told.accepted + told.duplicates:
            await connection.execute(
                insert(feeds).values(
                    source=source,
                    first_heard=now,
                    last_heard=now,
                    last_time=told.last_time,
                    accepted=told.accepted,
                    duplicates=told.duplicates,
                    refused=told.refused,
                )
            )


async def _note_hour(connection: AsyncConnection, source: str, many: int, now: datetime) -> None:
    """Note that a source was heard in this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    noted = await connection.execute(
        update(feed_hours)
        .where(feed_hours.c.source == source, feed_hours.c.hour == hour)
        .values(accepted=feed_hours.c.accepted + many)
    )
    if not noted.rowcount:
        await connection.execute(insert(feed_hours).values(source=source, hour=hour, accepted=many))


async def hours_heard(connection: AsyncConnection, since: datetime) -> dict[str, list[datetime]]:
    """The hours in which each source was heard since then, oldest first."""
    rows = await connection.execute(
        select(feed_hours.c.source, feed_hours.c.hour)
        .where(feed_hours.c.hour >= since)
        .order_by(feed_hours.c.source, feed_hours.c.hour)
    )
    heard: dict[str, list[datetime]] = {}
    for row in rows:
        heard.setdefault(row.source, []).append(row.hour)
    return heard


async def all_feeds(connection: AsyncConnection) -> list[Feed]:
    """Every source that was ever heard, in order of its name."""
    rows = await connection.execute(select(*[feeds.c[name] for name in Feed.__slots__]))
    return sorted((Feed(*row) for row in rows), key=lambda feed: feed.source)
