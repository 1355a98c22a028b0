"""Which policy began when: whoever reads a chart sees where the rules changed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import policies


@dataclass(frozen=True, slots=True)
class PolicyBegan:
    """A policy that gave other colours than the one before it: from which day, and its name."""

    on: date
    name: str


async def policies_begun(connection: AsyncConnection, first: date, last: date) -> list[PolicyBegan]:
    """The policies that began between two days, the first first.

    That by which this store was first derived is no change, and is left out.
    """
    kept = await policies.kept(connection)
    return [
        PolicyBegan(policy.since, policy.name or "another policy")
        for policy in kept[1:]
        if first <= policy.since <= last
    ]
