"""Who is still to be derived: those whose events were stored while the tracker was behind.

The tracker then stores event after event, and derives each young person once for all of theirs.
Whoever derives takes the number of marks before reading the events, and drops the mark only where
the number is the same: an event that comes meanwhile leaves the young person marked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add_up
from services.store.columns import among
from services.store.tables import underived


async def mark(connection: AsyncConnection, people: Iterable[str], now: datetime) -> None:
    """Mark young people as still to be derived, in one order by all."""
    rows = [{"person": person, "since": now, "marks": 1} for person in sorted(people)]
    await add_up(connection, underived, rows, "marks")


async def take(connection: AsyncConnection, limit: int) -> dict[str, int]:
    """The longest marked, with their marks, whom nobody else derives just now."""
    rows = await connection.execute(
        select(underived.c.person, underived.c.marks)
        .order_by(underived.c.since, underived.c.person)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return {row.person: row.marks for row in rows}


async def marks_of(connection: AsyncConnection, people: Iterable[str]) -> dict[str, int]:
    """The marks of some young people, of those who are marked."""
    rows = await connection.execute(
        select(underived.c.person, underived.c.marks).where(among(underived.c.person, people))
    )
    return {row.person: row.marks for row in rows}


async def unmark(connection: AsyncConnection, taken: Mapping[str, int]) -> None:
    """Drop the marks of those who were derived, where no other came meanwhile."""
    by_marks: dict[int, list[str]] = {}
    for person, marks in taken.items():
        by_marks.setdefault(marks, []).append(person)
    for marks, people in by_marks.items():
        # The number is part of the condition: a mark that is just being added is waited for.
        await connection.execute(
            delete(underived).where(underived.c.marks == marks, among(underived.c.person, people))
        )


async def count(connection: AsyncConnection) -> int:
    """How many young people are still to be derived."""
    return int((await connection.execute(select(func.count()).select_from(underived))).scalar_one())


async def oldest(connection: AsyncConnection) -> datetime | None:
    """Since when the first of them has been marked."""
    since: datetime | None = await connection.scalar(select(func.min(underived.c.since)))
    return since


async def is_marked(connection: AsyncConnection, people: Iterable[str]) -> bool:
    """Whether one of some young people is still to be derived."""
    found = await connection.execute(
        select(underived.c.person).where(among(underived.c.person, people)).limit(1)
    )
    return found.first() is not None
