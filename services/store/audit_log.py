"""The audit log: who saw and who changed what. Rows are added here, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of a user. `person` is the young person it was about, or empty."""

    at: datetime
    who: str
    roles: str
    act: str
    person: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; empty is any."""

    who: str = ""
    act: str = ""
    person: str = ""


async def append(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Add entries to the log."""
    await connection.execute(
        insert(audit), [{name: getattr(e, name) for name in Entry.__slots__} for e in entries]
    )


async def entries(
    connection: AsyncConnection, wanted: Wanted, *, most: int, skip: int = 0
) -> tuple[list[Entry], int]:
    """Entries, newest first, and how many there are in all."""
    filters = {"who": wanted.who, "act": wanted.act, "person": wanted.person}
    where = [audit.c[name] == value for name, value in filters.items() if value]
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(*where)
        .order_by(audit.c.number.desc())
        .limit(most)
        .offset(skip)
    )
    found = [Entry(*row) for row in rows]
    total = await connection.scalar(select(func.count()).select_from(audit).where(*where))
    return found, int(total or 0)


async def about(
    connection: AsyncConnection, names: Sequence[str], acts: Sequence[str], most: int
) -> list[Entry]:
    """The newest entries of some kinds about a young person, by all their names."""
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(among(audit.c.person, names), among(audit.c.act, acts))
        .order_by(audit.c.number.desc())
        .limit(most)
    )
    return [Entry(*row) for row in rows]


async def opened(connection: AsyncConnection, act: str) -> dict[str, list[Entry]]:
    """Entries of one kind by their detail: who opened the link of which digest."""
    rows = await connection.execute(
        select(*[audit.c[name] for name in Entry.__slots__])
        .where(audit.c.act == act)
        .order_by(audit.c.number)
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        entry = Entry(*row)
        found.setdefault(entry.detail, []).append(entry)
    return found
