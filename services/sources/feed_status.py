"""What is known of the feeds at a moment, out of the store."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.assessment.resolution import permissions
from services.sources.completeness import differences, ends_of_snapshots, overdue
from services.sources.rhythm import WEEKS_KEPT, Silence, silences
from services.store import feeds, snapshots

_LATE = timedelta(hours=6)
"""How much later than its day or week a snapshot may be before everybody is told."""


async def silent_feeds(connection: AsyncConnection, policy: Policy, now: datetime) -> list[Silence]:
    """The feeds that are silent beyond their rhythm."""
    heard = await feeds.hours_heard(connection, now - timedelta(weeks=WEEKS_KEPT))
    return silences(await feeds.all_feeds(connection), heard, policy, now)


async def not_complete(connection: AsyncConnection, policy: Policy, now: datetime) -> list[str]:
    """What tells that we do not hold all that the sources hold, in sentences."""
    told = [item.sentence for item in await silent_feeds(connection, policy, now)]
    for compared in await snapshots.compared(connection):
        if not permissions(policy, compared.source).retired:
            told += differences(compared)
    if any(allowed.snapshot for allowed in policy.sources.values()):
        told += overdue(await ends_of_snapshots(connection), policy, now, _LATE)
    return told


async def awaited(connection: AsyncConnection, policy: Policy, due_at: datetime) -> list[str]:
    """The snapshots that a report due at a moment must wait for, in sentences."""
    if not any(allowed.snapshot for allowed in policy.sources.values()):
        return []
    return overdue(await ends_of_snapshots(connection), policy, due_at)
