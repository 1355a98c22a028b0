"""Alarms: silences of feeds beyond their rhythm, each raised once, ended by the next event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import alarms


@dataclass(frozen=True, slots=True)
class Alarm:
    """A silence: since when, when the alarm was raised, and when events came again."""

    source: str
    silent_since: datetime
    raised_at: datetime
    reason: str
    ended_at: datetime | None = None


async def raise_new(
    connection: AsyncConnection,
    silences: Sequence[Alarm],
    last_heard: Mapping[str, datetime],
    now: datetime,
) -> list[Alarm]:
    """Store the alarms that are new, and return them; end those whose feed sent events since.

    `last_heard` gives for each source when its last event was stored (UTC).
    """
    await lock(connection, ["alarms"])
    known = {(item.source, item.silent_since): item for item in await all_alarms(connection)}
    new = [item for item in silences if (item.source, item.silent_since) not in known]
    for item in new:
        await connection.execute(
            insert(alarms).values({name: getattr(item, name) for name in Alarm.__slots__})
        )
    for item in known.values():
        if (
            item.ended_at is None
            and last_heard.get(item.source, item.silent_since) > item.silent_since
        ):
            await _end(connection, item, now)
    return new


async def _end(connection: AsyncConnection, alarm: Alarm, now: datetime) -> None:
    """End an alarm: the feed sent events again."""
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
