"""Which policy and version the derived rows of the store come from, and what is not derived."""

import re
from datetime import datetime
from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.days import london_day
from schemas.policy import Policy
from services.store import derived, marks, policies, underived
from services.store.policies import KeptPolicy

_DERIVED_BY, _DERIVING = "derived_by", "deriving"
"""By what the rows were derived, empty while they are replaced; and by what they are replaced."""
_VERSION = version("sightline")
_BEING_DERIVED = (
    "Every status is being derived again, by a new policy or version: until that is done, cases "
    "are missing from every list and count."
)

_LATER = (
    "A later version of Sightline derived the statuses than the one that shows them. If this "
    "version is to stay, somebody has to run sightline rebuild."
)


async def is_derived(connection: AsyncConnection, policy: Policy) -> bool:
    """Whether the rows come from this policy and version; true of an empty store."""
    derived_by = await marks.mark(connection, _DERIVED_BY)
    return derived_by is None or derived_by == derivation_of(policy)


async def not_derived(connection: AsyncConnection, policy: Policy) -> list[str]:
    """What every list and count leaves out or has out of date, in sentences; none where nothing."""
    sentences = []
    if not await is_derived(connection, policy):
        is_settled = not await is_half_derived(connection)
        is_by_a_later = is_settled and await is_derived_by_a_later_version(connection)
        sentences.append(_LATER if is_by_a_later else _BEING_DERIVED)
    if waiting := await underived.count(connection):
        sentences.append(
            f"The statuses of {_young_people(waiting)} are still to be derived from events that "
            "have come."
        )
    if failed := len(await underived.failed(connection)):
        sentences.append(
            f"The newest events of {_young_people(failed)} could not be worked out: their statuses "
            "are those from before, or missing. They are listed under Data quality."
        )
    return sentences


def _young_people(number: int) -> str:
    return f"{number:,} {'young person' if number == 1 else 'young people'}"


async def is_marked(connection: AsyncConnection) -> bool:
    """Whether the store records by which policy and version it was derived."""
    return await marks.mark(connection, _DERIVED_BY) is not None


async def derived_otherwise(connection: AsyncConnection, policy: Policy, most: int) -> list[str]:
    """Some of those whom another version or policy derived, for this one to derive again.

    A version that still runs beside this one may derive somebody after all were derived anew. It
    is none of this one's business where its rows are not those in force: then it is this that goes.
    """
    if await marks.mark(connection, _DERIVED_BY) != derivation_of(policy):
        return []
    return await derived.derived_otherwise(connection, derivation_of(policy), most)


async def is_derived_by_a_later_version(connection: AsyncConnection) -> bool:
    """Whether the rows come from a later version than this one, or are being replaced by it."""
    by = await marks.mark(connection, _DERIVED_BY) or await marks.mark(connection, _DERIVING)
    return _number(by or "") > _number(_VERSION)


async def is_derived_by_an_earlier_version(connection: AsyncConnection) -> bool:
    """Whether the rows come from an earlier version than this one."""
    derived_by = await marks.mark(connection, _DERIVED_BY)
    return bool(derived_by) and _number(derived_by or "") < _number(_VERSION)


async def is_half_derived(connection: AsyncConnection) -> bool:
    """Whether the rows are being replaced; where nobody is at it, they were left half replaced."""
    return await marks.mark(connection, _DERIVED_BY) == ""


async def is_ours_to_finish(connection: AsyncConnection, policy: Policy) -> bool:
    """Whether what replaces the rows was begun by this policy and version, or an earlier one."""
    begun_by = await marks.mark(connection, _DERIVING)
    if not begun_by:
        return False
    return begun_by == derivation_of(policy) or _number(begun_by) < _number(_VERSION)


def _number(derived_by: str) -> tuple[int, ...]:
    """The version, of a version with a policy's fingerprint, in an order; empty where none."""
    found = re.match(r"[0-9]+(\.[0-9]+)*", derived_by)
    parts = [int(part) for part in found[0].split(".")] if found else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


async def mark_underived(connection: AsyncConnection, policy: Policy) -> None:
    """Record that the rows are being replaced by those of this policy and version."""
    await marks.set_mark(connection, _DERIVED_BY, "")
    await marks.set_mark(connection, _DERIVING, derivation_of(policy))


async def mark_derived(connection: AsyncConnection, policy: Policy, now: datetime) -> None:
    """Record that the rows come from this policy and version, and since when it is in force."""
    await marks.set_mark(connection, _DERIVED_BY, derivation_of(policy))
    await marks.set_mark(connection, _DERIVING, "")
    since = policy.adopted_on or london_day(now)
    content = policy.model_dump(mode="json", by_alias=True)
    kept = KeptPolicy(since, policy.name, policy.colours, content, now)
    await policies.keep(connection, kept, is_dated=policy.adopted_on is not None)


def derivation_of(policy: Policy) -> str:
    """The program's version with the policy's fingerprint: they decide the rows besides events."""
    return f"{_VERSION} {policy.fingerprint}"
