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
    """One message that waits to be published, with the trace that it goes on."""

    subject: str
    content: str
    message_id: str
    trace: str = ""
    number: int = 0


async def put(connection: AsyncConnection, messages: Iterable[Outgoing], now: datetime) -> None:
    """Put messages into the outbox, which numbers them."""
    rows = [
        {
            "subject": item.subject, "content": item.content, "message_id": item.message_id,
            "created_at": now, "trace": item.trace or None,
        }
        for item in messages
    ]  # fmt: skip
    await add(connection, outbox, rows)


async def waiting(connection: AsyncConnection, most: int) -> list[Outgoing]:
    """Messages that were not sent yet, oldest first."""
    rows = await connection.execute(
        select(*(outbox.c[name] for name in Outgoing.__slots__))
        .where(outbox.c.sent_at.is_(None))
        .order_by(outbox.c.number)
        .limit(most)
    )
    return [Outgoing(**{**row._asdict(), "trace": row.trace or ""}) for row in rows]


async def mark_sent(connection: AsyncConnection, numbers: Sequence[int], now: datetime) -> None:
    """Mark messages as sent at a time (UTC)."""
    await connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(sent_at=now))
