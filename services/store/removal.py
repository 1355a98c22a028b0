"""Removing all that the store holds of some case references, table by table."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assessment.received import counted_span
from services.store import event_log
from services.store.columns import among
from services.store.event_cache import Content
from services.store.event_log import StoredContent
from services.store.held import BY_EVENT, BY_REFERENCE, outbox_of
from services.store.redaction import names_one, naming, redacted
from services.store.refused_events import OPEN
from services.store.tables import (
    audit,
    digests,
    erasures,
    events,
    feed_hours,
    outbox,
    refused,
    reported,
    reported_counts,
    reports,
    restrictions,
    weekly_analyses,
)

_KEPT = (audit, erasures, restrictions)
"""Tables that name a case and keep it: who looked at it and did what, that it was erased, and to
whom it was restricted, which holds again where it comes back."""
_AT_A_TIME = 200

Removed = Mapping[str, int]
"""How many rows of each table."""


async def remove_of(connection: AsyncConnection, names: Collection[str]) -> Removed:
    """Remove what is held of case references, but for mails and what is derived of them.

    Whoever calls this has kept the erasure, without which the log lets no event be deleted.
    """
    await _leave_no_trace(connection)
    found = await connection.execute(
        select(events.c.source, events.c.event_id).where(among(events.c.person, names))
    )
    keys = {(row.source, row.event_id) for row in found}
    await _delete_what_was_moved_here(connection, keys, names)
    waiting = [row["number"] for row in await outbox_of(connection, names)]
    removed = {str(events.name): await _delete(connection, events, _own(names))}
    removed |= {
        str(table.name): await _delete(
            connection, table, or_(*(among(table.c[column], names) for column in columns))
        )
        for table, (_, columns) in BY_REFERENCE.items()
        if table not in (*_KEPT, events)
    }
    removed[str(outbox.name)] = await _delete(connection, outbox, outbox.c.number.in_(waiting))
    for table in BY_EVENT:
        removed[str(table.name)] = await _delete_of_events(connection, table, keys)
    return removed


def _own(names: Collection[str]) -> ColumnElement[bool]:
    """The condition of events about these, but for retractions of what is about somebody else.

    Such a retraction has an id in it and nothing more; without it what it took back would count
    again.
    """
    gone = events.alias()
    others = select(gone.c.event_id).where(
        gone.c.source == events.c.source,
        gone.c.event_id == events.c.reaches,
        gone.c.person.not_in(sorted(names)),
    )
    return and_(
        among(events.c.person, names),
        or_(events.c.name != "event.retracted", ~others.exists()),
    )


async def _delete_what_was_moved_here(
    connection: AsyncConnection, keys: Collection[tuple[str, str]], names: Collection[str]
) -> None:
    """Delete what events said of somebody else, before their source said that these were meant.

    Without it they would count for somebody else again.
    """
    by_key: dict[tuple[str, str], list[tuple[Content, StoredContent]]] = {}
    for content, stored in (await event_log.stored_contents(connection, keys)).items():
        by_key.setdefault(content[:2], []).append((content, stored))
    for contents in by_key.values():
        _, latest = max(contents, key=lambda item: counted_span(item[1].sendings)[1])
        if latest.person not in names:
            continue
        for (source, id_, digest), stored in contents:
            if stored.person not in names:
                same = and_(
                    events.c.source == source,
                    events.c.event_id == id_,
                    events.c.digest == digest,
                )
                await _delete(connection, events, same)


async def redact_mails(
    connection: AsyncConnection, names: Collection[str], after: tuple[str, str]
) -> tuple[tuple[str, str] | None, int]:
    """Take cases out of some of the mails that were kept.

    Args:
        connection: the transaction.
        names: the case references.
        after: the week and recipient of the last mail that was looked at.

    Returns the last that was looked at, None when all were; and how many named one of them.
    """
    named = naming(names)
    rows = await connection.execute(
        select(digests.c.week, digests.c.recipient, digests.c.message)
        .where(
            digests.c.message.is_not(None),
            or_(
                digests.c.week > after[0],
                and_(digests.c.week == after[0], digests.c.recipient > after[1]),
            ),
        )
        .order_by(digests.c.week, digests.c.recipient)
        .limit(_AT_A_TIME)
        .with_for_update()
    )
    last, changed = None, 0
    for row in rows.all():
        last = (row.week, row.recipient)
        if not names_one(row.message, named):
            continue
        changed += 1
        await connection.execute(
            update(digests)
            .where(digests.c.week == row.week, digests.c.recipient == row.recipient)
            .values(message=redacted(row.message, named))
        )
    return last, changed


async def _leave_no_trace(connection: AsyncConnection) -> None:
    """Have what is deleted overwritten in the file; PostgreSQL does that when it vacuums."""
    if connection.dialect.name == "sqlite":
        await connection.execute(text("PRAGMA secure_delete = ON"))


async def _delete(connection: AsyncConnection, table: Table, condition: ColumnElement[bool]) -> int:
    return (await connection.execute(delete(table).where(condition))).rowcount


async def _delete_of_events(
    connection: AsyncConnection, table: Table, keys: Collection[tuple[str, str]]
) -> int:
    """The rows of a table that name an event, of those of which no content is left."""
    left = await connection.execute(
        select(events.c.source, events.c.event_id).where(
            among(events.c.event_id, {id_ for _, id_ in keys})
        )
    )
    gone = set(keys) - {(row.source, row.event_id) for row in left}
    removed = 0
    for source in sorted({source for source, _ in gone}):
        ids = {id_ for of, id_ in gone if of == source}
        removed += await _delete(
            connection, table, and_(table.c.source == source, among(table.c.event_id, ids))
        )
    return removed


async def remove_mails_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove the text of mails that were sent before a moment; that they went stays."""
    done = await connection.execute(
        update(digests)
        .where(digests.c.sent_at < before, digests.c.message.is_not(None))
        .values(message=None)
    )
    return done.rowcount


async def remove_refused_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove refused events that were settled before a moment."""
    settled = and_(refused.c.state != OPEN, refused.c.settled_at < before)
    return await _delete(connection, refused, settled)


async def remove_reports_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove the reports of weeks that were made before a moment, with every case in them."""
    old = select(reports.c.week).where(reports.c.made_at < before)
    for table in (reported, reported_counts):
        await _delete(connection, table, table.c.week.in_(old))
    return await _delete(connection, reports, reports.c.made_at < before)


async def remove_hours_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove the hours before a moment in which sources were heard."""
    return await _delete(connection, feed_hours, feed_hours.c.hour < before)


async def remove_analyses_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove the analyses of weeks that were made before a moment."""
    return await _delete(connection, weekly_analyses, weekly_analyses.c.made_at < before)


async def remove_published_before(connection: AsyncConnection, before: datetime) -> int:
    """Remove messages of the outbox that were published before a moment."""
    return await _delete(connection, outbox, outbox.c.sent_at < before)
