"""The mail queue: each mail is claimed by one sender at a time, and kept as it was sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.tables import digests

DUE, SENDING, SENT, FAILED = "due", "sending", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail to one recipient. `state` is due, sending, sent or failed."""

    week: str
    recipient: str
    state: str
    address: str
    message_id: str
    message: bytes | None
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    error: str | None


_NO_MESSAGE = null().label("message")

_DELIVERY = [digests.c[name] for name in Delivery.__slots__]


async def deliveries(
    connection: AsyncConnection,
    week: str | None = None,
    *,
    states: Collection[str] | None = None,
    whole: bool = False,
) -> list[Delivery]:
    """Digests on their way or sent, newest week first; with their mails where `whole` is asked."""
    columns = _DELIVERY if whole else [_NO_MESSAGE if c.name == "message" else c for c in _DELIVERY]
    wanted = select(*columns)
    if week is not None:
        wanted = wanted.where(digests.c.week == week)
    if states is not None:
        wanted = wanted.where(digests.c.state.in_(states))
    rows = [Delivery(*row) for row in await connection.execute(wanted)]
    return sorted(rows, key=lambda item: (item.week, item.recipient), reverse=True)


async def written_to(connection: AsyncConnection, recipients: Collection[str]) -> set[str]:
    """Those of some recipients for whom a mail was ever made."""
    rows = await connection.scalars(
        select(digests.c.recipient).distinct().where(among(digests.c.recipient, recipients))
    )
    return set(rows)


async def message_of(connection: AsyncConnection, delivery: Delivery) -> bytes | None:
    """The mail of one digest."""
    message: bytes | None = await connection.scalar(
        select(digests.c.message).where(
            digests.c.week == delivery.week, digests.c.recipient == delivery.recipient
        )
    )
    return message


async def send_failed_again(
    connection: AsyncConnection, week: str, addresses: Mapping[str, str]
) -> None:
    """Make a week's failed digests due again, each to its recipient's address of today."""
    for recipient, address in sorted(addresses.items()):
        await connection.execute(
            update(digests)
            .where(
                digests.c.week == week,
                digests.c.recipient == recipient,
                digests.c.state == FAILED,
                digests.c.message.is_not(None),
            )
            .values(state=DUE, address=address, attempts=0, next_attempt_at=None)
        )


async def add_delivery(connection: AsyncConnection, delivery: Delivery) -> None:
    """Make a recipient's digest due."""
    await connection.execute(
        insert(digests).values({name: getattr(delivery, name) for name in Delivery.__slots__})
    )


async def claim(
    connection: AsyncConnection, delivery: Delivery, holder: str, now: datetime, until: datetime
) -> bool:
    """Claim a digest for sending: only one holder gets it, until the lease runs out."""
    ready = and_(
        digests.c.state == DUE,
        or_(digests.c.next_attempt_at.is_(None), digests.c.next_attempt_at <= now),
    )
    abandoned = and_(digests.c.state == SENDING, digests.c.lease_until < now)
    changed = await connection.execute(
        update(digests)
        .where(
            digests.c.week == delivery.week,
            digests.c.recipient == delivery.recipient,
            or_(ready, abandoned),
        )
        .values(state=SENDING, holder=holder, lease_until=until, attempts=digests.c.attempts + 1)
    )
    return bool(changed.rowcount)


async def settle_delivery(
    connection: AsyncConnection, delivery: Delivery, holder: str, **values: Any
) -> None:
    """Store what became of a claimed mail; only its holder may.

    `values` are columns of the queue: state, error, sent_at, next_attempt_at.
    """
    await connection.execute(
        update(digests)
        .where(
            digests.c.week == delivery.week,
            digests.c.recipient == delivery.recipient,
            digests.c.holder == holder,
        )
        .values(lease_until=None, **values)
    )
