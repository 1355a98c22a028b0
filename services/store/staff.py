"""Who works here, as an extract told it: the directory that nobody has to keep by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.locks import lock
from services.store.tables import staff


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person by their staff id. `gone_on` is the day by which they had left."""

    id: str
    source: str
    address: str
    role: str
    team: str
    gone_on: date | None
    told_at: datetime


async def keep(
    connection: AsyncConnection, source: str, told: Sequence[StaffMember], today: date
) -> int:
    """Keep what an extract told; whoever is no more in it has left. Returns how many left now."""
    await lock(connection, [f"staff\x1f{source}"])
    known = {item.id: item for item in await everybody(connection) if item.source == source}
    await connection.execute(delete(staff).where(among(staff.c.id, {item.id for item in told})))
    if told:
        await connection.execute(
            insert(staff),
            [{name: getattr(item, name) for name in StaffMember.__slots__} for item in told],
        )
    here = {item.id for item in told}
    left = [id_ for id_, item in known.items() if id_ not in here and item.gone_on is None]
    if left:
        await connection.execute(update(staff).where(among(staff.c.id, left)).values(gone_on=today))
    return len(left)


async def everybody(connection: AsyncConnection) -> list[StaffMember]:
    """Everybody who was ever told, leavers too, by their id."""
    rows = await connection.execute(select(*[staff.c[name] for name in StaffMember.__slots__]))
    return sorted((StaffMember(*row) for row in rows), key=lambda item: item.id)


async def left(connection: AsyncConnection, day: date) -> set[str]:
    """The ids of those who have left by a day."""
    rows = await connection.execute(select(staff.c.id).where(staff.c.gone_on <= day))
    return {row.id for row in rows}
