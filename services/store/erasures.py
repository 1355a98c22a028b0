"""Erasures: case references of which everything was removed, and what has come about them since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.locks import lock, share
from services.store.tables import erasures

_LOCK = "erasures"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One case reference of which everything was removed.

    Events about it are dropped that carry a time up to `until`; all, where that is None. `events`
    is how many were removed, `came_again` how many were dropped since, the last at `last_came_at`.
    From `lifted_at` on nothing is dropped.
    """

    person: str
    at: datetime
    who: str
    why: str
    until: datetime | None
    events: int
    came_again: int = 0
    last_came_at: datetime | None = None
    lifted_at: datetime | None = None

    def drops(self, time: datetime | None) -> bool:
        """Whether an event that carries this time (None: it cannot be read) is dropped."""
        return self.until is None or time is None or time <= self.until


_COLUMNS = [erasures.c[name] for name in Erasure.__slots__]


async def erased_among(connection: AsyncConnection, people: Iterable[str]) -> Mapping[str, Erasure]:
    """The erasures that hold of some case references; none is added until the transaction ends."""
    wanted = set(people) - {""}
    if not wanted:
        return {}
    await share(connection, _LOCK)
    rows = await connection.execute(
        select(*_COLUMNS).where(among(erasures.c.person, wanted), erasures.c.lifted_at.is_(None))
    )
    return {row.person: Erasure(*row) for row in rows}


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


async def begin(connection: AsyncConnection) -> None:
    """Wait until no batch is being stored, and let none be until the transaction ends."""
    await lock(connection, [_LOCK])


async def keep(connection: AsyncConnection, erasure: Erasure) -> None:
    """Keep that somebody was erased; of somebody erased before, what is so now."""
    values = {name: getattr(erasure, name) for name in Erasure.__slots__}
    known = update(erasures).where(erasures.c.person == erasure.person).values(values)
    if not (await connection.execute(known)).rowcount:
        await connection.execute(insert(erasures).values(values))


async def listed(connection: AsyncConnection) -> list[Erasure]:
    """Every erasure, newest first."""
    rows = await connection.execute(
        select(*_COLUMNS).order_by(erasures.c.at.desc(), erasures.c.person)
    )
    return [Erasure(*row) for row in rows]


async def lift(connection: AsyncConnection, person: str, now: datetime) -> bool:
    """Let events about somebody be stored again; returns whether they were being dropped."""
    done = await connection.execute(
        update(erasures)
        .where(erasures.c.person == person, erasures.c.lifted_at.is_(None))
        .values(lifted_at=now)
    )
    return bool(done.rowcount)
