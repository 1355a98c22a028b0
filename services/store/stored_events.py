"""Events read out of the log, as they were received, with what bears on a young person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event, read_data
from schemas.faults import Fault
from services.assessment.received import Received, Sending
from services.store.columns import among
from services.store.erasures import erased_among
from services.store.event_cache import Content, EventCache, cache_of
from services.store.grants import Grant, grants_of
from services.store.tables import events, grants, resendings

_COLUMNS = (
    events.c.source,
    events.c.event_id,
    events.c.digest,
    events.c.name,
    events.c.subject,
    events.c.person,
    events.c.reaches,
    events.c.time,
    events.c.sequence,
    events.c.content,
    events.c.doubts,
    events.c.stored_at,
)


async def load(
    connection: AsyncConnection,
    people: Iterable[str] | None = None,
    known_at: datetime | None = None,
) -> list[Received]:
    """What was received about the given subjects (all, where none are given).

    Retractions of their events are among it, whoever's they are, and every content of those. With
    `known_at`, only what was stored by then.
    """
    return [item for item, _ in await load_dated(connection, people, known_at)]


async def load_dated(
    connection: AsyncConnection,
    people: Iterable[str] | None = None,
    known_at: datetime | None = None,
) -> list[tuple[Received, datetime]]:
    """The same, each with the moment at which it was stored here."""
    wanted = select(*_COLUMNS)
    if people is not None:
        wanted = wanted.where(among(events.c.person, people))
    rows = list((await connection.execute(_known(wanted, known_at))).all())
    if people is not None and rows:
        rows = await _with_what_bears_on_them(connection, rows, known_at)
    rows = await _without_merges_into_erased(connection, rows)
    ids = None if people is None else {row.event_id for row in rows}
    spans = await other_sendings(connection, ids, known_at) if rows else {}
    granted = await grants_of(connection, ids, known_at) if rows else {}
    cache = cache_of(connection)
    return [(_received(row, spans, granted, cache), row.stored_at) for row in rows]


async def moments_of(connection: AsyncConnection, people: Iterable[str]) -> set[datetime]:
    """Every moment at which something about some subjects was stored: what changed what was known.

    Each content of each event, each time that it was sent again, and what its sender was permitted.
    """
    found: set[datetime] = set()
    rows = (
        await connection.execute(
            select(events.c.event_id, events.c.stored_at).where(among(events.c.person, people))
        )
    ).all()
    found |= {row.stored_at for row in rows}
    ids = {row.event_id for row in rows}
    for table in (resendings, grants, events):  # a retraction names an id, and may be anybody's
        named = table.c.reaches if table is events else table.c.event_id
        again = await connection.execute(select(table.c.stored_at).where(among(named, ids)))
        found |= set(again.scalars())
    return found


async def _without_merges_into_erased(
    connection: AsyncConnection, rows: list[Row[Any]]
) -> list[Row[Any]]:
    """Without merges into somebody who was erased: nobody disappears with them."""
    into = {row.reaches for row in rows if row.name == "person.merged" and row.reaches}
    erased = await erased_among(connection, into)
    if not erased:
        return rows
    return [row for row in rows if not (row.name == "person.merged" and row.reaches in erased)]


async def _with_what_bears_on_them(
    connection: AsyncConnection, rows: list[Row[Any]], known_at: datetime | None
) -> list[Row[Any]]:
    """Add retractions of these events, contents that name nobody, and all contents of those."""
    found = {(row.source, row.event_id, row.digest): row for row in rows}
    ids = {row.event_id for row in rows}
    bearing = select(*_COLUMNS).where(
        or_(
            and_(events.c.name == "event.retracted", among(events.c.reaches, ids)),
            and_(events.c.person == "", among(events.c.event_id, ids)),
        )
    )
    more = list(await connection.execute(_known(bearing, known_at)))
    if more:
        contents = select(*_COLUMNS).where(among(events.c.event_id, {row.event_id for row in more}))
        keys = {(row.source, row.event_id) for row in more}
        for row in await connection.execute(_known(contents, known_at)):
            if (row.source, row.event_id) in keys:
                found.setdefault((row.source, row.event_id, row.digest), row)
    return list(found.values())


def _known(statement: Any, known_at: datetime | None) -> Any:
    return statement if known_at is None else statement.where(events.c.stored_at <= known_at)


async def other_sendings(
    connection: AsyncConnection, ids: Iterable[str] | None, known_at: datetime | None
) -> dict[Content, list[Sending]]:
    """The other moments at which contents were sent."""
    wanted = select(
        resendings.c.source,
        resendings.c.event_id,
        resendings.c.digest,
        resendings.c.time,
        resendings.c.sequence,
        resendings.c.stored_at,
    )
    if ids is not None:
        wanted = wanted.where(among(resendings.c.event_id, ids))
    if known_at is not None:
        wanted = wanted.where(resendings.c.stored_at <= known_at)
    spans: dict[Content, list[Sending]] = defaultdict(list)
    for row in await connection.execute(wanted):
        moment = (row.time, row.sequence)
        spans[row.source, row.event_id, row.digest].append((moment, row.stored_at))
    return spans


def _received(
    row: Row[Any],
    spans: Mapping[Content, list[Sending]],
    granted: Mapping[Content, list[Grant]],
    cache: EventCache,
) -> Received:
    content = (row.source, row.event_id, row.digest)
    event = cache.get(content)
    if event is None:
        event = _event_of(row)
        cache.put(content, event)
    sendings = (((row.time, row.sequence), row.stored_at), *spans.get(content, ()))
    moments = [moment for moment, _ in sendings]
    grants = tuple(granted.get(content, ()))
    return Received(event, row.person, min(moments), max(moments), sendings, grants)


def _event_of(row: Row[Any]) -> Event:
    """Read an event out of the log."""
    sent = orjson.loads(row.content)
    data, _ = read_data(row.name, sent)
    doubts = tuple(Fault(*doubt) for doubt in row.doubts or ())
    event = Event(
        row.event_id, row.source, row.name, row.subject, row.time, row.sequence, sent, data, doubts
    )
    event.__dict__["digest"] = row.digest
    return event
