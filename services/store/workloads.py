"""How much each worker has on a day: young people, colours, and the work that is due.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.store.case_filter import NONE, never_reviewed, of, overdue
from services.store.reviews_held import supervised_by
from services.store.tables import cases
from services.store.view import View


@dataclass(frozen=True, slots=True)
class Workload:
    """What one worker has; `none` is nobody.

    Attributes:
        worker: a personal adviser or a social worker, by staff id.
        teams: the teams that hold their cases.
        people: young people.
        red: red cases.
        amber: amber cases.
        never: red or amber cases that nobody has reviewed.
        overdue: cases whose review or visit is overdue.
        visits: of those, visits.
        plans: of those, pathway plans.
        late: cases with a late action.
        supervised_on: the day on which any of them was last spoken of in supervision.
    """

    worker: str
    teams: tuple[str, ...]
    people: int
    red: int
    amber: int
    never: int
    overdue: int
    visits: int
    plans: int
    late: int
    supervised_on: date | None


async def workloads(connection: AsyncConnection, view: View) -> list[Workload]:
    """What each worker has, of the cases that a reader may see, by staff id.

    A case of an adviser and of a social worker is counted for either, as the list of their cases
    shows it.
    """
    c = _theirs(view)
    is_overdue = overdue(c, view.day)
    counted: dict[str, ColumnElement[bool]] = {
        "red": c.rag == Rag.RED.value,
        "amber": c.rag == Rag.AMBER.value,
        "never": never_reviewed(c),
        "overdue": is_overdue,
        "visits": and_(is_overdue, c.concern == Concern.VISITS.value),
        "plans": and_(is_overdue, c.concern == Concern.PATHWAY_PLAN.value),
        "late": c.late_actions > 0,
    }
    sums = [func.sum(case((so, 1), else_=0)).label(name) for name, so in counted.items()]
    rows = await connection.execute(
        select(c.worker, func.count(c.person.distinct()).label("people"), *sums)
        .group_by(c.worker)
        .order_by(c.worker)
    )
    held = await connection.execute(
        select(c.worker, func.coalesce(c.team, NONE).label("team")).distinct()
    )
    last = supervised_by(view.day).subquery()
    spoken_of = await connection.execute(
        select(c.worker, func.max(last.c.held_on))
        .where(last.c.person == c.person)
        .group_by(c.worker)
    )
    supervised: dict[str, date] = {row[0]: row[1] for row in spoken_of}
    teams: dict[str, list[str]] = {}
    for worker, team in held:
        teams.setdefault(worker, []).append(team)
    return [
        Workload(
            row.worker,
            tuple(sorted(teams.get(row.worker, ()))),
            int(row.people),
            **{name: int(getattr(row, name)) for name in counted},
            supervised_on=supervised.get(row.worker),
        )
        for row in rows
    ]


def _theirs(view: View) -> Any:
    """Each case of a day once for each of its workers, as columns; `none` where it has none."""
    c = cases.c
    columns = (c.person, c.concern, c.rag, c.review_due, c.reviewed_on, c.late_actions, c.team)
    nobody = and_(c.personal_adviser.is_(None), c.social_worker.is_(None))
    parts = [
        (c.personal_adviser, c.personal_adviser.is_not(None)),
        (c.social_worker, c.social_worker.is_not(None)),
        (literal(NONE), nobody),
    ]
    return (
        union(*(select(who.label("worker"), *columns).where(*of(view), so) for who, so in parts))
        .subquery()
        .c
    )


async def teams_by_people(connection: AsyncConnection, view: View) -> dict[str, int]:
    """How many young people with a case each team has on a day; `none` is no team."""
    team = func.coalesce(cases.c.team, NONE)
    rows = await connection.execute(
        select(team, func.count(cases.c.person.distinct())).where(*of(view)).group_by(team)
    )
    return {name: int(number) for name, number in rows}
