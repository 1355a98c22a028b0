"""By which policy and version what is derived in the store was derived."""

from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.store import marks

_DERIVED_BY = "derived_by"


async def is_derived(connection: AsyncConnection, policy: Policy) -> bool:
    """Whether it was derived by this policy and version; so it is before anything was."""
    derived_by = await marks.mark(connection, _DERIVED_BY)
    return derived_by is None or derived_by == _derivation(policy)


async def is_marked(connection: AsyncConnection) -> bool:
    """Whether the store records by which policy and version it was derived."""
    return await marks.mark(connection, _DERIVED_BY) is not None


async def mark_derived(connection: AsyncConnection, policy: Policy) -> None:
    """Say that it is derived by this policy and version."""
    await marks.set_mark(connection, _DERIVED_BY, _derivation(policy))


def _derivation(policy: Policy) -> str:
    """What decides about lines besides the events: the program and the policy."""
    return f"{version('sightline')} {policy.fingerprint}"
