"""The outbox: messages to publish, stored in the transaction of the change they report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.bulk import add
from services.store.tables import outbox


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that waits to be published."""

    number: int
    subject: str
    content: str
    message_id: str


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
    """Mark messages as sent at a time (UTC)."""
    await connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(sent_at=now))
