"""Policies that somebody tries: how far the comparison is, and what differs under each.

Every query of people starts from what its reader may see (`services/store/scope.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store import erasures
from services.store.bulk import add
from services.store.locks import lock
from services.store.scope import visible
from services.store.tables import policy_changes, policy_comparisons
from services.store.view import View

State = Literal["waiting", "running", "done", "failed"]

SILENT = timedelta(minutes=2)
"""After so long without a word whoever worked on a comparison is taken to be gone."""


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """A policy that somebody tries, beside the one in force.

    Attributes:
        id: its name in addresses.
        name: what people call the policy.
        made_by: who tries it (a staff id).
        made_at: when (UTC).
        on_day: the day around which it is compared.
        parameters: the values that it changes, by parameter.
        in_force: the values in force in their place on that day.
        state: how far it is.
        done, total: how many young people are assessed, and of how many.
        heard_at: when whoever works on it was last heard (UTC).
        maker: who works on it, or did (a name that only they know).
    """

    id: str
    name: str
    made_by: str
    made_at: datetime
    on_day: date
    parameters: Mapping[str, int]
    in_force: Mapping[str, int]
    state: State = "waiting"
    done: int = 0
    total: int = 0
    heard_at: datetime | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A run of days on which one concern of one young person has another colour.

    Attributes:
        person: the young person's reference.
        concern: the concern.
        start: the first day, within the days that are compared.
        until: the day after the last.
        was: the colour under the policy in force; none where the concern does not apply.
        becomes: that under the other.
        rule: the rule that gives the worse of both, by its id; empty where none does.
        why: that rule's sentence.
        team: the team that held the case on the first day.
    """

    person: str
    concern: Concern
    start: date
    until: date
    was: Rag
    becomes: Rag
    rule: str
    why: str
    team: str | None

    def covers(self, day: date) -> bool:
        """Whether a day is one of them."""
        return self.start <= day < self.until


async def keep(connection: AsyncConnection, comparison: PolicyComparison) -> None:
    """Keep a comparison that is to be made; sent twice, it is one."""
    await lock(connection, [f"comparison\x1f{comparison.id}"])
    if await of_id(connection, comparison.id) is None:
        row = {name: getattr(comparison, name) for name in PolicyComparison.__slots__}
        await connection.execute(insert(policy_comparisons).values(row))


