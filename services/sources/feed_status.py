"""The state of the feeds at a moment: which are silent, and which are known to be incomplete."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.assessment.rights import permissions
from services.sources.completeness import completed_snapshots, differences, overdue
from services.sources.lost_events import open_losses, sentence_of
from services.sources.rhythm import WEEKS_KEPT, Silence, silences
from services.store import feeds, snapshots

_SLACK = timedelta(hours=6)
"""How much later than its day or week a snapshot may be before it is reported as missing."""


async def silent_feeds(connection: AsyncConnection, policy: Policy, now: datetime) -> list[Silence]:
    """The feeds that are silent beyond their rhythm."""
    heard = await feeds.hours_heard(connection, now - timedelta(weeks=WEEKS_KEPT))
    return silences(await feeds.all_feeds(connection), heard, policy, now)


async def completeness_warnings(
    connection: AsyncConnection, policy: Policy, now: datetime
) -> list[str]:
    """Every sign that we do not hold all that the sources hold, in sentences."""
    warnings = [sentence_of(loss) for loss in await open_losses(connection)]
    warnings += [item.sentence for item in await silent_feeds(connection, policy, now)]
    for comparison in await snapshots.comparisons(connection):
        if not permissions(policy, comparison.source).retired:
            warnings += differences(comparison)
    if any(allowed.snapshot for allowed in policy.sources.values()):
        warnings += overdue(await completed_snapshots(connection, policy), policy, now, _SLACK)
    return warnings


async def awaited_snapshots(
    connection: AsyncConnection, policy: Policy, due_at: datetime
) -> list[str]:
    """The snapshots that a report due at a moment must wait for, in sentences."""
    if not any(allowed.snapshot for allowed in policy.sources.values()):
        return []
    return overdue(await completed_snapshots(connection, policy), policy, due_at)
