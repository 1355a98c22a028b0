"""Erasures: case references of which everything was removed, and what has come about them since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.locks import lock, share
from services.store.tables import erasures

_LOCK = "erasures"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One case reference of which everything was removed, with the one it was merged into.

    Events about it are dropped. `events` is how many were removed with them all, `came_again` how
    many were dropped since, the last at `last_came_at`. From `lifted_at` on nothing is dropped.
    """

    person: str
    at: datetime
    who: str
    why: str
    erased_with: str
    events: int
    came_again: int = 0
    last_came_at: datetime | None = None
    lifted_at: datetime | None = None


_COLUMNS = [erasures.c[name] for name in Erasure.__slots__]


async def hold(connection: AsyncConnection) -> None:
    """Let no erasure be added until the transaction ends."""
    await share(connection, _LOCK)


async def begin(connection: AsyncConnection) -> None:
    """Wait until no batch is being stored, and let none be until the transaction ends."""
    await lock(connection, [_LOCK])


async def are_any(connection: AsyncConnection) -> bool:
    """Whether anybody is erased."""
    one = select(erasures.c.person).where(erasures.c.lifted_at.is_(None)).limit(1)
    return (await connection.execute(one)).first() is not None


async def erased_among(connection: AsyncConnection, people: Iterable[str]) -> set[str]:
    """Those of some case references that are erased."""
    wanted = set(people) - {""}
    if not wanted:
        return set()
    rows = await connection.execute(
        select(erasures.c.person).where(
            among(erasures.c.person, wanted), erasures.c.lifted_at.is_(None)
        )
    )
    return set(rows.scalars())


async def erased_with(connection: AsyncConnection, person: str) -> set[str]:
    """The references that were erased with somebody's."""
    rows = await connection.execute(
        select(erasures.c.person).where(erasures.c.erased_with == person)
    )
    return set(rows.scalars())


async def count_dropped(
    connection: AsyncConnection, dropped: Mapping[str, int], now: datetime
) -> None:
    """Count events that were dropped, by case reference."""
    for person, number in sorted(dropped.items()):
        await connection.execute(
            update(erasures)
            .where(erasures.c.person == person)
            .values(came_again=erasures.c.came_again + number, last_came_at=now)
        )


async def keep(connection: AsyncConnection, erasure: Erasure) -> None:
    """Keep that somebody was erased; where they were before, it is so again, and counts go on."""
    again = {"lifted_at": None, "events": erasures.c.events + erasure.events}
    known = update(erasures).where(erasures.c.person == erasure.person).values(again)
    if not (await connection.execute(known)).rowcount:
        values = {name: getattr(erasure, name) for name in Erasure.__slots__}
        await connection.execute(insert(erasures).values(values))


async def listed(connection: AsyncConnection) -> list[Erasure]:
    """Every erasure, newest first."""
    rows = await connection.execute(
        select(*_COLUMNS).order_by(erasures.c.at.desc(), erasures.c.person)
    )
    return [Erasure(*row) for row in rows]


async def count_come_again(connection: AsyncConnection) -> int:
    """How many case references events have come about since they were erased."""
    wanted = (
        select(func.count())
        .select_from(erasures)
        .where(erasures.c.came_again > 0, erasures.c.lifted_at.is_(None))
    )
    return int(await connection.scalar(wanted) or 0)


async def lift(connection: AsyncConnection, person: str, now: datetime) -> bool:
    """Let events about somebody be stored again; returns whether they were being dropped."""
    done = await connection.execute(
        update(erasures)
        .where(erasures.c.person == person, erasures.c.lifted_at.is_(None))
        .values(lifted_at=now)
    )
    return bool(done.rowcount)
