"""Alarms: silences of feeds beyond their rhythm, each raised once and ended when it is heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import alarms


@dataclass(frozen=True, slots=True)
class Alarm:
    """A silence: since when, when it was raised, and when the feed was heard again."""

    source: str
    silent_since: datetime
    raised_at: datetime
    reason: str
    ended_at: datetime | None = None


async def raise_new(
    connection: AsyncConnection,
    told: Sequence[Alarm],
    heard: Mapping[str, datetime],
    now: datetime,
) -> list[Alarm]:
    """Keep those that are not kept yet, and return them; end those whose feed was heard since.

    `heard` is when each source was last heard.
    """
    await lock(connection, ["alarms"])
    known = {(item.source, item.silent_since): item for item in await all_alarms(connection)}
    new = [item for item in told if (item.source, item.silent_since) not in known]
    for item in new:
        await connection.execute(
            insert(alarms).values({name: getattr(item, name) for name in Alarm.__slots__})
        )
    for item in known.values():
        if item.ended_at is None and heard.get(item.source, item.silent_since) > item.silent_since:
            await _end(connection, item, now)
    return new


async def _end(connection: AsyncConnection, alarm: Alarm, now: datetime) -> None:
    """The feed was heard again."""
    await connection.execute(
        update(alarms)
        .where(alarms.c.source == alarm.source, alarms.c.silent_since == alarm.silent_since)
        .values(ended_at=now)
    )


async def all_alarms(connection: AsyncConnection) -> list[Alarm]:
    """Every alarm, oldest first."""
    rows = await connection.execute(
        select(*[alarms.c[name] for name in Alarm.__slots__]).order_by(alarms.c.raised_at)
    )
    return [Alarm(*row) for row in rows]
