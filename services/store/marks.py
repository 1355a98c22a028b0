"""Marks: single values about the store itself, by name."""

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import marks

REBUILT = "rebuilt_at"
"""The mark that says when everything was last derived again."""


async def mark(connection: AsyncConnection, name: str) -> str | None:
    """The value of a mark; None where it was never set."""
    value: str | None = await connection.scalar(select(marks.c.value).where(marks.c.name == name))
    return value


async def set_mark(connection: AsyncConnection, name: str, value: str) -> None:
    """Set a mark."""
    await lock(connection, [f"mark\x1f{name}"])
    changed = await connection.execute(
        update(marks).where(marks.c.name == name).values(value=value)
    )
    if not changed.rowcount:
        await connection.execute(insert(marks).values(name=name, value=value))
