"""How many events a source that is limited sent over HTTP, by hour, whoever took them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add_up
from services.store.locks import lock
from services.store.tables import sent_hours

_A_DAY = timedelta(hours=24)


async def take(
    connection: AsyncConnection, source: str, many: int, quota: int, now: datetime
) -> timedelta | None:
    """Count events of a source, where that is no more than it may send in 24 hours.

    More at once than that is taken on a day without any, or it would never be.

    Returns:
        None where they were counted; else how long until some of what was sent is a day ago.
    """
    await lock(connection, [f"sent\x1f{source}"])
    of_source = sent_hours.c.source == source
    await connection.execute(delete(sent_hours).where(of_source, sent_hours.c.hour <= now - _A_DAY))
    row = (
        await connection.execute(
            select(func.sum(sent_hours.c.events), func.min(sent_hours.c.hour)).where(of_source)
        )
    ).one()
    sent = int(row[0] or 0)
    if sent and sent + many > quota:
        oldest: datetime = row[1]
        return max(oldest + _A_DAY - now, timedelta(seconds=1))
    await _add(connection, source, many, now)
    return None


async def give_back(connection: AsyncConnection, source: str, many: int, now: datetime) -> None:
    """Events that were counted were not stored."""
    await _add(connection, source, -many, now)


async def _add(connection: AsyncConnection, source: str, many: int, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = {"source": source, "hour": hour, "events": many}
    await add_up(connection, sent_hours, [row], "events")
