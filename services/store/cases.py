"""Cases on a day: what a list shows, filtered, sorted and cut by the database.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Period, Rag
from services.assessment.stretch import Stretch
from services.store.case_filter import ORDERS, Filter, Sort, conditions
from services.store.case_rows import COLUMNS, stretch_of
from services.store.columns import among
from services.store.restrictions import hidden_from
from services.store.scope import visible
from services.store.tables import assignments, cases, periods
from services.store.timelines import period_of
from services.store.view import View


async def list_cases(
    connection: AsyncConnection,
    view: View,
    wanted: Filter,
    sort: Sort = "urgency",
    *,
    reverse: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[Stretch]:
    """The cases asked for, in order, from `offset` on and at most `limit` of them."""
    order = ORDERS[sort]
    statement = (
        select(*COLUMNS)
        .where(*conditions(view, wanted))
        .order_by(*(_ordered(item, reverse=reverse) for item in order))
        .offset(offset)
    )
    if limit is not None:
        statement = statement.limit(limit)
    return [stretch_of(row) for row in await connection.execute(statement)]


def _ordered(item: ColumnElement[Any], *, reverse: bool) -> ColumnElement[Any]:
    """What has no value comes last, and first in reverse, on either database."""
    if not getattr(item, "nullable", False):
        return item.desc() if reverse else item.asc()
    return item.desc().nulls_first() if reverse else item.asc().nulls_last()


async def count_cases(connection: AsyncConnection, view: View, wanted: Filter) -> int:
    """How many cases are asked for."""
    statement = select(func.count()).select_from(cases).where(*conditions(view, wanted))
    return int((await connection.execute(statement)).scalar_one())


async def statuses_after(
    connection: AsyncConnection,
    view: View,
    wanted: Filter,
    after: tuple[str, str],
    limit: int,
) -> list[tuple[Stretch, Period]]:
    """Cases with the reasons for their colour, by reference and concern, after one of them."""
    person, concern = after
    following = or_(
        cases.c.person > person, and_(cases.c.person == person, cases.c.concern > concern)
    )
    statement = (
        _with_period()
        .where(*conditions(view, wanted), following)
        .order_by(cases.c.person, cases.c.concern)
        .limit(limit)
    )
    return [(stretch_of(row), period_of(row, "p_")) for row in await connection.execute(statement)]


async def cases_of(
    connection: AsyncConnection, person: str, day: date
) -> list[tuple[Stretch, Period]]:
    """One young person's cases on a day, in the order of the concerns; who asks has opened them."""
    statement = _with_period().where(
        cases.c.person == person,
        cases.c.start <= day,
        cases.c.until > day,
        cases.c.rag != Rag.NONE.value,
    )
    found = [(stretch_of(row), period_of(row, "p_")) for row in await connection.execute(statement)]
    return sorted(found, key=lambda item: list(Concern).index(item[0].concern))


def _with_period() -> Select[Any]:
    names = [column.label(f"p_{column.name}") for column in periods.c]
    return select(*COLUMNS, *names).join(
        periods,
        and_(
            periods.c.person == cases.c.person,
            periods.c.concern == cases.c.concern,
            periods.c.start == cases.c.period,
        ),
    )


async def cases_at(
    connection: AsyncConnection, keys: Collection[tuple[str, Concern]], day: date
) -> dict[tuple[str, Concern], Stretch]:
    """Cases by their keys on a day, those too to which the concern applies no more.

    Whoever asks has found the keys in what a reader may see.
    """
    rows = await connection.execute(
        select(*COLUMNS).where(
            among(cases.c.person, {person for person, _ in keys}),
            cases.c.start <= day,
            cases.c.until > day,
        )
    )
    found = {(row.person, Concern(row.concern)): row for row in rows}
    return {key: stretch_of(found[key]) for key in keys if key in found}


async def lines_of(connection: AsyncConnection, person: str) -> dict[Concern, list[Stretch]]:
    """The whole case line of one young person, whom the one who asks has opened."""
    rows = await connection.execute(
        select(*COLUMNS).where(cases.c.person == person).order_by(cases.c.concern, cases.c.start)
    )
    found: dict[Concern, list[Stretch]] = {}
    for row in rows:
        found.setdefault(Concern(row.concern), []).append(stretch_of(row))
    return found


async def is_visible(connection: AsyncConnection, view: View, person: str) -> bool:
    """Whether a reader may see a young person of whom no file can be made."""
    return bool(await visible_without_file(connection, view, {person}))


async def visible_without_file(
    connection: AsyncConnection, view: View, people: Collection[str]
) -> set[str]:
    """Of some young people of whom no file can be made those whom a reader may see.

    Whose they are may be written down nowhere: they are then as those of no service are.
    """
    found = await visible_people(connection, view, people)
    if view.scope.everything or view.scope.unserved:
        hidden = await hidden_from(connection, view.scope)
        found |= set(people) - hidden - await _with_an_owner(connection, people, view.today)
    return found


async def visible_people(
    connection: AsyncConnection, view: View, people: Collection[str]
) -> set[str]:
    """Of some young people those whom a reader may see."""
    rows = await connection.execute(
        select(assignments.c.person)
        .where(
            among(assignments.c.person, people),
            assignments.c.start <= view.today,
            assignments.c.until > view.today,
            visible(assignments.c.person, view.scope, view.today),
        )
        .distinct()
    )
    return set(rows.scalars())


async def _with_an_owner(
    connection: AsyncConnection, people: Collection[str], today: date
) -> set[str]:
    """Of some young people those of whom it is written down whose they are."""
    rows = await connection.execute(
        select(assignments.c.person).where(
            among(assignments.c.person, people),
            assignments.c.start <= today,
            assignments.c.until > today,
        )
    )
    return set(rows.scalars())
