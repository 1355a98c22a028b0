"""Deriving everything again from the log: the same events give the same rows."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from importlib.metadata import version

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events.person import PersonMerged
from schemas.policy import Policy
from services.store import event_log, marks, timelines
from services.store.database import Database
from services.tracking.derive import Rules, derive_held, hold
from services.tracking.ownership import owned
from services.tracking.publish import publish_changes

_AT_A_TIME = 400
_DERIVED_BY = "derived_by"


async def rebuild(
    database: Database, rules: Rules, now: datetime
) -> AsyncIterator[tuple[int, int]]:
    """Drop and derive again every young person's lines; yields how many are done, of how many.

    Trackers may go on meanwhile: each young person is locked while theirs are replaced.
    """
    async with database.writing() as connection:
        await _own_again(connection, rules.policy)
    async with database.reading() as connection:
        heard = await event_log.people_heard_of(connection)
        stale = set(await timelines.known_people(connection)) - set(heard)
    done = 0
    yield done, len(heard)
    for some in _batches([*heard, *sorted(stale)]):
        async with database.writing() as connection:
            held = await hold(connection, some)
            await timelines.forget(connection, held | set(some))
            assessments = await derive_held(connection, held, rules)
            await publish_changes(connection, held, assessments, now)
        done = min(done + len(some), len(heard))
        yield done, len(heard)
    async with database.writing() as connection:
        await marks.set_mark(connection, _DERIVED_BY, _derivation(rules.policy))
        await marks.set_mark(connection, marks.REBUILT, now.isoformat())


async def needs_rebuild(database: Database, policy: Policy) -> bool:
    """Whether the lines in the store were derived by another policy."""
    async with database.reading() as connection:
        derived_by = await marks.mark(connection, _DERIVED_BY)
        if derived_by is None and not await event_log.count(connection):
            derived_by = _derivation(policy)
    return derived_by != _derivation(policy)


async def mark_derived(database: Database, policy: Policy) -> None:
    """Say by which policy the lines in the store are derived."""
    async with database.writing() as connection:
        await marks.set_mark(connection, _DERIVED_BY, _derivation(policy))


def _derivation(policy: Policy) -> str:
    """What decides about lines besides the events: the program and the policy."""
    return f"{version('sightline')} {policy.fingerprint}"


async def _own_again(connection: AsyncConnection, policy: Policy) -> None:
    """Say anew whose each event is, and who is linked: namespaces may have changed."""
    await event_log.forget_links(connection)
    pairs: set[tuple[str, str]] = set()
    owners: dict[event_log.Key, set[str]] = {}
    for item in await event_log.load(connection):
        arrival = owned(item.event, policy)
        content = (*item.key, item.event.digest)
        if arrival.person != item.person or isinstance(item.event.data, PersonMerged):
            await event_log.replace_owner(connection, content, arrival.person, arrival.reaches)
        if isinstance(item.event.data, PersonMerged) and arrival.reaches:
            pairs.add((arrival.person, arrival.reaches))
        owners.setdefault(item.key, set()).add(arrival.person)
    for people in owners.values():
        first, *others = sorted(people - {""}) or [""]
        pairs |= {(first, other) for other in others}
    await event_log.link(connection, {pair for pair in pairs if all(pair)})


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _AT_A_TIME):
        yield names[start : start + _AT_A_TIME]
