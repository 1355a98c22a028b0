"""Counts of young people whose worker has left."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.scope import visible
from services.store.tables import assignments, staff
from services.store.view import View


async def with_leavers(connection: AsyncConnection, view: View) -> list[tuple[str, int]]:
    """How many young people of a reader are still with somebody who has left, by staff id."""
    c = assignments.c
    works_with = or_(
        c.personal_adviser == staff.c.id,
        c.social_worker == staff.c.id,
        c.team_manager == staff.c.id,
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
