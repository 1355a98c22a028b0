"""When young people were last supervised, by a day."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.columns import among
from services.store.scope import visible
from services.store.tables import reviews_held
from services.store.view import View


class LastSupervision(NamedTuple):
    """The day of the last supervision of somebody, and the day that it named for the next."""

    held_on: date
    next_due: date | None


def supervised_by(day: date) -> Select[Any]:
    """The last supervision of each young person by a day: `person`, `held_on`."""
    c = reviews_held.c
    return (
        select(c.person, func.max(c.held_on).label("held_on"))
        .where(c.kind == "supervision", c.held_on <= day)
        .group_by(c.person)
    )


async def last_supervisions(
    connection: AsyncConnection, view: View, people: Collection[str]
) -> dict[str, LastSupervision]:
    """The last supervision of each of some young people; whoever had none is left out."""
    c = reviews_held.c
    rows = await connection.execute(
        select(c.person, c.held_on, c.next_due)
        .where(
            among(c.person, people),
            c.kind == "supervision",
            c.held_on <= view.day,
            visible(c.person, view.scope, view.today),
        )
        .order_by(c.place)
    )
    return {person: LastSupervision(held_on, next_due) for person, held_on, next_due in rows}
