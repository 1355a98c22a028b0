"""Which policy and version the derived rows of the store come from."""

from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.store import marks

_DERIVED_BY = "derived_by"


async def is_derived(connection: AsyncConnection, policy: Policy) -> bool:
    """Whether the rows come from this policy and version; true of an empty store."""
    derived_by = await marks.mark(connection, _DERIVED_BY)
    return derived_by is None or derived_by == _derivation(policy)


async def is_marked(connection: AsyncConnection) -> bool:
    """Whether the store records by which policy and version it was derived."""
    return await marks.mark(connection, _DERIVED_BY) is not None


async def mark_underived(connection: AsyncConnection) -> None:
    """Record that the rows come from no single policy and version: they are being replaced."""
    await marks.set_mark(connection, _DERIVED_BY, "")


async def mark_derived(connection: AsyncConnection, policy: Policy) -> None:
    """Record that the rows come from this policy and version."""
    await marks.set_mark(connection, _DERIVED_BY, _derivation(policy))


def _derivation(policy: Policy) -> str:
    """The policy's fingerprint with the program's version: they decide the rows besides events."""
    return f"{version('sightline')} {policy.fingerprint}"
