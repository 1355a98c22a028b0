"""Whose young people are on a day, and how many are with somebody who has left."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.case_filter import NONE
from services.store.scope import visible
from services.store.tables import assignments, staff
from services.store.view import View


def with_assignments(
    rows: FromClause, person: ColumnElement[str], view: View, *columns: ColumnElement[Any]
) -> Select[Any]:
    """Rows about young people whom a reader may see, with whose these are on the day of the view.

    Args:
        rows: what is asked for.
        person: the column of it that says about whom a row is.
        view: whose young people, and on which day.
        columns: what is read of the rows and of `assignments`.
    """
    return (
        select(*columns)
        .select_from(rows.outerjoin(assignments, _assigned_on(person, view.day)))
        .where(visible(person, view.scope, view.today))
    )


def _assigned_on(person: ColumnElement[str], day: date) -> ColumnElement[bool]:
    c = assignments.c
    return and_(c.person == person, c.start <= day, c.until > day)


def reviewed_by(officer: str) -> ColumnElement[bool]:
    """The condition that an assignment is to a reviewing officer; `none` is to none, empty any."""
    if not officer:
        return true()
    return func.coalesce(assignments.c.reviewing_officer, NONE) == officer


async def with_leavers(connection: AsyncConnection, view: View) -> list[tuple[str, int]]:
    """How many young people of a reader are still with somebody who has left, by staff id."""
    c = assignments.c
    works_with = or_(
        c.personal_adviser == staff.c.id,
        c.social_worker == staff.c.id,
        c.team_manager == staff.c.id,
        c.reviewing_officer == staff.c.id,
    )
    rows = await connection.execute(
        select(staff.c.id, func.count(c.person.distinct()))
        .select_from(staff.join(assignments, works_with))
        .where(
            and_(
                staff.c.gone_on <= view.day,
                c.start <= view.day,
                c.until > view.day,
                visible(c.person, view.scope, view.today),
            )
        )
        .group_by(staff.c.id)
        .order_by(staff.c.id)
    )
    return [(id_, number) for id_, number in rows]
