"""The last snapshot of each source: what is open there, and what was held open here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import snapshots


@dataclass(frozen=True, slots=True)
class SnapshotComparison:
    """One snapshot compared. Numbers are of open records, by field of snapshot.completed."""

    source: str
    event_id: str
    as_at: datetime
    open_at_source: dict[str, int]
    open_here: dict[str, int]
    compared_at: datetime

    @property
    def differs(self) -> bool:
        """Whether any number differs."""
        return any(
            self.open_here.get(kind, 0) != number for kind, number in self.open_at_source.items()
        )


_COLUMNS = {
    "source": snapshots.c.source,
    "event_id": snapshots.c.event_id,
    "as_at": snapshots.c.as_at,
    "open_at_source": snapshots.c.told,
    "open_here": snapshots.c.held,
    "compared_at": snapshots.c.compared_at,
}
"""Field of a comparison to its column, in the order of the fields."""


async def keep(connection: AsyncConnection, comparison: SnapshotComparison) -> None:
    """Keep a comparison in place of the source's one before it."""
    await lock(connection, [f"snapshot\x1f{comparison.source}"])
    await connection.execute(delete(snapshots).where(snapshots.c.source == comparison.source))
    await connection.execute(
        insert(snapshots).values(
            {column.name: getattr(comparison, field) for field, column in _COLUMNS.items()}
        )
    )


async def forget(connection: AsyncConnection, source: str) -> None:
    """Drop the comparison of a source."""
    await connection.execute(delete(snapshots).where(snapshots.c.source == source))


async def comparisons(connection: AsyncConnection) -> list[SnapshotComparison]:
    """The last comparison of each source, by its name."""
    rows = await connection.execute(select(*_COLUMNS.values()))
    return sorted((SnapshotComparison(*row) for row in rows), key=lambda item: item.source)
