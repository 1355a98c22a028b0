"""Who is still to be derived: those whose events were stored while the tracker was behind.

The tracker then stores event after event, and derives each young person once for all of theirs.
Whoever derives locks the young people, then takes the number of their marks, then reads their
events; it drops a mark only where the number is the same: an event that comes meanwhile leaves the
young person marked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add_up
from services.store.columns import among
from services.store.locks import person_name, take_free
from services.store.tables import underived

_AT_WORK = 16
"""More than derive at once anywhere, trackers and their transactions together."""


async def mark(
    connection: AsyncConnection,
    people: Iterable[str],
    now: datetime,
    traces: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Mark young people as still to be derived, in one order by all.

    `traces` are those of what came about them.
    """
    rows = [
        {"person": person, "since": now, "marks": 1, "trace": traces.get(person)}
        for person in sorted(people)
    ]
    await add_up(connection, underived, rows, "marks")


async def take(connection: AsyncConnection, limit: int) -> set[str]:
    """The longest marked, whom nobody else derives just now; they are locked.

    They are tried `limit` at a time: where others have all of the longest, the next are taken.
    """
    rows = await connection.execute(
        select(underived.c.person)
        .where(_to_be_tried())
        .order_by(underived.c.since, underived.c.person)
        .limit(limit * _AT_WORK)
    )
    people = list(rows.scalars())
    for start in range(0, len(people), limit):
        marked = {person_name(person): person for person in people[start : start + limit]}
        if free := await take_free(connection, marked):
            return {marked[name] for name in free}
    return set()


async def marks_of(connection: AsyncConnection, people: Iterable[str]) -> dict[str, int]:
    """The marks of some young people, of those who are marked."""
    rows = await connection.execute(
        select(underived.c.person, underived.c.marks).where(among(underived.c.person, people))
    )
    return {row.person: row.marks for row in rows}


async def traces_of(connection: AsyncConnection, people: Iterable[str]) -> dict[str, str]:
    """The traces of what waits to be derived of some young people."""
    rows = await connection.execute(
        select(underived.c.person, underived.c.trace).where(
            among(underived.c.person, people), underived.c.trace.is_not(None)
        )
    )
    return {row.person: row.trace for row in rows}


async def lock_marks(connection: AsyncConnection, people: Iterable[str]) -> None:
    """Lock the marks of some young people, in the order in which they are made."""
    await connection.execute(
        select(underived.c.person)
        .where(among(underived.c.person, people))
        .order_by(underived.c.person)
        .with_for_update()
    )


async def unmark(connection: AsyncConnection, derived: Mapping[str, int]) -> None:
    """Drop the marks of those who were derived, where no other came meanwhile."""
    if not derived:
        return
    # One that is just being added is waited for, since the number is part of the condition.
    await lock_marks(connection, derived)
    by_marks: dict[int, list[str]] = {}
    for person, marks in derived.items():
        by_marks.setdefault(marks, []).append(person)
    for marks, people in by_marks.items():
        await connection.execute(
            delete(underived).where(underived.c.marks == marks, among(underived.c.person, people))
        )


async def set_aside(connection: AsyncConnection, person: str, error: str, now: datetime) -> None:
    """Keep that somebody could not be derived, and try no more until they are marked again."""
    await mark(connection, [person], now)
    await connection.execute(
        update(underived)
        .where(underived.c.person == person)
        .values(failed_at=underived.c.marks, error=error)
    )


def _to_be_tried() -> ColumnElement[bool]:
    return or_(underived.c.failed_at.is_(None), underived.c.failed_at != underived.c.marks)


async def count(connection: AsyncConnection) -> int:
    """How many young people are still to be derived, without those who could not be."""
    statement = select(func.count()).select_from(underived).where(_to_be_tried())
    return int((await connection.execute(statement)).scalar_one())


async def failed(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Who could not be derived, with the kind of error, in order."""
    rows = await connection.execute(
        select(underived.c.person, underived.c.error)
        .where(~_to_be_tried())
        .order_by(underived.c.person)
    )
    return [(row.person, row.error) for row in rows]


async def oldest(connection: AsyncConnection) -> datetime | None:
    """Since when the first of them has been marked."""
    since: datetime | None = await connection.scalar(
        select(func.min(underived.c.since)).where(_to_be_tried())
    )
    return since


async def is_marked(connection: AsyncConnection, people: Iterable[str]) -> bool:
    """Whether one of some young people is still to be derived."""
    found = await connection.execute(
        select(underived.c.person).where(among(underived.c.person, people)).limit(1)
    )
    return found.first() is not None
