"""The append-only log of events, and what of it bears on a young person."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, and_, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.envelope import Event, read_data
from schemas.faults import Fault
from services.assessment.resolution import Moment, Received
from services.store.bulk import add
from services.store.columns import among
from services.store.event_cache import Content, EventCache, cache_of
from services.store.tables import events, links, resendings

Key = tuple[str, str]
"""Source and id."""
Sending = tuple[Moment, datetime]
"""When a source sent a content, and when that was stored here."""

_COLUMNS = (
    events.c.source,
    events.c.event_id,
    events.c.digest,
    events.c.name,
    events.c.subject,
    events.c.person,
    events.c.time,
    events.c.sequence,
    events.c.content,
    events.c.doubts,
    events.c.stored_at,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event to store: whose it is, and whom or what it reaches."""

    event: Event
    person: str
    reaches: str | None

    @property
    def retracts(self) -> str | None:
        """The id that it takes back, where it is a retraction."""
        return self.reaches if self.event.name == "event.retracted" else None


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content that is stored: whose it is and the span of moments at which it was sent.

    `retracts` is the id that it takes back, where it is a retraction.
    """

    person: str
    retracts: str | None
    earliest: Moment
    latest: Moment


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
        ).where(among(events.c.event_id, {id_ for _, id_ in wanted}))
    )
    found = [row for row in rows if (row.source, row.event_id) in wanted]
    spans = await _spans(connection, {row.event_id for row in found}, None) if found else {}
    result = {}
    for row in found:
        content = (row.source, row.event_id, row.digest)
        others = [moment for moment, _ in spans.get(content, ())]
        moments = [(row.time, row.sequence), *others]
        retracts = row.reaches if row.name == "event.retracted" else None
        result[content] = StoredContent(row.person, retracts, min(moments), max(moments))
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

    `instead_of` is a later moment that need no longer be kept: while an event has one content, only
    its latest sending could ever matter.
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


async def link(connection: AsyncConnection, pairs: Iterable[tuple[str, str]]) -> None:
    """Remember that two subjects' events bear on one another."""
    wanted = sorted({(one, other) for one, other in pairs if one != other})
    if not wanted:
        return
    rows = await connection.execute(
        select(links.c.one, links.c.other).where(among(links.c.one, {one for one, _ in wanted}))
    )
    known = {(row.one, row.other) for row in rows}
    missing = [{"one": one, "other": other} for one, other in wanted if (one, other) not in known]
    if missing:
        await connection.execute(insert(links), missing)


async def connected(connection: AsyncConnection, people: Iterable[str]) -> set[str]:
    """The subjects whose events bear on the given ones, through merges and shared events."""
    reached: set[str] = set()
    frontier = set(people) - {""}
    while frontier:
        reached |= frontier
        rows = await connection.execute(
            select(links.c.one, links.c.other).where(
                or_(among(links.c.one, frontier), among(links.c.other, frontier))
            )
        )
        frontier = {person for row in rows for person in row} - reached
    return reached


async def linked(connection: AsyncConnection) -> frozenset[str]:
    """Everybody whose events bear on somebody else's."""
    rows = await connection.execute(select(links.c.one, links.c.other))
    return frozenset(person for row in rows for person in row)


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
    ids = None if people is None else {row.event_id for row in rows}
    spans = await _spans(connection, ids, known_at) if rows else {}
    cache = cache_of(connection)
    return [(_received(row, spans, cache), row.stored_at) for row in rows]


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


async def first_stored(connection: AsyncConnection) -> datetime | None:
    """When the first event was stored; None while the log is empty."""
    first: datetime | None = await connection.scalar(select(func.min(events.c.stored_at)))
    return first


def _known(statement: Any, known_at: datetime | None) -> Any:
    return statement if known_at is None else statement.where(events.c.stored_at <= known_at)


async def _spans(
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


def _received(row: Row[Any], spans: dict[Content, list[Sending]], cache: EventCache) -> Received:
    content = (row.source, row.event_id, row.digest)
    event = cache.get(content)
    if event is None:
        event = _event_of(row)
        cache.put(content, event)
    sendings = (((row.time, row.sequence), row.stored_at), *spans.get(content, ()))
    moments = [moment for moment, _ in sendings]
    return Received(event, row.person, min(moments), max(moments), sendings)


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
