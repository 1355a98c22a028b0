"""Deriving young people's rows from the log: lock, read, derive, write.

Every transaction that derives takes its locks in one order: who works here, the young people, the
counts, the marks. Where a merge links somebody more meanwhile, it may have to be tried again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.events.feed import EventRetracted
from services.assessment.derivation import Derivation, Rules, derive
from services.assessment.knowledge import Knowledge
from services.assessment.resolution import resolve, survivors
from services.oversight.derived_by import derivation_of
from services.store import (
    case_count_changes,
    derived,
    erasures,
    event_log,
    marks,
    staff,
    stored_events,
    subject_links,
    underived,
)
from services.store.case_count_changes import Counted
from services.store.locks import STAFF, lock, person_name, share
from services.traces import Step, are_sent
from services.tracking.publish import publish_changes


async def derive_people(
    connection: AsyncConnection,
    people: Iterable[str],
    rules: Rules,
    now: datetime,
    *,
    from_nothing: bool = False,
    traces: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Derive young people and whoever is linked with them, and publish what changed.

    With `from_nothing`, all that was derived of them is forgotten before. `traces` are those of the
    events for which they are derived at once.
    """
    locked = await lock_people(connection, people)
    too_long = await _too_long(connection, locked)
    locked -= too_long
    marked = await underived.marks_of(connection, locked)
    steps = await _steps(connection, locked, traces)
    counted = Counted()
    if from_nothing:
        await derived.forget(connection, locked, {}, counted)
    found = await _derive_locked(connection, locked, rules, counted)
    if too_long:
        await underived.lock_marks(connection, marked.keys() | too_long)
        for person in sorted(too_long):
            await underived.set_aside(
                connection, person, f"more than {event_log.MOST_EVENTS:,} events", now
            )
    await underived.unmark(connection, marked)
    for step in steps.values():
        step.end()
    onwards = {person: step.trace for person, step in steps.items()}
    await publish_changes(connection, locked, [item.assessment for item in found], now, onwards)


async def _steps(
    connection: AsyncConnection, people: Collection[str], traces: Mapping[str, str]
) -> dict[str, Step]:
    """The step of a trace for each young person who is derived in one."""
    if not are_sent():
        return {}
    known = {**await underived.traces_of(connection, people), **traces}
    return {
        person: Step("derive statuses", "internal", trace)
        for person, trace in known.items()
        if person in people
    }


async def _too_long(connection: AsyncConnection, locked: Collection[str]) -> set[str]:
    """Whoever has more events than anybody's life, and whoever is linked with them.

    They are set aside: one id that a system gives to everybody must not hold up all others. That
    they are not derived is said on every page.
    """
    found = await event_log.with_more_than(connection, event_log.MOST_EVENTS, locked)
    return await subject_links.connected(connection, found)


async def lock_people(connection: AsyncConnection, touched: Iterable[str]) -> set[str]:
    """Lock everybody whose events bear on the touched; returns them.

    All take locks in one order. Where a merge links somebody more between the look-up and the lock,
    they are locked as well, out of that order: of two that then wait for one another PostgreSQL
    ends one, which is tried again. Who works here does not change until the transaction ends.
    """
    await share(connection, STAFF)
    locked: set[str] = set()
    wanted = await subject_links.connected(connection, touched)
    while wanted != locked:
        await lock(connection, (person_name(person) for person in wanted - locked))
        locked, wanted = wanted, await subject_links.connected(connection, wanted)
    return locked


async def _derive_locked(
    connection: AsyncConnection, locked: set[str], rules: Rules, counted: Counted
) -> list[Derivation]:
    """Derive young people anew who are locked already, and write what changed.

    Counts are written once, all of them in their order: two transactions that wrote some twice
    could each wait for the other.
    """
    received = await stored_events.load(connection, locked)
    gone = await staff.gone_on(connection)
    people = resolve(received, rules.policy)
    if any(item.event.name == EventRetracted.name for item in received):
        for person in await erasures.erased_among(connection, locked):
            people.pop(person, None)  # of whom a retraction of somebody else's event may be left
    knowledge = Knowledge(received, rules.policy, rules.rulebook)
    found = [
        derive(people[person], rules, knowledge, gone) for person in sorted(locked & people.keys())
    ]
    await derived.write(connection, found, counted, derivation_of(rules.policy))
    await marks.hear_of(connection, {concern for item in found for concern in item.heard_of})
    became = survivors(received, rules.policy)
    await derived.forget(connection, locked - people.keys(), became, counted)
    await case_count_changes.keep(connection, counted)
    return found
