"""How many cases there are of each kind on a day, of everybody or of a service.

It is the case line summed up: written in the transaction that writes the line, as changes by day,
so that a count costs the same however many young people there are. A whole month's changes stand
together as well: a count reads months and then the days of the last one.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Subquery, Table, and_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern
from services.store.case_filter import of
from services.store.case_measures import COLUMNS, measures_of
from services.store.columns import among
from services.store.restrictions import hidden_from
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
    level, owners = summed
    concerns = [concern.value for concern in view.tracked]
    month = view.day.replace(day=1)

    def wanted(changes: Table) -> ColumnElement[bool]:
        day = changes.c.day
        return and_(
            changes.c.level == level,
            changes.c.owner.in_(owners),
            changes.c.concern.in_(concerns),
            or_(
                and_(changes.c.grain == "m", day < month),
                and_(changes.c.grain == "d", day >= month, day <= view.day),
            ),
        )

    changes = _changes(wanted)
    statement = select(changes.c.concern, changes.c.measure, func.sum(changes.c.change))
    rows = await connection.execute(statement.group_by(changes.c.concern, changes.c.measure))
    found = {(Concern(concern), measure): int(many) for concern, measure, many in rows}
    for key, many in (await _counted_of_hidden(connection, view)).items():
        found[key] = max(found.get(key, 0) - many, 0)  # somebody may have written in between
    return {key: many for key, many in found.items() if many}


async def _counted_of_hidden(connection: AsyncConnection, view: View) -> Counts:
    """What a sum has of young people who are restricted to others than the reader."""
    hidden = await hidden_from(connection, view.scope)
    if not hidden:
        return {}
    return await _counted(
        connection,
        view.day,
        among(cases.c.person, hidden),
        cases.c.start <= view.day,
        cases.c.until > view.day,
        cases.c.concern.in_([concern.value for concern in view.tracked]),
        view.scope.of(cases.c),
    )


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

    Counts by service go by whose a case was on the day; a reader sees those who are theirs today,
    so of other days theirs are counted case by case. So are teams and caseloads: they stay small.
    """
    scope: Scope = view.scope
    if scope.everything:
        return "a", [""]
    if view.day != view.today or scope.workers:
        return None
    if not scope.teams and (scope.services or scope.unserved):
        return "s", [*sorted(scope.services), *([""] if scope.unserved else [])]
    return None


async def _counted_here(connection: AsyncConnection, view: View) -> Counts:
    """The same counts, case by case: for teams, caseloads, and days other than today."""
    return await _counted(connection, view.day, *of(view))


async def _counted(connection: AsyncConnection, day: date, *wanted: ColumnElement[bool]) -> Counts:
    """How many cases of some conditions there are on a day."""
    columns = [cases.c.concern, *(COLUMNS[3:])]
    rows = await connection.execute(select(*columns).where(*wanted))
    found: Counter[tuple[Concern, str]] = Counter()
    for row in rows:
        values = {**row._asdict(), "start": day, "until": day + timedelta(days=1)}
        for measure, start, _ in measures_of(values):
            if start == day:
                found[Concern(row.concern), measure] += 1
    return dict(found)


async def changes_between(
    connection: AsyncConnection, view: View, measure: str, after: date, through: date
) -> dict[Concern, list[tuple[date, int]]] | None:
    """The changes of a count after one day and through another.

    None where a reader's counts are no sum of these.
    """
    if not view.scope.everything:
        return None

    def wanted(changes: Table) -> ColumnElement[bool]:
        return and_(
            changes.c.grain == "d",
            changes.c.level == "a",
            changes.c.owner == "",
            changes.c.measure == measure,
            changes.c.day > after,
            changes.c.day <= through,
        )

    changes = _changes(wanted)
    rows = await connection.execute(
        select(changes.c.concern, changes.c.day, func.sum(changes.c.change))
        .group_by(changes.c.concern, changes.c.day)
        .order_by(changes.c.day)
    )
    found: dict[Concern, list[tuple[date, int]]] = {concern: [] for concern in view.tracked}
    for concern, day, change in rows:
        if Concern(concern) in found:
            found[Concern(concern)].append((day, int(change)))
    for concern, day, change in await _changes_of_hidden(connection, view, measure):
        if after < day <= through and concern in found:
            found[concern].append((day, -change))
    return found


async def _changes_of_hidden(
    connection: AsyncConnection, view: View, measure: str
) -> list[tuple[Concern, date, int]]:
    """Every change of a count by young people who are restricted to others than the reader."""
    hidden = await hidden_from(connection, view.scope)
    if not hidden:
        return []
    rows = await connection.execute(select(*COLUMNS).where(among(cases.c.person, hidden)))
    return [
        (Concern(row.concern), day, change)
        for row in rows
        for name, start, until in measures_of(row._asdict())
        if name == measure
        for day, change in ((start, 1), (until, -1))
    ]
