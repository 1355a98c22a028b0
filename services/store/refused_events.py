"""Refused events: each kept whole with its reason until somebody settles it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Refusal
from services.store.columns import among
from services.store.scope import EVERYTHING, Scope, not_hidden, visible
from services.store.tables import refused
from services.store.view import View

OPEN, SENT_AGAIN, DISMISSED = "open", "sent_again", "dismissed"


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message that was refused: as it came, and why."""

    raw: bytes
    headers: Mapping[str, str]
    refusal: Refusal
    person: str
    broker_subject: str = ""

    @property
    def digest(self) -> str:
        """One refusal a message, however often it is delivered."""
        packed = self.raw + repr(sorted(self.headers.items())).encode()
        return sha256(packed).hexdigest()


@dataclass(frozen=True, kw_only=True)
class RefusedSummary:
    """What a list shows of a refused event. `state` is open, sent_again or dismissed."""

    number: int
    reason: str
    faults: list[dict[str, str]]
    source: str
    event_id: str
    type: str
    subject: str
    person: str
    first_at: datetime
    last_at: datetime
    times: int
    state: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class RefusedEvent(RefusedSummary):
    """A refused event whole, as it came."""

    raw: bytes
    headers: Mapping[str, str]
    broker_subject: str


_LISTED = [refused.c[item.name] for item in fields(RefusedSummary)]
_WHOLE = [refused.c[item.name] for item in fields(RefusedEvent)]


async def keep(connection: AsyncConnection, messages: list[RefusedMessage], now: datetime) -> int:
    """Keep refused messages; one that is kept already is counted. Returns how many were new."""
    if not messages:
        return 0
    by_digest = {message.digest: message for message in messages}
    rows = await connection.execute(
        select(refused.c.digest).where(among(refused.c.digest, by_digest))
    )
    known = set(rows.scalars())
    for digest in sorted(known):
        await connection.execute(
            update(refused)
            .where(refused.c.digest == digest)
            .values(
                times=refused.c.times + 1,
                last_at=now,
                state=case((refused.c.state == SENT_AGAIN, OPEN), else_=refused.c.state),
            )
        )
    new = [_row(digest, by_digest[digest], now) for digest in sorted(by_digest.keys() - known)]
    if new:
        await connection.execute(insert(refused), new)
    return len(new)


async def listed_refused(
    connection: AsyncConnection,
    *,
    state: str | None = OPEN,
    limit: int | None = None,
    offset: int = 0,
    scope: Scope = EVERYTHING,
) -> list[RefusedSummary]:
    """Refused events, newest first, without what they were: that can be half a megabyte each.

    Those about somebody who is restricted to others than the reader (`scope`) are left out.
    """
    wanted = (
        select(*_LISTED)
        .where(not_hidden(refused.c.person, scope))
        .order_by(refused.c.number.desc())
        .limit(limit)
        .offset(offset)
    )
    if state is not None:
        wanted = wanted.where(refused.c.state == state)
    return [RefusedSummary(**row._asdict()) for row in await connection.execute(wanted)]


async def count_refused(connection: AsyncConnection, state: str, scope: Scope = EVERYTHING) -> int:
    """How many refused events of those that a reader may see are in a state."""
    wanted = (
        select(func.count())
        .select_from(refused)
        .where(refused.c.state == state, not_hidden(refused.c.person, scope))
    )
    return int((await connection.execute(wanted)).scalar_one())


async def refused_event(connection: AsyncConnection, number: int) -> RefusedEvent | None:
    """One refused event by its number."""
    row = (await connection.execute(select(*_WHOLE).where(refused.c.number == number))).first()
    return RefusedEvent(**row._asdict()) if row else None


async def refused_about(
    connection: AsyncConnection, names: Collection[str]
) -> list[RefusedSummary]:
    """Open refused events whose subject is one of these."""
    rows = await connection.execute(
        select(*_LISTED).where(among(refused.c.person, names), refused.c.state == OPEN)
    )
    return [RefusedSummary(**row._asdict()) for row in rows]


async def settle_refused(
    connection: AsyncConnection, item: RefusedSummary, state: str, note: str, now: datetime
) -> None:
    """Say what became of a refused event, unless it was refused again in the meantime."""
    await connection.execute(
        update(refused)
        .where(refused.c.number == item.number, refused.c.times == item.times)
        .values(state=state, note=note, settled_at=now)
    )


async def count_open(connection: AsyncConnection, view: View) -> int:
    """How many refused events are not settled, of those about whom a reader may see.

    Whoever sees everything counts those too that name nobody.
    """
    return int(
        (
            await connection.execute(
                select(func.count())
                .select_from(refused)
                .where(refused.c.state == OPEN, visible(refused.c.person, view.scope, view.today))
            )
        ).scalar_one()
    )


def _row(digest: str, message: RefusedMessage, now: datetime) -> dict[str, Any]:
    refusal = message.refusal
    return {
        "digest": digest,
        "raw": message.raw,
        "headers": dict(message.headers),
        "reason": refusal.reason,
        "faults": [
            {"field": f.field, "value": f.value, "sentence": f.sentence} for f in refusal.faults
        ],
        "source": refusal.source,
        "event_id": refusal.id,
        "type": refusal.type,
        "subject": refusal.subject,
        "broker_subject": message.broker_subject,
        "person": message.person,
        "first_at": now,
        "last_at": now,
        "times": 1,
        "state": OPEN,
    }
