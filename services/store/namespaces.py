"""Applying the policy's namespaces to the log: whose each stored event is, and who is linked."""

from collections.abc import Callable

import orjson
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.subject_links import link
from services.store.tables import events, links

PersonOf = Callable[[str, str], str]
"""The young person whom a source means by a subject."""

_AT_A_TIME = 1000


async def apply_namespaces(
    connection: AsyncConnection, person_of: PersonOf, survivor_named: PersonOf
) -> None:
    """Store anew whose each event is, whom each merge reaches, and who is linked.

    A policy may give a source another namespace after its events were stored.

    Args:
        connection: the transaction.
        person_of: the young person whom a source means by a subject.
        survivor_named: the young person whom a source means by a merge's `into`.
    """
    sources = (await connection.execute(select(events.c.source).distinct())).scalars().all()
    for source in sources:
        prefix = person_of(source, "")
        owner = prefix + events.c.subject if prefix else events.c.subject
        await connection.execute(
            update(events)
            .where(events.c.source == source, events.c.subject != "", events.c.person != owner)
            .values(person=owner)
        )
    await connection.execute(delete(links))
    await _link_merged(connection, survivor_named)
    await _link_shared(connection)


async def _link_merged(connection: AsyncConnection, survivor_named: PersonOf) -> None:
    """Link those whom merges name, in batches."""
    key = (events.c.source, events.c.event_id, events.c.digest)
    wanted = (
        select(*key, events.c.person, events.c.reaches, events.c.content)
        .where(events.c.name == "person.merged")
        .order_by(*key)
    )
    after = 0
    while rows := (await connection.execute(wanted.offset(after).limit(_AT_A_TIME))).all():
        after += len(rows)
        pairs = set()
        for row in rows:
            reaches = survivor_named(row.source, _into(row.content))
            pairs.add((row.person, reaches))
            if reaches != row.reaches:
                same = (column == value for column, value in zip(key, row[:3], strict=True))
                await connection.execute(update(events).where(*same).values(reaches=reaches))
        await link(connection, {pair for pair in pairs if all(pair)})


async def _link_shared(connection: AsyncConnection) -> None:
    """Link those whom several contents of one event name as its subject."""
    key = (events.c.source, events.c.event_id)
    shared = (
        select(*key)
        .where(events.c.person != "")
        .group_by(*key)
        .having(func.count(events.c.person.distinct()) > 1)
    )
    for source, event_id in (await connection.execute(shared)).all():
        rows = await connection.execute(
            select(events.c.person).where(
                events.c.source == source, events.c.event_id == event_id, events.c.person != ""
            )
        )
        first, *others = sorted(set(rows.scalars()))
        await link(connection, {(first, other) for other in others})


def _into(content: str) -> str:
    return str(orjson.loads(content).get("into", "")).strip()
