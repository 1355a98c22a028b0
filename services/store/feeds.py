"""Feeds: when each source last sent events, and how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add_up
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
class ReceivedCount:
    """How many events of one batch came from one source; `last_time` is their latest `time`."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_time: datetime | None = None

    @property
    def is_heard(self) -> bool:
        """Whether any of them could be read."""
        return bool(self.accepted + self.duplicates)


async def count_received(
    connection: AsyncConnection, counts: dict[str, ReceivedCount], now: datetime
) -> None:
    """Add a batch's counts, by source, in one order by all."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    heard = [
        {"source": source, "hour": hour, "accepted": count.accepted}
        for source, count in sorted(counts.items())
        if count.is_heard
    ]
    await add_up(connection, feed_hours, heard, "accepted")
    for source, count in sorted(counts.items()):
        # A refused event may name any source: only one whose events were read becomes a feed.
        if await _add(connection, source, count, now) or not count.is_heard:
            continue
        await lock(connection, [f"feed\x1f{source}"])
        if not await _add(connection, source, count, now):
            await connection.execute(
                insert(feeds).values(
                    source=source,
                    first_heard=now,
                    last_heard=now,
                    last_time=count.last_time,
                    accepted=count.accepted,
                    duplicates=count.duplicates,
                    refused=count.refused,
                )
            )


async def _add(
    connection: AsyncConnection, source: str, count: ReceivedCount, now: datetime
) -> bool:
    """Add a batch's count to a feed; returns whether there is one."""
    counted: dict[str, ColumnElement[Any]] = {
        "last_heard": case((feeds.c.last_heard < now, now), else_=feeds.c.last_heard),
        "accepted": feeds.c.accepted + count.accepted,
        "duplicates": feeds.c.duplicates + count.duplicates,
        "refused": feeds.c.refused + count.refused,
    }
    if count.last_time is not None:
        counted["last_time"] = case(
            (feeds.c.last_time.is_(None), count.last_time),
            (feeds.c.last_time < count.last_time, count.last_time),
            else_=feeds.c.last_time,
        )
    changed = await connection.execute(
        update(feeds).where(feeds.c.source == source).values(**counted)
    )
    return bool(changed.rowcount)


async def hours_heard(connection: AsyncConnection, since: datetime) -> dict[str, list[datetime]]:
    """The hours in which each source was heard since then, oldest first."""
    rows = await connection.execute(
        select(feed_hours.c.source, feed_hours.c.hour)
        .where(feed_hours.c.hour >= since)
        .order_by(feed_hours.c.source, feed_hours.c.hour)
    )
    hours: dict[str, list[datetime]] = {}
    for row in rows:
        hours.setdefault(row.source, []).append(row.hour)
    return hours


async def all_feeds(connection: AsyncConnection) -> list[Feed]:
    """Every source that was ever heard, in order of its name."""
    rows = await connection.execute(select(*[feeds.c[name] for name in Feed.__slots__]))
    return sorted((Feed(*row) for row in rows), key=lambda feed: feed.source)
