"""The append-only log of events: what is added to it, and what is asked of it as a whole."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event, content_digest
from schemas.events.catalogue import type_of
from schemas.permissions import SourcePermission
from services.assessment.received import Moment, Sending
from services.store.bulk import add
from services.store.columns import among
from services.store.event_cache import Content
from services.store.stored_events import other_sendings
from services.store.tables import events, resendings

MOST_EVENTS = 4000
"""Contents of events of one young person: a life in care told every night makes half as many."""

Key = tuple[str, str]
"""Source and id."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event to store: whose it is, whom or what it reaches, and what its sender had leave for.

    `granted` is of what the event needs alone.
    """

    event: Event
    person: str
    reaches: str | None
    granted: frozenset[SourcePermission] = frozenset()

    @property
    def content(self) -> Content:
        """By what it is stored once."""
        return self.event.source, self.event.id, self.event.digest

    @property
    def retracts(self) -> str | None:
        """The id that it takes back, where it is a retraction."""
        return self.reaches if self.event.name == "event.retracted" else None


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content that is stored: whose it is, and the moments known at which it was sent.

    `retracts` is the id that it takes back, where it is a retraction.
    """

    person: str
    retracts: str | None
    sendings: tuple[Sending, ...]


async def stored_contents(
    connection: AsyncConnection, keys: Iterable[Key]
) -> dict[Content, StoredContent]:
    """Every content stored under the given sources and ids."""
    wanted = set(keys)
    rows = await connection.execute(
        select(
            events.c.source,
            events.c.event_id,
            events.c.digest,
            events.c.name,
            events.c.person,
            events.c.reaches,
            events.c.time,
            events.c.sequence,
            events.c.stored_at,
        ).where(among(events.c.event_id, {id_ for _, id_ in wanted}))
    )
    found = [row for row in rows if (row.source, row.event_id) in wanted]
    spans = await other_sendings(connection, {row.event_id for row in found}, None) if found else {}
    result = {}
    for row in found:
        content = (row.source, row.event_id, row.digest)
        sendings = (((row.time, row.sequence), row.stored_at), *spans.get(content, ()))
        retracts = row.reaches if row.name == "event.retracted" else None
        result[content] = StoredContent(row.person, retracts, sendings)
    return result


async def append(
    connection: AsyncConnection, arrivals: Sequence[Arrival], stored_at: datetime
) -> None:
    """Store events that are not stored yet."""
    if arrivals:
        await add(connection, events, [row_of(arrival, stored_at) for arrival in arrivals])


async def append_resending(
    connection: AsyncConnection,
    content: Content,
    moment: Moment,
    stored_at: datetime,
    *,
    instead_of: Moment | None,
) -> None:
    """Store another moment at which a content was sent.

    `instead_of` is a moment that need no longer be kept: while an event has one content, only its
    latest sending could ever matter; and one that could not be when it was stored may be now.
    """
    source, id_, digest = content
    same = (
        resendings.c.source == source,
        resendings.c.event_id == id_,
        resendings.c.digest == digest,
    )
    if instead_of is not None:
        await connection.execute(
            delete(resendings).where(
                *same,
                resendings.c.time == instead_of[0],
                resendings.c.sequence == instead_of[1],
            )
        )
    await connection.execute(
        insert(resendings).values(
            source=source,
            event_id=id_,
            digest=digest,
            time=moment[0],
            sequence=moment[1],
            stored_at=stored_at,
        )
    )


async def are_stored(connection: AsyncConnection, source: str, ids: Collection[str]) -> bool:
    """Whether every one of these events of a source is stored."""
    rows = await connection.execute(
        select(events.c.event_id)
        .distinct()
        .where(events.c.source == source, among(events.c.event_id, ids))
    )
    return len(rows.all()) == len(set(ids))


async def people_after(connection: AsyncConnection, after: str, limit: int) -> list[str]:
    """The next subjects of any event, in order."""
    rows = await connection.execute(
        select(events.c.person)
        .where(events.c.person > after)
        .distinct()
        .order_by(events.c.person)
        .limit(limit)
    )
    return list(rows.scalars())


async def with_more_than(
    connection: AsyncConnection, most: int, people: Collection[str]
) -> set[str]:
    """Of some subjects those of whom more contents are stored than so many."""
    rows = await connection.execute(
        select(events.c.person)
        .where(among(events.c.person, people))
        .group_by(events.c.person)
        .having(func.count() > most)
    )
    return set(rows.scalars())


async def count_people(connection: AsyncConnection) -> int:
    """How many subjects there are of any event."""
    wanted = select(func.count(events.c.person.distinct())).where(events.c.person != "")
    return int((await connection.execute(wanted)).scalar_one())


async def subjects_of(connection: AsyncConnection, source: str) -> list[str]:
    """Every subject that a source has ever spoken of, as the source calls it, in order."""
    rows = await connection.execute(
        select(events.c.subject).distinct().where(events.c.source == source)
    )
    return sorted(row.subject for row in rows if row.subject)


async def count(connection: AsyncConnection) -> int:
    """How many contents of events are stored."""
    return int((await connection.execute(select(func.count()).select_from(events))).scalar_one())


async def count_of(connection: AsyncConnection, people: Collection[str]) -> int:
    """How many contents of events are stored of some subjects."""
    wanted = select(func.count()).select_from(events).where(among(events.c.person, people))
    return int((await connection.execute(wanted)).scalar_one())


async def first_stored(connection: AsyncConnection) -> datetime | None:
    """When the first event was stored; None while the log is empty."""
    first: datetime | None = await connection.scalar(select(func.min(events.c.stored_at)))
    return first


async def altered(connection: AsyncConnection) -> AsyncIterator[str]:
    """A sentence for each stored event whose content is not the one that its hash is of."""
    rows = await connection.stream(
        select(
            events.c.source, events.c.event_id, events.c.digest, events.c.name, events.c.subject,
            events.c.content,
        )
    )  # fmt: skip
    async for row in rows:
        content = orjson.loads(row.content)
        if content_digest(type_of(row.name), row.subject or None, content) != row.digest:
            yield f"The event {row.event_id} of {row.source} is not as it was stored."


def row_of(arrival: Arrival, stored_at: datetime) -> dict[str, Any]:
    """An event as a row of the log."""
    event = arrival.event
    return {
        "source": event.source,
        "event_id": event.id,
        "digest": event.digest,
        "name": event.name,
        "subject": event.subject,
        "person": arrival.person,
        "reaches": arrival.reaches,
        "time": event.time,
        "sequence": event.sequence,
        "content": orjson.dumps(event.content).decode(),
        "doubts": [[d.field, d.value, d.sentence] for d in event.doubts] or None,
        "stored_at": stored_at,
    }
