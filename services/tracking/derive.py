"""Deriving young people's lines from the log: lock, read again, fold, assess, write."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.policy import Policy
from services.assessment.case_facts import document
from services.assessment.fold import fold
from services.assessment.resolution import resolve
from services.assessment.rulebook import Rulebook, rulebook_for
from services.assessment.timeline import Assessment, assess
from services.store import event_log, timelines
from services.store.locks import lock, person_name
from services.store.timelines import Derived


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy with the rule book that follows from it, made once."""

    policy: Policy
    rulebook: Rulebook

    @classmethod
    def of(cls, policy: Policy) -> "Rules":
        """The rules that a policy makes.

        Raises:
            ValueError: the policy loosens the law, or names a parameter that is not there.
        """
        return cls(policy, rulebook_for(policy))


async def hold(connection: AsyncConnection, touched: Iterable[str]) -> set[str]:
    """Lock everyone whose events bear on the touched, until nobody more is found.

    Locks are taken in one order by all. Where somebody more turns up after the lock, a merge came
    in between: the locks are let go (by the savepoint) and the larger set is taken from the start.
    """
    wanted = await event_log.connected(connection, touched)
    while True:
        savepoint = await connection.begin_nested()
        await lock(connection, (person_name(person) for person in wanted))
        found = await event_log.connected(connection, wanted)
        if found == wanted:
            await savepoint.commit()
            return wanted
        await savepoint.rollback()
        wanted = found


async def derive_held(
    connection: AsyncConnection, held: set[str], rules: Rules
) -> list[Assessment]:
    """Derive anew the lines of young people who are locked already."""
    received = await event_log.load(connection, held)
    settled = resolve(received, rules.policy)
    derived = []
    for person in sorted(held & settled.keys()):
        facts = fold(settled[person], rules.policy)
        derived.append(Derived(assess(facts, rules.rulebook), document(facts)))
    await timelines.write(connection, derived)
    await timelines.forget(connection, held - settled.keys())
    return [item.assessment for item in derived]
