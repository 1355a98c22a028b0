"""Data quality over time: open questions once a week, and what imports found wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import imports, quality


@dataclass(frozen=True, slots=True)
class Measured:
    """How many questions a source's field raised in a team's week, about how many `people`."""

    week: str
    source: str
    team: str
    field: str
    questions: int
    people: int


@dataclass(frozen=True, slots=True)
class Imported:
    """The last import of a source. Each fault is file, column, what became of it and number."""

    source: str
    kind: str
    as_at: datetime
    done_at: datetime
    faults: list[list[Any]]


async def is_measured(connection: AsyncConnection, week: str) -> bool:
    """Whether the questions of a week have been counted."""
    row = await connection.execute(select(quality.c.week).where(quality.c.week == week).limit(1))
    return row.first() is not None


async def keep_measures(connection: AsyncConnection, measures: Sequence[Measured]) -> None:
    """Keep the counts of a week."""
    await connection.execute(
        insert(quality),
        [{name: getattr(item, name) for name in Measured.__slots__} for item in measures],
    )


async def measures(connection: AsyncConnection) -> list[Measured]:
    """The counts of every week, oldest first."""
    rows = await connection.execute(
        select(*[quality.c[name] for name in Measured.__slots__]).order_by(quality.c.week)
    )
    return [Measured(*row) for row in rows]


async def keep_import(connection: AsyncConnection, imported: Imported) -> None:
    """Keep what an import found, in place of the source's one before it."""
    await lock(connection, [f"import\x1f{imported.source}"])
    await connection.execute(delete(imports).where(imports.c.source == imported.source))
    await connection.execute(
        insert(imports).values({name: getattr(imported, name) for name in Imported.__slots__})
    )


async def all_imports(connection: AsyncConnection) -> list[Imported]:
    """The last import of each source, in order of its name."""
    rows = await connection.execute(select(*[imports.c[name] for name in Imported.__slots__]))
    return sorted((Imported(*row) for row in rows), key=lambda item: item.source)
