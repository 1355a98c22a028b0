"""Actions on a day: what is due, what was done in time or late, and what is late and open.

Every query starts from what its reader may see (`services/store/scope.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.status import Concern, Rag
from services.assessment.action_line import ActionStretch, Move
from services.assessment.owner import role_in
from services.store.assignments import with_assignments
from services.store.case_filter import NONE
from services.store.columns import FOR_GOOD
from services.store.tables import actions, assignments, cases
from services.store.view import View

WEEK = timedelta(days=7)

Standing = Literal["late", "due", "done_late", "in_time"]
"""How an action stands on a day: late and open, due within a week, or done within the last week,
late or in time."""

STANDINGS: tuple[Standing, ...] = ("late", "due", "done_late", "in_time")


@dataclass(frozen=True, slots=True)
class ListedAction:
    """An action on a day, and whose the young person is then."""

    action: ActionStretch
    team: str | None
    service: str | None
    role: str | None
    """The owner's role in the case, where they have one."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose actions are asked for: those of a team (`none`: of none) and an owner; empty is any."""

    team: str = ""
    owner: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What an action must be to be among those asked for."""
        asked = ((_TEAM, self.team), (actions.c.owner, self.owner))
        return [column.in_([value]) for column, value in asked if value]


ANYBODY = Whose()


@dataclass(frozen=True, slots=True)
class OwnerCounts:
    """How many actions of one owner in one team there are of each standing."""

    team: str
    owner: str
    of: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class DueWeek:
    """Of the actions due in seven days, `through` the last, how many were done by their due."""

    through: date
    due: int
    in_time: int

    @property
    def percent(self) -> float | None:
        """The share that was done in time; None where none was due."""
        return 100 * self.in_time / self.due if self.due else None


async def listed(
    connection: AsyncConnection,
    view: View,
    standing: Standing,
    whose: Whose = ANYBODY,
    *,
    limit: int | None = None,
) -> list[ListedAction]:
    """The actions asked for, the first due first."""
    owner = assignments.c
    columns = (owner.team, owner.service, owner.personal_adviser, owner.social_worker)
    statement = (
        _on(view, *actions.c, *columns, owner.team_manager, owner.reviewing_officer)
        .where(_stands(view.day)[standing], *whose.conditions)
        .order_by(actions.c.due, actions.c.person, actions.c.action_id)
        .limit(limit)
    )
    return [_listed(row) for row in await connection.execute(statement)]


async def count_by_owner(
    connection: AsyncConnection, view: View, whose: Whose = ANYBODY
) -> list[OwnerCounts]:
    """How many actions there are of each standing, by team and owner."""
    stands = _stands(view.day)
    sums = [func.sum(case((stands[name], 1), else_=0)).label(name) for name in STANDINGS]
    rows = await connection.execute(
        _on(view, _TEAM.label("team"), actions.c.owner, *sums)
        .where(or_(*stands.values()), *whose.conditions)
        .group_by(_TEAM, actions.c.owner)
        .order_by(_TEAM, actions.c.owner)
    )
    return [
        OwnerCounts(row.team, row.owner, {name: int(getattr(row, name)) for name in STANDINGS})
        for row in rows
    ]


async def due_weeks(
    connection: AsyncConnection, view: View, weeks: int, whose: Whose = ANYBODY
) -> list[DueWeek]:
    """How many were done in time of those due in each of the last weeks before a day.

    One that was cancelled when it was late was due, and not done.
    """
    c = actions.c
    spans = [
        (view.day - (back + 1) * WEEK, view.day - back * WEEK) for back in reversed(range(weeks))
    ]
    columns = []
    for place, (first, after) in enumerate(spans):
        due = and_(c.due >= first, c.due < after)
        in_time = and_(due, c.state == "done", c.closed_on <= c.due)
        columns += [
            func.sum(case((due, 1), else_=0)).label(f"due{place}"),
            func.sum(case((in_time, 1), else_=0)).label(f"in_time{place}"),
        ]
    row = (
        await connection.execute(
            _on(view, *columns).where(
                or_(c.state != "cancelled", c.closed_on > c.due),
                c.due >= spans[0][0],
                c.due < spans[-1][1],
                *whose.conditions,
            )
        )
    ).one()
    return [
        DueWeek(
            after - timedelta(days=1),
            int(getattr(row, f"due{place}") or 0),
            int(getattr(row, f"in_time{place}") or 0),
        )
        for place, (_, after) in enumerate(spans)
    ]


_TEAM = func.coalesce(assignments.c.team, NONE)


def _on(view: View, *columns: ColumnElement[Any]) -> Select[Any]:
    """Actions as they stand on a day, of young people whom a reader may see."""
    c = actions.c
    return with_assignments(actions, c.person, view, *columns).where(
        c.start <= view.day,
        c.until > view.day,
        c.concern.in_([concern.value for concern in view.tracked]),
        or_(c.state != "open", _applies(view.day)),
    )


def _applies(day: date) -> ColumnElement[bool]:
    """The condition that the concern of an action applies on a day: of nobody who died, say."""
    return (
        select(cases.c.person)
        .where(
            cases.c.person == actions.c.person,
            cases.c.concern == actions.c.concern,
            cases.c.start <= day,
            cases.c.until > day,
            cases.c.rag != Rag.NONE.value,
        )
        .exists()
    )


def _stands(day: date) -> dict[Standing, ColumnElement[bool]]:
    """How an action stands on a day, as conditions."""
    c = actions.c
    done = and_(c.state == "done", c.closed_on > day - WEEK, c.closed_on <= day)
    return {
        "late": and_(c.state == "open", c.due < day),
        "due": and_(c.state == "open", c.due >= day, c.due < day + WEEK),
        "done_late": and_(done, c.closed_on > c.due),
        "in_time": and_(done, c.closed_on <= c.due),
    }


def _listed(row: Any) -> ListedAction:
    return ListedAction(stretch_of(row), row.team, row.service, role_in(row, row.owner))


def row_of(stretch: ActionStretch) -> dict[str, Any]:
    """A stretch of an action's line as a row."""
    row = {name: getattr(stretch, name) for name in _AS_THEY_ARE}
    row["until"] = stretch.end or FOR_GOOD
    row["concern"] = stretch.concern.value
    row["moves"] = [
        [m.on.isoformat(), m.due.isoformat(), m.counts, m.authorised_by, m.by, m.why]
        for m in stretch.moves
    ]
    return row


def stretch_of(row: Any) -> ActionStretch:
    """A row as a stretch of an action's line."""
    return ActionStretch(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        end=None if row.until == FOR_GOOD else row.until,
        concern=Concern(row.concern),
        moves=_moves(row.moves),
    )


_AS_THEY_ARE = (
    "person", "action_id", "start", "agreed", "first_due", "due", "owner", "kind", "what", "state",
    "closed_on",
)  # fmt: skip


def _moves(values: Sequence[Sequence[Any]]) -> tuple[Move, ...]:
    return tuple(
        Move(date.fromisoformat(on), date.fromisoformat(due), counts, authorised_by, by, why)
        for on, due, counts, authorised_by, by, why in values
    )
