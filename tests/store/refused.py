"""Refused events as the store keeps them, whole."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import refused_events
from services.store.refused_events import OPEN, RefusedEvent


async def all_refused(
    connection: AsyncConnection, *, state: str | None = OPEN
) -> list[RefusedEvent]:
    """Every refused event in a state, newest first."""
    numbers = [item.number for item in await refused_events.listed_refused(connection, state=state)]
    found = [await refused_events.refused_event(connection, number) for number in numbers]
    return [item for item in found if item is not None]
