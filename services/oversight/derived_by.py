"""By which policy and version what is derived in the store was derived."""

from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.store import event_log, marks

_DERIVED_BY = "derived_by"


async def is_derived(connection: AsyncConnection, policy: Policy) -> bool:
    """Whether it was derived by this policy and version; so it is while no event is stored."""
    derived_by = await marks.mark(connection, _DERIVED_BY)
    if derived_by is None:
        return await event_log.first_stored(connection) is None
    return derived_by == _derivation(policy)


async def mark_derived(connection: AsyncConnection, policy: Policy) -> None:
    """Say that it is derived by this policy and version."""
    await marks.set_mark(connection, _DERIVED_BY, _derivation(policy))


def _derivation(policy: Policy) -> str:
    """What decides about lines besides the events: the program and the policy."""
    return f"{version('sightline')} {policy.fingerprint}"