async def next_to_make(
    connection: AsyncConnection, now: datetime, maker: str
) -> PolicyComparison | None:
    """Take the oldest comparison that nobody works on; None where there is none.

    From then on only that maker's word about it counts, until they have long been silent.
    """
    await lock(connection, ["policy comparisons"])
    c = policy_comparisons.c
    silent = and_(c.state == "running", c.heard_at < now - SILENT)
    row = (
        await connection.execute(
            _comparisons()
            .where(or_(c.state == "waiting", silent))
            .order_by(c.made_at, c.id)
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    await connection.execute(
        update(policy_comparisons)
        .where(c.id == row.id)
        .values(state="running", heard_at=now, done=0, total=0, maker=maker)
    )
    return PolicyComparison(*row)


async def hear(
    connection: AsyncConnection, id_: str, maker: str, now: datetime, done: int, total: int
) -> bool:
    """Record how far a comparison is; whether it is still that maker's."""
    return await _set(connection, id_, maker, heard_at=now, done=done, total=total)


async def fail(connection: AsyncConnection, id_: str, maker: str) -> None:
    """Record that a comparison could not be made."""
    await _set(connection, id_, maker, state="failed")


async def finish(
    connection: AsyncConnection, id_: str, maker: str, changes: Iterable[PolicyChange]
) -> None:
    """Keep what differs, but of nobody who was erased meanwhile, where it is still that maker's."""
    if not await _set(connection, id_, maker, state="done"):
        return
    await erasures.hold(connection)
    found = list(changes)
    erased = await erasures.erased_among(connection, {change.person for change in found})
    await connection.execute(delete(policy_changes).where(policy_changes.c.comparison == id_))
    rows = [
        {
            "comparison": id_,
            "place": place,
            **{name: getattr(change, name) for name in PolicyChange.__slots__},
        }
        for place, change in enumerate(found)
        if change.person not in erased
    ]
    await add(connection, policy_changes, rows)


async def of_id(connection: AsyncConnection, id_: str) -> PolicyComparison | None:
    """The comparison of that id."""
    wanted = _comparisons().where(policy_comparisons.c.id == id_)
    row = (await connection.execute(wanted)).one_or_none()
    return PolicyComparison(*row) if row else None


async def newest(connection: AsyncConnection, limit: int) -> list[PolicyComparison]:
    """The comparisons that were made last, the newest first."""
    wanted = _comparisons().order_by(policy_comparisons.c.made_at.desc()).limit(limit)
    return [PolicyComparison(*row) for row in await connection.execute(wanted)]


async def changes(
    connection: AsyncConnection,
    view: View,
    id_: str,
    *,
    on_the_day: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[PolicyChange]:
    """What differs of those whom a reader may see, by person, concern and day.

    With `on_the_day`, only what differs on the day of the view.
    """
    c = policy_changes.c
    wanted = (
        select(*(c[name] for name in PolicyChange.__slots__))
        .where(*_of(view, id_, on_the_day=on_the_day))
        .order_by(c.person, c.concern, c.start)
        .limit(limit)
        .offset(offset)
    )
    return [
        PolicyChange(
            row.person, Concern(row.concern), row.start, row.until, Rag(row.was), Rag(row.becomes),
            row.rule, row.why, row.team,
        )
        for row in await connection.execute(wanted)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs on a day: for whom that is, how many turn red, and how many are red no more."""

    of: str
    changed: int
    turn_red: int
    no_longer_red: int

    @property
    def reds(self) -> int:
        """How many reds there are more, or fewer."""
        return self.turn_red - self.no_longer_red


async def differences(
    connection: AsyncConnection, view: View, id_: str, by: Literal["concern", "team"]
) -> list[Difference]:
    """What differs on the day of a view, by concern or by team; no team is an empty name."""
    c = policy_changes.c
    of = func.coalesce(c[by], "")

    def number(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    rows = await connection.execute(
        select(of, func.count(), number(c.becomes == "red"), number(c.was == "red"))
        .where(*_of(view, id_, on_the_day=True))
        .group_by(of)
        .order_by(of)
    )
    return [Difference(*row) for row in rows]


async def reds_by_week(
    connection: AsyncConnection, view: View, id_: str, days: Iterable[date]
) -> list[tuple[date, int, int]]:
    """How many concerns turn red on each of some days, and how many are red no more.

    Of those whom a reader may see: figures of all less those of the visible would tell of others.
    """
    c = policy_changes.c
    differs = or_(c.becomes == "red", c.was == "red")
    rows = (
        await connection.execute(
            select(c.start, c.until, c.becomes).where(*_of(view, id_, on_the_day=False), differs)
        )
    ).all()
    found = []
    for day in days:
        here = [becomes == "red" for start, until, becomes in rows if start <= day < until]
        found.append((day, sum(here), len(here) - sum(here)))
    return found


def _of(view: View, id_: str, *, on_the_day: bool) -> list[Any]:
    c = policy_changes.c
    wanted = [c.comparison == id_, visible(c.person, view.scope, view.today)]
    if on_the_day:
        wanted += [c.start <= view.day, c.until > view.day]
    return wanted


def _comparisons() -> Select[Any]:
    c = policy_comparisons.c
    return select(*(c[name] for name in PolicyComparison.__slots__))


async def _set(connection: AsyncConnection, id_: str, maker: str, **values: Any) -> bool:
    c = policy_comparisons.c
    mine = and_(c.id == id_, c.state == "running", c.maker == maker)
    done = await connection.execute(update(policy_comparisons).where(mine).values(**values))
    return bool(done.rowcount)
