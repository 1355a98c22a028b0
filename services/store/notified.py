"""Who was told of which unlawful placement on the day it became known."""

from collections.abc import Collection

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.tables import notified

NotifiedOf = tuple[str, str, str, str]
"""What was told: source and id of the event that began it, the concern, and the recipient."""


async def notified_of(connection: AsyncConnection, ids: Collection[str]) -> set[NotifiedOf]:
    """What was told on the day of what these events began, and to whom."""
    rows = await connection.execute(
        select(
            notified.c.source, notified.c.event_id, notified.c.concern, notified.c.recipient
        ).where(among(notified.c.event_id, ids))
    )
    return {(row.source, row.event_id, row.concern, row.recipient) for row in rows}


async def keep_notified(
    connection: AsyncConnection, told: Collection[NotifiedOf], notice: str
) -> None:
    """Remember what a notice told."""
    names = ("source", "event_id", "concern", "recipient")
    rows = [dict(zip(names, item, strict=True)) | {"notice": notice} for item in sorted(told)]
    await connection.execute(insert(notified), rows)
