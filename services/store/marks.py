"""Single facts about the store itself, by name."""

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import marks

REBUILT = "rebuilt_at"
"""The mark that says when everything was last derived again."""


async def mark(connection: AsyncConnection, name: str) -> str | None:
    """A single fact about the store."""
    value: str | None = await connection.scalar(select(marks.c.value).where(marks.c.name == name))
    return value


async def set_mark(connection: AsyncConnection, name: str, value: str) -> None:
    """Set a single fact about the store."""
    await lock(connection, [f"mark\x1f{name}"])
    changed = await connection.execute(
        update(marks).where(marks.c.name == name).values(value=value)
    )
    if not changed.rowcount:
        await connection.execute(insert(marks).values(name=name, value=value))
