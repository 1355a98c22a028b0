"""How far this store got in the stream of events, and the losses that this showed.

The position is kept in the transaction that stores a batch: a store that is restored from a copy
remembers how far the copy had got.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.locks import lock
from services.store.marks import mark, set_mark
from services.store.tables import marks

_POSITION, _HIGH, _LOSSES = "stream_position", "stream_high", "stream_losses"
_DIGITS = 20
"""Of a sequence number as it is stored, so that texts compare as numbers do."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the store got, when it was last looked at.

    `created` is when the stream was made, as the broker has it; `high` the highest sequence number
    that was stored, `low` the one up to which all are stored.
    """

    created: str
    high: int
    low: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Loss:
    """Events may be missing since a moment; when that was found, and when it was settled, if so."""

    since: datetime
    found_at: datetime
    settled_at: datetime | None = None


async def position(connection: AsyncConnection) -> Position | None:
    """How far the store got; None where it was never filled from a stream."""
    kept = await mark(connection, _POSITION)
    if kept is None:
        return None
    created, low, seen_at = orjson.loads(kept)
    return Position(created, await highest(connection), low, datetime.fromisoformat(seen_at))


async def remember(connection: AsyncConnection, now: Position, *, anew: bool) -> None:
    """Keep the position; with `anew` it is that of another stream than before."""
    kept = orjson.dumps([now.created, now.low, now.seen_at])
    await set_mark(connection, _POSITION, kept.decode())
    if anew:
        await set_mark(connection, _HIGH, _digits(now.high))
    else:
        await got_to(connection, now.high)


async def got_to(connection: AsyncConnection, sequence: int) -> None:
    """Record that a message of the stream is stored, in the transaction that stores it."""
    if not sequence:
        return
    higher = (
        update(marks)
        .where(marks.c.name == _HIGH, marks.c.value < _digits(sequence))
        .values(value=_digits(sequence))
    )
    changed = await connection.execute(higher)
    if not changed.rowcount and await mark(connection, _HIGH) is None:
        await lock(connection, [f"mark\x1f{_HIGH}"])
        if await mark(connection, _HIGH) is None:
            await connection.execute(insert(marks).values(name=_HIGH, value=_digits(sequence)))
        else:
            await connection.execute(higher)


async def highest(connection: AsyncConnection) -> int:
    """The highest sequence number that was stored."""
    return int(await mark(connection, _HIGH) or 0)


async def losses(connection: AsyncConnection) -> list[Loss]:
    """Every loss that was ever found, oldest first."""
    kept = orjson.loads(await mark(connection, _LOSSES) or "[]")
    return [Loss(*(item and datetime.fromisoformat(item) for item in row)) for row in kept]


async def record_loss(connection: AsyncConnection, since: datetime, now: datetime) -> None:
    """Record that events may be missing since a moment."""
    await _keep(connection, [*await losses(connection), Loss(since, now)])


async def settle_losses(connection: AsyncConnection, now: datetime) -> int:
    """Settle every loss: what was missing was sent again. Returns how many were not settled."""
    found = await losses(connection)
    settled = [item if item.settled_at else Loss(item.since, item.found_at, now) for item in found]
    await _keep(connection, settled)
    return sum(item.settled_at is None for item in found)


async def _keep(connection: AsyncConnection, found: list[Loss]) -> None:
    rows = [(item.since, item.found_at, item.settled_at) for item in found]
    await set_mark(connection, _LOSSES, orjson.dumps(rows).decode())


def _digits(sequence: int) -> str:
    return f"{sequence:0{_DIGITS}}"
