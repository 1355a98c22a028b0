"""Figures about the cases of a day: by owner, by what became of them, and what is pending."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.assessment.rules.declaration import Pending
from services.store.case_filter import NONE, Filter, conditions, of, overdue
from services.store.columns import covers
from services.store.scope import visible
from services.store.tables import cases
from services.store.view import View


async def by_owner(
    connection: AsyncConnection, view: View
) -> list[tuple[str | None, str | None, Concern, Rag, int]]:
    """How many cases there are by service, team, concern and colour."""
    by = (cases.c.service, cases.c.team, cases.c.concern, cases.c.rag)
    rows = await connection.execute(
        select(*by, func.count()).where(*of(view)).group_by(*by).order_by(*by)
    )
    return [
        (service, team, Concern(concern), Rag(rag), number)
        for service, team, concern, rag, number in rows
    ]


async def red_runs(
    connection: AsyncConnection, view: View, after: date, through: date
) -> list[tuple[Concern, date, date]]:
    """Runs of red of a reader's cases between two days: first day, and the day after the last."""
    rows = await connection.execute(
        select(cases.c.concern, cases.c.start, cases.c.until).where(
            cases.c.rag == literal(Rag.RED.value, literal_execute=True),
            covers(cases.c, after, through),
            cases.c.concern.in_([concern.value for concern in view.tracked]),
            visible(cases.c.person, view.scope, view.today),
        )
    )
    return [(Concern(row.concern), row.start, row.until) for row in rows]


async def count_families(connection: AsyncConnection, view: View, concern: Concern) -> int:
    """How many families the reds of a concern are of; a child of no known family is one."""
    family = func.coalesce(cases.c.family_id, "of " + cases.c.person)
    return int(
        (
            await connection.execute(
                select(func.count(family.distinct())).where(
                    *conditions(view, Filter(concern=concern, rag=Rag.RED))
                )
            )
        ).scalar_one()
    )


async def pending_by_team(
    connection: AsyncConnection, view: View, kinds: Sequence[Pending]
) -> dict[str, dict[str, int]]:
    """What is to be done, and in how many cases, by team."""
    wanted: dict[str, ColumnElement[bool]] = {
        "Red without an action": and_(cases.c.rag == Rag.RED.value, cases.c.open_actions == 0),
        "Action late": cases.c.late_actions > 0,
        "Review overdue": overdue(cases.c, view.day),
    }
    for kind in kinds:
        given = or_(*(cases.c.rules.like(f"% {rule} %") for rule in kind.rules))
        alone = and_(given, cases.c.statutory.is_(None)) if kind.undetermined else given
        before = wanted.get(kind.what)
        wanted[kind.what] = alone if before is None else or_(before, alone)
    columns = [
        func.sum(case((condition, 1), else_=0)).label(f"n{place}")
        for place, condition in enumerate(wanted.values())
    ]
    team = func.coalesce(cases.c.team, NONE)
    rows = await connection.execute(
        select(team, *columns).where(*of(view)).group_by(team).order_by(team)
    )
    return {row[0]: dict(zip(wanted, row[1:], strict=True)) for row in rows}
