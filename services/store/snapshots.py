"""The last snapshot of each source, as it was compared with what is held."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import snapshots


@dataclass(frozen=True, slots=True)
class Compared:
    """What a source told that it holds, and what was held of it here, by kind."""

    source: str
    event_id: str
    as_at: datetime
    told: dict[str, int]
    held: dict[str, int]
    compared_at: datetime

    @property
    def differs(self) -> bool:
        """Whether some kind differs."""
        return any(self.held.get(kind, 0) != number for kind, number in self.told.items())


async def keep(connection: AsyncConnection, compared: Compared) -> None:
    """Keep a comparison instead of the one before it."""
    await lock(connection, [f"snapshot\x1f{compared.source}"])
    await connection.execute(delete(snapshots).where(snapshots.c.source == compared.source))
    await connection.execute(
        insert(snapshots).values({name: getattr(compared, name) for name in Compared.__slots__})
    )


async def forget(connection: AsyncConnection, source: str) -> None:
    """Drop the comparison of a source."""
    await connection.execute(delete(snapshots).where(snapshots.c.source == source))


async def compared(connection: AsyncConnection) -> list[Compared]:
    """The last comparison of each source, in order of its name."""
    rows = await connection.execute(select(*[snapshots.c[name] for name in Compared.__slots__]))
    return sorted((Compared(*row) for row in rows), key=lambda item: item.source)
