"""Members of staff, as extracts of the case management system list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import underived
from services.store.columns import among
from services.store.locks import STAFF, lock
from services.store.tables import assignments, staff


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff by their id.

    `gone_on` is the day by which they had left; `as_at` is when the extract was made (UTC).
    """

    id: str
    source: str
    address: str
    role: str
    team: str
    gone_on: date | None
    as_at: datetime


_COLUMNS = {
    "id": staff.c.id,
    "source": staff.c.source,
    "address": staff.c.address,
    "role": staff.c.role,
    "team": staff.c.team,
    "gone_on": staff.c.gone_on,
    "as_at": staff.c.told_at,
}
"""Field of a member to its column, in the order of the fields."""


async def keep(
    connection: AsyncConnection, source: str, members: Sequence[StaffMember], today: date
) -> int:
    """Store an extract's directory; whoever is no longer in it has left. Returns how many.

    Young people whose worker has left, or come back, are marked to be derived anew: whether a case
    has somebody who works here decides how far it climbs.
    """
    await lock(connection, [STAFF])
    before = {item.id: item for item in await everybody(connection)}
    await connection.execute(delete(staff).where(among(staff.c.id, {item.id for item in members})))
    if members:
        await connection.execute(
            insert(staff),
            [
                {column.name: getattr(item, field) for field, column in _COLUMNS.items()}
                for item in members
            ],
        )
    here = {item.id for item in members}
    left = [
        item.id
        for item in before.values()
        if item.source == source and item.id not in here and item.gone_on is None
    ]
    if left:
        await connection.execute(update(staff).where(among(staff.c.id, left)).values(gone_on=today))
    changed = {item.id for item in members if _gone(before.get(item.id)) != item.gone_on}
    await _derive_those_of(connection, {*changed, *left}, today)
    return len(left)


def _gone(member: StaffMember | None) -> date | None:
    return None if member is None else member.gone_on


async def _derive_those_of(connection: AsyncConnection, ids: set[str], today: date) -> None:
    """Mark those to be derived whose worker some members of staff are, were or will be."""
    rows = await connection.execute(
        select(assignments.c.person)
        .where(
            or_(
                among(assignments.c.personal_adviser, ids), among(assignments.c.social_worker, ids)
            ),
        )
        .distinct()
    )
    now = datetime.combine(today, time.min, UTC)
    await underived.mark(connection, set(rows.scalars()), now)


async def everybody(connection: AsyncConnection) -> list[StaffMember]:
    """Everybody who was ever in an extract, leavers included, by their id."""
    rows = await connection.execute(select(*_COLUMNS.values()))
    return sorted((StaffMember(*row) for row in rows), key=lambda item: item.id)


async def left(connection: AsyncConnection, day: date) -> set[str]:
    """The ids of those who have left by a day."""
    rows = await connection.execute(select(staff.c.id).where(staff.c.gone_on <= day))
    return {row.id for row in rows}


async def gone_on(connection: AsyncConnection) -> dict[str, int]:
    """Everybody who has left, with the day (ordinal) from which they are gone."""
    rows = await connection.execute(
        select(staff.c.id, staff.c.gone_on).where(staff.c.gone_on.is_not(None))
    )
    return {row.id: row.gone_on.toordinal() for row in rows}
