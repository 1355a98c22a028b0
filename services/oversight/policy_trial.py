"""A policy that somebody tries: the one in force with some parameters changed, compared with it."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import uuid4

import orjson

from schemas.policy import ParameterChange, Policy
from services.assessment.derivation import Rules
from services.assessment.rulebook import faults_of_policy, rulebook_for, shipped
from services.assessment.temporal import AsOf
from services.oversight.policy_comparison import BACK, compare
from services.store import policy_comparisons
from services.store.database import Database

log = logging.getLogger(__name__)


def with_parameters(
    policy: Policy, parameters: Mapping[str, int], since: date, why: str = ""
) -> Policy:
    """A policy with other values of some parameters from a day on, whatever it has of them later.

    Raises:
        ValueError: a value loosens the law, or there is no such parameter.
    """
    changed = dict(policy.parameters)
    for name, value in parameters.items():
        earlier = [item for item in changed.get(name, []) if item.since < since]
        change = ParameterChange.model_validate({"from": since, "value": value, "why": why})
        changed[name] = [*earlier, change]
    found = policy.model_copy(update={"parameters": changed})
    if faults := faults_of_policy(found):
        raise ValueError(" ".join(faults))
    return found


def values_on(policy: Policy, day: date) -> dict[str, int]:
    """The value of every parameter that can be changed, as a policy has it on a day."""
    limits, on = rulebook_for(policy).limits, AsOf(day.toordinal())
    return {
        name: limits[name].on(on)
        for name, parameter in shipped()[0].items()
        if parameter.unit != "day"
    }


def as_toml(policy: Policy, name: str, parameters: Mapping[str, int], since: date) -> str:
    """What is to stand in the policy's file so that the changes hold from a day on.

    Its first two lines are the policy's new name and day; the rest is all of its parameters.

    Raises:
        ValueError: a value may not hold any more: the rule book, or the policy, has changed.
    """
    adopted = with_parameters(policy, parameters, since, name)
    lines = [f"name = {_quoted(name)}", f"adopted_on = {since}", "", "[parameters]"]
    for parameter, changes in adopted.parameters.items():
        values = ", ".join(
            f"{{ from = {change.since}, value = {change.value}, why = {_quoted(change.why)} }}"
            for change in changes
        )
        lines.append(f"{_quoted(parameter)} = [{values}]")
    return "\n".join(lines) + "\n"


class _TakenOver(Exception):  # noqa: N818 -- it is no error of whoever is told
    """Another process makes the comparison, since this one was long silent."""


def _quoted(text: str) -> str:
    """A string as TOML writes it, which takes what JSON does."""
    return orjson.dumps(text).decode()


async def make_next(database: Database, rules: Rules, clock: Callable[[], datetime]) -> bool:
    """Make the oldest comparison that waits; whether there was one.

    Everybody is assessed under the policy in force and under the one that is tried, as if it had
    always held. One whose maker is gone is made anew.
    """
    maker = uuid4().hex
    async with database.writing() as connection:
        wanted = await policy_comparisons.next_to_make(connection, clock(), maker)
    if wanted is None:
        return False

    async def advance(done: int, total: int) -> None:
        async with database.writing() as connection:
            if not await policy_comparisons.hear(
                connection, wanted.id, maker, clock(), done, total
            ):
                raise _TakenOver

    try:
        since = wanted.on_day - BACK
        tried = Rules.of(with_parameters(rules.policy, wanted.parameters, since))
        async with database.reading() as connection:
            found = await compare(connection, rules, tried, wanted.on_day, advance)
        async with database.writing() as connection:
            await policy_comparisons.finish(connection, wanted.id, maker, found.changes)
    except _TakenOver:
        log.warning("Policy comparison %s is made by another process", wanted.id)
    except Exception:
        log.exception("Policy comparison %s could not be made", wanted.id)
        async with database.writing() as connection:
            await policy_comparisons.fail(connection, wanted.id, maker)
    return True
