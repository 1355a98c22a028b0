"""Which subjects' events bear on one another: through merges, and through events of one id."""

from collections.abc import Iterable

from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.tables import links


async def link(connection: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> None:
    """Remember that two subjects' events bear on one another."""
    wanted = sorted({(one, other) for one, other in pairs if one != other})
    if not wanted:
        return
    rows = await connection.execute(
        select(links.c.one, links.c.other).where(among(links.c.one, {one for one, _ in wanted}))
    )
    known = {(row.one, row.other) for row in rows}
    missing = [{"one": one, "other": other} for one, other in wanted if (one, other) not in known]
    if missing:
        await connection.execute(insert(links), missing)


async def connected(connection: AsyncConnection, people: Iterable[str]) -> set[str]:
    """The subjects whose events bear on the given ones, through merges and shared events."""
    reached: set[str] = set()
    frontier = set(people) - {""}
    while frontier:
        reached |= frontier
        rows = await connection.execute(
            select(links.c.one, links.c.other).where(
                or_(among(links.c.one, frontier), among(links.c.other, frontier))
            )
        )
        frontier = {person for row in rows for person in row} - reached
    return reached


async def linked(connection: AsyncConnection) -> frozenset[str]:
    """Everybody whose events bear on somebody else's."""
    rows = await connection.execute(select(links.c.one, links.c.other))
    return frozenset(person for row in rows for person in row)
