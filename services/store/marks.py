"""Marks: single values about the store itself, by name."""

from collections.abc import Iterable
from secrets import token_hex

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.tables import marks

REBUILT = "rebuilt_at"
"""The mark that says when everything was last derived again."""

BACKED_UP = "backed_up_at"
"""The mark that says when the store was last copied."""

PAGES_KEY = "pages_key"
"""The name of the secret that the ids of forms, and the proofs of our own pages, are made of."""


_HEARD = "heard of "
"""What the name of a mark begins with that says that a concern was heard of."""


async def heard_of(connection: AsyncConnection) -> set[str]:
    """The concerns of which some source has ever sent what they are about."""
    names = await connection.execute(
        select(marks.c.name).where(marks.c.name.startswith(_HEARD, autoescape=True))
    )
    return {name.removeprefix(_HEARD) for name in names.scalars()}


async def hear_of(connection: AsyncConnection, concerns: Iterable[str]) -> None:
    """Record that concerns were heard of, where that is new."""
    wanted = set(concerns)
    if not wanted:
        return
    for concern in sorted(wanted - await heard_of(connection)):
        await set_mark(connection, f"{_HEARD}{concern}", "yes")


async def mark(connection: AsyncConnection, name: str) -> str | None:
    """The value of a mark; None where it was never set."""
    value: str | None = await connection.scalar(select(marks.c.value).where(marks.c.name == name))
    return value


async def secret(connection: AsyncConnection, name: str) -> str:
    """A secret of this store, made when it is first asked for: 64 hexadecimal digits."""
    await lock(connection, [f"mark\x1f{name}"])
    known = await mark(connection, name)
    if known is None:
        known = token_hex(32)
        await connection.execute(insert(marks).values(name=name, value=known))
    return known


async def set_mark(connection: AsyncConnection, name: str, value: str) -> None:
    """Set a mark."""
    await lock(connection, [f"mark\x1f{name}"])
    changed = await connection.execute(
        update(marks).where(marks.c.name == name).values(value=value)
    )
    if not changed.rowcount:
        await connection.execute(insert(marks).values(name=name, value=value))
