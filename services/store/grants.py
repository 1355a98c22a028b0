"""What the senders of events had leave for: rows for what counts only where it is permitted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.permissions import SourcePermission
from services.store.bulk import add
from services.store.columns import among
from services.store.event_cache import Content
from services.store.tables import grants

Grant = tuple[SourcePermission, datetime]
"""A permission, and when it was stored that a sender had it."""


async def grants_of(
    connection: AsyncConnection, ids: Iterable[str] | None, known_at: datetime | None = None
) -> Mapping[Content, list[Grant]]:
    """What was granted to the senders of events with these ids (all, where none are given)."""
    wanted = select(grants)
    if ids is not None:
        wanted = wanted.where(among(grants.c.event_id, ids))
    if known_at is not None:
        wanted = wanted.where(grants.c.stored_at <= known_at)
    found: dict[Content, list[Grant]] = defaultdict(list)
    for row in await connection.execute(wanted):
        found[row.source, row.event_id, row.digest].append((row.permission, row.stored_at))
    return found


async def store_new(
    connection: AsyncConnection,
    granted: Mapping[Content, frozenset[SourcePermission]],
    resent: Iterable[Content],
    now: datetime,
) -> set[Content]:
    """Store what the senders of contents had leave for, once each.

    Args:
        connection: the transaction, which holds the locks of the events.
        granted: what their senders had leave for.
        resent: those of them that were stored before.
        now: the stored time (UTC).

    Returns those of `resent` whose sender had leave for more than any before.
    """
    again = set(resent) & granted.keys()
    held: Mapping[Content, list[Grant]] = {}
    if again:
        held = await grants_of(connection, {content[1] for content in again})
    rows, widened = [], set()
    for content, permissions in granted.items():
        new = permissions - {permission for permission, _ in held.get(content, ())}
        if new and content in again:
            widened.add(content)
        source, id_, digest = content
        rows += [
            {
                "event_id": id_,
                "source": source,
                "digest": digest,
                "permission": permission,
                "stored_at": now,
            }
            for permission in sorted(new)
        ]
    await add(connection, grants, rows)
    return widened
