"""What can be chosen in the filter of the list: services, teams and workers, whatever their number.

Of everything, the values are read off the index one after another: the cost is that of the values.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.case_filter import NONE
from services.store.restrictions import hidden_from
from services.store.scope import not_hidden
from services.store.tables import assignments
from services.store.view import View

MOST = 200
"""How many services, teams or workers are read: a longer list is no list to choose from."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen; `none` stands for no service, team or worker."""

    services: list[str]
    teams: list[str]
    workers: list[str]


async def choices(connection: AsyncConnection, view: View) -> Choices:
    """The services, teams and workers of those whom a reader may see."""
    c = assignments.c
    sees_all = view.scope.everything and not await hidden_from(connection, view.scope)

    async def values(column: Column[Any]) -> list[str]:
        if sees_all:
            return await _each(connection, column)
        return await _seen(connection, view, column)

    return Choices(
        services=[NONE, *await values(c.service)],
        teams=[NONE, *await values(c.team)],
        workers=[
            NONE,
            *sorted({*await values(c.personal_adviser), *await values(c.social_worker)}),
        ],
    )


async def _seen(connection: AsyncConnection, view: View, column: Column[Any]) -> list[str]:
    """The values of a column for those whom a reader may see, in order."""
    rows = await connection.execute(
        select(column)
        .where(
            assignments.c.start <= view.today,
            assignments.c.until > view.today,
            view.scope.of(assignments.c),
            not_hidden(assignments.c.person, view.scope),
            column.is_not(None),
        )
        .distinct()
        .order_by(column)
    )
    return list(rows.scalars())


async def _each(connection: AsyncConnection, column: Column[Any]) -> list[str]:
    """Every value of an indexed column: the least, then the least beyond it, and so on."""
    first = select(func.min(column).label("value")).cte("each", recursive=True)
    following = select(
        select(func.min(column)).where(column > first.c.value).scalar_subquery()
    ).where(first.c.value.is_not(None))
    each = first.union_all(following)
    rows = await connection.execute(
        select(each.c.value).where(each.c.value.is_not(None)).limit(MOST)
    )
    return list(rows.scalars())
