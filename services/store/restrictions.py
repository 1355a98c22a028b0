"""Restrictions: young people whom only named readers may see, in lists, counts, mails and files."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import delete, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.scope import Scope, hidden_people
from services.store.tables import assignments, restrictions


@dataclass(frozen=True, slots=True)
class Restriction:
    """A case reference that only `readers` may see, by their ids; since when, by whom and why."""

    person: str
    readers: tuple[str, ...]
    at: datetime
    who: str
    why: str


async def keep(connection: AsyncConnection, restriction: Restriction) -> None:
    """Restrict somebody, in place of how they were restricted before."""
    await lift(connection, restriction.person)
    values = {name: getattr(restriction, name) for name in ("person", "at", "who", "why")}
    await connection.execute(
        insert(restrictions), [{**values, "reader": reader} for reader in restriction.readers]
    )


async def lift(connection: AsyncConnection, person: str) -> bool:
    """Restrict somebody no longer; whether they were restricted."""
    done = await connection.execute(delete(restrictions).where(restrictions.c.person == person))
    return bool(done.rowcount)


async def listed(connection: AsyncConnection) -> list[Restriction]:
    """Every restriction, by case reference."""
    rows = await connection.execute(
        select(restrictions).order_by(restrictions.c.person, restrictions.c.reader)
    )
    found: dict[str, Restriction] = {}
    for row in rows:
        before = found.get(row.person)
        readers = (*(before.readers if before else ()), row.reader)
        found[row.person] = Restriction(row.person, readers, row.at, row.who, row.why)
    return sorted(found.values(), key=attrgetter("person"))


async def hidden_from(connection: AsyncConnection, scope: Scope) -> set[str]:
    """Every reference of those who are restricted to others than a reader."""
    if scope.restricted:
        return set()
    return {row.person for row in await connection.execute(hidden_people(scope))}


async def count_hidden(connection: AsyncConnection, scope: Scope, today: date) -> int:
    """How many young people a reader would see today if they were not restricted to others."""
    hidden = await hidden_from(connection, scope)
    if not hidden:
        return 0
    theirs = true() if scope.everything else scope.of(assignments.c)
    statement = select(func.count(assignments.c.person.distinct())).where(
        among(assignments.c.person, hidden),
        assignments.c.start <= today,
        assignments.c.until > today,
        theirs,
    )
    return int((await connection.execute(statement)).scalar_one())
