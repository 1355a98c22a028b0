"""The outbox: what Sightline itself says, kept in the transaction that made it true."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store.bulk import add
from services.store.columns import among
from services.store.locks import lock
from services.store.tables import marks, outbox, told

REBUILT = "rebuilt_at"
"""The mark that says when everything was last derived again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way out."""

    number: int
    subject: str
    content: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """The colour last published for a young person and concern, and when it was first known."""

    person: str
    concern: Concern
    rag: Rag
    since: date | None
    known_at: datetime


async def put(
    connection: AsyncConnection, messages: Iterable[tuple[str, str, str]], now: datetime
) -> None:
    """Put messages (subject, content, message id) into the outbox."""
    rows = [
        {"subject": subject, "content": content, "message_id": id_, "created_at": now}
        for subject, content, id_ in messages
    ]
    await add(connection, outbox, rows)


async def waiting(connection: AsyncConnection, most: int) -> list[Outgoing]:
    """Messages that were not sent yet, oldest first."""
    rows = await connection.execute(
        select(outbox.c.number, outbox.c.subject, outbox.c.content, outbox.c.message_id)
        .where(outbox.c.sent_at.is_(None))
        .order_by(outbox.c.number)
        .limit(most)
    )
    return [Outgoing(*row) for row in rows]


async def mark_sent(connection: AsyncConnection, numbers: Sequence[int], now: datetime) -> None:
    """Say that messages were sent."""
    await connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(sent_at=now))


async def last_told(connection: AsyncConnection, names: Iterable[str] | None) -> list[Told]:
    """What was last published about young people; about all, where none are named."""
    wanted = select(told.c.person, told.c.concern, told.c.rag, told.c.since, told.c.known_at)
    if names is not None:
        wanted = wanted.where(among(told.c.person, names))
    rows = await connection.execute(wanted)
    return [
        Told(row.person, Concern(row.concern), Rag(row.rag), row.since, row.known_at)
        for row in rows
    ]


async def remember_told(connection: AsyncConnection, statuses: Sequence[Told]) -> None:
    """Remember what is now published."""
    if not statuses:
        return
    pairs = {(item.person, item.concern.value) for item in statuses}
    for concern in sorted({concern for _, concern in pairs}):
        await connection.execute(
            delete(told).where(
                told.c.concern == concern,
                among(told.c.person, {person for person, c in pairs if c == concern}),
            )
        )
    await add(
        connection,
        told,
        [
            {
                "person": item.person,
                "concern": item.concern.value,
                "rag": item.rag.value,
                "since": item.since,
                "known_at": item.known_at,
            }
            for item in statuses
        ],
    )


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
