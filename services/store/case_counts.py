"""How many cases there are of each kind on a day, of everybody or of a service.

It is the case line summed up: written in the transaction that writes the line, as changes by day,
so that a count costs the same however many young people there are. A whole month's changes stand
together as well: a count reads months and then the days of the last one.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Subquery,
    Table,
    and_,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store.case_filter import of
from services.store.case_measures import COLUMNS, measures_of
from services.store.count_corrections import corrections
from services.store.scope import Scope
from services.store.tables import case_count_changes, case_counts, cases
from services.store.view import View

Counts = dict[tuple[Concern, str], int]
"""How many, by concern and measure."""


async def counts(connection: AsyncConnection, view: View) -> Counts:
    """How many cases a reader may see on a day, by concern and measure."""
    summed = _summed(view)
    if summed is None:
        return await _counted_here(connection, view)
    found = await _sums(connection, view, view.day, *summed)
    for item in await corrections(connection, view, view.day, view.day):
        if item.start <= view.day < item.until:
            found[item.concern, item.measure] += item.change
    return {key: many for key, many in found.items() if many > 0}


async def _sums(
    connection: AsyncConnection, view: View, last: date, level: str, owners: list[str]
) -> Counter[tuple[Concern, str]]:
    """The changes of everybody whom an owner had, summed up to a day."""
    concerns = [concern.value for concern in view.tracked]
    month = last.replace(day=1)

    def wanted(changes: Table) -> ColumnElement[bool]:
        day = changes.c.day
        return and_(
            changes.c.level == level,
            changes.c.owner.in_(owners),
            changes.c.concern.in_(concerns),
            or_(
                and_(changes.c.grain == "m", day < month),
                and_(changes.c.grain == "d", day >= month, day <= last),
            ),
        )

    changes = _changes(wanted)
    statement = select(changes.c.concern, changes.c.measure, func.sum(changes.c.change))
    rows = await connection.execute(statement.group_by(changes.c.concern, changes.c.measure))
    return Counter({(Concern(concern), measure): int(many) for concern, measure, many in rows})


def _changes(wanted: Callable[[Table], ColumnElement[bool]]) -> Subquery:
    """Some changes of counts: those that are folded by their keys, and those that are not yet."""
    return union_all(
        *(
            select(table.c.concern, table.c.measure, table.c.day, table.c.change).where(
                wanted(table)
            )
            for table in (case_counts, case_count_changes)
        )
    ).subquery()


def _summed(view: View) -> tuple[str, list[str]] | None:
    """The level and owners whose counts a reader's are the sum of; None where they are not.

    Cases of teams and caseloads are counted one by one: they stay small.
    """
    scope: Scope = view.scope
    if scope.everything:
        return "a", [""]
    if scope.teams or scope.workers or not (scope.services or scope.unserved):
        return None
    return "s", [*sorted(scope.services), *([""] if scope.unserved else [])]


async def _counted_here(connection: AsyncConnection, view: View) -> Counts:
    """The same counts, case by case: for teams and caseloads."""
    counts_as_something = or_(cases.c.rag != Rag.NONE.value, cases.c.at_baseline != "")
    rows = await connection.execute(
        select(*COLUMNS).where(*of(view, applies=False), counts_as_something)
    )
    found: Counter[tuple[Concern, str]] = Counter()
    for row in rows:
        for measure, start, until in measures_of(row._asdict()):
            if start <= view.day < until:
                found[Concern(row.concern), measure] += 1
    return dict(found)


async def colour_over(
    connection: AsyncConnection, view: View, rag: Rag, days: Sequence[date]
) -> list[dict[Concern, int]] | None:
    """How many cases of each concern are of a colour on each of some days, the first first.

    None where a reader's counts are no sums.
    """
    summed = _summed(view)
    if summed is None:
        return None
    first, last = days[0], days[-1]
    begun = await _sums(connection, view, first, *summed)
    changes: list[tuple[date, Concern, int]] = []
    for concern, day, change in await _changed(connection, rag, first, last, *summed):
        if concern in view.tracked:
            changes.append((day, concern, change))
    for item in await corrections(connection, view, first, last, rag):
        changes += [
            (item.start, item.concern, item.change), (item.until, item.concern, -item.change),
        ]  # fmt: skip
    return [
        {
            concern: begun[concern, rag.value]
            + sum(change for on, of, change in changes if of is concern and on <= day)
            for concern in view.tracked
        }
        for day in days
    ]


async def _changed(
    connection: AsyncConnection, rag: Rag, after: date, through: date, level: str, owners: list[str]
) -> list[tuple[Concern, date, int]]:
    """The changes of a colour's counts after one day and through another."""

    def wanted(changes: Table) -> ColumnElement[bool]:
        return and_(
            changes.c.grain == "d",
            changes.c.level == level,
            changes.c.owner.in_(owners),
            changes.c.measure == rag.value,
            changes.c.day > after,
            changes.c.day <= through,
        )

    changes = _changes(wanted)
    rows = await connection.execute(
        select(changes.c.concern, changes.c.day, func.sum(changes.c.change)).group_by(
            changes.c.concern, changes.c.day
        )
    )
    return [(Concern(concern), day, int(change)) for concern, day, change in rows]
