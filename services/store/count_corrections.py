"""By what the sums of a service's cases differ from what its reader may see: those who moved."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store.case_measures import COLUMNS, measures_of
from services.store.columns import among
from services.store.restrictions import hidden_from
from services.store.tables import assignments, cases
from services.store.view import View


class Correction(NamedTuple):
    """Days (from `start` up to `until`) on which a sum has a case too many or one too few."""

    concern: Concern
    measure: str
    start: date
    until: date
    change: int


async def corrections(
    connection: AsyncConnection, view: View, first: date, last: date, rag: Rag | None = None
) -> list[Correction]:
    """By what the sums of a reader's services differ, between two days, from what they may see.

    A sum goes by whose a case was on the day, and has those who are restricted to others; a reader
    sees those who are theirs today. They differ by those who moved, which are few. With `rag`, only
    that colour is counted.
    """
    hidden = await hidden_from(connection, view.scope)
    people = (
        hidden if view.scope.everything else hidden | await _moved(connection, view, first, last)
    )
    if not people:
        return []
    whose = assignments.c
    now = await connection.execute(
        select(whose.person).where(
            among(whose.person, people - hidden),
            whose.start <= view.today,
            whose.until > view.today,
            view.scope.of(whose),
        )
    )
    theirs = set(now.scalars())
    summed = view.scope.of(cases.c)
    wanted = [
        cases.c.start <= last,
        cases.c.until > first,
        cases.c.concern.in_([concern.value for concern in view.tracked]),
        *([cases.c.rag == literal(rag.value, literal_execute=True)] if rag else []),
    ]
    found = []
    for change, whom, which in (
        (1, theirs, ~func.coalesce(summed, false())),
        (-1, people - theirs, summed),
    ):
        rows = await connection.execute(
            select(*COLUMNS).where(among(cases.c.person, whom), which, *wanted)
        )
        for row in rows:
            runs = [(rag.value, row.start, row.until)] if rag else measures_of(row._asdict())
            for measure, start, until in runs:
                found.append(Correction(Concern(row.concern), measure, start, until, change))
    return found


async def _moved(connection: AsyncConnection, view: View, first: date, last: date) -> set[str]:
    """Who was in a reader's services and elsewhere, between two days or today."""
    if first == last == view.today:
        return set()
    before, after = assignments.alias(), assignments.alias()

    def holds(c: Any) -> ColumnElement[bool]:
        return and_(c.start <= max(last, view.today), c.until > min(first, view.today))

    elsewhere = (
        select(after.c.person)
        .where(
            after.c.person == before.c.person,
            holds(after.c),
            ~func.coalesce(view.scope.of(after.c), false()),
        )
        .exists()
    )
    rows = await connection.execute(
        select(before.c.person)
        .where(holds(before.c), view.scope.of(before.c), elsewhere)
        .distinct()
    )
    return set(rows.scalars())
